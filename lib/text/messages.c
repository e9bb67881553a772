/* messages.c - read the turns of a conversation, and check their order. */
#include "lib/text/messages.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>

#include "lib/base/chars.h"
#include "lib/base/err.h"
#include "lib/text/json.h"
#include "lib/text/json_string.h"

enum {
	LONG_NAME = 40,
	ESCAPED = 96, /* the longest string that is decoded to find out if it is a name */
};

static const struct {
	struct span name; /* a JSON string */
	enum role role;
	bool alias;
} roles[] = {
	{ { "\"user\"", 6 }, ROLE_USER, false },
	{ { "\"assistant\"", 11 }, ROLE_ASSISTANT, false },
	{ { "\"system\"", 8 }, ROLE_SYSTEM, false },
	{ { "\"tool\"", 6 }, ROLE_TOOL, false },
	{ { "\"developer\"", 11 }, ROLE_SYSTEM, true },
	{ { "\"function\"", 10 }, ROLE_TOOL, true },
};

const char *
role_name(enum role r)
{
	static const char *const name[] = {
		[ROLE_SYSTEM] = "system",
		[ROLE_USER] = "user",
		[ROLE_ASSISTANT] = "assistant",
		[ROLE_TOOL] = "tool",
	};

	return name[r];
}

int
message_problem(struct message_problem *p, size_t turn, const char *fmt, ...)
{
	const int n = turn ? snprintf(p->what, sizeof p->what, "turn %zu: ", turn) : 0;
	va_list ap;

	p->turn = turn;
	va_start(ap, fmt);
	vsnprintf(p->what + n, sizeof p->what - (size_t)n, fmt, ap);
	va_end(ap);
	return -1;
}

/* A JSON value by the name of its type, for messages. */
static const char *
type_of(char first)
{
	switch (first) {
	case '"':
		return "a string";
	case '[':
		return "a list";
	case '{':
		return "an object";
	case 't':
	case 'f':
		return "true or false";
	case 'n':
		return "null";
	default:
		return "a number";
	}
}

/* The fields of messages, text parts, tool calls and functions that are read. */
enum field {
	ROLE,
	CONTENT,
	NAME,
	TOOL_CALLS,
	FUNCTION_CALL,
	TYPE,
	TEXT,
	ID,
	FUNCTION,
	ARGUMENTS,
	NFIELDS
};

static const char *const field_name[NFIELDS] = { "role", "content", "name", "tool_calls",
	"function_call", "type", "text", "id", "function", "arguments" };

/* name: with quotes, and maybe with escapes.  NFIELDS: another one. */
static enum field
field_of(struct span name, const enum field *known, size_t n)
{
	char plain[ESCAPED + JSON_SLACK], *to = plain;

	if (memchr(name.p, '\\', name.n)) {
		/* An escape has at most 6 bytes for each byte of a known name. */
		if (name.n > ESCAPED || json_string(name, 1, &to) == JSON_NO_STRING)
			return NFIELDS;
		name = (struct span){ plain, (size_t)(to - plain) };
	} else {
		name = (struct span){ name.p + 1, name.n - 2 };
	}
	for (size_t i = 0; i < n; i++)
		if (span_eq(name, span_of(field_name[known[i]])))
			return known[i];
	return NFIELDS;
}

/*
 * Read the fields `known` of w's next value to v[field], where null is like missing.
 * *json is the whole object.  Returns 0, or -1 with *p.
 */
static int
read_object(struct json_walk *w, const enum field *known, size_t n, struct span *v,
    struct span *json, size_t turn, const char *thing, struct message_problem *p)
{
	bool met[NFIELDS] = { false };
	size_t at;
	int all = 0;

	for (size_t i = 0; i < n; i++)
		v[known[i]] = (struct span){ NULL, 0 };
	if (json_walk_peek(w) != '{')
		return message_problem(p, turn, "%s is %s: write it as an object", thing,
		    type_of(json_walk_peek(w)));
	json_walk_open(w);
	at = w->i - 1;
	while (json_walk_more(w)) {
		const enum field f = field_of(json_walk_name(w), known, n);
		const struct span value = json_walk_value(w);

		all += all < INT_MAX;
		if (f == NFIELDS)
			continue;
		if (met[f])
			return message_problem(p, turn,
			    "field '%s' occurs twice: remove one of the two",
			    field_name[f]);
		met[f] = true;
		if (value.p[0] != 'n')
			v[f] = value;
	}
	*json = (struct span){ w->s.p + at, w->i - at };
	return all;
}

