/* report.c - what a run counted: sorted, so that equal runs say it in equal bytes. */
#include "lib/driver/report.h"

#include <inttypes.h>
#include <stdlib.h>

#include "lib/text/unicode.h"

void
tally_init(struct tally *t)
{
	*t = (struct tally){ .hasher = hasher_new() };
}

void
tally_free(struct tally *t)
{
	free(t->rule);
	free(t->counts.v);
	hasher_free(t->hasher);
}

static struct rule_hits *
find_rule(struct tally *t, const char *rule)
{
	for (size_t i = 0; i < t->nrules; i++)
		if (t->rule[i].rule == rule || strcmp(t->rule[i].rule, rule) == 0)
			return &t->rule[i];
	if (t->nrules == t->rule_cap) {
		t->rule_cap = t->rule_cap ? t->rule_cap * 2 : 16;
		t->rule = xrealloc(t->rule, t->rule_cap, sizeof *t->rule);
	}
	t->rule[t->nrules] = (struct rule_hits){ .rule = rule };
	return &t->rule[t->nrules++];
}

/* Whether b is the only rule that its stage found broken.  v: all that were. */
static bool
alone(const struct broken *v, const struct broken *b)
{
	for (; v; v = v->next)
		if (v != b && v->stage == b->stage)
			return false;
	return true;
}

void
tally_doc(struct tally *t, const struct doc *d)
{
	t->read++;
	if (d->bad)
		t->bad++;
	else if (d->dropped)
		t->dropped++, t->dropped_at[d->stage]++;
	else
		t->kept++;
	for (const struct broken *b = d->bad ? NULL : d->broken; b; b = b->next) {
		struct rule_hits *r = find_rule(t, b->rule);

		r->hits++;
		r->alone += alone(d->broken, b);
	}
}

static int
by_hits(const void *a, const void *b)
{
	const struct rule_hits *x = a, *y = b;

	if (x->hits != y->hits)
		return x->hits < y->hits ? 1 : -1;
	return strcmp(x->rule, y->rule);
}

static int
by_name(const void *a, const void *b)
{
	const struct count *x = a, *y = b;

	return strcmp(x->what, y->what);
}

/* Sorted copies; the caller frees them. */
static struct rule_hits *
sorted_rules(const struct tally *t)
{
	struct rule_hits *r = xcalloc(t->nrules + 1, sizeof *r);

	if (t->nrules)
		memcpy(r, t->rule, t->nrules * sizeof *r);
	qsort(r, t->nrules, sizeof *r, by_hits);
	return r;
}

static struct count *
sorted_counts(const struct tally *t)
{
	struct count *c = xcalloc(t->counts.n + 1, sizeof *c);

	if (t->counts.n)
		memcpy(c, t->counts.v, t->counts.n * sizeof *c);
	qsort(c, t->counts.n, sizeof *c, by_name);
	return c;
}

void
report_summary(const struct tally *t)
{
	struct rule_hits *r = sorted_rules(t);
	struct count *c = sorted_counts(t);

	msg("%" PRIu64 " read, %" PRIu64 " kept, %" PRIu64 " dropped, %" PRIu64 " bad",
	    t->read, t->kept, t->dropped, t->bad);
	for (size_t i = 0; i < t->nrules; i++)
		msg("  %" PRIu64 " %s", r[i].hits, r[i].rule);
	for (size_t i = 0; i < t->counts.n; i++)
		msg("  %" PRIu64 " %s", c[i].n, c[i].what);
	free(r);
	free(c);
}

static void
put_hash(struct buf *out, struct hash128 h, uint64_t bytes)
{
	char hex[33];

	hash128_hex(h, hex);
	buf_putf(out, "\"xxh3_128\":\"%s\",\"bytes\":%" PRIu64, hex, bytes);
}

static void
put_tally(const struct tally *t, struct buf *out)
{
	struct rule_hits *r = sorted_rules(t);
	struct count *c = sorted_counts(t);

	buf_putf(out,
	    "\"read\":%" PRIu64 ",\"kept\":%" PRIu64 ",\"dropped\":%" PRIu64
	    ",\"bad\":%" PRIu64 ",\"rules\":[",
	    t->read, t->kept, t->dropped, t->bad);
	for (size_t i = 0; i < t->nrules; i++)
		buf_putf(out,
		    "%s{\"rule\":\"%s\",\"hits\":%" PRIu64 ",\"alone\":%" PRIu64 "}",
		    i ? "," : "", r[i].rule, r[i].hits, r[i].alone);
	buf_puts(out, "],\"counts\":{");
	for (size_t i = 0; i < t->counts.n; i++)
		buf_putf(out, "%s\"%s\":%" PRIu64, i ? "," : "", c[i].what, c[i].n);
	buf_puts(out, "}");
	free(r);
	free(c);
}

