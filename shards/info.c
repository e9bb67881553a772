/* info.c - show the contents and provenance of a shard or run. */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/num.h"
#include "lib/driver/common.h"
#include "lib/text/json.h"
#include "lib/text/json_writer.h"
#include "lib/text/utf8.h"
#include "shards/printable.h"
#include "shards/shard_paths.h"
#include "shards/tshard/tshard.h"
#include "shards/tshard/tshard_align.h"
#include "shards/tshard_err.h"

struct info {
	bool json;
};

static const struct info defaults = { .json = false };

static const struct opt opts[] = {
	OPT_BOOL(0, "json", struct info, json, "print one JSON object per PATH"),
	OPT_END,
};

/* The facts of one PATH: a shard, or all shards of a run. */
struct facts {
	const char *path;
	struct tshard_header h;	   /* of the first shard, with the counts of all */
	struct tshard_source *src; /* names borrowed from `first` */
	struct tshard *first;
	uint64_t shards, idx_bytes, sdx_bytes;
	uint32_t longest; /* tokens of the longest sample; h.seq_len: of the shortest */
	bool run;
	bool partial;	   /* run: without run.tsv */
	char missing[256]; /* partial: its missing shards, as ranges */
};

static const char *const kinds[] = { "?", "docs", "samples", "sft", "pref", "reward" };

/* Add the counts of one more shard. */
static int
add_shard(struct facts *f, struct tshard *s, struct err *err)
{
	const struct tshard_header *h = tshard_header(s);
	const struct tshard_source *src = tshard_sources(s);
	unsigned char idx[8];
	struct tshard_error e = { 0 };

	if (h->n_sources != f->h.n_sources)
		return err_set(err, EXIT_DATA,
		    "%s: %" PRIu32 " sources, %s has %" PRIu32
		    ": run 'tamis verify' on the run",
		    tshard_prefix(s), h->n_sources, tshard_prefix(f->first),
		    f->h.n_sources);
	if (tshard_check(s, "IDXHASH SRC META", &e) < 0 ||
	    tshard_section_read(s, tshard_section(s, "IDXHASH"), 0, idx, 8, &e) < 0)
		return err_tshard(err, &e);
	f->shards++;
	if (h->seq_len < f->h.seq_len)
		f->h.seq_len = h->seq_len;
	if (h->seq_len > f->longest)
		f->longest = h->seq_len;
	f->h.tokens += h->tokens;
	f->h.bin_bytes += h->bin_bytes;
	f->h.samples += h->samples;
	f->h.segments += h->segments;
	f->h.docs += h->docs;
	f->h.loss_tokens += h->loss_tokens;
	f->sdx_bytes += h->sdx_bytes;
	for (size_t i = 0, shift = 0; i < 8; i++, shift += 8)
		f->idx_bytes += (uint64_t)idx[i] << shift;
	for (uint32_t i = 0; i < h->n_sources; i++) {
		f->src[i].tokens += src[i].tokens;
		f->src[i].samples += src[i].samples;
	}
	return 0;
}

/* Start with the facts that all shards share, and no counts. */
static void
begin(struct facts *f, struct tshard *s)
{
	f->first = s;
	f->h = *tshard_header(s);
	f->h.tokens = f->h.bin_bytes = f->h.samples = f->h.segments = f->h.docs = 0;
	f->h.loss_tokens = 0;
	f->src = xcalloc((size_t)f->h.n_sources + 1, sizeof *f->src);
	for (uint32_t i = 0; i < f->h.n_sources; i++) {
		f->src[i] = tshard_sources(s)[i];
		f->src[i].tokens = f->src[i].samples = 0;
	}
}

/* Read the shards of a run that has no run.tsv yet. */
static int
read_partial(struct facts *f, struct err *err)
{
	struct tshard_error e = { 0 };
	char prefix[PATH_MAX];
	uint32_t *no;
	size_t n;
	int rc = 0;

	if (tshard_run_missing(f->path, &no, &n, f->missing, sizeof f->missing, &e) < 0)
		return err_tshard(err, &e);
	f->run = f->partial = true;
	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct tshard *s = NULL;

		if (tshard_run_prefix(f->path, no[i], prefix, sizeof prefix) < 0)
			rc =
			    err_set(err, EXIT_USAGE, "%s: the path is too long", f->path);
		else if (tshard_open(&s, prefix, 0, &e) < 0)
			rc = err_tshard(err, &e);
		if (rc == 0 && i == 0)
			begin(f, s);
		if (rc == 0)
			rc = add_shard(f, s, err);
		if (f->first != s)
			tshard_close(s);
	}
	free(no);
	return rc;
}

