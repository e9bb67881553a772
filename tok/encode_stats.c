/* encode_stats.c - what the tokens of a run are: by language, by source, by id. */
#include "tok/encode_stats.h"

#include <inttypes.h>
#include <stdlib.h>

#include "lib/base/err.h"
#include "lib/base/hash.h"
#include "lib/base/mem.h"
#include "lib/base/num.h"

/* The state of an id: some document uses it; it is of byte fallback.  The sum of eight
 * states fits in a byte, and has the number of the latter in its upper half. */
enum { USED = 1, BYTE = 16 };

void
stats_open(struct encode_stats *s, const struct model *m)
{
	s->state = xcalloc(m->n, sizeof *s->state);
	s->vocab = m->n;
	for (uint32_t i = 0; i < m->n; i++)
		if (m->piece[i].type == MODEL_BYTE)
			s->state[i] = BYTE;
}

static void
groups_free(struct token_groups *g)
{
	for (size_t i = 0; i < g->n; i++)
		free(g->v[i].name);
	g->n = 0;
}

void
stats_close(struct encode_stats *s)
{
	free(s->state);
	s->state = NULL;
	groups_free(&s->languages);
	groups_free(&s->sources);
}

static inline unsigned char
look(const atomic_uchar *state, uint32_t id)
{
	return atomic_load_explicit(&state[id], memory_order_relaxed);
}

/* A store makes other threads wait for its line, so look first. */
static void
use_each(atomic_uchar *state, const uint32_t *ids, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!(look(state, ids[i]) & USED))
			atomic_fetch_or_explicit(
			    &state[ids[i]], USED, memory_order_relaxed);
}

uint64_t
stats_use(const struct encode_stats *s, const uint32_t *ids, size_t n)
{
	enum { AT_ONCE = 8 };
	atomic_uchar *const state = s->state;
	uint64_t bytes = 0;

	for (; n >= AT_ONCE; ids += AT_ONCE, n -= AT_ONCE) {
		unsigned char all = USED, sum = 0;

#pragma GCC unroll 8
		for (size_t i = 0; i < AT_ONCE; i++) {
			const unsigned char one = look(state, ids[i]);

			all &= one;
			sum = (unsigned char)(sum + one);
		}
		bytes += sum / BYTE;
		if (!all)
			use_each(state, ids, AT_ONCE);
	}
	use_each(state, ids, n);
	for (size_t i = 0; i < n; i++)
		bytes += look(state, ids[i]) / BYTE;
	return bytes;
}

/* ---- groups ---- */

static void
add(struct token_counts *to, const struct token_counts *c)
{
	to->documents += c->documents;
	to->text_bytes += c->text_bytes;
	to->tokens += c->tokens;
	to->byte_tokens += c->byte_tokens;
	to->unknown += c->unknown;
}

static bool
is_group(const struct token_group *v, uint64_t hash, struct span name)
{
	if (!v->name || !name.p)
		return !v->name && !name.p;
	return v->hash == hash && span_eq((struct span){ v->name, v->name_bytes }, name);
}

/* The counts of the documents whose field is `name`. */
static struct token_counts *
counts_of(struct token_groups *g, struct span name)
{
	const uint64_t hash = name.p ? hash64(name, 0) : 0;
	struct token_group *v;

	if (g->n > 0 && is_group(&g->v[g->last], hash, name))
		return &g->v[g->last].counts;
	for (size_t i = 0; i < g->n; i++) {
		if (!is_group(&g->v[i], hash, name))
			continue;
		g->last = i;
		return &g->v[i].counts;
	}
	if (g->n == TOKEN_GROUPS || name.n > TOKEN_GROUP_NAME)
		return &g->rest;
	v = &g->v[g->n];
	*v = (struct token_group){ .hash = hash, .name_bytes = name.n };
	if (name.p)
		v->name = memcpy(xcalloc(1, name.n + 1), name.p, name.n);
	g->last = g->n++;
	return &v->counts;
}

void
stats_add(struct encode_stats *s, struct span language, struct span source,
    const struct token_counts *c)
{
	add(&s->all, c);
	add(counts_of(&s->languages, language), c);
	add(counts_of(&s->sources, source), c);
}

static int
by_tokens(const void *a, const void *b)
{
	const struct token_group *x = a, *y = b;

	if (x->counts.tokens != y->counts.tokens)
		return x->counts.tokens < y->counts.tokens ? 1 : -1;
	if (!x->name || !y->name)
		return (x->name != NULL) - (y->name != NULL);
	return strcmp(x->name, y->name);
}

