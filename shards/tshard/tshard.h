/*
 * tshard.h - PUBLIC: write, read and verify token shards (tamis-shard(5)), from C or C++.
 *
 * A shard is three files, PREFIX.bin (tokens), PREFIX.idx (Megatron's index) and
 * PREFIX.sdx (facts, provenance, checksums; its rename commits the shard).  A run is a
 * folder of SAMPLES shards with run.tsv and plan.lock.
 *
 * The library never exits, prints, or keeps global state that a caller could see.  Calls
 * that can fail take a struct tshard_error and return -1 with it filled in; otherwise 0.
 * A handle for reading may be used from many threads at once; a writer from one at a
 * time.
 */
#ifndef TSHARD_H
#define TSHARD_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum tshard_code {
	TSHARD_DATA = 3,   /* what was given or read is wrong: mend the data */
	TSHARD_SYSTEM = 4, /* the machine said no: mend that and try again */
};

struct tshard_error {
	int code;	/* one of enum tshard_code */
	char msg[1020]; /* "FILE: byte N: what: how to mend it" */
};

enum tshard_kind {
	TSHARD_DOCS = 1,    /* sequence = document */
	TSHARD_SAMPLES = 2, /* seq_len tokens each, in training order */
};

enum tshard_encoding {
	TSHARD_U16 = 0,
	TSHARD_U32 = 1,
};

#define TSHARD_NONE 0xffffffffu /* no such token: pad, bos, NEXT at a stream's end */

/* Flags of a segment. */
enum tshard_seg_flags {
	TSHARD_SEG_CONTINUES = 1, /* does not begin its document */
	TSHARD_SEG_ENDS = 2,	  /* ends its document */
	TSHARD_SEG_PAD = 4,	  /* pad tokens, up to the sample's end; no document */
	TSHARD_SEG_FIM_PSM = 8,
	TSHARD_SEG_FIM_SPM = 16,
	TSHARD_SEG_NO_LOSS = 32,
	TSHARD_SEG_CHOSEN = 64,
	TSHARD_SEG_REJECTED = 128,
};

/* One row of DOC, and in DOCS what DOCNUM and DOCFLAG say of it. */
struct tshard_doc {
	unsigned char id_hash[16]; /* XXH3-128 of the id, canonical (big-endian) */
	uint64_t ordinal;  /* DOCS: number in the input; SAMPLES: row in the source */
	uint32_t tokens;   /* of the whole document */
	uint16_t source;   /* row in SRC */
	uint16_t language; /* tshard_lang_pack() */
	uint16_t number;   /* as facts.number names it; 65535: that, or more */
	uint8_t flags;	   /* of all its segments: FIM_PSM or FIM_SPM, NO_LOSS */
};

#define TSHARD_NUMBER_NAME 63 /* most bytes of facts.number */
#define TSHARD_NUMBER_CHARS                                                              \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._/+-"

/* One entry of SEG: a stretch of one document inside one sample. */
struct tshard_seg {
	uint32_t start;	 /* token in the sample; it runs to the next one's start */
	uint32_t row;	 /* in DOC; 0 for pad */
	uint32_t offset; /* of its first token in the document */
	uint16_t source; /* row in SRC */
	uint8_t epoch;	 /* of the source, from 0 */
	uint8_t flags;
};

/* A DOCS shard that a source is made of. */
struct tshard_part {
	const char *name;	  /* base name of its prefix */
	uint64_t first_row;	  /* of its rows, counted over the whole source */
	unsigned char digest[32]; /* its tshard_digest */
};

/* One entry of SRC. */
struct tshard_source {
	const char *name;
	uint64_t weight;  /* share of the run's samples in billionths; DOCS: 1000000000 */
	uint64_t tokens;  /* of it in this shard, without pad; the writer counts */
	uint64_t samples; /* of it in this shard (DOCS: documents); the writer counts */
	const struct tshard_part *parts;
	size_t n_parts;
};

