/* tshard_impl.h - what the files of the shard library share and nobody else sees. */
#ifndef TSHARD_IMPL_H
#define TSHARD_IMPL_H

#include "shards/tshard/tshard.h"

#include <stdbool.h>
#include <string.h>

enum {
	TSI_HEADER = 256,
	TSI_ENTRY = 64, /* a row of the section table; also the alignment of sections */
	TSI_END = 16,
	TSI_BLOCK_LOG2 = 16,
	TSI_BLOCK = 1 << TSI_BLOCK_LOG2,
	TSI_MAX_SECTIONS = 64,
	TSI_DOC = 32,
	TSI_SEG = 16,
	TSI_SRC = 48,
	TSI_PART = 64,
	TSI_IDX_HEADER = 34,
	TSI_NUMBER = TSHARD_NUMBER_NAME + 1, /* DOCNUM: the name in front */
};

/* What DOCFLAG may hold. */
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

/* Set *e (NULL is fine), control bytes shown as '?'.  Return -1. */
int tsi_fail(struct tshard_error *e, int code, const char *fmt, ...) TSI_PRINTF(3, 4);
/* The same with TSHARD_SYSTEM and ": strerror(errno): how" behind the message. */
int tsi_errno(struct tshard_error *e, const char *how, const char *fmt, ...)
    TSI_PRINTF(3, 4);
/* *e: "PATH: byte N: ..." as TSHARD_DATA, noted in *s.  Returns -1. */
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

/* Room for n more bytes: where they go, or NULL when memory is out. */
unsigned char *tsi_vec_more(struct tsi_vec *v, size_t n);
int tsi_vec_put(struct tsi_vec *v, const void *p, size_t n);

/* Exactly n bytes at `at`; a file that ends before is TSHARD_DATA. */
int tsi_pread(
    int fd, void *p, size_t n, uint64_t at, const char *path, struct tshard_error *e);
int tsi_write(int fd, const void *p, size_t n, const char *path, struct tshard_error *e);
/* A whole small file, NUL-terminated, to free(); larger than max is TSHARD_DATA. */
char *tsi_slurp(const char *path, size_t max, size_t *n, struct tshard_error *e);
int tsi_fsync_folder(const char *path, struct tshard_error *e);
/* PATH without a .bin, .idx or .sdx at its end, to free(). */
char *tsi_prefix_of(const char *path);

/* ---- direct_io.c ---- */

enum { TSI_DIRECT_ALIGN = 4096 }; /* of memory: what devices of today ask for at most */

/* Open for reading past the page cache; -1 where that cannot be. */
int tsi_direct_open(const char *path);
/*
 * Up to n bytes from byte `at` on: as many as that way gives, which is 0 if fd is -1 or
 * anything is not aligned.  The rest, and what is wrong, is left to tsi_pread.
 */
size_t tsi_direct_read(int fd, void *p, size_t n, uint64_t at);

/* ---- crc32c.c ---- */

uint32_t tsi_crc32c_portable(uint32_t crc, const void *p, size_t n);
/*
 * If one flipped bit in n bytes, or in the 4-byte CRC stored behind them, explains
 * diff = stored ^ computed: its byte (n.. for the stored CRC) and bit.  Otherwise false.
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
static inline uint32_t
tsi_width(uint32_t encoding)
{
	return encoding == TSHARD_U16 ? 2 : 4;
}
/* Bytes of an .idx file; sequences and documents are below 2^40 (checked on opening). */
uint64_t tsi_idx_bytes(uint64_t sequences, uint64_t documents);
/* Whether a document can have these flags: none that it may not, one kind of FIM. */
static inline bool
tsi_doc_flags_ok(uint8_t flags)
{
	const uint8_t fim = TSHARD_SEG_FIM_PSM | TSHARD_SEG_FIM_SPM;

	return (flags & ~TSI_DOC_FLAGS) == 0 && (flags & fim) != fim;
}
/* Whether s can be what facts.number is: a name, NUL-terminated. */
bool tsi_number_ok(const char *s);
/* Whether all n tokens in payload encoding are below vocab; *bad: the first that is not.
 */
bool tsi_ids_ok(
    const void *payload, size_t n, uint32_t width, uint32_t vocab, size_t *bad);

/* ---- cursor.c: elements of a section, from memory or through a window ---- */

struct tsi_cursor {
	const struct tshard *s; /* NULL: elements are at mem */
	const struct tshard_section *sec;
	const unsigned char *mem;
	uint32_t elem;
	uint64_t count;
	unsigned char *window;
	uint64_t first, held; /* elements in the window */
	struct tshard_error *e;
};

void tsi_cursor_mem(struct tsi_cursor *c, const struct tsi_vec *v, uint32_t elem);
int tsi_cursor_open(struct tsi_cursor *c, const struct tshard *s, const char *tag,
    struct tshard_error *e);
/* Element i < count, until the next call; NULL with *e set.  Cheap when i goes up. */
const unsigned char *tsi_cursor_at(struct tsi_cursor *c, uint64_t i);
void tsi_cursor_close(struct tsi_cursor *c);

/*
 * Sequences of a shard in payload order, which is what .idx lists: documents (over DOC)
 * or segments (over SEG).  Rows that make no sense (a sample that does not start at 0,
 * ...) end the walk with an error, so whoever walks can trust the numbers.
 */
struct tsi_walk {
	struct tsi_cursor rows;
	uint32_t kind, seq_len;
	uint64_t tokens; /* of the shard: no sequence goes past */
	/* The sequence that the walk is at; row + 1 is the next one. */
	uint64_t row, sample;
	uint64_t first;	       /* token in the payload */
	uint32_t n;	       /* tokens, also of pad */
	struct tshard_seg seg; /* SAMPLES */
	struct tshard_doc doc; /* DOCS */
	uint64_t next;	       /* row */
	uint64_t bad_byte;     /* of .sdx: where rows make no sense */
};

