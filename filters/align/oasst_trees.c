/* oasst_trees.c - trees of messages: paths from the root are conversations, and ranked
 * answers to one message are preferences. */
#include <stdlib.h>

#include "filters/align/conversation.h"
#include "lib/base/num.h"
#include "lib/base/table.h"

enum { MAX_TURNS = 1000 };

/* Whether a message can be part of a conversation. */
enum state {
	UNKNOWN,
	VISITED, /* on the path that is being followed */
	GOOD,
	ORPHAN,	 /* it, or one that it follows, has a parent that is missing */
	DELETED, /* the same for a deleted message */
	CYCLE,	 /* it follows itself */
	TWICE,	 /* its id is that of an earlier one */
};

#define NONE SIZE_MAX

struct tree_message {
	uint64_t ordinal;
	size_t parent, children; /* parent: an index; NONE: a root */
	size_t best, worst;	 /* of its ranked answers; NONE: there are none */
	size_t depth;		 /* turns from the root to here */
	struct hash128 parent_id;
	struct span text, id, labels; /* JSON; the last two for pairs alone */
	double rank;		      /* negative: none */
	bool assistant, root, deleted, unanswered;
	enum state state;
};

struct oasst {
	bool pairs, answered;
	struct tree_message *v;
	size_t n, cap;
	struct table at; /* message_id -> index in v */
	struct arena mem;
};

struct oasst *
oasst_new(bool pairs, bool answered)
{
	struct oasst *o = xcalloc(1, sizeof *o);

	o->pairs = pairs;
	o->answered = answered;
	return o;
}

void
oasst_check(struct doc *d)
{
	struct span raw;
	double x;

	if (!get_value(d, "message_id", &raw) || raw.p[0] != '"')
		doc_bad(d, "field 'message_id' is missing or not a string");
	else if (get_value(d, "parent_id", &raw) && raw.p[0] != '"')
		doc_bad(d, "field 'parent_id' is not a string");
	else if (!get_value(d, "text", &raw) || raw.p[0] != '"')
		doc_bad(d, "field 'text' is missing or not a string");
	else if (!get_value(d, "role", &raw) || (!span_eq(raw, SPAN("\"prompter\"")) &&
						    !span_eq(raw, SPAN("\"assistant\""))))
		doc_bad(d, "field 'role' is neither prompter nor assistant");
	else if (get_value(d, "rank", &raw) && (!num_json(raw, &x) || x < 0))
		doc_bad(d, "field 'rank' is not a number from 0");
}

static struct span
keep(struct oasst *o, struct doc *d, const char *field)
{
	struct span raw;

	if (!get_value(d, field, &raw))
		return (struct span){ NULL, 0 };
	return (struct span){ arena_copy(&o->mem, raw), raw.n };
}

void
oasst_note(struct oasst *o, struct doc *d)
{
	struct tree_message *m;
	struct span s;
	uint64_t *at;
	bool fresh;

	GROW(o->v, o->n, o->cap);
	m = &o->v[o->n];
	*m = (struct tree_message){
		.ordinal = doc_ordinal(d),
		.parent = NONE,
		.best = NONE,
		.worst = NONE,
		.text = keep(o, d, "text"),
		.rank = -1,
	};
	(void)doc_str(d, SPAN("message_id"), &s);
	at = table_put(&o->at, hash128(s, 0), &fresh);
	if (fresh)
		*at = o->n;
	else
		m->state = TWICE;
	m->root = !doc_str(d, SPAN("parent_id"), &s);
	if (!m->root)
		m->parent_id = hash128(s, 0);
	(void)doc_str(d, SPAN("role"), &s);
	m->assistant = span_eq(s, SPAN("assistant"));
	m->deleted = doc_get(d, SPAN("deleted"), &s) && s.p[0] == 't';
	if (get_value(d, "rank", &s))
		(void)num_json(s, &m->rank);
	if (o->pairs) {
		m->id = keep(o, d, "message_id");
		m->labels = keep(o, d, "labels");
	}
	o->n++;
}

/* Follow the parents of v[i] up to one whose state is known, then set all states on the
 * way down: in all, each message is visited twice. */
static void
set_state(struct oasst *o, size_t i, size_t *path)
{
	size_t n = 0, depth = 0;
	enum state above = GOOD;

	for (;; i = o->v[i].parent) {
		struct tree_message *m = &o->v[i];

		if (m->state != UNKNOWN) {
			above = m->state == VISITED ? CYCLE : m->state;
			depth = m->depth;
			break;
		}
		m->state = VISITED;
		path[n++] = i;
		if (m->parent == NONE) {
			above = m->root ? GOOD : ORPHAN;
			break;
		}
	}
	while (n-- > 0) {
		struct tree_message *m = &o->v[path[n]];

		if (above == GOOD && m->deleted)
			above = DELETED;
		m->state = above;
		m->depth = ++depth;
	}
}