/* The 256 bytes at the start of an .sdx file, decoded. */
struct tshard_header {
	uint16_t major, minor;
	uint32_t kind, encoding, bits_per_token, vocab, seq_len;
	uint64_t sdx_bytes, bin_bytes; /* of the files */
	uint64_t tokens, samples, segments, docs;
	uint64_t first_sample, run_samples; /* global number; in the whole run */
	uint32_t shard_no, shard_count;
	uint32_t eod, pad, bos; /* TSHARD_NONE: none */
	uint32_t n_sections, n_sources;
	unsigned char payload[16];   /* XXH3-128 of .bin, canonical */
	unsigned char tokenizer[32]; /* SHA-256 of the .model bytes */
	unsigned char plan[32];	     /* SHA-256 of plan.lock; zero in DOCS */
	unsigned char run_id[16];
	uint64_t seed, loss_tokens;
};

/* ---- hashes and small helpers ---- */

/* CRC32C (Castagnoli) of n bytes, going on from `crc` (0 at first). */
uint32_t tshard_crc32c(uint32_t crc, const void *p, size_t n);
/* SHA-256 of n bytes. */
void tshard_sha256(const void *p, size_t n, unsigned char out[32]);
/* XXH3-128 of n bytes, canonical: what DOC calls id_hash. */
void tshard_xxh3_128(const void *p, size_t n, unsigned char out[16]);
/* 2n lower-case hex digits and a NUL. */
void tshard_hex(const unsigned char *p, size_t n, char *out);

/*
 * A language as DOC stores it: the letters of the primary subtag ("de", "yue-Hant"), five
 * bits each, a = 1, the first in bits 10-14.  0 = unknown: NULL, "und", or not 2-3
 * letters.
 */
uint16_t tshard_lang_pack(const char *tag);
void tshard_lang_name(uint16_t language, char out[4]); /* "" for 0 */

/* Bytes of a token in a payload for this vocabulary: 2 up to 65536 tokens, else 4. */
uint32_t tshard_width(uint32_t vocab);

/* ---- writing ---- */

struct tshard_writer;

/* What the caller knows beforehand.  Zero it, then fill in; the writer counts the rest.
 */
struct tshard_facts {
	uint32_t kind;	  /* enum tshard_kind */
	uint32_t vocab;	  /* with added tokens; u16 payload iff <= 65536 */
	uint32_t seq_len; /* S; 0 in DOCS */
	uint32_t eod, pad, bos;
	uint64_t first_sample, run_samples;
	uint32_t shard_no, shard_count;
	unsigned char tokenizer[32], plan[32], run_id[16];
	uint64_t seed;
	/*
	 * DOCS: what the documents' numbers are ("dup_count"): 1 to TSHARD_NUMBER_NAME
	 * of TSHARD_NUMBER_CHARS.  NULL: they have none; tshard_doc.number is ignored.
	 */
	const char *number;
	int ids;   /* SAMPLES: not 0 writes DOCID too; DOCS always do */
	int force; /* not 0 replaces a shard of the same name */
	/*
	 * NULL, or told the path of each unfinished file when it is there (1) and when it
	 * is gone or renamed (0): for a program that removes them when it is interrupted.
	 */
	void (*temporary)(const char *path, int there);
};

/*
 * Begin PREFIX.{bin,idx,sdx}.  Facts are copied.  Nothing shows under those names before
 * tshard_writer_commit; without force, a shard that is there already is an error.
 */
int tshard_writer_open(struct tshard_writer **w, const char *prefix,
    const struct tshard_facts *facts, struct tshard_error *e);
/*
 * SRC, copied (tokens and samples are ignored: counted).  Once, before the first document
 * or sample.  n at most 65535.
 */
int tshard_writer_sources(struct tshard_writer *w, const struct tshard_source *v,
    size_t n, struct tshard_error *e);
/* META, copied: canonical JSON of n bytes.  Any time before commit; the last call counts.
 */
int tshard_writer_meta(
    struct tshard_writer *w, const char *json, size_t n, struct tshard_error *e);

/* Append n tokens to the current document or segment.  An id >= vocab is an error. */
int tshard_writer_put(
    struct tshard_writer *w, const uint32_t *ids, size_t n, struct tshard_error *e);
/* The same for tokens already in payload encoding (2 or 4 bytes each, little-endian). */
int tshard_writer_put_raw(
    struct tshard_writer *w, const void *payload, size_t n, struct tshard_error *e);

