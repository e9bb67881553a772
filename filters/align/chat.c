/* chat.c - change the layout of conversations and preferences, and check their turns. */
#include <stdlib.h>

#include "filters/align/conversation.h"
#include "lib/text/json.h"

/* One way to state a conversation, a preference, or both. */
struct chat_layout {
	const char *name, *count; /* count: in the report, of documents read so */
	const char *turns[6],
	    *pair[4]; /* the fields of a conversation, of a preference */
	read_fn *read;
	write_fn *write;
};

enum {
	OPENAI,
	SHAREGPT,
	NEMO,
	NEMO_SFT,
	ALPACA,
	DOLLY,
	TRL,
	BRIDGE,
	OPENRLHF,
	HH,
	ALIGNER,
	NEMO_RL,
	HELPSTEER2,
	HELPSTEER3, /* from here on: read only */
	REGRESSION,
	OASST,
	OASST_PAIRS,
	LAYOUTS,
};

#define WRITTEN                                                                          \
	"openai|sharegpt|nemo|nemo-sft|alpaca|dolly|trl|bridge|openrlhf|hh|aligner|"     \
	"nemo-rl|helpsteer2"

static const struct chat_layout layouts[LAYOUTS] = {
	[OPENAI] = { "openai", "chat.from_openai", { "messages" },
	    { "prompt", "chosen", "rejected" }, read_openai, write_openai },
	[SHAREGPT] = { "sharegpt", "chat.from_sharegpt", { "conversations", "system" },
	    { NULL }, read_sharegpt, write_sharegpt },
	[NEMO] = { "nemo", "chat.from_nemo", { "system", "conversations" }, { NULL },
	    read_sharegpt, write_nemo },
	[NEMO_SFT] = { "nemo-sft", "chat.from_nemo_sft", { "input", "output", "system" },
	    { NULL }, read_nemo_sft, write_nemo_sft },
	[ALPACA] = { "alpaca", "chat.from_alpaca",
	    { "instruction", "input", "output", "system", "history" }, { NULL },
	    read_alpaca, write_alpaca },
	[DOLLY] = { "dolly", "chat.from_dolly",
	    { "instruction", "context", "response", "system" }, { NULL }, read_dolly,
	    write_dolly },
	[TRL] = { "trl", "chat.from_trl", { "prompt", "completion" },
	    { "prompt", "chosen", "rejected" }, read_trl, write_trl },
	[BRIDGE] = { "bridge", "chat.from_bridge", { "prompt", "completion" }, { NULL },
	    read_bridge, write_bridge },
	[OPENRLHF] = { "openrlhf", "chat.from_openrlhf", { NULL },
	    { "prompt", "chosen", "rejected" }, read_openrlhf, write_openrlhf },
	[HH] = { "hh", "chat.from_hh", { NULL }, { "chosen", "rejected" }, read_hh,
	    write_hh },
	[ALIGNER] = { "aligner", "chat.from_aligner", { "prompt", "response" },
	    { "prompt", "chosen_response", "rejected_response" }, read_aligner,
	    write_aligner },
	[NEMO_RL] = { "nemo-rl", "chat.from_nemo_rl", { NULL },
	    { "context", "completions" }, read_nemo_rl, write_nemo_rl },
	[HELPSTEER2] = { "helpsteer2", "chat.from_helpsteer2", { "prompt", "response" },
	    { "prompt", "response_1", "response_2" }, read_helpsteer2, write_helpsteer2 },
	[HELPSTEER3] = { "helpsteer3", "chat.from_helpsteer3", { NULL },
	    { "context", "response1", "response2" }, read_helpsteer3, NULL },
	[REGRESSION] = { "regression", "chat.from_regression", { "text", "label" },
	    { NULL }, read_regression, NULL },
	[OASST] = { "oasst", "chat.from_oasst", { "text", "role", "parent_id", "rank" },
	    { NULL }, NULL, NULL },
	[OASST_PAIRS] = { "oasst-pairs", "chat.from_oasst", { NULL },
	    { "text", "role", "parent_id", "rank" }, NULL, NULL },
};

enum { LAST_ANY, LAST_USER, LAST_ASSISTANT };

struct chat {
	unsigned from, to, last; /* from: 0: auto, else a layout's number plus 1 */
	const char *system;
	uint64_t max_turns;
	struct buf system_json;
	struct oasst *oasst;
};

static const struct chat defaults = { .system = "keep", .max_turns = UINT64_MAX };

static const struct opt opts[] = {
	OPT_ENUM(0, "from", struct chat, from,
	    "auto|" WRITTEN "|helpsteer3|regression|oasst|oasst-pairs",
	    "read this layout; auto: by the fields of each document"),
	OPT_ENUM(0, "to", struct chat, to, WRITTEN, "write this layout"),
	OPT_STR(0, "system", struct chat, system, "TEXT",
	    "system turn of all conversations; keep: as it is; drop: none"),
	OPT_ENUM(0, "last", struct chat, last, "any|user|assistant",
	    "require that the last turn is the user's, or the assistant's"),
	OPT_U64(0, "max-turns", struct chat, max_turns,
	    "drop conversations of more than N turns, not counting the system's"),
	OPT_END,
};

