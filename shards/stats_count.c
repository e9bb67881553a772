/* stats_count.c - counts documents, tokens and segments of shards from their sidecars. */
#include <inttypes.h>
#include <stdlib.h>

#include "shards/stats.h"

enum {
	ROWS = 4096,		/* of DOC at a time */
	SEGMENTS = 1 << 20,	/* at a time, at most */
	SAMPLES_AT_ONCE = 4096, /* where they are short */
};

/* One shard while it is counted. */
struct reading {
	struct stats *t;
	struct tshard *s;
	const struct tshard_header *h;
	size_t *source; /* the place in t->source of each of its sources */
	struct fact {
		uint32_t tokens;
		uint16_t language;
	} * doc; /* SAMPLES */
	struct err *err;
};

static int
failed(struct reading *r, const struct tshard_error *e)
{
	return err_set(r->err, e->code, "%s", e->msg);
}

static int
nonsense(struct reading *r, const char *what, uint64_t no)
{
	return err_set(r->err, EXIT_DATA,
	    "%s: %s %" PRIu64 " names a source or document that is not there: make this "
	    "shard again",
	    tshard_prefix(r->s), what, no);
}

/* ---- the shard as a whole ---- */

/* The place of a source among those of all shards: its name decides. */
static size_t
source_place(struct stats *t, const char *name)
{
	bool fresh;
	uint64_t *at = table_put(&t->by_name, hash128(span_of(name), 0), &fresh);

	if (!fresh)
		return (size_t)*at;
	*at = t->nsources;
	if (t->nsources == t->source_cap) {
		t->source_cap = t->source_cap ? xmul(t->source_cap, 2) : 16;
		t->source = xrealloc(t->source, t->source_cap, sizeof *t->source);
	}
	t->source[t->nsources] = (struct counts){ .name = xstrdup(name) };
	return t->nsources++;
}

static void
add_section(struct stats *t, const struct tshard_section *sec)
{
	size_t i = 0;

	while (i < t->nsections && strcmp(t->section[i].tag, sec->tag) < 0)
		i++;
	if (i == t->nsections || strcmp(t->section[i].tag, sec->tag) != 0) {
		t->section = xrealloc(t->section, t->nsections + 1, sizeof *t->section);
		memmove(t->section + i + 1, t->section + i,
		    (t->nsections - i) * sizeof *t->section);
		memcpy(t->section[i].tag, sec->tag, sizeof sec->tag);
		t->section[i].bytes = 0;
		t->nsections++;
	}
	t->section[i].bytes += sec->bytes;
}

/* Sections that are read must be those that were written. */
static int
check_sections(struct reading *r)
{
	static const char *const read[] = { "DOC", "DOCNUM", "DOCFLAG", "SEGIDX", "SEG" };
	struct tshard_error e;

	for (size_t i = 0; i < sizeof read / sizeof *read; i++) {
		const struct tshard_section *sec = tshard_section(r->s, read[i]);

		if (sec && tshard_section_check(r->s, sec, &e) < 0)
			return failed(r, &e);
	}
	return 0;
}

static int
add_number_name(struct reading *r)
{
	struct stats *t = r->t;
	const char *name = tshard_number_name(r->s);

	if (!name)
		return 0;
	if (t->numbered && strcmp(name, t->number) != 0)
		return err_set(r->err, EXIT_DATA,
		    "%s: its documents have a number '%s', those before '%s': count them "
		    "apart",
		    tshard_prefix(r->s), name, t->number);
	if (!t->numbered)
		t->numbers = xcalloc(STATS_NUMBERS, sizeof *t->numbers);
	t->numbered = true;
	memcpy(t->number, name, strlen(name) + 1);
	return 0;
}