/*
 * DOCS: end the document that was put.  d->tokens is ignored (counted), and so is
 * d->id_hash (hashed from id).  An empty document is an error (drop and count it before),
 * and so are flags other than those of struct tshard_doc.  id and url are copied; url may
 * be NULL with 0 bytes.
 */
int tshard_writer_end_doc(struct tshard_writer *w, const struct tshard_doc *d,
    const char *id, size_t id_n, const char *url, size_t url_n, struct tshard_error *e);

/*
 * SAMPLES: a row of DOC for segments to point to.  *row is its number.  With facts.ids
 * the id is needed and hashed; without, d->id_hash is stored and id, url are ignored.
 */
int tshard_writer_add_doc(struct tshard_writer *w, const struct tshard_doc *d,
    const char *id, size_t id_n, const char *url, size_t url_n, uint32_t *row,
    struct tshard_error *e);
/*
 * SAMPLES: what is put from here on is this segment, of the sample's one source.
 * seg->start and the flags CONTINUES and ENDS are ignored: the writer works them out.
 */
int tshard_writer_segment(
    struct tshard_writer *w, const struct tshard_seg *seg, struct tshard_error *e);
/* SAMPLES: fill the sample to its end with the pad token, as a segment flagged PAD. */
int tshard_writer_pad(
    struct tshard_writer *w, uint16_t source, uint8_t epoch, struct tshard_error *e);
/*
 * SAMPLES: end the sample, which must hold seq_len tokens by now.  next: the token that
 * follows in its source's packed stream, or TSHARD_NONE.
 */
int tshard_writer_end_sample(
    struct tshard_writer *w, uint32_t next, struct tshard_error *e);

/*
 * Write out, fsync, rename .bin, .idx, .sdx in this order, fsync the folder.  Frees w,
 * also on failure (then the temporaries are gone).  out, if not NULL: the header written.
 */
int tshard_writer_commit(
    struct tshard_writer *w, struct tshard_header *out, struct tshard_error *e);
/* Remove the temporaries and free w.  NULL is fine. */
void tshard_writer_abort(struct tshard_writer *w);

/* ---- reading one shard ---- */

struct tshard;

enum tshard_open_flags {
	TSHARD_CHECK =
	    1, /* tokens are read by whole 64 KiB blocks whose CRC is checked */
	TSHARD_PAST_CACHE =
	    2, /* and past the page cache, whole blocks into memory aligned to 4096 */
};

/*
 * Open PREFIX or any of its three files.  Checks the header and the section table (CRCs,
 * version, unknown critical sections, bounds), the END mark and the sizes of all files.
 */
int tshard_open(
    struct tshard **s, const char *path, unsigned flags, struct tshard_error *e);
void tshard_close(struct tshard *s); /* NULL is fine */
const struct tshard_header *tshard_header(
    const struct tshard *s);			   /* lives as long as s */
const char *tshard_prefix(const struct tshard *s); /* the same */
/*
 * What a shard is known by: SHA-256 of its header and section table as they lie in the
 * file, whose checksums cover all other bytes of .sdx, and .bin and .idx.  Costs nothing
 * more than tshard_open, however large the shard.
 */
void tshard_digest(const struct tshard *s, unsigned char out[32]);

struct tshard_section {
	char tag[9]; /* NUL-terminated */
	uint64_t offset, bytes, count;
	uint32_t elem_bytes, flags; /* flags bit 0: critical */
	uint64_t xxh3;
};
/* Section i < n_sections, or NULL; by name, or NULL if the shard has none of it. */
const struct tshard_section *tshard_section_at(const struct tshard *s, uint32_t i);
const struct tshard_section *tshard_section(const struct tshard *s, const char *tag);
/* n bytes of a section from byte `at` on. */
int tshard_section_read(const struct tshard *s, const struct tshard_section *sec,
    uint64_t at, void *buf, size_t n, struct tshard_error *e);
/*
 * Read whole sections and compare them with their checksums, which tshard_digest covers.
 * tags: their names with spaces between; one with '?' after it may be missing, as in
 * "DOC DOCNUM? DOCFLAG?".  A section that differs or is missing is TSHARD_DATA.
 */
int tshard_check(const struct tshard *s, const char *tags, struct tshard_error *e);