static int
read_role(struct span s, struct message *t, size_t turn, struct message_problem *p)
{
	char plain[ESCAPED + JSON_SLACK], *to = plain + 1;

	if (!s.p)
		return message_problem(p, turn,
		    "field 'role' is missing: use system, user, assistant or tool");
	if (s.p[0] != '"')
		return message_problem(
		    p, turn, "field 'role' is %s: write it as a string", type_of(s.p[0]));
	if (s.n < ESCAPED && memchr(s.p, '\\', s.n) &&
	    json_string(s, 1, &to) != JSON_NO_STRING) {
		plain[0] = *to++ = '"';
		s = (struct span){ plain, (size_t)(to - plain) };
	}
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
		if (span_eq(s, roles[i].name)) {
			t->role = roles[i].role;
			t->alias = roles[i].alias;
			return 0;
		}
	return message_problem(p, turn,
	    "role '%.*s%s' is unknown: use system, user, assistant or tool",
	    (int)(s.n - 2 > LONG_NAME ? LONG_NAME : s.n - 2), s.p + 1,
	    s.n - 2 > LONG_NAME ? "..." : "");
}

/* Read one part of a list as content; *text is its JSON string. */
static int
read_part(struct json_walk *w, size_t turn, size_t part, struct span *text,
    struct message_problem *p)
{
	static const enum field known[] = { TYPE, TEXT };
	struct span v[NFIELDS], json;
	char thing[48];

	snprintf(thing, sizeof thing, "part %zu of the content", part);
	if (read_object(w, known, 2, v, &json, turn, thing, p) < 0)
		return -1;
	if (v[TYPE].p && !span_eq(v[TYPE], SPAN("\"text\"")))
		return message_problem(p, turn,
		    "%s has the type %.*s: only text is supported", thing,
		    (int)(v[TYPE].n > LONG_NAME ? LONG_NAME : v[TYPE].n), v[TYPE].p);
	if (!v[TEXT].p || v[TEXT].p[0] != '"')
		return message_problem(p, turn,
		    "%s has no string 'text': write it as "
		    "{\"type\":\"text\",\"text\":...}",
		    thing);
	*text = v[TEXT];
	return 0;
}

static int
read_content(struct message *t, size_t turn, struct message_problem *p)
{
	struct json_walk w;
	struct span text;

	if (!t->content.p || t->content.p[0] == '"')
		return 0;
	if (t->content.p[0] != '[')
		return message_problem(p, turn, "content is %s: write it as a string",
		    type_of(t->content.p[0]));
	w = json_walk(t->content);
	for (size_t part = 1; json_walk_more(&w); part++)
		if (read_part(&w, turn, part, &text, p) < 0)
			return -1;
	return 0;
}

static int
read_call(
    struct json_walk *w, size_t turn, struct tool_call *c, struct message_problem *p)
{
	static const enum field outer[] = { ID, FUNCTION }, inner[] = { NAME, ARGUMENTS };
	struct span v[NFIELDS], json;
	struct json_walk in;

	if (read_object(w, outer, 2, v, &c->json, turn, "a tool call", p) < 0)
		return -1;
	c->id = v[ID];
	if (!v[FUNCTION].p)
		return message_problem(p, turn, "a tool call has no field 'function'");
	in = (struct json_walk){ .s = v[FUNCTION] };
	if (read_object(&in, inner, 2, v, &json, turn, "function of a tool call", p) < 0)
		return -1;
	if (!v[NAME].p || v[NAME].p[0] != '"')
		return message_problem(p, turn, "a tool call has no string 'name'");
	if (v[ARGUMENTS].p && v[ARGUMENTS].p[0] != '"' && v[ARGUMENTS].p[0] != '{')
		return message_problem(p, turn,
		    "arguments of a tool call are %s: write them as an object or a "
		    "string",
		    type_of(v[ARGUMENTS].p[0]));
	c->name = v[NAME];
	c->arguments = v[ARGUMENTS];
	return 0;
}