void
oasst_link(struct oasst *o)
{
	size_t *path = xcalloc(o->n + 1, sizeof *path);

	for (size_t i = 0; i < o->n; i++) {
		const uint64_t *at =
		    o->v[i].root ? NULL : table_get(&o->at, o->v[i].parent_id);

		if (at)
			o->v[i].parent = (size_t)*at;
	}
	for (size_t i = 0; i < o->n; i++)
		if (o->v[i].state == UNKNOWN)
			set_state(o, i, path);
	for (size_t i = 0; i < o->n; i++) {
		const struct tree_message *m = &o->v[i];
		struct tree_message *up = m->parent == NONE ? NULL : &o->v[m->parent];

		if (m->state != GOOD || !up)
			continue;
		up->children++;
		if (!m->assistant || m->rank < 0)
			continue;
		if (up->best == NONE || m->rank < o->v[up->best].rank)
			up->best = i;
		if (up->worst == NONE || m->rank > o->v[up->worst].rank)
			up->worst = i;
	}
	for (size_t i = 0; o->answered && i < o->n; i++) {
		struct tree_message *m = &o->v[i];

		if (m->state != GOOD || m->assistant || m->children > 0)
			continue;
		m->unanswered = true;
		if (m->parent != NONE)
			o->v[m->parent].children--;
	}
	free(path);
}

static const struct tree_message *
find_message(const struct oasst *o, uint64_t ordinal)
{
	size_t low = 0, high = o->n;

	while (high - low > 1) {
		const size_t mid = low + (high - low) / 2;

		if (o->v[mid].ordinal <= ordinal)
			low = mid;
		else
			high = mid;
	}
	return &o->v[low];
}

static void
set_path(const struct oasst *o, const struct tree_message *m, struct conversation *c)
{
	for (size_t i = 0; i < m->depth; i++)
		add_turn(&c->turns, ROLE_USER, SPAN("\"\""));
	for (size_t i = m->depth; i > 0; i--) {
		c->turns.v[i - 1].role = m->assistant ? ROLE_ASSISTANT : ROLE_USER;
		c->turns.v[i - 1].content = m->text;
		m = i > 1 ? &o->v[m->parent] : NULL;
	}
}

/* Whether d is part of no conversation; d is then bad or dropped. */
static bool
is_lost(struct doc *d, const struct tree_message *m)
{
	if (m->state == CYCLE)
		doc_bad(d, "the message follows itself: correct its parent_id");
	else if (m->state == TWICE)
		doc_bad(d, "message_id occurs twice: remove one of the two messages");
	else if (m->depth > MAX_TURNS)
		doc_bad(
		    d, "the message is turn %zu: %d are supported", m->depth, MAX_TURNS);
	else if (m->state == ORPHAN)
		doc_drop(d, "chat.no_parent");
	else if (m->state == DELETED)
		doc_drop(d, "chat.deleted");
	else
		return false;
	return true;
}

static int
read_answers(const struct oasst *o, struct doc *d, const struct tree_message *m,
    struct conversation *c)
{
	const struct tree_message *best, *worst;

	if (m->assistant || m->best == NONE || m->best == m->worst) {
		doc_drop(d, "chat.no_pair");
		return -1;
	}
	best = &o->v[m->best];
	worst = &o->v[m->worst];
	if (best->rank == worst->rank) {
		doc_drop(d, "chat.tie");
		return -1;
	}
	c->preference = true;
	add_turn(&c->chosen, ROLE_ASSISTANT, best->text);
	add_turn(&c->rejected, ROLE_ASSISTANT, worst->text);
	doc_set_raw(d, SPAN("chosen_id"), best->id);
	doc_set_raw(d, SPAN("rejected_id"), worst->id);
	if (best->labels.p && worst->labels.p) {
		doc_set_raw(d, SPAN("chosen_labels"), best->labels);
		doc_set_raw(d, SPAN("rejected_labels"), worst->labels);
	}
	return 0;
}

int
oasst_read(const struct oasst *o, struct doc *d, struct conversation *c)
{
	const struct tree_message *m = find_message(o, doc_ordinal(d));

	if (is_lost(d, m))
		return -1;
	if (o->pairs ? read_answers(o, d, m, c) < 0 : m->children > 0 || m->unanswered) {
		if (!o->pairs)
			doc_drop(d, m->unanswered ? "chat.unanswered" : "chat.inner");
		return -1;
	}
	set_path(o, m, c);
	return 0;
}

void
oasst_free(struct oasst *o)
{
	if (!o)
		return;
	free(o->v);
	table_free(&o->at);
	arena_free(&o->mem);
	free(o);
}