static bool
is_tree(const struct chat *s)
{
	return s->from == OASST + 1 || s->from == OASST_PAIRS + 1;
}

static int
chat_open(void *self, struct setup *setup, struct err *err)
{
	struct chat *s = self;

	setup->no_text = true;
	if (strcmp(s->system, "keep") != 0 && strcmp(s->system, "drop") != 0)
		json_quote_any(&s->system_json, span_of(s->system));
	if (is_tree(s)) {
		setup->passes = 2;
		s->oasst =
		    oasst_new(s->from == OASST_PAIRS + 1, s->last == LAST_ASSISTANT);
	}
	return 0;
}

static void
chat_close(void *self)
{
	struct chat *s = self;

	buf_free(&s->system_json);
	oasst_free(s->oasst);
}

static int
chat_open_thread(const void *self, void **scratch, struct err *err)
{
	*scratch = xcalloc(1, sizeof(struct conversation));
	return 0;
}

static void
chat_close_thread(void *scratch)
{
	conversation_free(scratch);
	free(scratch);
}

static bool
has(struct doc *d, const char *field)
{
	struct span raw;

	return get_value(d, field, &raw);
}

/* The layout of d by its fields; LAYOUTS: none. */
static unsigned
detect(struct doc *d)
{
	struct span raw;

	if (has(d, "messages"))
		return OPENAI;
	if (get_value(d, "chosen", &raw) || get_value(d, "rejected", &raw))
		return raw.p[0] == '"' && !has(d, "prompt") ? HH : TRL;
	if (has(d, "conversations"))
		return has(d, "mask") ? NEMO : SHAREGPT;
	if (has(d, "completions") && has(d, "context"))
		return NEMO_RL;
	if (has(d, "chosen_response"))
		return ALIGNER;
	if (has(d, "response_1") && has(d, "prompt"))
		return HELPSTEER2;
	if (has(d, "response1") && has(d, "context"))
		return HELPSTEER3;
	if (has(d, "prompt") && has(d, "response"))
		return has(d, "preference") ? ALIGNER : HELPSTEER2;
	if (has(d, "prompt"))
		return TRL;
	if (has(d, "instruction"))
		return has(d, "output") ? ALPACA : DOLLY;
	if (has(d, "input") && has(d, "output"))
		return NEMO_SFT;
	if (has(d, "text") && get_value(d, "label", &raw) && raw.p[0] == '[')
		return REGRESSION;
	if (has(d, "message_id") && has(d, "role"))
		return OASST;
	return LAYOUTS;
}

/* The layout to read, or NULL with d bad. */
static const struct chat_layout *
layout_of(const struct chat *s, struct doc *d)
{
	const unsigned l = s->from ? s->from - 1 : detect(d);
	struct span raw;

	if (!s->from && l == OPENAI && get_value(d, "conversations", &raw) &&
	    raw.p[0] == '[') {
		doc_bad(d, "both 'messages' and 'conversations' are there: remove one of "
			   "them, or name the layout with --from");
		return NULL;
	}
	if (l == LAYOUTS) {
		doc_bad(
		    d, "the fields fit no layout of conversations: name it with --from");
		return NULL;
	}
	if (l >= OASST && !s->oasst) {
		doc_bad(d, "a message of a tree: read trees with --from oasst, or "
			   "--from oasst-pairs");
		return NULL;
	}
	return &layouts[l];
}

/* Carry out --system.  Returns whether the turns have changed. */
static bool
set_system(const struct chat *s, struct conversation *c)
{
	struct messages *m = &c->turns;
	const bool is = m->n && m->v[0].role == ROLE_SYSTEM;
	const struct span text = buf_span(&s->system_json);

	if (!text.n && (strcmp(s->system, "keep") == 0 || !is))
		return false;
	if (!text.n) {
		m->n--;
		memmove(m->v, m->v + 1, m->n * sizeof *m->v);
		return true;
	}
	if (is && m->v[0].content.p && span_eq(m->v[0].content, text))
		return false;
	if (!is) {
		add_turn(m, ROLE_SYSTEM, text);
		memmove(m->v + 1, m->v, (m->n - 1) * sizeof *m->v);
	}
	m->v[0] = (struct message){ .role = ROLE_SYSTEM, .content = text };
	return true;
}

/* Count the turns that write_openai states in another way than they were. */
static uint64_t
count_changed(const struct messages *m)
{
	uint64_t n = 0;

	for (size_t i = 0; i < m->n; i++)
		n += m->v[i].alias || (m->v[i].content.p && m->v[i].content.p[0] != '"');
	return n;
}