/* A copy with most tokens first. */
static struct token_groups *
sorted(const struct token_groups *g)
{
	struct token_groups *copy = xmalloc(sizeof *copy);

	*copy = *g;
	qsort(copy->v, copy->n, sizeof *copy->v, by_tokens);
	return copy;
}

/* ---- output ---- */

static uint64_t
count_unused(const struct encode_stats *s)
{
	uint64_t n = 0;

	for (uint32_t id = 0; id < s->vocab; id++)
		n += !(s->state[id] & USED);
	return n;
}

static double
ratio(uint64_t a, uint64_t b)
{
	return b > 0 ? (double)a / (double)b : 0;
}

static void
put_counts(const struct token_counts *c, struct json_writer *w)
{
	jw_u64(jw_key(w, "documents"), c->documents);
	jw_u64(jw_key(w, "text_bytes"), c->text_bytes);
	jw_u64(jw_key(w, "tokens"), c->tokens);
	jw_u64(jw_key(w, "byte_tokens"), c->byte_tokens);
	jw_u64(jw_key(w, "unk_tokens"), c->unknown);
}

static void
put_groups(const char *key, const struct token_groups *g, struct json_writer *w)
{
	struct token_groups *s = sorted(g);

	jw_array(jw_key(w, key));
	for (size_t i = 0; i < s->n; i++) {
		jw_object(w);
		jw_key(w, "name");
		if (s->v[i].name)
			jw_text(w, s->v[i].name);
		else
			jw_null(w);
		put_counts(&s->v[i].counts, w);
		jw_end(w);
	}
	if (s->rest.documents > 0) {
		jw_object(w);
		jw_text(jw_key(w, "name"), "other");
		jw_bool(jw_key(w, "rest"), true);
		put_counts(&s->rest, w);
		jw_end(w);
	}
	jw_end(w);
	free(s);
}

void
stats_put(const struct encode_stats *s, struct json_writer *w)
{
	put_counts(&s->all, w);
	jw_num(jw_key(w, "bytes_per_token"), ratio(s->all.text_bytes, s->all.tokens), 4);
	jw_u64(jw_key(w, "vocab"), s->vocab);
	jw_u64(jw_key(w, "vocab_unused"), count_unused(s));
	put_groups("languages", &s->languages, w);
	put_groups("sources", &s->sources, w);
}

static void
print_counts(const char *what, const char *name, const struct token_counts *c)
{
	struct buf b = { 0 };

	buf_putf(&b, "  %s %s: %" PRIu64 " token%s, ", what, name, c->tokens,
	    plural(c->tokens));
	num_put(&b, ratio(c->text_bytes, c->tokens), 2);
	buf_puts(&b, " bytes per token");
	if (c->byte_tokens > 0) {
		buf_puts(&b, ", ");
		num_put(&b, 100 * ratio(c->byte_tokens, c->tokens), 2);
		buf_puts(&b, "% byte tokens");
	}
	if (c->unknown > 0)
		buf_putf(&b, ", %" PRIu64 " unk", c->unknown);
	buf_putc(&b, '\0');
	msg("%s", b.p);
	buf_free(&b);
}

/* Print the groups with most tokens, if there are several. */
static void
print_groups(const char *what, const struct token_groups *g)
{
	enum { LINES = 5 };
	struct token_groups *s = sorted(g);

	for (size_t i = 0; s->n > 1 && i < s->n && i < LINES; i++)
		print_counts(what, s->v[i].name ? s->v[i].name : "none", &s->v[i].counts);
	if (s->n > LINES || s->rest.documents > 0)
		msg("  the report lists more: field 'statistics'");
	free(s);
}

void
stats_print(const struct encode_stats *s)
{
	const uint64_t unused = count_unused(s);
	struct buf b = { 0 };

	num_put(&b, ratio(s->all.text_bytes, s->all.tokens), 2);
	buf_putc(&b, '\0');
	msg("%s bytes of text per token, %" PRIu64 " of %" PRIu32
	    " ids unused in %" PRIu64 " document%s",
	    b.p, unused, s->vocab, s->all.documents, plural(s->all.documents));
	buf_free(&b);
	print_groups("language", &s->languages);
	print_groups("source", &s->sources);
}