static int
read_run(struct facts *f, struct err *err)
{
	struct tshard_error e = { 0 };
	struct buf tsv = { 0 };
	struct tshard_run *r;
	bool there;
	int rc = 0;

	buf_putf(&tsv, "%s/run.tsv", f->path);
	buf_putc(&tsv, '\0');
	there = access(tsv.p, F_OK) == 0;
	buf_free(&tsv);
	if (!there)
		return read_partial(f, err);
	if (tshard_run_open(&r, f->path, &e) < 0)
		return err_tshard(err, &e);
	f->run = true;
	for (size_t i = 0; rc == 0 && i < tshard_run_shards(r); i++) {
		struct tshard *s;

		if (tshard_run_shard(r, i, 0, &s, &e) < 0) {
			rc = err_tshard(err, &e);
			break;
		}
		if (i == 0)
			begin(f, s);
		rc = add_shard(f, s, err);
		if (i > 0)
			tshard_close(s);
	}
	tshard_run_close(r);
	return rc;
}

static int
read_facts(struct facts *f, struct err *err)
{
	struct tshard_error e = { 0 };
	struct tshard *s;
	struct stat st;

	if (stat(f->path, &st) == 0 && S_ISDIR(st.st_mode))
		return read_run(f, err);
	if (tshard_open(&s, f->path, 0, &e) < 0)
		return err_tshard(err, &e);
	begin(f, s);
	return add_shard(f, s, err);
}

static void
facts_release(struct facts *f)
{
	tshard_close(f->first);
	free(f->src);
}

/* ---- text ---- */

/* Whether all n bytes are zero: there is no hash. */
static bool
is_zero(const unsigned char *p, size_t n)
{
	while (n > 0 && *p == 0)
		p++, n--;
	return n == 0;
}

static void
put_hash(struct buf *b, const char *name, const unsigned char *p, size_t n)
{
	char hex[65];

	if (is_zero(p, n))
		return;
	tshard_hex(p, n, hex);
	buf_putf(b, "  %-10s %s\n", name, hex);
}

static void
put_token(struct buf *b, const char *name, uint32_t id)
{
	if (id == TSHARD_NONE)
		buf_putf(b, " %s none", name);
	else
		buf_putf(b, " %s %" PRIu32, name, id);
}

static void
put_sources(struct buf *b, const struct facts *f)
{
	uint64_t all = 0;

	for (uint32_t i = 0; i < f->h.n_sources; i++)
		all += f->src[i].tokens;
	buf_putf(b, "  %-10s %10s %10s %16s %12s  name\n", "sources", "weight %",
	    "tokens %", "tokens", f->h.kind == TSHARD_DOCS ? "documents" : "samples");
	for (uint32_t i = 0; i < f->h.n_sources; i++) {
		const struct tshard_source *s = &f->src[i];
		struct buf n = { 0 };

		num_put(&n, (double)s->weight / 1e7, 4);
		buf_putf(b, "  %-10s %10.*s", "", (int)n.n, n.p);
		n.n = 0;
		num_put(&n, all == 0 ? 0 : 100.0 * (double)s->tokens / (double)all, 4);
		buf_putf(b, " %10.*s %16" PRIu64 " %12" PRIu64 "  ", (int)n.n, n.p,
		    s->tokens, s->samples);
		put_printable(b, s->name);
		buf_putf(b, s->n_parts == 0 ? "\n" : " (%zu shard%s)\n", s->n_parts,
		    plural(s->n_parts));
		buf_free(&n);
	}
}

/* The optional facts that a DOCS shard stores for each document. */
static void
put_doc_facts(struct buf *b, const struct facts *f)
{
	const char *number = tshard_number_name(f->first);
	bool flags = tshard_section(f->first, "DOCFLAG") != NULL;

	if (number)
		buf_putf(b, ", each with its %s", number);
	if (flags)
		buf_puts(b, number ? " and flags" : ", each with its flags");
	buf_putc(b, '\n');
}

/* "targets, pairs, labels quality, length", in shards of conversations. */
static void
put_align(struct buf *b, const struct tshard *s)
{
	struct tshard_align a;

	tshard_align_of(s, &a);
	if (!a.mask && !a.pairs && a.n_labels == 0)
		return;
	buf_putf(b, "  %-10s ", "with");
	buf_puts(b, a.mask ? "targets" : "");
	buf_puts(b, a.pairs ? (a.mask ? ", pairs" : "pairs") : "");
	for (uint32_t i = 0; i < a.n_labels; i++)
		buf_putf(b, "%s%s",
		    i > 0		? ", "
		    : a.mask || a.pairs ? ", labels "
					: "labels ",
		    a.labels[i]);
	buf_putc(b, '\n');
}

