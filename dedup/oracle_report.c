/* oracle_report.c - the report of near-oracle, for people and as JSON. */
#include "dedup/oracle_report.h"

#include <inttypes.h>

#include "lib/base/num.h"
#include "lib/text/json_writer.h"

enum { SOURCES_SHOWN = 50 };

static double
share_of(uint64_t part, uint64_t whole)
{
	return whole ? (double)part / (double)whole : 0;
}

bool
oracle_alarm(const struct oracle_source *s)
{
	const uint64_t most =
	    s->removed > s->judged_removed ? s->removed : s->judged_removed;

	return (u128)most * 10 > (u128)s->documents * 9;
}

double
oracle_missed_share(const struct oracle *o)
{
	return share_of(o->r.missed, o->r.removed);
}

double
oracle_recall(const struct oracle *o)
{
	return o->r.removed ? share_of(o->r.agreed, o->r.removed) : 1;
}

static const char *
measure_name(const struct oracle *o)
{
	return o->measure == MEASURE_JACCARD ? "jaccard" : "containment";
}

/* The number of bins from the threshold to 1. */
static size_t
bins_of(const struct oracle *o)
{
	return (size_t)((SIMILARITY_ONE - o->threshold + ORACLE_STEP - 1) / ORACLE_STEP);
}

/* The lower end of bin i; the upper end is that of the next. */
static double
bin_from(const struct oracle *o, size_t i)
{
	const uint64_t from = o->threshold + i * ORACLE_STEP;

	return (double)(from < SIMILARITY_ONE ? from : SIMILARITY_ONE) / SIMILARITY_ONE;
}

/* A line for a count; its share of `whole` unless that is NULL. */
static void
put_count(struct buf *b, const char *name, uint64_t n, const uint64_t *whole)
{
	buf_putf(b, "%-22s %14" PRIu64, name, n);
	if (whole) {
		buf_puts(b, "  ");
		num_put(b, 100 * share_of(n, *whole), 3);
		buf_puts(b, " %");
	}
	buf_putc(b, '\n');
}

static void
put_bins(const struct oracle *o, struct buf *b)
{
	const size_t bins = bins_of(o);

	buf_putf(b, "\n%-22s %14s\n", measure_name(o), "pairs");
	for (size_t i = 0; i < bins; i++) {
		num_put(b, bin_from(o, i), 3);
		buf_puts(b, " to ");
		num_put(b, bin_from(o, i + 1), 3);
		buf_putf(b, " %22" PRIu64 "\n", o->r.bin[i]);
	}
	buf_putf(b, "%-22s %14" PRIu64 "\n", "1", o->r.bin[ORACLE_BINS - 1]);
}

/* Append a name from the input, without its controls. */
static void
put_name(struct buf *b, struct span name)
{
	const size_t from = b->n;

	buf_put(b, name.p, name.n);
	for (size_t i = from; i < b->n; i++)
		if ((unsigned char)b->p[i] < ' ' || b->p[i] == 0x7f)
			b->p[i] = '?';
}

static void
put_source(const struct oracle_report *r, const struct oracle_source *s, struct buf *b)
{
	buf_putf(b, "%14" PRIu64 " %14" PRIu64 "  ", s->documents, s->removed);
	buf_putf(b, "%6.2f %%", 100 * share_of(s->removed, s->documents));
	if (r->judged)
		buf_putf(b, " %14" PRIu64 "  %6.2f %%", s->judged_removed,
		    100 * share_of(s->judged_removed, s->documents));
	buf_puts(b, oracle_alarm(s) ? " ! " : "   ");
	put_name(b, span_of(s->name));
	buf_putc(b, '\n');
}

static void
put_sources(const struct oracle_report *r, struct buf *b)
{
	const size_t shown = r->nsources < SOURCES_SHOWN ? r->nsources : SOURCES_SHOWN;
	struct oracle_source rest = { .name = "(other values)" };

	buf_putf(b, "\n%14s %14s  %8s", "documents", "removed", "");
	if (r->judged)
		buf_putf(b, " %14s  %8s", "judged removed", "");
	buf_puts(b, "   ");
	put_name(b, span_of(r->by));
	buf_putc(b, '\n');
	for (size_t i = 0; i < shown; i++)
		put_source(r, &r->source[i], b);
	for (size_t i = shown; i < r->nsources; i++) {
		rest.documents += r->source[i].documents;
		rest.removed += r->source[i].removed;
		rest.judged_removed += r->source[i].judged_removed;
	}
	if (rest.documents)
		put_source(r, &rest, b);
	if (r->missing.documents)
		put_source(r, &r->missing, b);
}

static void
put_examples(const struct oracle *o, const struct oracle_examples *e, const char *head,
    struct buf *b)
{
	if (e->n)
		buf_putf(b, "\n%s\n", head);
	for (size_t i = 0; i < e->n; i++) {
		const struct oracle_example *x = &e->v[i];

		num_put(b, x->similarity, 4);
		buf_puts(b, "  ");
		put_name(b, o->doc[x->doc].id);
		buf_puts(b, "  ");
		if (x->other == NO_DOC)
			buf_puts(b, "(none)");
		else
			put_name(b, o->doc[x->other].id);
		buf_putc(b, '\n');
	}
}

