/* fuzz_tshard.c - open, read and verify any bytes as .sdx, or as run.tsv. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "shards/tshard/tshard_impl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 1 << 18 }; /* bytes of .bin and .idx made up for an input */

static char dir[512];

static void
clean_up(void)
{
	char path[600];

	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof path, "%s/x%s", dir, tsi_ext[i]);
		unlink(path);
	}
	rmdir(dir);
}

static void
make_dir(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(dir, sizeof dir, "%s/fuzz-tshard-XXXXXX", tmp == NULL ? "/tmp" : tmp);
	if (mkdtemp(dir) == NULL)
		abort();
	atexit(clean_up);
}

static void
put(int which, const void *p, size_t n, uint64_t size)
{
	char path[600];
	int fd;

	snprintf(path, sizeof path, "%s/x%s", dir, tsi_ext[which]);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || ftruncate(fd, (off_t)size) != 0 || write(fd, p, n) != (ssize_t)n)
		abort();
	close(fd);
}

/* Correct the checksums, so that the fuzzer reaches the checks after them. */
static void
fix_sums(unsigned char *p, size_t size)
{
	uint32_t n = tsi_get32(p + 124);
	struct tsi_hasher *hash = tsi_hasher_new();

	if (hash == NULL)
		abort();
	tsi_put64(p + 16, size);
	tsi_put32(p + 252, tshard_crc32c(0, p, 252));
	for (uint32_t i = 0; i < n && TSI_HEADER + (i + 1) * (size_t)TSI_ENTRY <= size;
	     i++) {
		unsigned char *entry = p + TSI_HEADER + (size_t)i * TSI_ENTRY;
		uint64_t at = tsi_get64(entry + 8), bytes = tsi_get64(entry + 16);

		if (at <= size && bytes <= size - at) {
			tsi_hasher_reset(hash);
			tsi_hasher_add(hash, p + at, (size_t)bytes);
			tsi_put64(entry + 40, tsi_hasher_64(hash));
		}
		tsi_put32(entry + 60, tshard_crc32c(0, entry, 60));
	}
	tsi_hasher_free(hash);
	if (size >= TSI_HEADER + TSI_END)
		tsi_end_put(size, p + size - TSI_END);
}

/* Make .bin and .idx of the sizes that the sidecar states, up to MOST. */
static void
make_others(const unsigned char *p, size_t size)
{
	struct tshard_header h;
	uint64_t docs, idx, bin;
	unsigned char start[TSI_IDX_HEADER] = { 'M', 'M', 'I', 'D', 'I', 'D', 'X' };

	tsi_header_get(p, &h);
	docs = h.kind == TSHARD_DOCS ? h.docs : h.samples;
	idx = tsi_idx_bytes(tsi_sequences(&h), docs);
	bin = h.bin_bytes;
	put(TSI_SDX, p, size, size);
	put(TSI_IDX, start, sizeof start, idx < MOST ? idx : MOST);
	put(TSI_BIN, "", 0, bin < MOST ? bin : MOST);
}

/* The iterator returns the first n samples as the calls for single samples do. */
static void
compare_samples(const struct tshard *s, size_t n)
{
	struct tshard_sample_iter *it;
	struct tshard_sample sample;
	struct tshard_seg *segs;
	struct tshard_error e;
	uint32_t seq = tshard_header(s)->seq_len, next;
	uint32_t *ids = calloc(seq < MOST ? seq : 1, 2 * sizeof *ids);
	size_t k;

	if (ids == NULL || tshard_sample_iter_open(&it, s, 0, n, &e) != 0)
		abort();
	for (size_t i = 0; i < n; i++) {
		int got = tshard_sample_iter_next(it, &sample, NULL, &e);

		if ((got == 1) != (tshard_segs(s, i, &segs, &k, &e) == 0))
			abort();
		if (got != 1)
			break;
		if (k != sample.n_segs || sample.segs[k].start != seq ||
		    memcmp(segs, sample.segs, k * sizeof *segs) != 0 ||
		    tshard_next(s, i, 1, &next, &e) != 0 || next != sample.next)
			abort();
		free(segs);
		if (seq >= MOST || tshard_tokens(s, i * seq, seq, ids, &e) != 0)
			continue;
		if (tshard_sample_iter_seek(it, i, n - i, &e) != 0 ||
		    tshard_sample_iter_next(it, &sample, ids + seq, &e) != 1 ||
		    memcmp(ids, ids + seq, seq * sizeof *ids) != 0)
			abort();
	}
	tshard_sample_iter_close(it);
	free(ids);
}

