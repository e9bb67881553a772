/* tshard_make.c - make shards and runs to test with, in a temporary directory. */
#include "tests/unit/shards/tshard_make.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/testing.h"

char ts_dir[256];
struct tshard_error ts_e;
struct ts_seen ts_seen;

void
ts_setup(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(ts_dir, sizeof ts_dir, "%s/tshard-XXXXXX", tmp == NULL ? "/tmp" : tmp);
	ck_assert_ptr_nonnull(mkdtemp(ts_dir));
}

const char *
ts_path(const char *name)
{
	static char path[4][512];
	static int n;

	n = (n + 1) % 4;
	snprintf(path[n], sizeof path[n], "%s/%s", ts_dir, name);
	return path[n];
}

void
ts_unlink(const char *name)
{
	for (int i = 0; i < 3; i++) {
		char path[600];

		snprintf(path, sizeof path, "%s%s", ts_path(name), tsi_ext[i]);
		unlink(path);
	}
}

void
ts_teardown(void)
{
	static const char *const files[] = { "d", "s", "t", "shard-00000", "shard-00001",
		"shard-00002", "shard-00007" };

	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		ts_unlink(files[i]);
	unlink(ts_path("run.tsv"));
	unlink(ts_path("plan.lock"));
	ck_assert_msg(rmdir(ts_dir) == 0, "something was left behind in %s", ts_dir);
}

