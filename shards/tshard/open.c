/* open.c - open a shard: check header, section table and sizes before they are used. */
#include "shards/tshard/tshard_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- sections ---- */

struct known {
	const char *tag;
	uint32_t elem_bytes;  /* 0: elements of different sizes */
	unsigned needed, may; /* kinds that must have it, or may */
};

/* Sets of kinds.  An unknown kind never gets here. */
enum {
	DOCS = 1 << TSHARD_DOCS,
	SFT = 1 << TSHARD_SFT,
	PREF = 1 << TSHARD_PREF,
	REWARD = 1 << TSHARD_REWARD,
	SAMPLES = 1 << TSHARD_SAMPLES | SFT | PREF | REWARD,
	ALL = DOCS | SAMPLES,
};

static const struct known known[] = {
	{ "IDXHASH", 32, ALL, 0 },
	{ "BLKCRC", 4, ALL, 0 },
	{ "SEGIDX", 8, SAMPLES, DOCS },
	{ "SEG", TSI_SEG, SAMPLES, DOCS },
	{ "NEXT", 4, SAMPLES, DOCS },
	{ "MASK", 1, SFT | PREF, DOCS },
	{ "PAIR", TSI_PAIR, PREF, DOCS },
	{ "LABEL", 0, REWARD, DOCS | SFT | PREF },
	{ "DOC", TSI_DOC, ALL, 0 },
	{ "DOCID", 0, DOCS, SAMPLES },
	{ "DOCFLAG", 1, 0, DOCS },
	{ "DOCNUM", 0, 0, DOCS },
	{ "SRC", 0, ALL, 0 },
	{ "META", 1, ALL, 0 },
};

enum { N_KNOWN = sizeof known / sizeof *known };

/* The number of elements by the header. */
static uint64_t
expected_count(const struct tshard_header *h, const struct tshard_section *sec)
{
	if (strcmp(sec->tag, "IDXHASH") == 0)
		return 1;
	if (strcmp(sec->tag, "BLKCRC") == 0)
		return h->bin_bytes / TSI_BLOCK + (h->bin_bytes % TSI_BLOCK > 0);
	if (strcmp(sec->tag, "SEGIDX") == 0)
		return h->samples + 1;
	if (strcmp(sec->tag, "SEG") == 0)
		return h->segments;
	if (strcmp(sec->tag, "NEXT") == 0)
		return h->samples;
	if (strcmp(sec->tag, "SRC") == 0)
		return h->n_sources;
	if (strcmp(sec->tag, "META") == 0)
		return sec->bytes;
	if (strcmp(sec->tag, "MASK") == 0)
		return h->tokens / 8 + (h->tokens % 8 > 0);
	if (strcmp(sec->tag, "PAIR") == 0)
		return tsi_sequences(h);
	if (strcmp(sec->tag, "LABEL") == 0)
		return sec->count; /* tsi_align_load checks it */
	return h->docs;
}

static uint64_t
entry_at(uint32_t i)
{
	return TSI_HEADER + (uint64_t)i * TSI_ENTRY;
}

static int
check_known(struct tshard *s, uint32_t i, struct tshard_error *e)
{
	const struct tshard_section *sec = &s->sec[i];

	for (size_t k = 0; k < N_KNOWN; k++) {
		if (strcmp(sec->tag, known[k].tag) != 0)
			continue;
		if (!((known[k].needed | known[k].may) >> s->h.kind & 1))
			return tsi_bad(s, e, TSI_SDX, entry_at(i),
			    "section %s in a shard of kind %u: regenerate the shard",
			    sec->tag, s->h.kind);
		if (sec->elem_bytes != known[k].elem_bytes ||
		    sec->count != expected_count(&s->h, sec))
			return tsi_bad(s, e, TSI_SDX, entry_at(i) + 24,
			    "section %s has %llu elements of %u bytes, the header "
			    "implies %llu of %u: "
			    "regenerate the shard",
			    sec->tag, (unsigned long long)sec->count, sec->elem_bytes,
			    (unsigned long long)expected_count(&s->h, sec),
			    known[k].elem_bytes);
		/* DOCID: two offsets per row and one more, then text. */
		if (strcmp(sec->tag, "DOCID") == 0 && sec->bytes < 16 * s->h.docs + 8)
			return tsi_bad(s, e, TSI_SDX, entry_at(i) + 16,
			    "section DOCID has %llu bytes, its offsets take %llu: "
			    "regenerate the shard",
			    (unsigned long long)sec->bytes,
			    16 * (unsigned long long)s->h.docs + 8);
		if (strcmp(sec->tag, "DOCNUM") == 0 &&
		    sec->bytes != TSI_NUMBER + 2 * s->h.docs)
			return tsi_bad(s, e, TSI_SDX, entry_at(i) + 16,
			    "section DOCNUM has %llu bytes, the header implies %llu: "
			    "regenerate the shard",
			    (unsigned long long)sec->bytes,
			    TSI_NUMBER + 2 * (unsigned long long)s->h.docs);
		return 0;
	}
	if (sec->flags & 1)
		return tsi_bad(s, e, TSI_SDX, entry_at(i),
		    "unknown critical section '%s': use a newer tamis", sec->tag);
	return 0;
}