/* The iterator returns the documents as tshard_docs does. */
static void
compare_docs(const struct tshard *s, size_t n)
{
	struct tshard_doc_iter *it;
	struct tshard_doc d[8], one;
	struct tshard_error e;

	memset(d, 0, sizeof d);
	memset(&one, 0, sizeof one);
	if (tshard_docs(s, 0, n, d, &e) != 0)
		return;
	if (tshard_doc_iter_open(&it, s, 0, n, &e) != 0)
		abort();
	for (size_t i = 0; i < n; i++)
		if (d[i].source >= tshard_header(s)->n_sources || d[i].tokens == 0 ||
		    d[i].tokens > INT32_MAX) {
			if (tshard_doc_iter_next(it, &one, &e) != -1)
				abort();
			goto out;
		} else if (tshard_doc_iter_next(it, &one, &e) != 1 ||
			   one.ordinal != d[i].ordinal || one.tokens != d[i].tokens ||
			   one.number != d[i].number || one.flags != d[i].flags)
			abort();
	if (tshard_doc_iter_next(it, &one, &e) != 0)
		abort();
out:
	tshard_doc_iter_close(it);
}

/* Targets, pairs and labels of the first rows and tokens. */
static void
read_align(const struct tshard *s)
{
	const struct tshard_header *h = tshard_header(s);
	struct tshard_pair pair[8];
	struct tshard_label label[8];
	struct tshard_align has;
	struct tshard_error e;
	uint64_t rows = h->kind == TSHARD_DOCS ? h->docs : h->segments, at;
	uint64_t n = tshard_label_count(s);
	float v[8 * TSHARD_MOST_LABELS];
	uint8_t is[64];

	tshard_align_of(s, &has);
	for (uint32_t i = 0; i < has.n_labels; i++)
		if (!tsi_label_ok(has.labels[i]))
			abort();
	if (has.mask && tshard_mask(s, 0, h->tokens < 64 ? h->tokens : 64, is, &e) != 0)
		abort();
	if (has.pairs && tshard_pairs(s, 0, rows < 8 ? rows : 8, pair, &e) != 0)
		abort();
	if (has.n_labels > 0 && tshard_labels(s, 0, n < 8 ? n : 8, label, v, &e) != 0)
		abort();
	if (has.n_labels > 0 &&
	    (tshard_label_find(s, 1, &at, &e) != 0 || at > tshard_label_count(s)))
		abort();
}

static void
read_all(const char *prefix)
{
	struct tshard_error e;
	struct tshard *s;
	const struct tshard_header *h;

	if (tshard_open(&s, prefix, 0, &e) != 0)
		return;
	h = tshard_header(s);
	for (uint64_t i = 0; i < h->docs && i < 8; i++) {
		struct tshard_doc d;
		uint32_t ids[64], len;
		uint64_t first;
		char *id, *url;

		if (tshard_docs(s, i, 1, &d, &e) == 0 &&
		    tshard_docid(s, i, &id, &url, &e) == 0)
			free(id);
		if (tshard_doc_at(s, i, &first, &len, &e) == 0)
			tshard_tokens(s, first, len < 64 ? len : 64, ids, &e);
	}
	read_align(s);
	compare_docs(s, h->docs < 8 ? (size_t)h->docs : 8);
	if (h->samples > 0)
		compare_samples(s, h->samples < 8 ? (size_t)h->samples : 8);
	for (uint64_t i = 0; i < h->samples && i < 8; i++) {
		uint32_t next;

		tshard_next(s, i, 1, &next, &e);
	}
	if (tshard_number_name(s) != NULL && !tsi_number_ok(tshard_number_name(s)))
		abort();
	for (uint32_t i = 0; i < h->n_sources; i++)
		if (strlen(tshard_sources(s)[i].name) > h->sdx_bytes)
			abort();
	tshard_close(s);
}

static void
found(void *ctx, const struct tshard_finding *f)
{
	if (strchr(f->msg, '\n') != NULL || strlen(f->file) == 0)
		abort();
}

static void
try(const unsigned char *p, size_t size)
{
	struct tshard_verify v = { .found = found };
	struct tshard_error e;
	char prefix[600];

	snprintf(prefix, sizeof prefix, "%s/x", dir);
	make_others(p, size);
	read_all(prefix);
	tshard_verify(prefix, &v, &e);
}

/* A run.tsv that is parsed renders to the same bytes. */
static void
render_again(const struct tshard_run_line *v, size_t n, unsigned minor,
    const uint8_t *data, size_t size)
{
	size_t len;
	char *text = tsi_run_render(v, n, minor, &len);

	if (text == NULL || len != size || memcmp(text, data, size) != 0)
		abort();
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned minor;
	struct tshard_run_line *lines;
	struct tshard_error e;
	uint64_t byte;
	size_t n;
	unsigned char *copy;

	if (dir[0] == '\0')
		make_dir();
	lines = tsi_run_parse("run.tsv", (const char *)data, size, &n, &minor, &byte, &e);
	if (lines != NULL)
		render_again(lines, n, minor, data, size);
	free(lines);
	if (size < TSI_HEADER || size > 1 << 20)
		return 0;
	copy = malloc(size);
	if (copy == NULL)
		abort();
	memcpy(copy, data, size);
	try(copy, size);
	fix_sums(copy, size);
	try(copy, size);
	free(copy);
	return 0;
}
