/* stats_count.c - count the documents, segments and tokens of a shard by its sidecar. */
#include <stdlib.h>

#include "shards/stats.h"
#include "shards/tshard_err.h"

/* The shard that is counted. */
struct shard_stats {
	struct stats *t;
	struct tshard *s;
	const struct tshard_header *h;
	size_t *source; /* for each of its sources, the index in t->source */
	struct fact {
		uint32_t tokens;
		uint16_t language;
	} * doc; /* SAMPLES */
	struct err *err;
};

/* ---- the shard as a whole ---- */

/* The index in t->source of the source of this name. */
static size_t
source_index(struct stats *t, const char *name)
{
	bool fresh;
	uint64_t *at = table_put(&t->by_name, hash128(span_of(name), 0), &fresh);

	if (!fresh)
		return (size_t)*at;
	*at = t->nsources;
	GROW(t->source, t->nsources, t->source_cap);
	t->source[t->nsources] = (struct stats_counts){ .name = xstrdup(name) };
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

static int
add_number_name(struct shard_stats *r)
{
	struct stats *t = r->t;
	const char *name = tshard_number_name(r->s);

	if (!name)
		return 0;
	if (t->numbered && strcmp(name, t->number) != 0)
		return err_set(r->err, EXIT_DATA,
		    "%s: its documents have the number '%s', those of earlier shards "
		    "'%s': "
		    "run tamis stats for each",
		    tshard_prefix(r->s), name, t->number);
	if (!t->numbered)
		t->numbers = xcalloc(STATS_NUMBERS, sizeof *t->numbers);
	t->numbered = true;
	memcpy(t->number, name, strlen(name) + 1);
	return 0;
}

static int
add_header(struct shard_stats *r)
{
	struct stats *t = r->t;
	struct tshard_error e = { 0 };
	unsigned char idx[8];

	if (t->shards > 0 && r->h->kind != t->kind)
		return err_set(r->err, EXIT_DATA,
		    "%s: not the kind of the earlier shards: run tamis stats on "
		    "documents "
		    "and on samples separately",
		    tshard_prefix(r->s));
	if (tshard_section_read(r->s, tshard_section(r->s, "IDXHASH"), 0, idx, 8, &e) < 0)
		return err_tshard(r->err, &e);
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
		r->source[i] = source_index(t, tshard_sources(r->s)[i].name);
	return add_number_name(r);
}

static struct stats_counts *
language(struct stats *t, uint16_t code)
{
	struct stats_counts **c = &t->language[code % STATS_LANGUAGES];

	if (!*c)
		*c = xcalloc(1, sizeof **c);
	return *c;
}

static void
count_flags(struct stats_counts *c, uint8_t flags, uint64_t tokens)
{
	c->tokens += tokens;
	c->loss_tokens += flags & TSHARD_SEG_NO_LOSS ? 0 : tokens;
	c->fim_psm += (flags & TSHARD_SEG_FIM_PSM) > 0;
	c->fim_spm += (flags & TSHARD_SEG_FIM_SPM) > 0;
	c->no_loss += (flags & TSHARD_SEG_NO_LOSS) > 0;
}

/* ---- DOCS ---- */

static void
count_document(struct stats_counts *c, const struct tshard_doc *d)
{
	c->documents++;
	count_flags(c, d->flags, d->tokens);
	histogram_add(&c->document, d->tokens);
}

static int
count_documents(struct shard_stats *r)
{
	struct stats *t = r->t;
	struct tshard_doc_iter *it = NULL;
	struct tshard_error e = { 0 };
	struct tshard_doc d;
	int more = -1;

	if (tshard_doc_iter_open(&it, r->s, 0, r->h->docs, &e) == 0)
		while ((more = tshard_doc_iter_next(it, &d, &e)) > 0) {
			count_document(&t->all, &d);
			/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
			count_document(&t->source[r->source[d.source]], &d);
			count_document(language(t, d.language), &d);
			if (tshard_number_name(r->s))
				t->numbers[d.number]++;
		}
	tshard_doc_iter_close(it);
	return more < 0 ? err_tshard(r->err, &e) : 0;
}

/* ---- SAMPLES ---- */

/* Load length and language of each document. */
static int
load_documents(struct shard_stats *r)
{
	struct tshard_doc_iter *it = NULL;
	struct tshard_error e = { 0 };
	struct tshard_doc d;
	int more = -1;

	r->doc = xcalloc((size_t)r->h->docs + 1, sizeof *r->doc);
	if (tshard_doc_iter_open(&it, r->s, 0, r->h->docs, &e) == 0)
		for (uint64_t row = 0; (more = tshard_doc_iter_next(it, &d, &e)) > 0;
		     row++)
			r->doc[row] = (struct fact){ d.tokens, d.language };
	tshard_doc_iter_close(it);
	return more < 0 ? err_tshard(r->err, &e) : 0;
}

static void
count_segment(
    struct stats_counts *c, const struct tshard_seg *g, uint32_t n, const struct fact *d)
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

/* A sample has one source, and may have several languages. */
static void
count_sample(struct shard_stats *r, const struct tshard_sample *sample)
{
	struct stats *t = r->t;
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): set by then */
	struct stats_counts *of = &t->source[r->source[sample->segs->source]];

	t->all.samples++;
	of->samples++;
	for (uint32_t i = 0; i < sample->n_segs; i++) {
		const struct tshard_seg *g = &sample->segs[i];
		uint32_t tokens = g[1].start - g->start;
		const struct fact *d;

		if (g->flags & TSHARD_SEG_PAD) {
			t->all.pad += tokens;
			of->pad += tokens;
			continue;
		}
		d = &r->doc[g->row];
		count_segment(&t->all, g, tokens, d);
		count_segment(of, g, tokens, d);
		count_segment(language(t, d->language), g, tokens, d);
	}
}

static int
count_samples(struct shard_stats *r)
{
	struct tshard_sample_iter *it = NULL;
	struct tshard_error e = { 0 };
	struct tshard_sample sample;
	int more = -1;

	if (load_documents(r) < 0)
		return -1;
	if (tshard_sample_iter_open(&it, r->s, 0, r->h->samples, &e) == 0)
		while ((more = tshard_sample_iter_next(it, &sample, NULL, &e)) > 0)
			count_sample(r, &sample);
	tshard_sample_iter_close(it);
	return more < 0 ? err_tshard(r->err, &e) : 0;
}

int
stats_shard(struct stats *t, struct tshard *s, struct err *err)
{
	struct shard_stats r = { .t = t, .s = s, .h = tshard_header(s), .err = err };
	struct tshard_error e = { 0 };
	int rc = -1;

	/* The sections that are read; a shard of the other kind lacks some of them. */
	if (tshard_check(s, "DOC DOCNUM? DOCFLAG? SEGIDX? SEG?", &e) < 0)
		return err_tshard(err, &e);
	if (add_header(&r) == 0)
		rc = r.h->kind == TSHARD_DOCS ? count_documents(&r) : count_samples(&r);
	free(r.source);
	free(r.doc);
	return rc;
}

static void
counts_release(struct stats_counts *c)
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