/* A small generator, the same on every machine. */
uint32_t
ts_rnd(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

/* ---- shards to test with ---- */

static const struct tshard_part parts[] = {
	{ .name = "en-0", .first_row = 0, .digest = { 1 } },
	{ .name = "en-1", .first_row = 100, .digest = { 2 } }
};
const struct tshard_source ts_sources[2] = {
	{ .name = "en", .weight = 700000000, .parts = parts, .n_parts = 2 },
	{ .name = "code", .weight = 300000000 },
};

struct tshard_facts
ts_facts(uint32_t kind, uint32_t vocab)
{
	struct tshard_facts f = { .kind = kind,
		.vocab = vocab,
		.eod = EOD,
		.pad = PAD,
		.bos = TSHARD_NONE,
		.seed = 7,
		.shard_count = 1 };

	memset(f.tokenizer, 0xab, 32);
	memset(f.run_id, 0xcd, 16);
	if (kind == TSHARD_SAMPLES)
		f.seq_len = 8;
	return f;
}

uint16_t
ts_number(size_t i)
{
	return i * 7919 < UINT16_MAX ? (uint16_t)(i * 7919) : UINT16_MAX;
}

uint8_t
ts_flags(size_t i)
{
	static const uint8_t flags[] = { 0, TSHARD_SEG_FIM_PSM, TSHARD_SEG_NO_LOSS,
		TSHARD_SEG_FIM_SPM | TSHARD_SEG_NO_LOSS };

	return flags[i % 4];
}

void
ts_docs(const char *prefix, uint32_t vocab, size_t n, uint32_t most, const char *number)
{
	struct tshard_facts f = ts_facts(TSHARD_DOCS, vocab);
	uint32_t *ids = calloc(most, sizeof *ids), state = 1;
	struct tshard_writer *w;
	char id[32], url[64];

	f.number = number;
	OK(tshard_writer_open(&w, prefix, &f, &ts_e));
	OK(tshard_writer_sources(w, ts_sources, 2, &ts_e));
	OK(tshard_writer_meta(w, "{\"a\":1}", 7, &ts_e));
	for (size_t i = 0; i < n; i++) {
		struct tshard_doc d = { .ordinal = i,
			.source = (uint16_t)(i % 2),
			.language = tshard_lang_pack(i % 2 == 0 ? "en" : NULL),
			.number = ts_number(i),
			.flags = number == NULL ? 0 : ts_flags(i) };
		uint32_t len = 1 + ts_rnd(&state) % most;

		for (uint32_t k = 0; k < len; k++)
			ids[k] = k + 1 == len ? EOD : ts_rnd(&state) % vocab;
		OK(tshard_writer_put(w, ids, len / 2, &ts_e));
		OK(tshard_writer_put(w, ids + len / 2, len - len / 2, &ts_e));
		snprintf(id, sizeof id, "doc-%zu", i);
		snprintf(url, sizeof url, "http://x.example/%zu", i);
		OK(tshard_writer_end_doc(
		    w, &d, id, strlen(id), url, i % 3 == 0 ? 0 : strlen(url), &ts_e));
	}
	OK(tshard_writer_commit(w, NULL, &ts_e));
	free(ids);
}

/*
 * Samples of 8 tokens: one with two documents of "en", one that ends in pad, and n - 2 of
 * one long document of "code".
 */
static void
put_samples(struct tshard_writer *w, uint32_t n)
{
	const uint32_t a[8] = { 10, 11, 12, 13, 14, 15, 16, EOD };
	struct tshard_doc d = { .id_hash = { 9 }, .ordinal = 100, .tokens = 5 };
	struct tshard_seg seg = { .epoch = 1 };
	uint32_t row;

	OK(tshard_writer_add_doc(w, &d, "one", 3, NULL, 0, &row, &ts_e));
	seg.row = row;
	OK(tshard_writer_segment(w, &seg, &ts_e));
	OK(tshard_writer_put(w, a + 3, 5, &ts_e));
	d.tokens = 6;
	OK(tshard_writer_add_doc(w, &d, "two", 3, "u", 1, &row, &ts_e));
	seg.row = row;
	OK(tshard_writer_segment(w, &seg, &ts_e));
	OK(tshard_writer_put(w, a + 2, 3, &ts_e));
	OK(tshard_writer_end_sample(w, 15, &ts_e));
	seg.offset = 3;
	OK(tshard_writer_segment(w, &seg, &ts_e));
	OK(tshard_writer_put(w, a + 5, 3, &ts_e));
	OK(tshard_writer_pad(w, 0, 1, &ts_e));
	OK(tshard_writer_end_sample(w, TSHARD_NONE, &ts_e));
	d.tokens = 1000;
	d.source = 1;
	OK(tshard_writer_add_doc(w, &d, "long", 4, NULL, 0, &row, &ts_e));
	for (uint32_t i = 2; i < n; i++) {
		seg =
		    (struct tshard_seg){ .row = row, .offset = 8 * (i - 2), .source = 1 };
		OK(tshard_writer_segment(w, &seg, &ts_e));
		OK(tshard_writer_put(w, a, 8, &ts_e));
		OK(tshard_writer_end_sample(w, 10, &ts_e));
	}
}

void
ts_samples(const char *prefix, const struct tshard_facts *f, uint32_t n)
{
	struct tshard_writer *w;

	OK(tshard_writer_open(&w, prefix, f, &ts_e));
	OK(tshard_writer_sources(w, ts_sources, 2, &ts_e));
	OK(tshard_writer_meta(w, "{}", 2, &ts_e));
	put_samples(w, n);
	OK(tshard_writer_commit(w, NULL, &ts_e));
}

void
ts_put(const char *path, const void *p, size_t n)
{
	FILE *f = fopen(path, "wb");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(p, 1, n, f), n);
	ck_assert_int_eq(fclose(f), 0);
}

char *
ts_get(const char *path, size_t *n)
{
	char *p = tsi_slurp(path, 1 << 26, n, &ts_e);

	ck_assert_msg(p != NULL, "%s", ts_e.msg);
	return p;
}

/* n shards of 4 samples, run.tsv and plan.lock. */
void
ts_run(uint32_t n)
{
	static const char plan[] = "plan\n";
	struct tshard_facts f = ts_facts(TSHARD_SAMPLES, 1000);
	struct tshard_run_line line[8];
	char prefix[600], *tsv;
	size_t len;

	tshard_sha256(plan, 5, f.plan);
	f.shard_count = n;
	f.run_samples = UINT64_C(4) * n;
	for (uint32_t i = 0; i < n; i++) {
		f.shard_no = i;
		f.first_sample = UINT64_C(4) * i;
		OK(tshard_run_prefix(ts_dir, i, prefix, sizeof prefix));
		ts_samples(prefix, &f, 4);
		OK(tshard_run_line(prefix, &line[n - 1 - i], &ts_e));
	}
	tsv = tshard_run_render(line, n, &len);
	ts_put(ts_path("run.tsv"), tsv, len);
	ts_put(ts_path("plan.lock"), plan, 5);
	free(tsv);
}