static int
check_entry(struct tshard *s, uint32_t i, uint64_t *end, struct tshard_error *e)
{
	struct tshard_section *sec = &s->sec[i];
	unsigned char raw[TSI_ENTRY];
	uint64_t at = entry_at(i), last = s->h.sdx_bytes - TSI_END, bytes;
	uint32_t diff;
	size_t byte;
	unsigned bit;

	if (tsi_pread(s->fd[TSI_SDX], raw, TSI_ENTRY, at, s->path[TSI_SDX], e) < 0)
		return -1;
	tsi_sha_add(&s->table, raw, TSI_ENTRY);
	diff = tsi_get32(raw + 60) ^ tshard_crc32c(0, raw, 60);
	if (diff != 0 && tsi_crc_locate(diff, 60, &byte, &bit))
		return tsi_bad(s, e, TSI_SDX, at + byte,
		    "bit %u of the section table is flipped: use an intact copy", bit);
	if (diff != 0)
		return tsi_bad(s, e, TSI_SDX, at,
		    "the checksum of the section table differs: use an intact copy");
	tsi_entry_get(raw, sec);
	if (sec->offset % TSI_ENTRY != 0 || sec->offset < *end || sec->offset > last ||
	    sec->bytes > last - sec->offset)
		return tsi_bad(s, e, TSI_SDX, at + 8,
		    "section %s at byte %llu of %llu bytes is misaligned, overlaps "
		    "another or leaves the file: regenerate the shard",
		    sec->tag, (unsigned long long)sec->offset,
		    (unsigned long long)sec->bytes);
	if (sec->elem_bytes > 0 &&
	    (__builtin_mul_overflow(sec->count, sec->elem_bytes, &bytes) ||
		bytes != sec->bytes))
		return tsi_bad(s, e, TSI_SDX, at + 16,
		    "section %s has %llu bytes and %llu elements of %u: regenerate the "
		    "shard",
		    sec->tag, (unsigned long long)sec->bytes,
		    (unsigned long long)sec->count, sec->elem_bytes);
	for (uint32_t k = 0; k < i; k++)
		if (strcmp(s->sec[k].tag, sec->tag) == 0)
			return tsi_bad(s, e, TSI_SDX, at,
			    "section %s occurs twice: regenerate the shard", sec->tag);
	*end = sec->offset + sec->bytes;
	return check_known(s, i, e);
}

static int
check_end(struct tshard *s, uint64_t end, struct tshard_error *e)
{
	unsigned char is[TSI_END], should[TSI_END];
	uint64_t at = s->h.sdx_bytes - TSI_END;

	if ((end + 7) / 8 * 8 != at)
		return tsi_bad(s, e, TSI_SDX, end,
		    "the sections end here, and the end mark is at byte %llu: use an "
		    "intact copy",
		    (unsigned long long)at);
	if (tsi_pread(s->fd[TSI_SDX], is, TSI_END, at, s->path[TSI_SDX], e) < 0)
		return -1;
	tsi_end_put(s->h.sdx_bytes, should);
	for (uint64_t i = 0; i < TSI_END; i++)
		if (is[i] != should[i])
			return tsi_bad(s, e, TSI_SDX, at + i,
			    "the end mark is damaged: use an intact copy");
	return 0;
}

static int
check_sections(struct tshard *s, struct tshard_error *e)
{
	uint64_t end = entry_at(s->h.n_sections);

	if (s->h.n_sections > TSI_MAX_SECTIONS || end > s->h.sdx_bytes - TSI_END)
		return tsi_bad(s, e, TSI_SDX, 124,
		    "%u sections, the limit is %d and the size of the file: use a newer "
		    "tamis, "
		    "or regenerate the shard",
		    s->h.n_sections, TSI_MAX_SECTIONS);
	s->sec = calloc(s->h.n_sections + 1, sizeof *s->sec);
	if (!s->sec)
		return tsi_nomem(e);
	for (uint32_t i = 0; i < s->h.n_sections; i++)
		if (check_entry(s, i, &end, e) < 0)
			return -1;
	for (size_t k = 0; k < N_KNOWN; k++) {
		bool needed = known[k].needed >> s->h.kind & 1;

		if (needed && !tshard_section(s, known[k].tag))
			return tsi_bad(s, e, TSI_SDX, 124,
			    "section %s is missing: regenerate the shard", known[k].tag);
	}
	return check_end(s, end, e);
}

