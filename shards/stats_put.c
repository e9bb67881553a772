/* stats_put.c - print the counts of tamis stats as JSON and as tables. */
#include <inttypes.h>
#include <stdio.h>

#include "lib/base/num.h"
#include "lib/text/json_writer.h"
#include "shards/printable.h"
#include "shards/stats.h"

static const unsigned quantiles[] = { 100, 500, 900, 990 };
static const char *const quantile_names[] = { "p10", "p50", "p90", "p99" };

enum { NQUANTILES = sizeof quantiles / sizeof *quantiles };

/* Numbers below this are counted one by one, larger ones by powers of two. */
enum { SINGLE_NUMBERS = 32 };

/* The first number of the next bucket, where v is the first of its own. */
static uint32_t
number_after(uint32_t v)
{
	return v < SINGLE_NUMBERS ? v + 1 : v * 2;
}

static uint64_t
numbers_between(const struct stats *t, uint32_t from, uint32_t to)
{
	uint64_t sum = 0;

	for (uint32_t i = from; i < to && i < STATS_NUMBERS; i++)
		sum += t->numbers[i];
	return sum;
}

static const char *
language_name(size_t code, char out[4])
{
	tshard_lang_name((uint16_t)code, out);
	return out[0] ? out : "und";
}

/* a / n, or 0 if n is 0. */
static double
ratio(uint64_t a, uint64_t n)
{
	return n == 0 ? 0 : (double)a / (double)n;
}

static void
put_thousandths(struct buf *b, uint64_t v)
{
	buf_putf(b, "%" PRIu64 ".%03" PRIu64, v / 1000, v % 1000);
}

/* ---- JSON: the keys of each object are sorted ---- */

static void
json_u64(struct json_writer *w, const char *key, uint64_t v)
{
	jw_u64(jw_key(w, key), v);
}

static void
json_lengths(struct json_writer *w, const char *key, const struct histogram *h)
{
	struct buf mean = { 0 };

	put_thousandths(&mean, histogram_mean(h));
	jw_object(jw_key(w, key));
	json_u64(w, "max", h->most);
	jw_raw(jw_key(w, "mean"), buf_span(&mean));
	for (size_t i = 0; i < NQUANTILES; i++)
		json_u64(w, quantile_names[i], histogram_quantile(h, quantiles[i]));
	jw_end(w);
	buf_free(&mean);
}

/* language: a sample may have several, so there is no count of samples. */
static void
json_counts(struct json_writer *w, const struct stats *t, const struct stats_counts *c,
    const char *name, bool language)
{
	bool samples = t->kind != TSHARD_DOCS;

	jw_object(w);
	if (samples) {
		json_u64(w, "continued_segments", c->continued);
		json_u64(w, "cut_documents", c->cut);
	}
	json_lengths(w, "document_tokens", &c->document);
	json_u64(w, "documents", c->documents);
	if (samples)
		json_u64(w, "epochs_begun", c->epochs);
	json_u64(w, "fim_psm", c->fim_psm);
	json_u64(w, "fim_spm", c->fim_spm);
	json_u64(w, "loss_tokens", c->loss_tokens);
	if (name)
		jw_text(jw_key(w, "name"), name);
	json_u64(w, "no_loss", c->no_loss);
	if (samples && !language) {
		json_u64(w, "pad", c->pad);
		json_u64(w, "samples", c->samples);
	}
	if (samples) {
		json_lengths(w, "segment_tokens", &c->segment);
		json_u64(w, "segments", c->segments);
	}
	json_u64(w, "tokens", c->tokens);
	if (samples)
		json_u64(w, "unended_segments", c->unended);
	jw_end(w);
}