static void
found(void *ctx, const struct tshard_finding *f)
{
	if (ts_seen.n++ > 0)
		return;
	snprintf(ts_seen.msg, sizeof ts_seen.msg, "%s", f->msg);
	snprintf(ts_seen.file, sizeof ts_seen.file, "%s", f->file);
	ts_seen.byte = f->byte;
}

int64_t
ts_verify(const char *path, unsigned threads)
{
	struct tshard_verify v = { .threads = threads, .found = found };
	int64_t n;

	memset(&ts_seen, 0, sizeof ts_seen);
	n = tshard_verify(path, &v, &ts_e);
	if (n >= 0)
		ck_assert_int_eq(n, ts_seen.n);
	return n;
}

/* ---- damage ---- */

void
ts_flip_all(const char *target, const char *path, bool exact, size_t step)
{
	size_t n;
	char *p = ts_get(path, &n);
	int fd = open(path, O_RDWR);

	ck_assert_int_ge(fd, 0);
	for (size_t i = 0; i < 8 * n; i += step * SIZED(1, 5)) {
		unsigned char b = (unsigned char)((unsigned char)p[i / 8] ^ 1u << i % 8);

		ck_assert_int_eq(pwrite(fd, &b, 1, (off_t)(i / 8)), 1);
		ck_assert_msg(ts_verify(target, 1) > 0,
		    "%s: bit %zu of byte %zu: not noticed (%s)", path, i % 8, i / 8,
		    ts_e.msg);
		ck_assert_msg(strcmp(ts_seen.file, path) == 0, "%s: byte %zu: blamed %s",
		    path, i / 8, ts_seen.msg);
		if (exact)
			ck_assert_msg(ts_seen.byte == i / 8, "%s: byte %zu: %s", path,
			    i / 8, ts_seen.msg);
		ck_assert_int_eq(pwrite(fd, &p[i / 8], 1, (off_t)(i / 8)), 1);
	}
	close(fd);
	ck_assert_int_eq(ts_verify(target, 1), 0);
	free(p);
}

void
ts_cut_all(const char *target, const char *path, size_t step)
{
	size_t n;
	char *p = ts_get(path, &n), *zero = calloc(1, n + 1);

	for (size_t i = 0; i < n; i += step * SIZED(1, 5)) {
		ts_put(path, p, i);
		ck_assert_msg(ts_verify(target, 1) > 0, "%s: %zu bytes: not noticed (%s)",
		    path, i, ts_e.msg);
	}
	ts_put(path, zero, n);
	ck_assert_msg(ts_verify(target, 1) > 0, "%s: zeros not noticed", path);
	p[n] = 0;
	ts_put(path, p, n + 1);
	ck_assert_msg(ts_verify(target, 1) > 0, "%s: one byte more not noticed", path);
	ts_put(path, p, n);
	ck_assert_int_eq(ts_verify(target, 1), 0);
	free(zero);
	free(p);
}

void
ts_set_byte(const char *path, const char *tag, size_t at, unsigned char v)
{
	size_t n;
	unsigned char *p = (unsigned char *)ts_get(path, &n);
	unsigned char *entry = p + TSI_HEADER;
	struct tsi_hasher *hash = tsi_hasher_new();

	while (strncmp((char *)entry, tag, 8) != 0)
		entry += TSI_ENTRY;
	p[tsi_get64(entry + 8) + at] = v;
	tsi_hasher_add(hash, p + tsi_get64(entry + 8), (size_t)tsi_get64(entry + 16));
	tsi_put64(entry + 40, tsi_hasher_64(hash));
	tsi_put32(entry + 60, tshard_crc32c(0, entry, 60));
	ts_put(path, p, n);
	tsi_hasher_free(hash);
	free(p);
}
