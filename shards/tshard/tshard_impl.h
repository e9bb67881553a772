/* tshard_impl.h - the internals that the files of the shard library share. */
#ifndef TSHARD_IMPL_H
#define TSHARD_IMPL_H

#include "shards/tshard/tshard.h"
#include "shards/tshard/tshard_align.h"

#include <stdbool.h>
#include <string.h>

enum {
	TSI_HEADER = 256,
	TSI_ENTRY =
	    64, /* an entry of the section table; also the alignment of sections */
	TSI_END = 16,
	TSI_BLOCK_LOG2 = 16,
	TSI_BLOCK = 1 << TSI_BLOCK_LOG2,
	TSI_MAX_SECTIONS = 64,
	TSI_DOC = 32,
	TSI_SEG = 16,
	TSI_SRC = 48,
	TSI_PART = 64,
	TSI_IDX_HEADER = 34,
	TSI_PAIR = 16,
	TSI_LABEL = 8, /* LABEL: before its names; an entry without numbers */
	TSI_LABEL_NAME = TSHARD_LABEL_NAME + 1,
	TSI_NUMBER = TSHARD_NUMBER_NAME + 1, /* DOCNUM: the name in front */
};

/* The flags that DOCFLAG can have. */
enum { TSI_DOC_FLAGS = TSHARD_SEG_FIM_PSM | TSHARD_SEG_FIM_SPM | TSHARD_SEG_NO_LOSS };

enum { TSI_BIN, TSI_IDX, TSI_SDX };
extern const char *const tsi_ext[3]; /* ".bin", ... */

#define TSI_PRINTF(a, b) __attribute__((format(printf, a, b)))

/* ---- little-endian numbers at any address ---- */