static void
json_bytes(struct json_writer *w, const struct stats *t)
{
	static const char *const names[] = { "bin", "idx", "sdx" };
	const uint64_t bytes[] = { t->bin_bytes, t->idx_bytes, t->sdx_bytes };

	jw_object(jw_key(w, "bytes"));
	for (size_t i = 0; i < 3; i++) {
		char key[16];

		json_u64(w, names[i], bytes[i]);
		snprintf(key, sizeof key, "%s_per_token", names[i]);
		jw_num(jw_key(w, key), ratio(bytes[i], t->tokens), 6);
	}
	jw_end(w);
}

static void
json_numbers(struct json_writer *w, const struct stats *t)
{
	jw_key(w, "numbers");
	if (!t->numbered) {
		jw_null(w);
		return;
	}
	jw_object(w);
	jw_array(jw_key(w, "counts"));
	for (uint32_t v = 0; v < STATS_NUMBERS; v = number_after(v)) {
		uint64_t n = numbers_between(t, v, number_after(v));

		if (n == 0)
			continue;
		jw_object(w);
		json_u64(w, "documents", n);
		json_u64(w, "from", v);
		jw_end(w);
	}
	jw_end(w);
	jw_text(jw_key(w, "name"), t->number);
	jw_end(w);
}

static void
json_languages(struct json_writer *w, const struct stats *t)
{
	char lang[4];

	jw_array(jw_key(w, "languages"));
	for (size_t i = 0; i < STATS_LANGUAGES; i++)
		if (t->language[i])
			json_counts(w, t, t->language[i], language_name(i, lang), true);
	jw_end(w);
}

void
stats_json(const struct stats *t, struct buf *b)
{
	struct json_writer w = { .out = b };

	jw_object(&w);
	json_counts(jw_key(&w, "all"), t, &t->all, NULL, false);
	json_bytes(&w, t);
	jw_text(jw_key(&w, "kind"), t->kind == TSHARD_DOCS ? "docs" : "samples");
	json_languages(&w, t);
	if (t->kind == TSHARD_DOCS)
		json_numbers(&w, t);
	jw_object(jw_key(&w, "sections"));
	for (size_t i = 0; i < t->nsections; i++)
		jw_u64(jw_any_key(&w, span_of(t->section[i].tag)), t->section[i].bytes);
	jw_end(&w);
	json_u64(&w, "shards", t->shards);
	jw_array(jw_key(&w, "sources"));
	for (size_t i = 0; i < t->nsources; i++)
		json_counts(&w, t, &t->source[i], t->source[i].name, false);
	jw_end(&w);
	json_u64(&w, "tokens", t->tokens);
	jw_end(&w);
	buf_putc(b, '\n');
}

/* ---- tables ---- */

static void
put_counts(
    struct buf *b, const struct stats *t, const struct stats_counts *c, bool language)
{
	buf_putf(b, "  %12" PRIu64 " %15" PRIu64 " %15" PRIu64, c->documents, c->tokens,
	    c->loss_tokens);
	if (t->kind == TSHARD_DOCS) {
		buf_putf(b, " %9" PRIu64 " %9" PRIu64 " %9" PRIu64, c->fim_psm,
		    c->fim_spm, c->no_loss);
		return;
	}
	if (language)
		buf_putf(b, " %11s %11s", "-", "-");
	else
		buf_putf(b, " %11" PRIu64 " %11" PRIu64, c->samples, c->pad);
	buf_putf(
	    b, " %12" PRIu64 " %12" PRIu64 " %6" PRIu32, c->segments, c->cut, c->epochs);
}

static void
put_lengths(struct buf *b, const struct histogram *h)
{
	struct buf mean = { 0 };

	put_thousandths(&mean, histogram_mean(h));
	buf_putf(b, "  %14.*s", (int)mean.n, mean.p);
	for (size_t i = 0; i < NQUANTILES; i++)
		buf_putf(b, " %9" PRIu64, histogram_quantile(h, quantiles[i]));
	buf_putf(b, " %10" PRIu64, h->most);
	buf_free(&mean);
}

enum row { ROW_COUNTS, ROW_DOCUMENTS, ROW_SEGMENTS };