static int
check_list(struct doc *d, struct conversation *c, const struct messages *m,
    unsigned flags, const char *name)
{
	if (messages_check(m, flags, &c->mem, &c->problem) == 0)
		return 0;
	doc_bad(d, "%s: %s", name, c->problem.what);
	return -1;
}

static int
check_turns(const struct chat *s, struct doc *d, struct conversation *c)
{
	static const unsigned flags[] = { [LAST_ANY] = 0,
		[LAST_USER] = TURNS_END_USER,
		[LAST_ASSISTANT] = TURNS_END_ASSISTANT };
	const unsigned reply = TURNS_REPLY | TURNS_END_ASSISTANT;
	const size_t longer = c->chosen.n > c->rejected.n ? c->chosen.n : c->rejected.n;
	size_t n;

	if (!c->preference) {
		if (messages_check(&c->turns, flags[s->last], &c->mem, &c->problem) < 0)
			return bad_turn(d, c, c->field);
	} else if (check_list(d, c, &c->turns, TURNS_END_USER, "prompt") < 0 ||
		   check_list(d, c, &c->chosen, reply, "chosen") < 0 ||
		   check_list(d, c, &c->rejected, reply, "rejected") < 0) {
		return -1;
	}
	n = c->turns.n - (c->turns.v[0].role == ROLE_SYSTEM) +
	    (c->preference ? longer : 0);
	if (n > s->max_turns) {
		doc_drop_value(d, "chat.max_turns", (double)n, (double)s->max_turns);
		return -1;
	}
	return 0;
}

/* Remove the fields that state what was read in a layout.  Returns how many there were.
 */
static uint64_t
remove_fields(
    struct doc *d, const struct conversation *c, const struct chat_layout *layout)
{
	const char *const *field = c->preference ? layout->pair : layout->turns;
	const size_t n = c->preference ? 4 : 6;
	struct span raw;
	uint64_t removed = 0;

	for (size_t i = 0; i < n && field[i]; i++)
		if (doc_get(d, span_of(field[i]), &raw)) {
			doc_remove(d, span_of(field[i]));
			removed++;
		}
	return removed;
}

/* Write what was read as layout `from`, unless it is written so already. */
static void
write_turns(const struct chat *s, struct doc *d, struct conversation *c,
    const struct chat_layout *from)
{
	const struct chat_layout *to = &layouts[s->to];
	const bool canonical = s->to == OPENAI || (s->to == TRL && c->preference);
	const bool pairs = to->pair[0] && s->to != HELPSTEER2;
	uint64_t changed;

	if (c->preference ? !pairs : !to->turns[0]) {
		doc_bad(d, "layout %s has no %s: choose another one with --to", to->name,
		    c->preference ? "preferences" : "conversations");
		return;
	}
	changed = count_changed(&c->turns) + count_changed(&c->chosen) +
		  count_changed(&c->rejected);
	doc_count(d, "chat.rewritten_turns", changed);
	if (canonical && c->same && !changed)
		return;
	(void)remove_fields(d, c, from);
	/* Others of these names would be read as parts of the conversation. */
	doc_count(d, "chat.replaced_fields", remove_fields(d, c, to));
	c->buf.n = 0;
	(void)to->write(d, c);
}

static void
chat_document(const struct chat *s, struct doc *d, struct conversation *c)
{
	const struct chat_layout *from = layout_of(s, d);

	if (!from)
		return;
	conversation_clear(c);
	c->layout = from->name;
	if ((s->oasst ? oasst_read(s->oasst, d, c) : from->read(d, c)) < 0)
		return;
	if (set_system(s, c)) {
		c->same = false;
		doc_count(d, "chat.changed_system", 1);
	}
	if (check_turns(s, d, c) < 0)
		return;
	doc_count(d, from->count, 1);
	write_turns(s, d, c, from);
}

static void
chat_map(const void *self, void *scratch, struct doc *d)
{
	const struct chat *s = self;

	if (s->oasst)
		oasst_check(d);
	else
		chat_document(s, d, scratch);
}

static int
chat_fold(void *self, struct doc *d, struct err *err)
{
	struct chat *s = self;

	if (s->oasst)
		oasst_note(s->oasst, d);
	return 0;
}

static int
chat_decide(void *self, struct err *err)
{
	oasst_link(((struct chat *)self)->oasst);
	return 0;
}

static void
chat_apply(const void *self, void *scratch, struct doc *d)
{
	chat_document(self, d, scratch);
}

const struct filter filter_chat = {
	.name = "chat",
	.summary = "change the layout of conversations and check their turns",
	.example =
	    "tamis chat --last assistant -o sft.jsonl.zst sharegpt.jsonl dolly.jsonl",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.open = chat_open,
	.close = chat_close,
	.map = chat_map,
	.fold = chat_fold,
	.decide = chat_decide,
	.apply = chat_apply,
	.open_thread = chat_open_thread,
	.close_thread = chat_close_thread,
};