struct tool_call
tool_call_next(struct json_walk *w)
{
	struct message_problem p;
	struct tool_call c = { 0 };

	(void)read_call(w, 0, &c, &p);
	return c;
}

static int
read_calls(struct message *t, size_t turn, struct message_problem *p)
{
	struct json_walk w;
	struct tool_call c;

	t->ncalls = 0;
	if (!t->tool_calls.p)
		return 0;
	if (t->tool_calls.p[0] != '[')
		return message_problem(p, turn, "tool_calls is %s: write it as a list",
		    type_of(t->tool_calls.p[0]));
	w = json_walk(t->tool_calls);
	for (; json_walk_more(&w); t->ncalls++)
		if (read_call(&w, turn, &c, p) < 0)
			return -1;
	if (t->ncalls == 0)
		t->tool_calls = (struct span){ NULL, 0 };
	else if (t->role != ROLE_ASSISTANT)
		return message_problem(p, turn,
		    "a turn of the %s has tool_calls: only assistants call tools",
		    role_name(t->role));
	return 0;
}

int
messages_read_one(struct json_walk *w, struct messages *t, struct message_problem *p)
{
	static const enum field known[] = { ROLE, CONTENT, NAME, TOOL_CALLS,
		FUNCTION_CALL };
	const size_t turn = t->n + 1;
	struct span v[NFIELDS];
	struct message *to;
	int all;

	GROW(t->v, t->n, t->cap);
	to = &t->v[t->n];
	all = read_object(w, known, 5, v, &to->json, turn, "the message", p);
	if (all < 0 || read_role(v[ROLE], to, turn, p) < 0)
		return -1;
	if (v[FUNCTION_CALL].p)
		return message_problem(
		    p, turn, "function_call is the old form of tool_calls: write those");
	if (v[NAME].p && v[NAME].p[0] != '"')
		return message_problem(
		    p, turn, "name is %s: write it as a string", type_of(v[NAME].p[0]));
	to->more = all > 1 + (v[CONTENT].p != NULL);
	to->content = v[CONTENT];
	to->name = v[NAME];
	to->tool_calls = v[TOOL_CALLS];
	if (read_content(to, turn, p) < 0 || read_calls(to, turn, p) < 0)
		return -1;
	if (!to->content.p && !to->ncalls)
		return message_problem(p, turn, "content is null or missing%s",
		    to->role == ROLE_ASSISTANT ? ", and tool_calls, too" : "");
	t->n++;
	return 0;
}

int
messages_read(struct span json, struct messages *t, struct message_problem *p)
{
	struct json_walk w;

	t->n = 0;
	if (json.p[0] != '[')
		return message_problem(p, 0, "the value is %s: write a list of messages",
		    type_of(json.p[0]));
	w = json_walk(json);
	while (json_walk_more(&w))
		if (messages_read_one(&w, t, p) < 0)
			return -1;
	return 0;
}

struct span
message_text(const struct message *t, struct arena *mem)
{
	struct message_problem p;
	struct json_walk w;
	struct span part = { NULL, 0 }, s;
	char *text;
	size_t n = 0;

	if (!t->content.p)
		return SPAN("");
	if (t->content.p[0] == '"')
		return memchr(t->content.p, '\\', t->content.n)
			   ? json_unquote(t->content, mem)
			   : (struct span){ t->content.p + 1, t->content.n - 2 };
	/* Decoded, and joined by one byte each, the parts are shorter than the list. */
	text = arena_alloc(mem, t->content.n);
	w = json_walk(t->content);
	for (size_t i = 1; json_walk_more(&w); i++) {
		if (read_part(&w, 1, i, &part, &p) < 0)
			BUG("a content that was not read before");
		s = json_unquote(part, mem);
		if (i > 1)
			text[n++] = '\n';
		if (s.n)
			memcpy(text + n, s.p, s.n);
		n += s.n;
	}
	return (struct span){ text, n };
}

/* Whether a turn has no text other than white space. */
static bool
is_empty(const struct message *t, struct arena *mem)
{
	/* Most texts begin with a letter, which saves decoding them. */
	if (t->content.n > 2 && t->content.p[0] == '"' && t->content.p[1] != '\\' &&
	    !is_space(t->content.p[1]))
		return false;
	return span_trim(message_text(t, mem)).n == 0;
}