static inline uint16_t
tsi_get16(const unsigned char *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t
tsi_get32(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t
tsi_get64(const unsigned char *p)
{
	return tsi_get32(p) | (uint64_t)tsi_get32(p + 4) << 32;
}

static inline void
tsi_put16(unsigned char *p, uint16_t v)
{
	p[0] = (unsigned char)v;
	p[1] = (unsigned char)(v >> 8);
}

static inline void
tsi_put32(unsigned char *p, uint32_t v)
{
	tsi_put16(p, (uint16_t)v);
	tsi_put16(p + 2, (uint16_t)(v >> 16));
}

static inline void
tsi_put64(unsigned char *p, uint64_t v)
{
	tsi_put32(p, (uint32_t)v);
	tsi_put32(p + 4, (uint32_t)(v >> 32));
}

/* ---- util.c ---- */

/* Set *e, if e is not NULL, with control bytes replaced by '?'.  Returns -1. */
int tsi_fail(struct tshard_error *e, int code, const char *fmt, ...) TSI_PRINTF(3, 4);
/* The same with TSHARD_SYSTEM, and ": strerror(errno): FIX" after the message.  The fix
 * is `how` unless errno tells a better one. */
int tsi_errno(struct tshard_error *e, const char *how, const char *fmt, ...)
    TSI_PRINTF(3, 4);
/* Set *e to "PATH: byte N: ..." as TSHARD_DATA, and note the place in *s.  Returns -1. */
int tsi_bad(struct tshard *s, struct tshard_error *e, int file, uint64_t byte,
    const char *fmt, ...) TSI_PRINTF(5, 6);
int tsi_nomem(struct tshard_error *e);
/* A formatted string to free(); NULL when memory is out. */
char *tsi_format(const char *fmt, ...) TSI_PRINTF(1, 2);
void tsi_mask(char *s);

struct tsi_vec {
	unsigned char *p;
	size_t n, cap;
};

/* Make room for n more bytes and return it, or NULL when memory is out. */
unsigned char *tsi_vec_more(struct tsi_vec *v, size_t n);
int tsi_vec_put(struct tsi_vec *v, const void *p, size_t n);

/* Read exactly n bytes at `at`; a file that ends earlier is TSHARD_DATA. */
int tsi_pread(
    int fd, void *p, size_t n, uint64_t at, const char *path, struct tshard_error *e);
int tsi_write(int fd, const void *p, size_t n, const char *path, struct tshard_error *e);
/* A whole file, NUL-terminated, to free(); one larger than max is TSHARD_DATA. */
char *tsi_slurp(const char *path, size_t max, size_t *n, struct tshard_error *e);
/* fsync the directory of a file. */
int tsi_fsync_dir(const char *path, struct tshard_error *e);
/* The path without the extension .bin, .idx or .sdx, to free(). */
char *tsi_prefix_of(const char *path);

/* ---- direct_io.c ---- */

enum { TSI_DIRECT_ALIGN = 4096 }; /* no current device needs more */

/* Open for reading past the page cache; -1 if that is not possible. */
int tsi_direct_open(const char *path);
/*
 * Read up to n bytes from byte `at` on, and return how many: 0 if fd is -1 or p or `at`
 * is not aligned.  The caller reads the rest, and learns of errors, by tsi_pread.
 */
size_t tsi_direct_read(int fd, void *p, size_t n, uint64_t at);

/* ---- crc32c.c ---- */

uint32_t tsi_crc32c_portable(uint32_t crc, const void *p, size_t n);
/*
 * Find the one flipped bit that explains diff = stored ^ computed, in n bytes or in the 4
 * bytes of the CRC stored after them (*byte >= n).  False if there is none.
 */
bool tsi_crc_locate(uint32_t diff, size_t n, size_t *byte, unsigned *bit);

/* ---- shard_hash.c ---- */

struct tsi_hasher;
struct tsi_hasher *tsi_hasher_new(void); /* NULL when memory is out */
void tsi_hasher_reset(struct tsi_hasher *h);
void tsi_hasher_add(struct tsi_hasher *h, const void *p, size_t n);
uint64_t tsi_hasher_64(const struct tsi_hasher *h);
void tsi_hasher_128(const struct tsi_hasher *h, unsigned char out[16]);
void tsi_hasher_free(struct tsi_hasher *h);

/* ---- sha256.c ---- */

struct tsi_sha {
	uint32_t h[8];
	uint64_t bytes;
	unsigned char block[64];
};

void tsi_sha_init(struct tsi_sha *s);
void tsi_sha_add(struct tsi_sha *s, const void *p, size_t n);
void tsi_sha_sum(struct tsi_sha *s, unsigned char out[32]);

/* ---- layout.c ---- */

void tsi_header_put(const struct tshard_header *h, unsigned char out[TSI_HEADER]);
void tsi_header_get(const unsigned char in[TSI_HEADER], struct tshard_header *h);
void tsi_entry_put(const struct tshard_section *s, unsigned char out[TSI_ENTRY]);
void tsi_entry_get(const unsigned char in[TSI_ENTRY], struct tshard_section *s);
void tsi_doc_put(const struct tshard_doc *d, unsigned char out[TSI_DOC]);
void tsi_doc_get(const unsigned char in[TSI_DOC], struct tshard_doc *d);
void tsi_seg_put(const struct tshard_seg *s, unsigned char out[TSI_SEG]);
void tsi_seg_get(const unsigned char in[TSI_SEG], struct tshard_seg *s);
void tsi_end_put(uint64_t sdx_bytes, unsigned char out[TSI_END]);
/* Samples of whole documents, which may have padding between them. */
static inline bool
tsi_whole(uint32_t kind)
{
	return kind >= TSHARD_SFT;
}
static inline uint32_t
tsi_width(uint32_t encoding)
{
	return encoding == TSHARD_U16 ? 2 : 4;
}
/* The size of an .idx file.  Both are at most 2^44, which tsi_open checks. */
uint64_t tsi_idx_bytes(uint64_t sequences, uint64_t documents);
/* Whether a document can have these flags, at most one kind of FIM. */
static inline bool
tsi_doc_flags_ok(uint8_t flags)
{
	const uint8_t fim = TSHARD_SEG_FIM_PSM | TSHARD_SEG_FIM_SPM;

	return (flags & ~TSI_DOC_FLAGS) == 0 && (flags & fim) != fim;
}
/* Whether s can be the name of the documents' number. */
bool tsi_number_ok(const char *s);
/* Whether all n tokens in payload encoding are below vocab; if not, *bad is the first. */
bool tsi_ids_ok(
    const void *payload, size_t n, uint32_t width, uint32_t vocab, size_t *bad);

/* ---- tshard_spool.c ---- */

typedef int tsi_sink(void *ctx, const unsigned char *p, size_t n, struct tshard_error *e);

/* Bytes that are appended, and read later.  Zero it to begin. */
struct tsi_spool {
	size_t most;	    /* bytes in memory, about; 0: all */
	const char *path;   /* of the file, for an instant; borrowed */
	int fd;		    /* open if bytes have been written to the file */
	uint64_t written;   /* bytes in the file */
	struct tsi_vec buf; /* the bytes after them */
};

static inline uint64_t
tsi_spool_bytes(const struct tsi_spool *s)
{
	return s->written + s->buf.n;
}
int tsi_spool_put(struct tsi_spool *s, const void *p, size_t n, struct tshard_error *e);
/* Bytes [at, at + n), which exist. */
int tsi_spool_read(
    const struct tsi_spool *s, uint64_t at, void *p, size_t n, struct tshard_error *e);
/* Pass all bytes to the sink, in pieces. */
int tsi_spool_feed(
    const struct tsi_spool *s, tsi_sink *sink, void *ctx, struct tshard_error *e);
void tsi_spool_free(struct tsi_spool *s);

/* ---- cursor.c: elements of a section, by a window of the file or of a spool ---- */

struct tsi_cursor {
	const struct tshard *s; /* NULL: the elements are in the spool */
	const struct tshard_section *sec;
	const struct tsi_spool *spool;
	uint32_t elem;
	uint64_t count;
	unsigned char *window;
	uint64_t first, held; /* elements in the window */
	struct tshard_error *e;
};

int tsi_cursor_spool(struct tsi_cursor *c, const struct tsi_spool *spool, uint32_t elem,
    struct tshard_error *e);
int tsi_cursor_open(struct tsi_cursor *c, const struct tshard *s, const char *tag,
    struct tshard_error *e);
/* Element i < count, which lives until the next call; or NULL with *e.  Cheap in order.
 */
const unsigned char *tsi_cursor_at(struct tsi_cursor *c, uint64_t i);
void tsi_cursor_close(struct tsi_cursor *c);

/*
 * A walk over the sequences of .idx, in payload order: documents (rows of DOC) or
 * segments (rows of SEG).  An invalid row ends the walk with an error, so the numbers
 * below are valid.
 */
struct tsi_walk {
	struct tsi_cursor rows;
	uint32_t kind, seq_len;
	uint64_t tokens; /* of the shard */
	/* The current sequence. */
	uint64_t row, sample;
	uint64_t first;	       /* token in the payload */
	uint32_t n;	       /* tokens; pad has them, too */
	struct tshard_seg seg; /* SAMPLES */
	struct tshard_doc doc; /* DOCS */
	uint64_t next;	       /* row */
	uint64_t bad_byte;     /* of .sdx: the invalid row */
};

/* Go before the first sequence.  w->rows is open. */
void tsi_walk_begin(struct tsi_walk *w, const struct tshard_header *h);
/* 1 at a sequence, 0 at the end, -1 with *w->rows.e. */
int tsi_walk_next(struct tsi_walk *w);

/* ---- idx.c ---- */

/*
 * Generate the .idx file that header and rows imply, and pass it to the sink in pieces.
 * w->rows is open on DOC or SEG, segidx on SEGIDX; it is NULL in DOCS.
 */
int tsi_idx_feed(const struct tshard_header *h, struct tsi_walk *w,
    struct tsi_cursor *segidx, tsi_sink *sink, void *ctx, struct tshard_error *e);

/* ---- open.c ---- */

struct tshard {
	char *prefix;
	char *path[3];
	int fd[3];
	int direct; /* of .bin, to read past the page cache; or -1 */
	unsigned flags;
	struct tshard_header h;
	struct tshard_section *sec;
	struct tshard_source *src;
	struct tshard_part *parts;
	char *names;
	unsigned char idx_hash[16];    /* of IDXHASH */
	char number[TSI_NUMBER];       /* the name in DOCNUM, or "" */
	char (*label)[TSI_LABEL_NAME]; /* the names in LABEL */
	const char **labels;	       /* the same, as pointers */
	uint32_t n_labels;
	uint64_t label_rows;
	struct tsi_sha table; /* of the header and the section table */
	/* The place of the error that opening ended with, for verify. */
	int bad_file;
	uint64_t bad_byte;
};

/* As tshard_open, into a zeroed *s.  Call tsi_release in any case. */
int tsi_open(struct tshard *s, const char *path, unsigned flags, struct tshard_error *e);
void tsi_release(struct tshard *s);
/* Decode a header into s->h, and check magic, CRC, version, kind and encoding. */
int tsi_header_check(
    struct tshard *s, const unsigned char raw[TSI_HEADER], struct tshard_error *e);
static inline uint64_t
tsi_sequences(const struct tshard_header *h)
{
	return h->kind == TSHARD_DOCS ? h->docs : h->segments;
}

/* ---- section.c ---- */

enum { TSI_SECTION_CHUNK = 1 << 18 };

/* Hash a whole section.  buf has room for TSI_SECTION_CHUNK bytes. */
int tsi_section_hash(const struct tshard *s, const struct tshard_section *sec,
    unsigned char *buf, struct tsi_hasher *hash, struct tshard_error *e);

/* ---- access.c ---- */

/*
 * Read n bytes of the payload from block `no` on: whole blocks, of which only the last of
 * the payload may be short.  With TSHARD_CHECK, the CRC of each must match.
 */
int tsi_read_blocks(const struct tshard *s, uint64_t no, size_t n, unsigned char *out,
    struct tshard_error *e);
/* Widen n tokens in payload encoding to ids; payload may be the end of the room for ids.
 */
void tsi_widen(const unsigned char *payload, size_t n, uint32_t width, uint32_t *ids);

/* Why segment i of a sample is invalid, or NULL.  The segments before it are valid. */
const char *tsi_wrong_seg(
    const struct tshard_header *h, const struct tshard_seg *v, size_t i);

/* ---- align_sections.c ---- */

void tsi_pair_put(const struct tshard_pair *p, unsigned char out[TSI_PAIR]);
void tsi_pair_get(const unsigned char in[TSI_PAIR], struct tshard_pair *p);
/* Why a row of n tokens with pair p cannot follow one with `last`, or NULL.  first: no
 * pair precedes it. */
const char *tsi_wrong_pair(
    const struct tshard_pair *last, bool first, const struct tshard_pair *p, uint32_t n);
/* Read the names of LABEL and check its size; check the counts of MASK and PAIR. */
int tsi_align_load(struct tshard *s, struct tshard_error *e);
/* The names of LABEL, which the file has before its entries. */
bool tsi_label_ok(const char *name);
/* A number of LABEL is finite, or the one NaN that means absent. */
bool tsi_value_ok(uint32_t bits);

/* ---- src.c ---- */

/* Append SRC in its canonical form, with counts of 0 for tsi_src_count to set. */
int tsi_src_put(
    struct tsi_vec *out, const struct tshard_source *v, size_t n, struct tshard_error *e);
void tsi_src_count(struct tsi_vec *src, size_t i, uint64_t tokens, uint64_t samples);
int tsi_src_load(struct tshard *s, struct tshard_error *e);

/* ---- runfile.c ---- */

#define TSI_RUN_TSV   "run.tsv"
#define TSI_PLAN_LOCK "plan.lock"

/* "DIR/shard-00042", to free(); NULL when memory is out. */
char *tsi_run_prefix(const char *dir, uint32_t no);
void tsi_run_line_of(const struct tshard *s, struct tshard_run_line *out);
/* As tshard_run_render, in format 1.0 or 1.1. */
char *tsi_run_render(
    const struct tshard_run_line *v, size_t n, unsigned minor, size_t *len);
/*
 * Parse a run.tsv: *n lines, to free(), and the minor version of its format.  Checks
 * form, order and the hash in the last line.  Returns NULL with *e and the invalid *byte.
 */
struct tshard_run_line *tsi_run_parse(const char *path, const char *text, size_t bytes,
    size_t *n, unsigned *minor, uint64_t *byte, struct tshard_error *e);

/* ---- run_missing.c ---- */

enum { TSI_MISSING = 256 }; /* bytes that are enough for a list in a message */

/* The number in "shard-00042.sdx" or .bin or .idx, or -1. */
int64_t tsi_shard_number(const char *name);
/*
 * Write the numbers below count that are not among the n sorted ones to out, as ranges
 * "0-15, 20".  Returns how many they are.
 */
uint64_t tsi_missing(
    const uint32_t *no, size_t n, uint32_t count, char *out, size_t size);

/* ---- findings.c ---- */

/* The findings of one shard, kept until they are reported in order. */
struct tsi_report {
	struct tsi_finding {
		char *file, *msg;
		uint64_t byte;
	} * v;
	size_t n;
	uint64_t more;	/* findings that were not kept */
	uint64_t bytes; /* verified */
	bool quick;
};

enum { TSI_MOST_FINDINGS = 100 }; /* kept per shard */

/* Add the finding "FILE: byte N: ...". */
void tsi_found(struct tsi_report *r, const char *file, uint64_t byte, const char *fmt,
    ...) TSI_PRINTF(4, 5);
/* Add an error in the data as a finding.  -1 if it is one of the system. */
int tsi_found_error(
    struct tsi_report *r, const char *file, uint64_t byte, const struct tshard_error *e);
void tsi_report_free(struct tsi_report *r);
/* Report the findings to v.  Returns their number, including findings that were not kept.
 */
int64_t tsi_report_deliver(
    const struct tsi_report *r, const char *path, struct tshard_verify *v);

/* ---- verify_shard.c, verify_rows.c, verify_payload.c ---- */

/* Open and verify one shard.  s is zeroed; call tsi_release in any case.  -1 with *e. */
int tsi_verify_shard(
    struct tshard *s, const char *path, struct tsi_report *r, struct tshard_error *e);
/* MASK, PAIR and LABEL, without what needs tokens: DOC and SEG are valid. */
int tsi_verify_align(struct tshard *s, struct tsi_report *r, struct tshard_error *e);
/* Answers start with the prompt of their pair: everything else is valid. */
int tsi_verify_prompts(struct tshard *s, struct tsi_report *r, struct tshard_error *e);
int tsi_verify_rows(struct tshard *s, struct tsi_report *r, struct tshard_error *e);
/* rows: DOC and SEG are valid.  crcs: BLKCRC is valid. */
int tsi_verify_idx(
    struct tshard *s, struct tsi_report *r, bool rows, struct tshard_error *e);
int tsi_verify_payload(
    struct tshard *s, struct tsi_report *r, bool crcs, bool rows, struct tshard_error *e);

#endif