/* Before the first sequence; w->rows is open. */
void tsi_walk_begin(struct tsi_walk *w, const struct tshard_header *h);
/* 1, 0 at the end, -1 with *(w->rows.e) set. */
int tsi_walk_next(struct tsi_walk *w);

/* ---- idx.c ---- */

typedef int tsi_sink(void *ctx, const unsigned char *p, size_t n, struct tshard_error *e);
/*
 * Feed the .idx file that header and rows imply to a sink, in pieces.  w->rows is open
 * over DOC or SEG; segidx over SEGIDX, NULL in DOCS.
 */
int tsi_idx_feed(const struct tshard_header *h, struct tsi_walk *w,
    struct tsi_cursor *segidx, tsi_sink *sink, void *ctx, struct tshard_error *e);

/* ---- open.c ---- */

struct tshard {
	char *prefix;
	char *path[3];
	int fd[3];
	int direct; /* of .bin, past the page cache; -1: not possible, or not wanted */
	unsigned flags;
	struct tshard_header h;
	struct tshard_section *sec;
	struct tshard_source *src;
	struct tshard_part *parts;
	char *names;
	unsigned char payload_idx[16]; /* IDXHASH */
	char number[TSI_NUMBER];       /* DOCNUM's name; "": none */
	struct tsi_sha table;	       /* of the header and the section table so far */
	/* Where opening found something wrong, for verify. */
	int bad_file;
	uint64_t bad_byte;
};

/* As tshard_open, into a zeroed *s that tsi_release undoes also after failure. */
int tsi_open(struct tshard *s, const char *path, unsigned flags, struct tshard_error *e);
void tsi_release(struct tshard *s);
/* Magic, CRC, version, kind and the sums inside; header only. */
int tsi_header_check(
    struct tshard *s, const unsigned char raw[TSI_HEADER], struct tshard_error *e);
static inline uint64_t
tsi_sequences(const struct tshard_header *h)
{
	return h->kind == TSHARD_DOCS ? h->docs : h->segments;
}

/* ---- section.c ---- */

enum { TSI_SECTION_CHUNK = 1 << 18 };

/* Feed a whole section to a fresh hash.  buf: room for TSI_SECTION_CHUNK bytes. */
int tsi_section_hash(const struct tshard *s, const struct tshard_section *sec,
    unsigned char *buf, struct tsi_hasher *hash, struct tshard_error *e);

/* ---- access.c ---- */

/*
 * Read n bytes of the payload from block `no` on: whole blocks, but for the payload's
 * last one.  With TSHARD_CHECK each must match its CRC.
 */
int tsi_read_blocks(const struct tshard *s, uint64_t no, size_t n, unsigned char *out,
    struct tshard_error *e);
/* n tokens in payload encoding to ids; payload may be the end of the room for ids. */
void tsi_widen(const unsigned char *payload, size_t n, uint32_t width, uint32_t *ids);

/* What is wrong with segment i of a sample, whose earlier ones are sound; NULL: nothing.
 */
const char *tsi_wrong_seg(
    const struct tshard_header *h, const struct tshard_seg *v, size_t i);

/* ---- src.c ---- */

/* SRC in its canonical form, counts zero (tsi_src_count sets them). */
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
/* As tshard_run_render, in format 1.`minor`: 0 or 1. */
char *tsi_run_render(
    const struct tshard_run_line *v, size_t n, unsigned minor, size_t *len);
/*
 * The lines of a run.tsv, to free(), and its format, 1.`minor`.  NULL with *e set, *byte
 * where it goes wrong.  Checks form, order and the hash in the last line.
 */
struct tshard_run_line *tsi_run_parse(const char *path, const char *text, size_t bytes,
    size_t *n, unsigned *minor, uint64_t *byte, struct tshard_error *e);

/* ---- verify_shard.c and its parts ---- */

/* Findings of one shard, kept until their turn. */
struct tsi_report {
	struct tsi_finding {
		char *file, *msg;
		uint64_t byte;
	} * v;
	size_t n;
	uint64_t more;	/* not kept: too many */
	uint64_t bytes; /* looked at */
	bool quick;
};

enum { TSI_MOST_FINDINGS = 100 }; /* a shard */

/* "FILE: byte N: ..." */
void tsi_found(struct tsi_report *r, const char *file, uint64_t byte, const char *fmt,
    ...) TSI_PRINTF(4, 5);
/* Turn an error about data into a finding, as it stands.  -1 if it is the system's. */
int tsi_found_error(
    struct tsi_report *r, const char *file, uint64_t byte, const struct tshard_error *e);
void tsi_report_free(struct tsi_report *r);
/* Hand over findings; returns how many, those not kept too. */
int64_t tsi_report_deliver(
    const struct tsi_report *r, const char *path, struct tshard_verify *v);

/* Open and check one shard; s is zeroed, and for the caller to tsi_release.  -1: system.
 */
int tsi_verify_shard(
    struct tshard *s, const char *path, struct tsi_report *r, struct tshard_error *e);
int tsi_verify_rows(struct tshard *s, struct tsi_report *r, struct tshard_error *e);
/* rows: whether DOC and SEG can be trusted; crcs: whether BLKCRC can. */
int tsi_verify_idx(
    struct tshard *s, struct tsi_report *r, bool rows, struct tshard_error *e);
int tsi_verify_payload(
    struct tshard *s, struct tsi_report *r, bool crcs, bool rows, struct tshard_error *e);

#endif