static int
add_header(struct reading *r)
{
	struct stats *t = r->t;
	struct tshard_error e;
	unsigned char idx[8];

	if (t->shards > 0 && r->h->kind != t->kind)
		return err_set(r->err, EXIT_DATA,
		    "%s: of another kind than the shards before it: count documents and "
		    "samples apart",
		    tshard_prefix(r->s));
	if (tshard_section_read(r->s, tshard_section(r->s, "IDXHASH"), 0, idx, 8, &e) < 0)
		return failed(r, &e);
	for (size_t i = 0, shift = 0; i < 8; i++, shift += 8)
		t->idx_bytes += (uint64_t)idx[i] << shift;
	t->kind = r->h->kind;
	t->shards++;
	t->tokens += r->h->tokens;
	t->bin_bytes += r->h->bin_bytes;
	t->sdx_bytes += r->h->sdx_bytes;
	for (uint32_t i = 0; i < r->h->n_sections; i++)
		add_section(t, tshard_section_at(r->s, i));
	r->source = xcalloc((size_t)r->h->n_sources + 1, sizeof *r->source);
	for (uint32_t i = 0; i < r->h->n_sources; i++)
		r->source[i] = source_place(t, tshard_sources(r->s)[i].name);
	return add_number_name(r);
}

static struct counts *
language(struct stats *t, uint16_t code)
{
	struct counts **c = &t->language[code % STATS_LANGUAGES];

	if (!*c)
		*c = xcalloc(1, sizeof **c);
	return *c;
}

static void
count_flags(struct counts *c, uint8_t flags, uint64_t tokens)
{
	c->tokens += tokens;
	c->loss_tokens += flags & TSHARD_SEG_NO_LOSS ? 0 : tokens;
	c->fim_psm += (flags & TSHARD_SEG_FIM_PSM) > 0;
	c->fim_spm += (flags & TSHARD_SEG_FIM_SPM) > 0;
	c->no_loss += (flags & TSHARD_SEG_NO_LOSS) > 0;
}

/* ---- DOCS ---- */

static void
count_document(struct counts *c, const struct tshard_doc *d)
{
	c->documents++;
	count_flags(c, d->flags, d->tokens);
	histogram_add(&c->document, d->tokens);
}

static int
count_documents(struct reading *r)
{
	struct stats *t = r->t;
	struct tshard_doc *v = xmalloc(ROWS * sizeof *v);
	struct tshard_error e;
	int rc = 0;

	for (uint64_t row = 0; rc == 0 && row < r->h->docs; row += ROWS) {
		uint64_t left = r->h->docs - row;
		size_t n = left < ROWS ? (size_t)left : ROWS;

		if (tshard_docs(r->s, row, n, v, &e) < 0)
			rc = failed(r, &e);
		for (size_t i = 0; rc == 0 && i < n; i++) {
			if (v[i].source >= r->h->n_sources) {
				rc = nonsense(r, "document", row + i);
				break;
			}
			count_document(&t->all, &v[i]);
			count_document(&t->source[r->source[v[i].source]], &v[i]);
			count_document(language(t, v[i].language), &v[i]);
			if (tshard_number_name(r->s))
				t->numbers[v[i].number]++;
		}
	}
	free(v);
	return rc;
}

/* ---- SAMPLES ---- */

/* Length and language of all documents of the shard. */
static int
load_documents(struct reading *r)
{
	struct tshard_doc *v = xmalloc(ROWS * sizeof *v);
	struct tshard_error e;
	int rc = 0;

	r->doc = xcalloc((size_t)r->h->docs + 1, sizeof *r->doc);
	for (uint64_t row = 0; rc == 0 && row < r->h->docs; row += ROWS) {
		uint64_t left = r->h->docs - row;
		size_t n = left < ROWS ? (size_t)left : ROWS;

		if (tshard_docs(r->s, row, n, v, &e) < 0)
			rc = failed(r, &e);
		for (size_t i = 0; rc == 0 && i < n; i++)
			r->doc[row + i] = (struct fact){ v[i].tokens, v[i].language };
	}
	free(v);
	return rc;
}