static void
put_judgement(const struct oracle_report *r, struct buf *b)
{
	const struct oracle *o = r->oracle;
	const uint64_t documents = o->n;

	buf_puts(b, "\njudgement of ");
	put_name(b, span_of(r->judged));
	buf_putc(b, '\n');
	put_count(b, "removed", o->r.judged_removed, &documents);
	put_count(b, "unjustified", o->r.unjustified, &o->r.judged_removed);
	put_count(b, "missed", o->r.missed, &o->r.removed);
	put_count(b, "similar pairs kept", o->r.kept_pairs, NULL);
	buf_putf(b, "%-22s %14s  ", "recall", "");
	num_put(b, 100 * oracle_recall(o), 3);
	buf_puts(b, " %\n");
	put_examples(o, &o->r.unjustified_at,
	    "unjustified: similarity, removed document, nearest kept document", b);
	put_examples(o, &o->r.missed_at,
	    "missed: similarity, kept document, kept document that ranks before it", b);
}

void
oracle_put_text(const struct oracle_report *r, struct buf *b)
{
	const struct oracle *o = r->oracle;
	const uint64_t documents = o->n;

	put_count(b, "documents", o->n, NULL);
	put_count(b, "without words", o->r.without_words, NULL);
	put_count(b, "similar pairs", o->r.pairs, NULL);
	put_count(b, "removed", o->r.removed, &documents);
	put_count(b, "largest component", o->r.largest, NULL);
	put_bins(o, b);
	if (r->by)
		put_sources(r, b);
	if (r->judged)
		put_judgement(r, b);
}

/* Fields of the object that w is in. */
static void
json_source(
    const struct oracle_report *r, const struct oracle_source *s, struct json_writer *w)
{
	jw_u64(jw_key(w, "documents"), s->documents);
	jw_u64(jw_key(w, "removed"), s->removed);
	jw_num(jw_key(w, "removed_share"), share_of(s->removed, s->documents), 6);
	if (r->judged) {
		jw_u64(jw_key(w, "judged_removed"), s->judged_removed);
		jw_num(jw_key(w, "judged_removed_share"),
		    share_of(s->judged_removed, s->documents), 6);
	}
	jw_bool(jw_key(w, "alarm"), oracle_alarm(s));
}

static void
json_sources(const struct oracle_report *r, struct json_writer *w)
{
	jw_object(jw_key(w, "by"));
	jw_text(jw_key(w, "field"), r->by);
	jw_array(jw_key(w, "values"));
	for (size_t i = 0; i < r->nsources; i++) {
		jw_object(w);
		jw_text(jw_key(w, "value"), r->source[i].name);
		json_source(r, &r->source[i], w);
		jw_end(w);
	}
	jw_end(w);
	jw_object(jw_key(w, "missing"));
	json_source(r, &r->missing, w);
	jw_end(w);
	jw_end(w);
}

static void
json_examples(const struct oracle *o, const struct oracle_examples *e, const char *name,
    struct json_writer *w)
{
	jw_array(jw_key(w, name));
	for (size_t i = 0; i < e->n; i++) {
		const struct oracle_example *x = &e->v[i];

		jw_object(w);
		jw_str(jw_key(w, "id"), o->doc[x->doc].id);
		jw_key(w, "kept");
		if (x->other == NO_DOC)
			jw_null(w);
		else
			jw_str(w, o->doc[x->other].id);
		jw_num(jw_key(w, "similarity"), x->similarity, 6);
		jw_end(w);
	}
	jw_end(w);
}

static void
json_judgement(const struct oracle *o, struct json_writer *w)
{
	jw_object(jw_key(w, "judged"));
	jw_u64(jw_key(w, "removed"), o->r.judged_removed);
	jw_u64(jw_key(w, "unjustified"), o->r.unjustified);
	jw_num(jw_key(w, "unjustified_share"),
	    share_of(o->r.unjustified, o->r.judged_removed), 6);
	jw_u64(jw_key(w, "missed"), o->r.missed);
	jw_num(jw_key(w, "missed_share"), oracle_missed_share(o), 6);
	jw_u64(jw_key(w, "kept_pairs"), o->r.kept_pairs);
	jw_u64(jw_key(w, "agreed"), o->r.agreed);
	jw_num(jw_key(w, "recall"), oracle_recall(o), 6);
	json_examples(o, &o->r.unjustified_at, "unjustified_examples", w);
	json_examples(o, &o->r.missed_at, "missed_examples", w);
	jw_end(w);
}

void
oracle_put_json(const struct oracle_report *r, struct buf *b)
{
	const struct oracle *o = r->oracle;
	struct json_writer writer = { .out = b }, *w = &writer;
	const size_t bins = bins_of(o);

	jw_object(w);
	jw_text(jw_key(w, "measure"), measure_name(o));
	jw_num(jw_key(w, "threshold"), bin_from(o, 0), 6);
	jw_u64(jw_key(w, "documents"), o->n);
	jw_u64(jw_key(w, "without_words"), o->r.without_words);
	jw_u64(jw_key(w, "pairs"), o->r.pairs);
	jw_u64(jw_key(w, "removed"), o->r.removed);
	jw_u64(jw_key(w, "largest_component"), o->r.largest);
	jw_array(jw_key(w, "similarity"));
	for (size_t i = 0; i <= bins; i++) {
		jw_object(w);
		jw_num(jw_key(w, "from"), bin_from(o, i), 6);
		jw_num(jw_key(w, "to"), bin_from(o, i + 1), 6);
		jw_u64(jw_key(w, "pairs"), o->r.bin[i < bins ? i : ORACLE_BINS - 1]);
		jw_end(w);
	}
	jw_end(w);
	if (r->by)
		json_sources(r, w);
	if (r->judged)
		json_judgement(o, w);
	jw_end(w);
	buf_putc(b, '\n');
}