/* Tokens [first, first + n) of the payload, as ids or in payload encoding. */
int tshard_tokens(const struct tshard *s, uint64_t first, size_t n, uint32_t *ids,
    struct tshard_error *e);
int tshard_tokens_raw(const struct tshard *s, uint64_t first, size_t n, void *payload,
    struct tshard_error *e);
/* The same as tshard_tokens_raw, but nothing is checked: for blocks that were before. */
int tshard_tokens_again(const struct tshard *s, uint64_t first, size_t n, void *payload,
    struct tshard_error *e);
/* DOCS: where document `row` lies in the payload, and its tokens. */
int tshard_doc_at(const struct tshard *s, uint64_t row, uint64_t *first, uint32_t *n,
    struct tshard_error *e);
/*
 * Rows [first, first + n) of DOC, with number and flags.  Allocates nothing; reads DOC
 * once, and the sections of number and flags, where there are any, once for 4096 rows.
 */
int tshard_docs(const struct tshard *s, uint64_t first, size_t n, struct tshard_doc *out,
    struct tshard_error *e);
/* What tshard_doc.number is, or NULL if the shard has none; lives as long as s. */
const char *tshard_number_name(const struct tshard *s);
/*
 * Id and url of a row: one allocation to free(*id); *url points into it, "" if none.
 * Both NUL-terminated.  A shard without DOCID gives *id = NULL and 0.
 */
int tshard_docid(
    const struct tshard *s, uint64_t row, char **id, char **url, struct tshard_error *e);
/*
 * Ids and URLs of rows [first, first + n): *text is one allocation to free; at[2n + 1]:
 * row i's id is text[at[2i]] to text[at[2i+1]], its URL goes on to text[at[2i+2]].  A
 * shard without DOCID gives *text = NULL and 0.
 */
int tshard_docids(const struct tshard *s, uint64_t first, size_t n, char **text,
    uint64_t *at, struct tshard_error *e);
/*
 * SAMPLES: segments of sample i (local number), one allocation to free(*segs); a segment
 * ends where the next starts, the last at seq_len.
 */
int tshard_segs(const struct tshard *s, uint64_t sample, struct tshard_seg **segs,
    size_t *n, struct tshard_error *e);
/* SAMPLES: NEXT of samples [first, first + n). */
int tshard_next(const struct tshard *s, uint64_t first, size_t n, uint32_t *out,
    struct tshard_error *e);
/* SRC: header's n_sources entries; lives as long as s. */
const struct tshard_source *tshard_sources(const struct tshard *s);
/* META: NUL-terminated, to free(); "" if there is none. */
int tshard_meta(const struct tshard *s, char **json, size_t *n, struct tshard_error *e);

/* ---- reading one shard in order ---- */

/*
 * An iterator reads a shard in large pieces and gives out one row or sample at a time.
 * Open allocates all that it needs; next allocates nothing.  An iterator is for one
 * thread at a time; a shard may have any number of them, and must stay open as long as
 * they are.
 *
 * Next returns 1 with the next one, 0 when there are no more, or -1 with *e; an iterator
 * that has failed can only be closed, or moved by seek.
 */

struct tshard_doc_iter;

/*
 * Rows [first, first + n) of DOC, with number and flags.  Rows are checked: source and
 * tokens are in range.
 */
int tshard_doc_iter_open(struct tshard_doc_iter **it, const struct tshard *s,
    uint64_t first, uint64_t n, struct tshard_error *e);
int tshard_doc_iter_next(
    struct tshard_doc_iter *it, struct tshard_doc *d, struct tshard_error *e);
void tshard_doc_iter_close(struct tshard_doc_iter *it); /* NULL is fine */

/* A sample, as the iterator gives it out. */
struct tshard_sample {
	uint64_t number; /* in the run */
	uint32_t next;	 /* token that follows the last one, or TSHARD_NONE */
	uint32_t n_segs; /* at least 1 */
	/*
	 * n_segs segments, and one more whose start is seq_len: segment i has
	 * segs[i + 1].start - segs[i].start tokens.  Lives until the next call.
	 */
	const struct tshard_seg *segs;
};

struct tshard_sample_iter;