static void
put_text(struct buf *b, const struct facts *f)
{
	const struct tshard_header *h = &f->h;

	put_printable(b, f->path);
	if (f->partial)
		buf_putf(b, ": partial run, %" PRIu64 " of %" PRIu32 " shard%s, %s%s\n",
		    f->shards, h->shard_count, plural(h->shard_count),
		    f->missing[0] != '\0' ? "missing " : "without run.tsv", f->missing);
	else if (f->run)
		buf_putf(
		    b, ": run of %" PRIu64 " shard%s\n", f->shards, plural(f->shards));
	else if (h->shard_count > 0)
		buf_putf(b, ": %s, shard %" PRIu32 " of %" PRIu32 "\n", kinds[h->kind],
		    h->shard_no, h->shard_count);
	else
		buf_putf(b, ": %s\n", kinds[h->kind]);
	buf_putf(b, "  %-10s %" PRIu64 ", %" PRIu64 " of them with loss\n", "tokens",
	    h->tokens, h->loss_tokens);
	if (h->kind != TSHARD_DOCS) {
		buf_putf(b, "  %-10s %" PRIu64 " of %" PRIu32, "samples", h->samples,
		    h->seq_len);
		if (f->longest != h->seq_len)
			buf_putf(b, " to %" PRIu32, f->longest);
		buf_putf(b, " tokens, from %" PRIu64 " on, of %" PRIu64 "\n",
		    h->first_sample, h->run_samples);
		buf_putf(b, "  %-10s %" PRIu64 "\n", "segments", h->segments);
	}
	buf_putf(b, "  %-10s %" PRIu64, "documents", h->docs);
	put_doc_facts(b, f);
	put_align(b, f->first);
	buf_putf(b, "  %-10s .bin %" PRIu64 ", .idx %" PRIu64 ", .sdx %" PRIu64 "\n",
	    "bytes", h->bin_bytes, f->idx_bytes, f->sdx_bytes);
	buf_putf(b, "  %-10s u%" PRIu32 ", vocabulary %" PRIu32 ",", "ids",
	    h->bits_per_token, h->vocab);
	put_token(b, "eod", h->eod);
	buf_putc(b, ',');
	put_token(b, "pad", h->pad);
	buf_putc(b, ',');
	put_token(b, "bos", h->bos);
	buf_putc(b, '\n');
	buf_putf(b, "  %-10s %" PRIu64 "\n", "seed", h->seed);
	put_hash(b, "tokenizer", h->tokenizer, 32);
	put_hash(b, "plan", h->plan, 32);
	put_hash(b, "run id", h->run_id, 16);
	if (!f->run)
		put_hash(b, "payload", h->payload, 16);
	put_sources(b, f);
}

/* ---- JSON ---- */

static void
json_token(struct json_writer *w, const char *name, uint32_t id)
{
	jw_key(w, name);
	if (id == TSHARD_NONE)
		jw_null(w);
	else
		jw_u64(w, id);
}

static void
json_hash(struct json_writer *w, const char *name, const unsigned char *p, size_t n)
{
	char hex[65];

	tshard_hex(p, n, hex);
	jw_text(jw_key(w, name), hex);
}

static void
json_align(struct json_writer *w, const struct tshard *s)
{
	struct tshard_align a;

	tshard_align_of(s, &a);
	if (!a.mask && !a.pairs && a.n_labels == 0)
		return;
	jw_bool(jw_key(w, "targets"), a.mask != 0);
	jw_bool(jw_key(w, "pairs"), a.pairs != 0);
	jw_array(jw_key(w, "labels"));
	for (uint32_t i = 0; i < a.n_labels; i++)
		jw_text(w, a.labels[i]);
	jw_end(w);
}

static void
json_doc_facts(struct json_writer *w, const struct tshard *s)
{
	const char *number = tshard_number_name(s);

	jw_key(w, "document_number");
	if (number)
		jw_text(w, number);
	else
		jw_null(w);
	jw_bool(jw_key(w, "document_flags"), tshard_section(s, "DOCFLAG") != NULL);
}

static void
json_sources(struct json_writer *w, const struct facts *f)
{
	jw_array(jw_key(w, "sources"));
	for (uint32_t i = 0; i < f->h.n_sources; i++) {
		const struct tshard_source *s = &f->src[i];

		jw_object(w);
		jw_text(jw_key(w, "name"), s->name);
		jw_u64(jw_key(w, "weight_billionths"), s->weight);
		jw_u64(jw_key(w, "tokens"), s->tokens);
		jw_key(w, f->h.kind == TSHARD_DOCS ? "documents" : "samples");
		jw_u64(w, s->samples);
		jw_array(jw_key(w, "shards"));
		for (size_t k = 0; k < s->n_parts; k++) {
			jw_object(w);
			jw_text(jw_key(w, "name"), s->parts[k].name);
			jw_u64(jw_key(w, "first_row"), s->parts[k].first_row);
			json_hash(w, "digest", s->parts[k].digest, 32);
			jw_end(w);
		}
		jw_end(w);
		jw_end(w);
	}
	jw_end(w);
}

