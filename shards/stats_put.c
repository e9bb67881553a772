/* stats_put.c - what was counted of shards, as JSON and as a table. */
#include <inttypes.h>
#include <stdio.h>

#include "lib/base/num.h"
#include "lib/text/json.h"
#include "shards/stats.h"

static const unsigned quantiles[] = { 100, 500, 900, 990 };
static const char *const quantile_names[] = { "p10", "p50", "p90", "p99" };

enum { NQUANTILES = sizeof quantiles / sizeof *quantiles };

/* Of DOCNUM, values up to this one by themselves, then by powers of two. */
enum { SINGLE_NUMBERS = 32 };

/* The value after v with which an entry of the histogram of numbers begins. */
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

/* a / b with places decimals, 0 if b is 0. */
static void
put_ratio(struct buf *b, uint64_t a, uint64_t n, int places)
{
	num_put(b, n == 0 ? 0 : (double)a / (double)n, places);
}

static void
put_thousandths(struct buf *b, uint64_t v)
{
	buf_putf(b, "%" PRIu64 ".%03" PRIu64, v / 1000, v % 1000);
}

/* ---- JSON: the keys of each object are sorted ---- */

static void
json_u64(struct buf *b, const char *before, const char *key, uint64_t v)
{
	buf_putf(b, "%s\"%s\":%" PRIu64, before, key, v);
}

static void
json_lengths(
    struct buf *b, const char *before, const char *key, const struct histogram *h)
{
	buf_putf(b, "%s\"%s\":{\"max\":%" PRIu64 ",\"mean\":", before, key, h->most);
	put_thousandths(b, histogram_mean(h));
	for (size_t i = 0; i < NQUANTILES; i++)
		json_u64(b, ",", quantile_names[i], histogram_quantile(h, quantiles[i]));
	buf_putc(b, '}');
}

/* language: those have no samples of their own. */
static void
json_counts(struct buf *b, const struct stats *t, const struct counts *c,
    const char *name, bool language)
{
	bool samples = t->kind == TSHARD_SAMPLES;

	buf_putc(b, '{');
	if (samples) {
		json_u64(b, "", "continued_segments", c->continued);
		json_u64(b, ",", "cut_documents", c->cut);
	}
	json_lengths(b, samples ? "," : "", "document_tokens", &c->document);
	json_u64(b, ",", "documents", c->documents);
	if (samples)
		json_u64(b, ",", "epochs_begun", c->epochs);
	json_u64(b, ",", "fim_psm", c->fim_psm);
	json_u64(b, ",", "fim_spm", c->fim_spm);
	json_u64(b, ",", "loss_tokens", c->loss_tokens);
	if (name) {
		buf_puts(b, ",\"name\":");
		json_quote_any(b, span_of(name));
	}
	json_u64(b, ",", "no_loss", c->no_loss);
	if (samples && !language) {
		json_u64(b, ",", "pad", c->pad);
		json_u64(b, ",", "samples", c->samples);
	}
	if (samples) {
		json_lengths(b, ",", "segment_tokens", &c->segment);
		json_u64(b, ",", "segments", c->segments);
	}
	json_u64(b, ",", "tokens", c->tokens);
	if (samples)
		json_u64(b, ",", "unended_segments", c->unended);
	buf_putc(b, '}');
}

static void
json_bytes(struct buf *b, const struct stats *t)
{
	static const char *const names[] = { "bin", "idx", "sdx" };
	const uint64_t bytes[] = { t->bin_bytes, t->idx_bytes, t->sdx_bytes };

	buf_puts(b, ",\"bytes\":{");
	for (size_t i = 0; i < 3; i++) {
		json_u64(b, i ? "," : "", names[i], bytes[i]);
		buf_putf(b, ",\"%s_per_token\":", names[i]);
		put_ratio(b, bytes[i], t->tokens, 6);
	}
	buf_putc(b, '}');
}

