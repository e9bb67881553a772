/* report.c - counts of a run, as a summary for people and a report for programs. */
#include "lib/driver/report.h"

#include <inttypes.h>
#include <stdlib.h>

#include "lib/base/chars.h"
#include "lib/base/num.h"
#include "lib/io/stream.h"
#include "lib/text/json_writer.h"
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
	GROW(t->rule, t->nrules, t->rule_cap);
	t->rule[t->nrules] = (struct rule_hits){ .rule = rule };
	return &t->rule[t->nrules++];
}

/* Whether h is the only hit of its stage.  v: all hits. */
static bool
alone(const struct rule_hit *v, const struct rule_hit *h)
{
	for (; v; v = v->next)
		if (v != h && v->stage == h->stage)
			return false;
	return true;
}

void
tally_hits(struct tally *t, const struct doc *d)
{
	for (const struct rule_hit *h = d->bad ? NULL : d->hits; h; h = h->next) {
		struct rule_hits *r = find_rule(t, h->rule);

		r->hits++;
		r->stages |= (uint32_t)1 << h->stage;
		r->alone += alone(d->hits, h);
	}
}

void
tally_drop(struct tally *t, size_t stage, const char *rule, uint64_t n)
{
	struct rule_hits *r;

	if (n == 0)
		return;
	r = find_rule(t, rule);
	r->hits += n;
	r->alone += n;
	r->stages |= (uint32_t)1 << stage;
	t->kept -= n;
	t->dropped += n;
	t->dropped_at[stage] += n;
}

void
tally_seen(struct tally *t, const struct doc *d)
{
	if (d->part)
		t->made++;
	else
		t->read++;
	for (size_t i = 0; !d->bad && i <= d->stage; i++)
		t->seen_at[i] += !(d->unselected >> i & 1);
	tally_hits(t, d);
}

void
tally_ended(struct tally *t, const struct doc *d)
{
	if (d->bad)
		t->bad++;
	else if (d->dropped)
		t->dropped++, t->dropped_at[d->stage]++;
	else
		t->kept++;
}

void
setup_uses(struct setup *s, struct span name, struct span version)
{
	struct uses *u = s->uses;
	struct use *use;

	GROW(u->v, u->n, u->cap);
	use = &u->v[u->n++];
	use->name = memcpy(xcalloc(1, name.n + 1), name.p, name.n);
	use->version = memcpy(xcalloc(1, version.n + 1), version.p, version.n);
}