/* Whether the text of an assistant contains a call. */
static bool
calls_in_text(const struct message *t, struct arena *mem)
{
	struct span s = message_text(t, mem);
	const struct span tag = SPAN("<tool_call>");
	const char *p;

	while (s.n >= tag.n && (p = memchr(s.p, '<', s.n))) {
		s = span_from(s, (size_t)(p - s.p));
		if (span_starts(s, tag))
			return true;
		s = span_from(s, 1);
	}
	return false;
}

/* A tool turn, v[i].  call: the index of the last turn of the assistant. */
static int
check_tool(const struct messages *t, size_t i, size_t call, struct arena *mem,
    struct message_problem *p)
{
	const struct message *by = &t->v[call];
	const enum role before = i ? t->v[i - 1].role : ROLE_USER;
	/* The first of several answers has seen the call in a text. */
	const bool called =
	    before == ROLE_TOOL ||
	    (before == ROLE_ASSISTANT && (by->ncalls > 0 || calls_in_text(by, mem)));

	if (!called)
		return message_problem(p, i + 1,
		    "a tool answers, but no assistant's turn before it has tool_calls: "
		    "add them");
	if (by->ncalls && i - call > by->ncalls)
		return message_problem(p, i + 1,
		    "a tool answers, but turn %zu has only %zu tool call%s", call + 1,
		    by->ncalls, by->ncalls == 1 ? "" : "s");
	return 0;
}

/* The turn v[i], of a user or assistant.  first: it is the first of them. */
static int
check_order(const struct messages *t, size_t i, bool first, unsigned flags,
    struct message_problem *p)
{
	const enum role role = t->v[i].role;
	const bool reply = flags & TURNS_REPLY;

	if (first) {
		if (reply && role != ROLE_ASSISTANT)
			return message_problem(p, i + 1,
			    "the first turn of an answer is the user's: it must be the "
			    "assistant's");
		if (!reply && role == ROLE_ASSISTANT)
			return message_problem(p, i + 1,
			    "the first turn is the assistant's: it must be the user's");
		return 0;
	}
	if (role == t->v[i - 1].role)
		return message_problem(p, i + 1,
		    "the %s speaks again, after turn %zu: merge the two turns",
		    role_name(role), i);
	if (role == ROLE_USER && t->v[i - 1].role == ROLE_TOOL)
		return message_problem(p, i + 1,
		    "the user speaks after a tool: the assistant's turn is missing");
	return 0;
}

static int
check_end(const struct messages *t, unsigned flags, struct message_problem *p)
{
	enum role role;

	if (t->n == 0)
		return message_problem(p, 0, "the list has no turn");
	role = t->v[t->n - 1].role;
	if (role == ROLE_SYSTEM)
		return message_problem(p, 1, "the system's turn is the only one");
	if ((flags & TURNS_END_ASSISTANT) && role != ROLE_ASSISTANT)
		return message_problem(p, t->n,
		    "the last turn is the %s's: it must be the assistant's",
		    role_name(role));
	if ((flags & TURNS_END_USER) && role != ROLE_USER && role != ROLE_TOOL)
		return message_problem(p, t->n,
		    "the last turn is the %s's: it must be the user's", role_name(role));
	return 0;
}

int
messages_check(const struct messages *t, unsigned flags, struct arena *mem,
    struct message_problem *p)
{
	size_t call = 0, begin = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct message *v = &t->v[i];
		int rc = 0;

		if (v->role == ROLE_SYSTEM) {
			if (i > 0 || (flags & TURNS_REPLY))
				return message_problem(p, i + 1,
				    t->v[0].role == ROLE_SYSTEM && i > 0
					? "a second system turn: merge it into the first"
					: "a system turn that is not the first: move it "
					  "there");
			begin = 1;
			continue;
		}
		rc = v->role == ROLE_TOOL ? check_tool(t, i, call, mem, p)
					  : check_order(t, i, i == begin, flags, p);
		if (rc < 0)
			return -1;
		if (v->role == ROLE_ASSISTANT) {
			call = i;
			if (!v->ncalls && is_empty(v, mem))
				return message_problem(
				    p, i + 1, "the assistant's answer is empty");
		}
	}
	return check_end(t, flags, p);
}