/* META is copied if it is one line of JSON, else quoted as a string. */
static int
json_meta(struct json_writer *w, const struct facts *f, struct err *err)
{
	struct json_error wrong;
	struct tshard_error e = { 0 };
	struct json_fields m = { 0 };
	struct arena mem = { 0 };
	char *meta;
	size_t n;

	if (tshard_meta(f->first, &meta, &n, &e) < 0)
		return err_tshard(err, &e);
	jw_key(w, "meta");
	if (utf8_valid((struct span){ meta, n }) && !memchr(meta, '\n', n) &&
	    json_scan((struct span){ meta, n }, &m, &mem, &wrong) >= 0)
		jw_raw(w, (struct span){ meta, n });
	else
		jw_text(w, meta);
	arena_free(&mem);
	free(m.v);
	free(meta);
	return 0;
}

static int
put_json(struct buf *b, const struct facts *f, struct err *err)
{
	const struct tshard_header *h = &f->h;
	struct json_writer w = { .out = b };

	jw_object(&w);
	jw_text(jw_key(&w, "path"), f->path);
	jw_text(jw_key(&w, "kind"), kinds[h->kind]);
	jw_u64(jw_key(&w, "shards"), f->shards);
	jw_u64(jw_key(&w, "shard_no"), h->shard_no);
	jw_u64(jw_key(&w, "shard_count"), h->shard_count);
	jw_u64(jw_key(&w, "tokens"), h->tokens);
	jw_u64(jw_key(&w, "loss_tokens"), h->loss_tokens);
	jw_u64(jw_key(&w, "seq_len"), h->seq_len);
	jw_u64(jw_key(&w, "seq_len_max"), f->longest);
	jw_u64(jw_key(&w, "samples"), h->samples);
	jw_u64(jw_key(&w, "first_sample"), h->first_sample);
	jw_u64(jw_key(&w, "run_samples"), h->run_samples);
	jw_u64(jw_key(&w, "segments"), h->segments);
	jw_u64(jw_key(&w, "documents"), h->docs);
	if (h->kind == TSHARD_DOCS)
		json_doc_facts(&w, f->first);
	json_align(&w, f->first);
	jw_u64(jw_key(&w, "bin_bytes"), h->bin_bytes);
	jw_u64(jw_key(&w, "idx_bytes"), f->idx_bytes);
	jw_u64(jw_key(&w, "sdx_bytes"), f->sdx_bytes);
	jw_u64(jw_key(&w, "bits_per_token"), h->bits_per_token);
	jw_u64(jw_key(&w, "vocab"), h->vocab);
	json_token(&w, "eod", h->eod);
	json_token(&w, "pad", h->pad);
	json_token(&w, "bos", h->bos);
	jw_u64(jw_key(&w, "seed"), h->seed);
	json_hash(&w, "tokenizer_sha256", h->tokenizer, 32);
	json_hash(&w, "plan_sha256", h->plan, 32);
	json_hash(&w, "run_id", h->run_id, 16);
	if (!f->run)
		json_hash(&w, "payload_xxh3", h->payload, 16);
	json_sources(&w, f);
	if (json_meta(&w, f, err) < 0)
		return -1;
	jw_end(&w);
	buf_putc(b, '\n');
	return 0;
}

static int
info_run(void *self, const struct common *c, int n, char **operand, struct err *err)
{
	const struct info *t = self;
	struct shard_paths paths = { 0 };
	struct buf b = { 0 };
	int rc;

	if (n == 0)
		return err_set(
		    err, EXIT_USAGE, "no PATH: name a shard or the directory of a run");
	rc = shard_paths_add(&paths, n, operand, err);
	for (size_t i = 0; i < paths.n && rc == 0; i++) {
		struct facts f = { .path = paths.v[i] };

		b.n = 0;
		rc = read_facts(&f, err);
		if (rc == 0 && t->json)
			rc = put_json(&b, &f, err);
		else if (rc == 0)
			put_text(&b, &f);
		if (rc == 0)
			fwrite(b.p, 1, b.n, stdout);
		facts_release(&f);
	}
	shard_paths_free(&paths);
	buf_free(&b);
	return rc;
}

const struct tool tool_info = {
	.name = "info",
	.summary = "show the contents and provenance of a shard or run",
	.example = "tamis info --json shards/ | jq .sources",
	.operands = "PATH...",
	.common = "",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.run = info_run,
};