/* ---- header and files ---- */

/* Counts of the header.  The limits keep all later products below 2^64. */
static int
check_sums(struct tshard *s, struct tshard_error *e)
{
	const struct tshard_header *h = &s->h;
	const uint64_t most = UINT64_C(1) << 44;
	bool docs = h->kind == TSHARD_DOCS;

	if (h->tokens > most || h->samples > most || h->segments > most ||
	    h->docs > UINT32_MAX)
		return tsi_bad(s, e, TSI_SDX, 56,
		    "a count exceeds 2^44, or documents 2^32: regenerate the shard");
	if (h->tokens * tsi_width(h->encoding) != h->bin_bytes)
		return tsi_bad(s, e, TSI_SDX, 24,
		    "%llu bytes of payload and %llu tokens of %u bytes: regenerate the "
		    "shard",
		    (unsigned long long)h->bin_bytes, (unsigned long long)h->tokens,
		    tsi_width(h->encoding));
	if (h->vocab == 0 || h->vocab > 1u << 31 ||
	    tsi_width(h->encoding) != tshard_width(h->vocab))
		return tsi_bad(s, e, TSI_SDX, 44,
		    "a vocabulary of %u does not have tokens of %u bits: regenerate the "
		    "shard",
		    h->vocab, h->bits_per_token);
	if (docs != (h->seq_len == 0) || h->seq_len > INT32_MAX ||
	    (!docs && h->samples * h->seq_len != h->tokens) ||
	    (docs && (h->samples != 0 || h->segments != 0)) ||
	    (!docs && h->segments < h->samples) || h->segments > h->tokens ||
	    (docs && h->docs > h->tokens))
		return tsi_bad(s, e, TSI_SDX, 48,
		    "seq_len and the counts of samples, segments, documents and tokens "
		    "disagree: regenerate the shard");
	if (h->loss_tokens > h->tokens || h->n_sources > 65535)
		return tsi_bad(s, e, TSI_SDX, 232,
		    "%llu loss tokens of %llu, or %u sources of at most 65535: "
		    "regenerate the shard",
		    (unsigned long long)h->loss_tokens, (unsigned long long)h->tokens,
		    h->n_sources);
	return 0;
}

static int
check_size(struct tshard *s, int file, uint64_t should, struct tshard_error *e)
{
	struct stat st;

	if (s->fd[file] < 0) {
		s->fd[file] = open(s->path[file], O_RDONLY | O_CLOEXEC);
		if (s->fd[file] < 0 && errno == ENOENT)
			return tsi_bad(s, e, file, 0,
			    "no such file: a shard needs .bin, .idx and .sdx");
		if (s->fd[file] < 0)
			return tsi_errno(
			    e, "check the file system", "%s: cannot open", s->path[file]);
	}
	if (fstat(s->fd[file], &st) < 0)
		return tsi_errno(
		    e, "check the file system", "%s: cannot stat", s->path[file]);
	if ((uint64_t)st.st_size != should)
		return tsi_bad(s, e, file,
		    (uint64_t)st.st_size < should ? (uint64_t)st.st_size : should,
		    "the file has %llu bytes, and should have %llu: copy it again",
		    (unsigned long long)st.st_size, (unsigned long long)should);
	return 0;
}

static int
check_idxhash(struct tshard *s, struct tshard_error *e)
{
	const struct tshard_section *sec = tshard_section(s, "IDXHASH");
	uint64_t docs = s->h.kind == TSHARD_DOCS ? s->h.docs : s->h.samples;
	uint64_t should = tsi_idx_bytes(tsi_sequences(&s->h), docs);
	unsigned char b[32];

	if (tshard_section_read(s, sec, 0, b, sizeof b, e) < 0)
		return -1;
	if (tsi_get64(b) != should || tsi_get64(b + 8) != 0)
		return tsi_bad(s, e, TSI_SDX, sec->offset,
		    "IDXHASH: an index of %llu bytes, the header implies %llu: use an "
		    "intact copy",
		    (unsigned long long)tsi_get64(b), (unsigned long long)should);
	memcpy(s->idx_hash, b + 16, 16);
	return check_size(s, TSI_IDX, should, e);
}