/*
 * SAMPLES: samples [first, first + n), by their numbers in the shard.  Holds 16 bytes for
 * each segment that a sample can have, and about 2 MiB.
 */
int tshard_sample_iter_open(struct tshard_sample_iter **it, const struct tshard *s,
    uint64_t first, uint64_t n, struct tshard_error *e);
/*
 * Go on with samples [first, first + n).  Reads nothing; samples that are near, ahead or
 * just past, cost no second read.
 */
int tshard_sample_iter_seek(
    struct tshard_sample_iter *it, uint64_t first, uint64_t n, struct tshard_error *e);
/*
 * The next sample, and its tokens into ids, which has room for seq_len of them; NULL: its
 * tokens are not read.  Segments are checked: start, source and row are in range, and all
 * segments of a sample are of one source.
 */
int tshard_sample_iter_next(struct tshard_sample_iter *it, struct tshard_sample *sample,
    uint32_t *ids, struct tshard_error *e);
void tshard_sample_iter_close(struct tshard_sample_iter *it); /* NULL is fine */

/* ---- runs ---- */

/* One line of run.tsv. */
struct tshard_run_line {
	uint32_t no;
	uint64_t first_sample, samples;
	uint32_t seq_len;
	uint64_t tokens, bin_bytes;
	unsigned char payload[16]; /* as in the header */
	unsigned char digest[32];  /* tshard_digest; in 1.0 the SHA-256 of the .sdx */
};

/* "DIR/shard-00042" in out (at most n bytes with the NUL); -1 if it does not fit. */
int tshard_run_prefix(const char *dir, uint32_t no, char *out, size_t n);
/* The line for a finished shard: opens it. */
int tshard_run_line(
    const char *path, struct tshard_run_line *out, struct tshard_error *e);
/*
 * The bytes of run.tsv, format 1.1, for n lines in any order, NUL-terminated, *len
 * without the NUL; to free().  NULL only when memory is out.
 */
char *tshard_run_render(const struct tshard_run_line *v, size_t n, size_t *len);

struct tshard_run;

/* Open a run folder: reads run.tsv and the header of its first shard. */
int tshard_run_open(struct tshard_run **r, const char *dir, struct tshard_error *e);
/* The format of its run.tsv: 0 for 1.0, or 1 for 1.1, whose lines have digests. */
unsigned tshard_run_minor(const struct tshard_run *r);
void tshard_run_close(struct tshard_run *r); /* NULL is fine */
const struct tshard_header *tshard_run_header(
    const struct tshard_run *r); /* first shard's */
size_t tshard_run_shards(const struct tshard_run *r);
uint64_t tshard_run_samples(
    const struct tshard_run *r); /* in the shards that are listed */
const struct tshard_run_line *tshard_run_at(const struct tshard_run *r, size_t i);
/*
 * Open shard i < tshard_run_shards of the run, which is to be closed by tshard_close, and
 * see that it is the one that run.tsv lists.  flags: as for tshard_open.
 */
int tshard_run_shard(const struct tshard_run *r, size_t i, unsigned flags,
    struct tshard **s, struct tshard_error *e);
/* Which line holds a global sample number, and its local number there.  -1: none. */
int tshard_run_find(
    const struct tshard_run *r, uint64_t sample, size_t *i, uint64_t *local);

/* ---- verifying ---- */

struct tshard_finding {
	const char *file; /* path */
	uint64_t byte;	  /* the first wrong byte, as near as it can be told */
	const char *msg;  /* the whole line: "FILE: byte N: what: how to mend it" */
};

struct tshard_verify {
	unsigned threads; /* for runs: shards at a time; 0 = 1 */
	int quick;	  /* sizes, headers, section table, run.tsv only */
	/* Called in a fixed order, from the calling thread; strings are borrowed. */
	void (*found)(void *ctx, const struct tshard_finding *f);
	void *ctx;
	/* Counted: what was looked at. */
	uint64_t shards, bytes;
};

/*
 * Verify a shard (PREFIX or one of its files) or a run folder.  Returns the number of
 * findings, 0 if all is well, or -1 with *e when it could not be read at all.
 */
int64_t tshard_verify(const char *path, struct tshard_verify *v, struct tshard_error *e);

#ifdef __cplusplus
}
#endif

#endif