static void
count_segment(
    struct counts *c, const struct tshard_seg *g, uint32_t n, const struct fact *d)
{
	bool continues = g->flags & TSHARD_SEG_CONTINUES;
	bool ends = g->flags & TSHARD_SEG_ENDS;

	c->segments++;
	c->continued += continues;
	c->unended += !ends;
	count_flags(c, g->flags, n);
	histogram_add(&c->segment, n);
	if (g->epoch >= c->epochs)
		c->epochs = g->epoch + 1u;
	if (continues)
		return;
	c->documents++;
	c->cut += !ends;
	histogram_add(&c->document, d->tokens);
}

/* A sample is of one source, but may be of several languages. */
static int
count_sample(struct reading *r, uint64_t no, const struct tshard_seg *g, size_t n)
{
	struct stats *t = r->t;
	struct counts *of;

	if (g->source >= r->h->n_sources)
		return nonsense(r, "a segment of sample", no);
	of = &t->source[r->source[g->source]];
	t->all.samples++;
	of->samples++;
	for (size_t i = 0; i < n; i++) {
		uint32_t tokens =
		    (i + 1 < n ? g[i + 1].start : r->h->seq_len) - g[i].start;

		if (g[i].flags & TSHARD_SEG_PAD) {
			t->all.pad += tokens;
			of->pad += tokens;
			continue;
		}
		if (g[i].row >= r->h->docs || g[i].source != g->source)
			return nonsense(r, "a segment of sample", no);
		count_segment(&t->all, &g[i], tokens, &r->doc[g[i].row]);
		count_segment(of, &g[i], tokens, &r->doc[g[i].row]);
		count_segment(language(t, r->doc[g[i].row].language), &g[i], tokens,
		    &r->doc[g[i].row]);
	}
	return 0;
}

static int
count_samples(struct reading *r)
{
	uint64_t step = SEGMENTS / r->h->seq_len, *at;
	struct tshard_error e;
	int rc = load_documents(r);

	step = step < 1 ? 1 : step > SAMPLES_AT_ONCE ? SAMPLES_AT_ONCE : step;
	at = xmalloc((size_t)(step + 1) * sizeof *at);
	for (uint64_t first = 0; rc == 0 && first < r->h->samples; first += step) {
		uint64_t left = r->h->samples - first;
		size_t n = (size_t)(left < step ? left : step);
		struct tshard_seg *segs = NULL;

		if (tshard_segs_range(r->s, first, n, &segs, at, &e) < 0)
			rc = failed(r, &e);
		for (size_t i = 0; rc == 0 && i < n; i++)
			rc = count_sample(r, r->h->first_sample + first + i, segs + at[i],
			    (size_t)(at[i + 1] - at[i]));
		free(segs);
	}
	free(at);
	return rc;
}

int
stats_shard(struct stats *t, const char *path, struct err *err)
{
	struct reading r = { .t = t, .err = err };
	struct tshard_error e;
	int rc = -1;

	if (tshard_open(&r.s, path, 0, &e) < 0)
		return failed(&r, &e);
	r.h = tshard_header(r.s);
	if (check_sections(&r) < 0 || add_header(&r) < 0)
		goto out;
	rc = r.h->kind == TSHARD_DOCS ? count_documents(&r) : count_samples(&r);
out:
	free(r.source);
	free(r.doc);
	tshard_close(r.s);
	return rc;
}

static void
counts_release(struct counts *c)
{
	free(c->name);
	histogram_free(&c->document);
	histogram_free(&c->segment);
}

void
stats_release(struct stats *t)
{
	counts_release(&t->all);
	for (size_t i = 0; i < t->nsources; i++)
		counts_release(&t->source[i]);
	for (size_t i = 0; i < STATS_LANGUAGES; i++) {
		if (!t->language[i])
			continue;
		counts_release(t->language[i]);
		free(t->language[i]);
	}
	free(t->source);
	table_free(&t->by_name);
	free(t->section);
	free(t->numbers);
}