static void
json_numbers(struct buf *b, const struct stats *t)
{
	const char *comma = "";

	if (!t->numbered) {
		buf_puts(b, ",\"numbers\":null");
		return;
	}
	buf_puts(b, ",\"numbers\":{\"counts\":[");
	for (uint32_t v = 0; v < STATS_NUMBERS; v = number_after(v)) {
		uint64_t n = numbers_between(t, v, number_after(v));

		if (n == 0)
			continue;
		buf_putf(
		    b, "%s{\"documents\":%" PRIu64 ",\"from\":%" PRIu32 "}", comma, n, v);
		comma = ",";
	}
	buf_puts(b, "],\"name\":");
	json_quote_any(b, span_of(t->number));
	buf_putc(b, '}');
}

void
stats_json(const struct stats *t, struct buf *b)
{
	const char *comma = "";
	char lang[4];

	buf_puts(b, "{\"all\":");
	json_counts(b, t, &t->all, NULL, false);
	json_bytes(b, t);
	buf_putf(b, ",\"kind\":\"%s\",\"languages\":[",
	    t->kind == TSHARD_DOCS ? "docs" : "samples");
	for (size_t i = 0; i < STATS_LANGUAGES; i++) {
		if (!t->language[i])
			continue;
		buf_puts(b, comma);
		json_counts(b, t, t->language[i], language_name(i, lang), true);
		comma = ",";
	}
	buf_putc(b, ']');
	if (t->kind == TSHARD_DOCS)
		json_numbers(b, t);
	buf_puts(b, ",\"sections\":{");
	for (size_t i = 0; i < t->nsections; i++) {
		buf_puts(b, i ? "," : "");
		json_quote_any(b, span_of(t->section[i].tag));
		buf_putf(b, ":%" PRIu64, t->section[i].bytes);
	}
	json_u64(b, "},", "shards", t->shards);
	buf_puts(b, ",\"sources\":[");
	for (size_t i = 0; i < t->nsources; i++) {
		buf_puts(b, i ? "," : "");
		json_counts(b, t, &t->source[i], t->source[i].name, false);
	}
	json_u64(b, "],", "tokens", t->tokens);
	buf_puts(b, "}\n");
}

/* ---- for people ---- */

/* Names come from files: control bytes must not reach the terminal. */
static void
put_clean(struct buf *b, const char *s)
{
	for (; *s != '\0'; s++)
		buf_putc(b, (unsigned char)*s < 32 || *s == 127 ? '?' : *s);
}

static void
put_counts(struct buf *b, const struct stats *t, const struct counts *c, bool language)
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
put_row(struct buf *b, const struct stats *t, const struct counts *c, const char *name,
    bool language, enum row row)
{
	if (row == ROW_COUNTS)
		put_counts(b, t, c, language);
	else
		put_lengths(b, row == ROW_DOCUMENTS ? &c->document : &c->segment);
	buf_puts(b, "  ");
	put_clean(b, name);
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
	put_ratio(b, t->bin_bytes, t->tokens, 3);
	buf_putf(b, " a token; .idx %" PRIu64 ", ", t->idx_bytes);
	put_ratio(b, t->idx_bytes, t->tokens, 3);
	buf_putf(b, "; .sdx %" PRIu64 ", ", t->sdx_bytes);
	put_ratio(b, t->sdx_bytes, t->tokens, 3);
	buf_puts(b, "\nsections:");
	for (size_t i = 0; i < t->nsections; i++) {
		buf_puts(b, i ? ", " : " ");
		put_clean(b, t->section[i].tag);
		buf_putf(b, " %" PRIu64, t->section[i].bytes);
	}
	buf_putc(b, '\n');
}

void
stats_table(const struct stats *t, struct buf *b)
{
	bool docs = t->kind == TSHARD_DOCS;

	buf_putf(b, "%s in %" PRIu64 " shard%s, %" PRIu64 " tokens\n",
	    docs ? "documents" : "samples", t->shards, t->shards == 1 ? "" : "s",
	    t->tokens);
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