/* The name at the start of DOCNUM, padded with zeros. */
static int
load_number(struct tshard *s, struct tshard_error *e)
{
	const struct tshard_section *sec = tshard_section(s, "DOCNUM");
	unsigned char name[TSI_NUMBER];

	if (!sec)
		return 0;
	if (tshard_section_read(s, sec, 0, name, TSI_NUMBER, e) < 0)
		return -1;
	memcpy(s->number, name, TSI_NUMBER);
	s->number[TSI_NUMBER - 1] = '\0';
	for (size_t i = strlen(s->number); i < TSI_NUMBER; i++)
		if (name[i] != 0)
			return tsi_bad(s, e, TSI_SDX, sec->offset + i,
			    "DOCNUM: the name is not padded with zeros: use an intact "
			    "copy");
	if (!tsi_number_ok(s->number))
		return tsi_bad(s, e, TSI_SDX, sec->offset,
		    "DOCNUM: the name is not 1 to 63 of A-Za-z0-9._/+-: use an intact "
		    "copy");
	return 0;
}

/* Report that there is no .sdx, or that the path names a file of another kind. */
static int
no_sdx(struct tshard *s, struct tshard_error *e)
{
	const char *sdx = s->path[TSI_SDX];
	char *path =
	    tsi_format("%.*s", (int)(strlen(sdx) - strlen(tsi_ext[TSI_SDX])), sdx);
	struct stat st;
	int error = errno;
	bool other;

	if (!path)
		return tsi_nomem(e);
	other = error == ENOENT && stat(path, &st) == 0 && S_ISREG(st.st_mode);
	if (other)
		tsi_fail(e, TSHARD_MISSING,
		    "%s: not a shard: name a shard or one of its files, or count "
		    "documents "
		    "with 'tamis count'",
		    path);
	free(path);
	errno = error;
	return other ? -1 : tsi_errno(e, "name a shard or one of its files", "%s", sdx);
}

static int
open_sdx(struct tshard *s, struct tshard_error *e)
{
	unsigned char raw[TSI_HEADER];
	struct stat st;

	s->fd[TSI_SDX] = open(s->path[TSI_SDX], O_RDONLY | O_CLOEXEC);
	if (s->fd[TSI_SDX] < 0)
		return no_sdx(s, e);
	if (fstat(s->fd[TSI_SDX], &st) < 0)
		return tsi_errno(e, "check the file system", "%s", s->path[TSI_SDX]);
	if (st.st_size < TSI_HEADER + TSI_END)
		return tsi_bad(s, e, TSI_SDX, (uint64_t)st.st_size,
		    "the file ends here: copy it again");
	if (tsi_pread(s->fd[TSI_SDX], raw, TSI_HEADER, 0, s->path[TSI_SDX], e) < 0 ||
	    tsi_header_check(s, raw, e) < 0)
		return -1;
	tsi_sha_init(&s->table);
	tsi_sha_add(&s->table, raw, TSI_HEADER);
	return check_size(s, TSI_SDX, s->h.sdx_bytes, e);
}

int
tsi_open(struct tshard *s, const char *path, unsigned flags, struct tshard_error *e)
{
	s->flags = flags;
	s->fd[0] = s->fd[1] = s->fd[2] = s->direct = -1;
	s->bad_file = -1;
	s->prefix = tsi_prefix_of(path);
	if (!s->prefix)
		return tsi_nomem(e);
	for (int i = 0; i < 3; i++) {
		s->path[i] = tsi_format("%s%s", s->prefix, tsi_ext[i]);
		if (!s->path[i])
			return tsi_nomem(e);
	}
	if (open_sdx(s, e) < 0 || check_sums(s, e) < 0 || check_sections(s, e) < 0 ||
	    check_size(s, TSI_BIN, s->h.bin_bytes, e) < 0 || check_idxhash(s, e) < 0 ||
	    load_number(s, e) < 0 || tsi_align_load(s, e) < 0)
		return -1;
	if (flags & TSHARD_PAST_CACHE)
		s->direct = tsi_direct_open(s->path[TSI_BIN]);
	return tsi_src_load(s, e);
}

void
tsi_release(struct tshard *s)
{
	for (int i = 0; i < 3; i++) {
		if (s->fd[i] >= 0)
			close(s->fd[i]);
		free(s->path[i]);
	}
	if (s->direct >= 0)
		close(s->direct);
	free(s->prefix);
	free(s->sec);
	free(s->src);
	free(s->parts);
	free(s->names);
	free(s->label);
	free(s->labels);
}

int
tshard_open(struct tshard **out, const char *path, unsigned flags, struct tshard_error *e)
{
	struct tshard *s = calloc(1, sizeof *s);

	*out = NULL;
	if (!s)
		return tsi_nomem(e);
	if (tsi_open(s, path, flags, e) < 0) {
		tshard_close(s);
		return -1;
	}
	*out = s;
	return 0;
}

void
tshard_close(struct tshard *s)
{
	if (!s)
		return;
	tsi_release(s);
	free(s);
}