/* Reports of inputs that are in a report by now. */
struct embedded {
	struct hash128 *v;
	size_t n, bytes;
};

/*
 * An input's own report, whole where it is the first of its kind and there is room, else
 * by its hash: the chain must not grow without bound over many stages and inputs.
 */
static void
put_provenance(const char *json, struct embedded *e, struct buf *out)
{
	enum { ROOM = 1 << 20 };
	struct span s = span_of(json);
	struct hash128 h = hash128(s, 0);
	bool known = s.n > ROOM - e->bytes;
	char hex[33];

	for (size_t i = 0; i < e->n && !known; i++)
		known = e->v[i].lo == h.lo && e->v[i].hi == h.hi;
	if (known) {
		hash128_hex(h, hex);
		buf_putf(out, ",\"report_xxh3_128\":\"%s\"", hex);
		return;
	}
	buf_putf(out, ",\"report\":%s", json);
	e->v = xrealloc(e->v, e->n + 1, sizeof *e->v);
	e->v[e->n++] = h;
	e->bytes += s.n;
}

static void
put_input(const struct input *in, struct embedded *e, struct buf *out)
{
	const char *slash = strrchr(in->path, '/');

	buf_puts(out, "{\"name\":");
	json_quote_any(out, span_of(slash ? slash + 1 : in->path));
	buf_putc(out, ',');
	put_hash(out, in->hash, in->bytes);
	if (in->report)
		put_provenance(in->report, e, out);
	buf_putc(out, '}');
}

/* Append the options of one more table to those that are there. */
static void
put_options(const struct opt_set *set, struct buf *out)
{
	size_t at = out->n;

	opt_report(set, out);
	if (out->n > at && out->p[at - 1] != '{') {
		buf_putc(out, ' ');
		memmove(out->p + at + 1, out->p + at, out->n - at - 1);
		out->p[at] = ',';
	}
}

static void
put_stages(const struct report *r, struct buf *out)
{
	buf_puts(out, "\"stages\":[");
	for (size_t i = 0; i < r->nstages; i++) {
		const struct report_stage *s = &r->stage[i];

		buf_putf(out, "%s{\"verb\":\"%s\",\"options\":{", i ? "," : "", s->verb);
		put_options(&s->own, out);
		put_options(&(struct opt_set){ stage_opts, s->c }, out);
		buf_putf(out, "},\"dropped\":%" PRIu64 "}", r->tally->dropped_at[i]);
	}
	buf_puts(out, "],");
}

static void
put_libraries(const struct report *r, struct buf *out)
{
	buf_putf(out, "\"libraries\":{\"icu\":\"%s\",", unicode_version());
	stream_versions(out);
	for (size_t i = 0; i < r->nstages; i++) {
		bool known = !r->stage[i].libraries;

		for (size_t k = 0; k < i && !known; k++)
			known = r->stage[k].libraries == r->stage[i].libraries;
		if (!known)
			buf_putf(out, ",%s", r->stage[i].libraries);
	}
	buf_puts(out, "},");
}

void
report_put(const struct report *r, struct buf *out)
{
	struct embedded embedded = { 0 };

	buf_putf(
	    out, "{\"tamis\":\"%s\",\"verb\":\"%s\",\"options\":{", VERSION, r->verb);
	if (r->nstages == 1)
		put_options(&r->stage[0].own, out);
	put_options(&(struct opt_set){ common_opts, r->c }, out);
	buf_puts(out, "},");
	if (r->nstages > 1)
		put_stages(r, out);
	put_libraries(r, out);
	put_tally(r->tally, out);
	buf_puts(out, ",\"inputs\":[");
	for (size_t i = 0; i < r->ninputs; i++) {
		if (i)
			buf_putc(out, ',');
		put_input(&r->inputs[i], &embedded, out);
	}
	buf_putc(out, ']');
	if (r->upstream)
		buf_putf(out, ",\"upstream\":%s", r->upstream);
	if (r->output) {
		buf_puts(out, ",\"output\":{");
		put_hash(out, r->output->hash, r->output->bytes);
		buf_putc(out, '}');
	}
	buf_puts(out, "}\n");
	free(embedded.v);
}