void
uses_free(struct uses *u)
{
	for (size_t i = 0; i < u->n; i++) {
		free(u->v[i].name);
		free(u->v[i].version);
	}
	free(u->v);
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
	const struct named_count *x = a, *y = b;

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

static struct named_count *
sorted_counts(const struct tally *t)
{
	struct named_count *c = xcalloc(t->counts.n + 1, sizeof *c);

	if (t->counts.n)
		memcpy(c, t->counts.v, t->counts.n * sizeof *c);
	qsort(c, t->counts.n, sizeof *c, by_name);
	return c;
}

void
report_summary(const struct tally *t, uint32_t tags)
{
	struct rule_hits *r = sorted_rules(t);
	struct named_count *c = sorted_counts(t);

	if (t->made)
		msg("%" PRIu64 " read, %" PRIu64 " made of them, %" PRIu64
		    " kept, %" PRIu64 " dropped, %" PRIu64 " bad",
		    t->read, t->made, t->kept, t->dropped, t->bad);
	else
		msg("%" PRIu64 " read, %" PRIu64 " kept, %" PRIu64 " dropped, %" PRIu64
		    " bad",
		    t->read, t->kept, t->dropped, t->bad);
	for (size_t i = 0; i < t->nrules; i++)
		msg("  %" PRIu64 " %s by %s", r[i].hits,
		    r[i].stages & ~tags ? "dropped" : "tagged", r[i].rule);
	for (size_t i = 0; i < t->counts.n; i++)
		msg("  %" PRIu64 " %s", c[i].n, c[i].what);
	free(r);
	free(c);
}

static int
by_documents(const void *a, const void *b)
{
	const struct split_output *x = a, *y = b;

	if (x->documents != y->documents)
		return x->documents < y->documents ? 1 : -1;
	return strcmp(x->value, y->value);
}

void
report_split(const struct split_output *v, size_t n)
{
	enum { LINES = 20 };
	struct split_output *sorted = xcalloc(n + 1, sizeof *v);
	uint64_t rest = 0;

	if (n)
		memcpy(sorted, v, n * sizeof *v);
	qsort(sorted, n, sizeof *v, by_documents);
	for (size_t i = 0; i < n; i++)
		if (i < LINES)
			msg("  %" PRIu64 " to '%s'", sorted[i].documents, sorted[i].name);
		else
			rest += sorted[i].documents;
	if (rest)
		msg("  %" PRIu64 " to %zu more file%s", rest, n - LINES,
		    plural(n - LINES));
	free(sorted);
}

void
report_warnings(const struct tally *t, uint32_t selects)
{
	enum { FEW = 100 };

	for (size_t i = 0; t->read >= FEW && i < t->nrules; i++) {
		const struct rule_hits *r = &t->rule[i];
		uint64_t seen = 0;

		for (size_t k = 0; k < MAX_STAGES; k++)
			seen += r->stages >> k & 1 ? t->seen_at[k] : 0;
		if (!(r->stages & selects) && r->hits > seen / 2)
			warning("rule '%s' fails %" PRIu64 " of %" PRIu64
				" documents: check that it suits them",
			    r->rule, r->hits, seen);
	}
}

/* Two fields of the current object. */
static void
put_hash(struct json_writer *w, struct hash128 h, uint64_t bytes)
{
	char hex[33];

	hash128_hex(h, hex);
	jw_text(jw_key(w, "xxh3_128"), hex);
	jw_u64(jw_key(w, "bytes"), bytes);
}

static void
put_tally(const struct tally *t, struct json_writer *w)
{
	struct rule_hits *r = sorted_rules(t);
	struct named_count *c = sorted_counts(t);

	jw_u64(jw_key(w, "read"), t->read);
	if (t->made)
		jw_u64(jw_key(w, "made"), t->made);
	jw_u64(jw_key(w, "kept"), t->kept);
	jw_u64(jw_key(w, "dropped"), t->dropped);
	jw_u64(jw_key(w, "bad"), t->bad);
	jw_array(jw_key(w, "rules"));
	for (size_t i = 0; i < t->nrules; i++) {
		jw_object(w);
		jw_text(jw_key(w, "rule"), r[i].rule);
		jw_u64(jw_key(w, "hits"), r[i].hits);
		jw_u64(jw_key(w, "alone"), r[i].alone);
		jw_end(w);
	}
	jw_end(w);
	jw_object(jw_key(w, "counts"));
	for (size_t i = 0; i < t->counts.n; i++)
		jw_u64(jw_key(w, c[i].what), c[i].n);
	jw_end(w);
	free(r);
	free(c);
}

/* The reports of inputs that this report already contains. */
struct embedded {
	struct hash128 *v;
	size_t n, cap, bytes;
};

/* The hash of the file that holds the report: tamis ends it with a newline. */
static struct hash128
report_hash(struct span report)
{
	struct hasher *h = hasher_new();
	struct hash128 sum;

	hasher_add(h, report);
	hasher_add(h, SPAN("\n"));
	sum = hasher_sum(h);
	hasher_free(h);
	return sum;
}

/*
 * Embed the report of an input under the name `key`: whole if it is new and fits, else
 * its hash under `key_hash`.  Reports must not grow without limit over many stages and
 * inputs.
 */
static void
put_provenance(const char *json, const char *key, const char *key_hash,
    struct embedded *e, struct json_writer *w)
{
	enum { ROOM = 64 << 10 };
	struct span s = span_of(json);
	struct hash128 h = report_hash(s);
	bool known = s.n > ROOM - e->bytes;
	char hex[33];

	for (size_t i = 0; i < e->n && !known; i++)
		known = e->v[i].lo == h.lo && e->v[i].hi == h.hi;
	if (known) {
		hash128_hex(h, hex);
		jw_text(jw_key(w, key_hash), hex);
		return;
	}
	jw_raw(jw_key(w, key), s);
	GROW(e->v, e->n, e->cap);
	e->v[e->n++] = h;
	e->bytes += s.n;
}

static void
put_input(const struct input *in, struct embedded *e, struct json_writer *w)
{
	jw_object(w);
	jw_text(jw_key(w, "name"), path_base(in->path));
	put_hash(w, in->hash, in->bytes);
	if (in->report)
		put_provenance(in->report, "report", "report_xxh3_128", e, w);
	jw_end(w);
}

static void
put_stages(const struct report *r, struct json_writer *w)
{
	jw_array(jw_key(w, "stages"));
	for (size_t i = 0; i < r->nstages; i++) {
		const struct report_stage *s = &r->stage[i];

		jw_object(w);
		jw_text(jw_key(w, "command"), s->command);
		jw_object(jw_key(w, "options"));
		opt_report(&s->own, w);
		opt_report(&(struct opt_set){ stage_opts, s->c }, w);
		jw_end(w);
		jw_u64(jw_key(w, "dropped"), r->tally->dropped_at[i]);
		jw_end(w);
	}
	jw_end(w);
}

/* Whether one of the first n stages uses it, too. */
static bool
used_before(const struct report *r, size_t n, const struct use *u)
{
	for (size_t k = 0; k < n; k++)
		for (size_t i = 0; i < r->stage[k].uses->n; i++) {
			const struct use *o = &r->stage[k].uses->v[i];

			if (strcmp(o->name, u->name) == 0 &&
			    strcmp(o->version, u->version) == 0)
				return true;
		}
	return false;
}

static void
put_libraries(const struct report *r, struct json_writer *w)
{
	jw_object(jw_key(w, "libraries"));
	jw_text(jw_key(w, "icu"), unicode_version());
	jw_text(jw_key(w, "zstd"), stream_zstd_version());
	jw_text(jw_key(w, "zlib"), stream_zlib_version());
	for (size_t k = 0; k < r->nstages; k++) {
		const struct uses *uses = r->stage[k].uses;

		for (size_t i = 0; i < uses->n; i++)
			if (!used_before(r, k, &uses->v[i]))
				jw_text(jw_any_key(w, span_of(uses->v[i].name)),
				    uses->v[i].version);
	}
	jw_end(w);
}

/* The files of a run that splits its output, in the order of their first documents. */
static void
put_split(const struct report *r, struct json_writer *w)
{
	jw_array(jw_key(w, "outputs"));
	for (size_t i = 0; i < r->nsplit; i++) {
		const struct split_output *o = &r->split[i];

		jw_object(w);
		jw_text(jw_key(w, "value"), o->value);
		jw_text(jw_key(w, "name"), o->name);
		jw_u64(jw_key(w, "documents"), o->documents);
		put_hash(w, o->hash, o->bytes);
		jw_end(w);
	}
	jw_end(w);
}

void
report_put(const struct report *r, struct buf *out)
{
	struct embedded embedded = { 0 };
	struct json_writer writer = { .out = out }, *w = &writer;

	jw_object(w);
	jw_text(jw_key(w, "tamis"), VERSION);
	jw_text(jw_key(w, "command"), r->command);
	jw_object(jw_key(w, "options"));
	if (r->nstages == 1)
		opt_report(&r->stage[0].own, w);
	opt_report(&(struct opt_set){ common_opts, r->c }, w);
	jw_end(w);
	if (r->nstages > 1)
		put_stages(r, w);
	put_libraries(r, w);
	put_tally(r->tally, w);
	if (r->statistics) {
		jw_object(jw_key(w, "statistics"));
		r->statistics(r->self, w);
		jw_end(w);
	}
	jw_array(jw_key(w, "inputs"));
	for (size_t i = 0; i < r->ninputs; i++)
		put_input(&r->inputs[i], &embedded, w);
	jw_end(w);
	if (r->upstream)
		put_provenance(
		    r->upstream, "upstream", "upstream_xxh3_128", &embedded, w);
	if (r->split)
		put_split(r, w);
	if (r->output) {
		jw_object(jw_key(w, "output"));
		put_hash(w, r->output->hash, r->output->bytes);
		jw_end(w);
	}
	jw_end(w);
	buf_putc(out, '\n');
	free(embedded.v);
}
