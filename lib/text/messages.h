/*
 * messages.h - the turns of a conversation in its canonical layout, a field `messages`.
 *
 *	[{"role":"system","content":"Be brief."},
 *	 {"role":"user","content":"Hi"},
 *	 {"role":"assistant","content":"Hello"}]
 *
 * The lists `prompt`, `chosen` and `rejected` of a preference look the same.
 * A message is one turn.  Its fields:
 *
 *	role		system, user, assistant or tool; developer counts as system, and
 *			function as tool
 *	content		a string, or a list of text parts, {"type":"text","text":"..."};
 *			null or missing only beside tool_calls
 *	name		the speaker, or the function that a tool turn answers for
 *	tool_calls	the calls of an assistant turn; null and [] are none
 *
 * All other fields are kept in message.json and are not read.  Nothing is decoded until
 * message_text asks for it.
 */
#ifndef TAMIS_MESSAGES_H
#define TAMIS_MESSAGES_H

#include "lib/base/mem.h"
#include "lib/base/span.h"
#include "lib/text/json_walk.h"

enum role { ROLE_SYSTEM, ROLE_USER, ROLE_ASSISTANT, ROLE_TOOL };

/* "system", "user", "assistant" or "tool"; static. */
const char *role_name(enum role r);

/* The spans are JSON values, parts of the list that messages_read was given.  p == NULL:
 * missing or null. */
struct message {
	enum role role;
	bool alias;		/* the role has another name, such as developer */
	bool more;		/* it has fields other than role and content */
	struct span json;	/* the whole message, an object */
	struct span content;	/* a string, or a list of text parts */
	struct span name;	/* a string */
	struct span tool_calls; /* a list of ncalls calls, at least one */
	size_t ncalls;
};

/* Zero it to begin, free(v) at the end.  messages_read keeps the memory. */
struct messages {
	struct message *v;
	size_t n, cap;
};

/* The problem of a conversation, "turn 3: role 'bot' is unknown: use ...". */
struct message_problem {
	size_t turn; /* from 1; 0: the whole list */
	char what[240];
};

/* Set *p: "turn N: " and the rest; without turn, the rest alone.  Returns -1. */
int message_problem(struct message_problem *p, size_t turn, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Read a list of messages, a JSON value that json_scan has accepted.  Replaces those in
 * t. Checks each message alone.  Returns 0, or -1 with *p.
 */
int messages_read(struct span json, struct messages *t, struct message_problem *p);
/* Append one message, w's next value, to t.  Returns 0, or -1 with *p. */
int messages_read_one(struct json_walk *w, struct messages *t, struct message_problem *p);

/* Where a conversation may begin and end, for messages_check. */
enum {
	TURNS_END_ASSISTANT = 1, /* as training on the answer needs */
	TURNS_END_USER = 2,	 /* or at a tool's: the assistant has the floor */
	TURNS_REPLY = 4,	 /* it continues a prompt: the assistant begins */
};

/*
 * Check the order of turns: one system turn at most, at the beginning; then user and
 * assistant alternate, from the user on; tool turns follow the call of an assistant, at
 * most one for each call, and are followed by an assistant.  A call is an entry of
 * tool_calls, or a text with <tool_call> in it.  An assistant's turn without calls has a
 * text other than white space.  Returns 0, or -1 with *p.
 */
int messages_check(const struct messages *t, unsigned flags, struct arena *mem,
    struct message_problem *p);

/*
 * The text of a turn as UTF-8; "" if it has none.  Text parts are joined by line feeds,
 * as servers do.  Without escapes and parts it is a part of t->content, else it is in
 * mem.
 */
struct span message_text(const struct message *t, struct arena *mem);

/* One entry of tool_calls; the spans are JSON values. */
struct tool_call {
	struct span json; /* the whole entry */
	struct span id;	  /* a string; p == NULL: missing or null */
	struct span name; /* of the function, a string */
	struct span
	    arguments; /* an object, or a string that holds one; p == NULL: none */
};

/* Read the next call of a walk, json_walk(t->tool_calls), while json_walk_more.  The
 * calls of a turn are checked when it is read, so this cannot fail. */
struct tool_call tool_call_next(struct json_walk *w);

#endif