static void
put_row(struct buf *b, const struct stats *t, const struct stats_counts *c,
    const char *name, bool language, enum row row)
{
	if (row == ROW_COUNTS)
		put_counts(b, t, c, language);
	else
		put_lengths(b, row == ROW_DOCUMENTS ? &c->document : &c->segment);
	buf_puts(b, "  ");
	put_printable(b, name);
	buf_putc(b, '\n');
}

/* A row for all, for each source and for each language. */
static void
put_rows(struct buf *b, const struct stats *t, enum row row)
{
	char lang[4];

	put_row(b, t, &t->all, "all", false, row);
	for (size_t i = 0; i < t->nsources; i++)
		put_row(b, t, &t->source[i], t->source[i].name, false, row);
	for (size_t i = 0; i < STATS_LANGUAGES; i++) {
		char name[32];

		if (!t->language[i])
			continue;
		snprintf(name, sizeof name, "language %s", language_name(i, lang));
		put_row(b, t, t->language[i], name, true, row);
	}
}

static void
put_lengths_head(struct buf *b, const char *of)
{
	buf_putf(b, "tokens of a %s\n  %14s", of, "mean");
	for (size_t i = 0; i < NQUANTILES; i++)
		buf_putf(b, " %9s", quantile_names[i]);
	buf_putf(b, " %10s  of\n", "max");
}

static void
put_bytes(struct buf *b, const struct stats *t)
{
	buf_putf(b, "bytes: .bin %" PRIu64 ", ", t->bin_bytes);
	num_put(b, ratio(t->bin_bytes, t->tokens), 3);
	buf_putf(b, " a token; .idx %" PRIu64 ", ", t->idx_bytes);
	num_put(b, ratio(t->idx_bytes, t->tokens), 3);
	buf_putf(b, "; .sdx %" PRIu64 ", ", t->sdx_bytes);
	num_put(b, ratio(t->sdx_bytes, t->tokens), 3);
	buf_puts(b, "\nsections:");
	for (size_t i = 0; i < t->nsections; i++) {
		buf_puts(b, i ? ", " : " ");
		put_printable(b, t->section[i].tag);
		buf_putf(b, " %" PRIu64, t->section[i].bytes);
	}
	buf_putc(b, '\n');
}

void
stats_table(const struct stats *t, struct buf *b)
{
	bool docs = t->kind == TSHARD_DOCS;

	buf_putf(b, "%s in %" PRIu64 " shard%s, %" PRIu64 " token%s\n",
	    docs ? "documents" : "samples", t->shards, plural(t->shards), t->tokens,
	    plural(t->tokens));
	put_bytes(b, t);
	buf_putf(b, "  %12s %15s %15s", "documents", "tokens", "loss tokens");
	if (docs)
		buf_putf(b, " %9s %9s %9s  of\n", "FIM PSM", "FIM SPM", "no loss");
	else
		buf_putf(b, " %11s %11s %12s %12s %6s  of\n", "samples", "pad",
		    "segments", "cut", "epochs");
	put_rows(b, t, ROW_COUNTS);
	put_lengths_head(b, "document");
	put_rows(b, t, ROW_DOCUMENTS);
	if (!docs) {
		put_lengths_head(b, "segment");
		put_rows(b, t, ROW_SEGMENTS);
	}
	if (!t->numbered)
		return;
	buf_putf(b, "  %12s  %s\n", "documents", t->number);
	for (uint32_t v = 0; v < STATS_NUMBERS; v = number_after(v)) {
		uint64_t n = numbers_between(t, v, number_after(v));

		if (n == 0)
			continue;
		buf_putf(b, "  %12" PRIu64 "  %" PRIu32, n, v);
		if (v >= SINGLE_NUMBERS)
			buf_putf(b, "-%" PRIu32, number_after(v) - 1);
		buf_putc(b, '\n');
	}
}
