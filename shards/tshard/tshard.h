/*
 * tshard.h - PUBLIC: write, read and verify token shards (tamis-shard(5)), from C or C++.
 *
 * A shard is three files: PREFIX.bin (the tokens), PREFIX.idx (Megatron's index) and
 * PREFIX.sdx (counts, provenance, checksums).  The rename of .sdx commits the shard.  A
 * run is a directory of SAMPLES shards with run.tsv and plan.lock.
 *
 * The library never exits, never prints, and has no global state that is visible to the
 * caller.  Unless stated otherwise, a function that can fail returns 0 on success, and on
 * failure returns -1 and fills *e, if e is not NULL.  Many threads may use one handle for
 * reading at once; a writer or an iterator belongs to one thread at a time.
 *
 * Numbers of bytes, tokens, rows and samples count from 0.  A range [first, first + n)
 * that does not exist is an error (TSHARD_DATA).  A path or string that is passed in is
 * borrowed until the call returns.
 */
#ifndef TSHARD_H
#define TSHARD_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum tshard_code {
	TSHARD_MISSING = 2, /* a file or directory does not exist */
	TSHARD_DATA = 3,    /* an argument or the data is invalid */
	TSHARD_SYSTEM = 4,  /* the system failed: a file, memory, a disk */
};

struct tshard_error {
	int code;	/* one of enum tshard_code */
	char msg[1020]; /* one line, "FILE: byte N: PROBLEM: FIX" */
};

enum tshard_kind {
	TSHARD_DOCS = 1,    /* sequence = document, in input order */
	TSHARD_SAMPLES = 2, /* samples of seq_len tokens each, in training order */
	TSHARD_SFT = 3,	    /* the same of whole conversations, with MASK */
	TSHARD_PREF = 4,    /* the same with PAIR, all answers of a pair in one sample */
	TSHARD_REWARD = 5,  /* as SFT, with LABEL in place of MASK */
};

enum tshard_encoding {
	TSHARD_U16 = 0, /* for a vocabulary of at most 65536 */
	TSHARD_U32 = 1,
};

#define TSHARD_NONE 0xffffffffu /* no token: as pad, bos, eod or NEXT */

/* Flags of a segment; of a document, only FIM_PSM or FIM_SPM, and NO_LOSS. */
enum tshard_seg_flags {
	TSHARD_SEG_CONTINUES = 1, /* does not start its document */
	TSHARD_SEG_ENDS = 2,	  /* ends its document */
	TSHARD_SEG_PAD = 4,	/* pad tokens up to the end of the sample; no document */
	TSHARD_SEG_FIM_PSM = 8, /* split for fill-in-the-middle: prefix, suffix, middle */
	TSHARD_SEG_FIM_SPM = 16, /* the same: suffix, prefix, middle */
	TSHARD_SEG_NO_LOSS = 32, /* excluded from the loss */
	TSHARD_SEG_CHOSEN = 64,
	TSHARD_SEG_REJECTED = 128,
};

/* A row of DOC; in DOCS with the document's entries in DOCNUM and DOCFLAG. */
struct tshard_doc {
	unsigned char id_hash[16]; /* XXH3-128 of the id, canonical (big-endian) */
	uint64_t ordinal;  /* DOCS: number in the input; SAMPLES: row in its source */
	uint32_t tokens;   /* of the whole document */
	uint16_t source;   /* row of SRC */
	uint16_t language; /* as tshard_lang_pack gives it */
	uint16_t number;   /* named by facts.number; or 65535 if that is larger */
	uint8_t flags;	   /* enum tshard_seg_flags, of all its segments */
};

/* The name of the documents' number: 1 to TSHARD_NUMBER_NAME of TSHARD_NUMBER_CHARS. */
#define TSHARD_NUMBER_NAME 63
#define TSHARD_NUMBER_CHARS                                                              \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._/+-"

/* A row of SEG: a stretch of one document inside one sample. */
struct tshard_seg {
	uint32_t start; /* first token in the sample; it ends where the next one starts */
	uint32_t row;	/* of DOC; 0 for pad */
	uint32_t offset; /* of its first token in the document; 0 for pad */
	uint16_t source; /* row of SRC */
	uint8_t epoch;	 /* of the source, from 0 */
	uint8_t flags;	 /* enum tshard_seg_flags */
};

/* A DOCS shard that a source is made of. */
struct tshard_part {
	const char *name;	  /* base name of its prefix */
	uint64_t first_row;	  /* rows of the source before its own */
	unsigned char digest[32]; /* its tshard_digest */
};

/* An entry of SRC. */
struct tshard_source {
	const char *name;
	uint64_t weight; /* share of the run's samples, in billionths; DOCS: 1000000000 */
	uint64_t tokens; /* of the source in this shard, without pad */
	uint64_t samples; /* of the source in this shard; DOCS: documents */
	const struct tshard_part *parts;
	size_t n_parts;
};

/* The header of .sdx, decoded. */
struct tshard_header {
	uint16_t major, minor;
	uint32_t kind, encoding; /* enum tshard_kind, enum tshard_encoding */
	uint32_t bits_per_token, vocab, seq_len;
	uint64_t sdx_bytes, bin_bytes;		  /* sizes of the files */
	uint64_t tokens, samples, segments, docs; /* in this shard */
	uint64_t first_sample, run_samples; /* its first sample in the run; of the run */
	uint32_t shard_no, shard_count;	    /* in the run, from 0 */
	uint32_t eod, pad, bos;		    /* token ids, or TSHARD_NONE */
	uint32_t n_sections, n_sources;
	unsigned char payload[16];   /* XXH3-128 of .bin, canonical */
	unsigned char tokenizer[32]; /* SHA-256 of the .model file */
	unsigned char plan[32];	     /* SHA-256 of plan.lock; zero in DOCS */
	unsigned char run_id[16];
	uint64_t seed, loss_tokens;
};

/* ---- hashes and small helpers ---- */

/* CRC32C (Castagnoli) of n bytes after bytes whose CRC32C is crc; 0 to start. */
uint32_t tshard_crc32c(uint32_t crc, const void *p, size_t n);
/* SHA-256 of n bytes. */
void tshard_sha256(const void *p, size_t n, unsigned char out[32]);
/* XXH3-128 of n bytes, canonical. */
void tshard_xxh3_128(const void *p, size_t n, unsigned char out[16]);
/* n bytes as 2 * n lower-case hex digits and a NUL. */
void tshard_hex(const unsigned char *p, size_t n, char *out);

/*
 * A language as DOC stores it: the letters of the primary subtag of a tag ("de",
 * "yue-Hant"), five bits each, a = 1, the first in bits 10-14.  0 is unknown: NULL,
 * "und", or a subtag that is not 2 or 3 letters.
 */
uint16_t tshard_lang_pack(const char *tag);
void tshard_lang_name(uint16_t language, char out[4]); /* "" for 0 */

/* Bytes per token in the payload for a vocabulary: 2 up to 65536, else 4. */
uint32_t tshard_width(uint32_t vocab);

/* ---- writing ---- */

struct tshard_writer;

/* What the caller knows in advance.  Zero it, then fill it in; the writer counts the
 * rest. */
struct tshard_facts {
	uint32_t kind;	  /* enum tshard_kind */
	uint32_t vocab;	  /* with added tokens, 1 to 2^31; decides the encoding */
	uint32_t seq_len; /* tokens per sample; 0 in DOCS */
	uint32_t eod, pad, bos;
	uint64_t first_sample, run_samples;
	uint32_t shard_no, shard_count;
	unsigned char tokenizer[32], plan[32], run_id[16];
	uint64_t seed;
	/* DOCS: the name of the documents' number; NULL: they have none, and
	 * tshard_doc.number is ignored. */
	const char *number;
	int ids;   /* SAMPLES: not 0 writes DOCID, as DOCS always do */
	int force; /* not 0 replaces a shard of the same name */
	/*
	 * If not NULL: called with the path of each temporary file when it appears (1),
	 * and when it is renamed or removed (0).  A program can so remove them when
	 * interrupted.
	 */
	void (*temporary)(const char *path, int there);
};

/*
 * Begin PREFIX.{bin,idx,sdx}.  *w is to be ended by tshard_writer_commit or
 * tshard_writer_abort.  facts is copied.  No file appears under its final name before the
 * commit.  Without force, a shard of this name is an error.  PREFIX.sdx alone means that
 * a shard exists: the commit replaces a .bin and an .idx that an interrupted one left.
 */
int tshard_writer_open(struct tshard_writer **w, const char *prefix,
    const struct tshard_facts *facts, struct tshard_error *e);
/*
 * Set SRC, 1 to 65535 sources, which are copied.  Tokens and samples are ignored: the
 * writer counts them.  Call it once, before the first document or sample.
 */
int tshard_writer_sources(struct tshard_writer *w, const struct tshard_source *v,
    size_t n, struct tshard_error *e);
/* Set META, canonical JSON of n bytes, which is copied.  The last call before commit
 * counts.
 */
int tshard_writer_meta(
    struct tshard_writer *w, const char *json, size_t n, struct tshard_error *e);

/*
 * Append n tokens to the current document or segment.  An id that is not below vocab is
 * an error.  After any error, a writer can only be aborted.
 */
int tshard_writer_put(
    struct tshard_writer *w, const uint32_t *ids, size_t n, struct tshard_error *e);
/* The same for n tokens in payload encoding: tshard_width bytes each, little-endian. */
int tshard_writer_put_raw(
    struct tshard_writer *w, const void *payload, size_t n, struct tshard_error *e);

/*
 * DOCS: end the document that was put.  d->tokens and d->id_hash are ignored: the writer
 * counts and hashes.  An empty document is an error.  id and url are copied; url may be
 * NULL with url_n 0.
 */
int tshard_writer_end_doc(struct tshard_writer *w, const struct tshard_doc *d,
    const char *id, size_t id_n, const char *url, size_t url_n, struct tshard_error *e);

/*
 * SAMPLES: add a row of DOC; *row is its number.  id is hashed if facts.ids is set. Else,
 * or with id NULL, which means taken down (all no-loss), d->id_hash is stored alone.
 */
int tshard_writer_add_doc(struct tshard_writer *w, const struct tshard_doc *d,
    const char *id, size_t id_n, const char *url, size_t url_n, uint32_t *row,
    struct tshard_error *e);
/*
 * SAMPLES: start a segment with the next token that is put.  All segments of a sample
 * have one source.  seg->start and the flags CONTINUES and ENDS are ignored: the writer
 * derives them.
 */
int tshard_writer_segment(
    struct tshard_writer *w, const struct tshard_seg *seg, struct tshard_error *e);
/* SAMPLES: fill the sample to its end with the pad token, as a segment with flag PAD. */
int tshard_writer_pad(
    struct tshard_writer *w, uint16_t source, uint8_t epoch, struct tshard_error *e);
/*
 * SAMPLES: end the sample, which must have seq_len tokens.  next: the token that follows
 * in the packed stream of its source, or TSHARD_NONE.
 */
int tshard_writer_end_sample(
    struct tshard_writer *w, uint32_t next, struct tshard_error *e);

/*
 * Write the rest and fsync the temporary files, close them, and free all memory but a few
 * hundred bytes.  A caller that writes several shards can so have all of them complete
 * before it commits the first one.
 */
int tshard_writer_finish(struct tshard_writer *w, struct tshard_error *e);
/*
 * Do what tshard_writer_finish does, if it was not called before; rename .bin, .idx and
 * .sdx in this order, and fsync the directory. Frees w in any case; on failure the
 * temporary files are removed.  *out, if out is not NULL, is the header.
 */
int tshard_writer_commit(
    struct tshard_writer *w, struct tshard_header *out, struct tshard_error *e);
/* Remove the temporary files and free w, which may be NULL. */
void tshard_writer_abort(struct tshard_writer *w);

/*
 * Make a finished SAMPLES shard part of a longer run: rewrite its sidecar with
 * run_samples, shard_count, plan and run_id of facts, other META and SRC, which may have
 * more sources at the end.  .bin, .idx and the other sections stay as they are.  The
 * shard is whole at any time.  facts->first_sample and shard_no are those of the shard.
 */
int tshard_lengthen(const char *prefix, const struct tshard_facts *facts,
    const struct tshard_source *v, size_t n, const char *meta, size_t meta_n,
    struct tshard_error *e);

/* ---- reading one shard ---- */

struct tshard;

enum tshard_open_flags {
	/* Read tokens by whole 64 KiB blocks, and return only those whose CRC matches. */
	TSHARD_CHECK = 1,
	/* With TSHARD_CHECK: read whole blocks into memory that is aligned to 4096 bytes
	 * past the page cache, if the file system allows it. */
	TSHARD_PAST_CACHE = 2,
};

/*
 * Open the shard of PREFIX or of any of its three files; *s is to be closed by
 * tshard_close. Checks the header and the section table (CRCs, version, unknown critical
 * sections, bounds), the end mark, and the sizes of all files.  Reads no payload.
 */
int tshard_open(
    struct tshard **s, const char *path, unsigned flags, struct tshard_error *e);
void tshard_close(struct tshard *s); /* NULL is fine */
const struct tshard_header *tshard_header(
    const struct tshard *s);			   /* lives as long as s */
const char *tshard_prefix(const struct tshard *s); /* lives as long as s */
/*
 * The digest by which other files identify the shard: SHA-256 of its header and section
 * table. Their checksums cover all other bytes of .sdx, and .bin and .idx.  Reads
 * nothing.
 */
void tshard_digest(const struct tshard *s, unsigned char out[32]);

struct tshard_section {
	char tag[9];		/* NUL-terminated */
	uint64_t offset, bytes; /* in .sdx */
	uint64_t count;
	uint32_t elem_bytes; /* 0: elements differ in size */
	uint32_t flags;	     /* bit 0: critical */
	uint64_t xxh3;
};
/* Section i, or the section of this tag; NULL if there is none.  Lives as long as s. */
const struct tshard_section *tshard_section_at(const struct tshard *s, uint32_t i);
const struct tshard_section *tshard_section(const struct tshard *s, const char *tag);
/* Bytes [at, at + n) of a section of s. */
int tshard_section_read(const struct tshard *s, const struct tshard_section *sec,
    uint64_t at, void *buf, size_t n, struct tshard_error *e);
/*
 * Read whole sections and compare them with their checksums, which tshard_digest covers.
 * tags: names separated by spaces; a section whose name is followed by '?' may be
 * missing, as in "DOC DOCNUM? DOCFLAG?".  A section that differs or is missing is
 * TSHARD_DATA.
 */
int tshard_check(const struct tshard *s, const char *tags, struct tshard_error *e);

/* Tokens [first, first + n) of the payload, as ids. */
int tshard_tokens(const struct tshard *s, uint64_t first, size_t n, uint32_t *ids,
    struct tshard_error *e);
/* The same in payload encoding: n * tshard_width bytes, little-endian. */
int tshard_tokens_raw(const struct tshard *s, uint64_t first, size_t n, void *payload,
    struct tshard_error *e);
/* The same as tshard_tokens_raw without a check, for blocks that were checked before. */
int tshard_tokens_again(const struct tshard *s, uint64_t first, size_t n, void *payload,
    struct tshard_error *e);
/* DOCS: the first token of a document in the payload, and its number of tokens. */
int tshard_doc_at(const struct tshard *s, uint64_t row, uint64_t *first, uint32_t *n,
    struct tshard_error *e);
/*
 * Rows [first, first + n) of DOC, with number and flags.  Allocates nothing.  Reads DOC
 * once, and the sections of number and flags once per 4096 rows.
 */
int tshard_docs(const struct tshard *s, uint64_t first, size_t n, struct tshard_doc *out,
    struct tshard_error *e);
/* The name of the documents' number, or NULL if they have none.  Lives as long as s. */
const char *tshard_number_name(const struct tshard *s);
/*
 * Id and URL of a row, NUL-terminated.  Free *id by free(); *url is part of it, and "" if
 * there is none.  Without DOCID, both are NULL.
 */
int tshard_docid(
    const struct tshard *s, uint64_t row, char **id, char **url, struct tshard_error *e);
/*
 * Ids and URLs of rows [first, first + n).  Free *text by free().  at has 2 * n + 1
 * entries: the id of row first + i is bytes [at[2i], at[2i + 1]) of *text, its URL bytes
 * [at[2i + 1], at[2i + 2]).  Without DOCID, *text is NULL.
 */
int tshard_docids(const struct tshard *s, uint64_t first, size_t n, char **text,
    uint64_t *at, struct tshard_error *e);
/*
 * SAMPLES: the segments of a sample, by its number in the shard.  Free *segs by free(). A
 * segment ends where the next one starts, the last at seq_len.  They are checked as by
 * tshard_sample_iter_next.
 */
int tshard_segs(const struct tshard *s, uint64_t sample, struct tshard_seg **segs,
    size_t *n, struct tshard_error *e);
/* SAMPLES: NEXT of samples [first, first + n). */
int tshard_next(const struct tshard *s, uint64_t first, size_t n, uint32_t *out,
    struct tshard_error *e);
/* SRC: n_sources entries.  Lives as long as s. */
const struct tshard_source *tshard_sources(const struct tshard *s);
/* META: *n bytes, NUL-terminated.  Free *json by free(). */
int tshard_meta(const struct tshard *s, char **json, size_t *n, struct tshard_error *e);

/* ---- iterators ---- */

/*
 * An iterator reads a shard in large pieces and returns one row or sample at a time. Open
 * allocates all memory that it needs; next allocates none.  A shard can have any number
 * of iterators, and must stay open as long as they do.
 *
 * Next returns 1 with an element, 0 after the last one, or -1 with *e.  After -1, an
 * iterator can only be closed, or moved by seek.
 */

struct tshard_doc_iter;

/* Over rows [first, first + n) of DOC.  Takes about 160 KiB. */
int tshard_doc_iter_open(struct tshard_doc_iter **it, const struct tshard *s,
    uint64_t first, uint64_t n, struct tshard_error *e);
/* The next row, with number and flags.  Its source and tokens are checked for range. */
int tshard_doc_iter_next(
    struct tshard_doc_iter *it, struct tshard_doc *d, struct tshard_error *e);
void tshard_doc_iter_close(struct tshard_doc_iter *it); /* NULL is fine */

struct tshard_sample {
	uint64_t number; /* in the run */
	uint32_t next;	 /* the token that follows the last one, or TSHARD_NONE */
	uint32_t n_segs; /* at least 1 */
	/*
	 * n_segs segments, and one more that starts at seq_len: segment i has
	 * segs[i + 1].start - segs[i].start tokens.  Lives until the next call.
	 */
	const struct tshard_seg *segs;
};

struct tshard_sample_iter;

/*
 * SAMPLES: over samples [first, first + n), by their numbers in the shard.  Takes about 2
 * MiB, and 16 bytes for each segment that a sample can have.
 */
int tshard_sample_iter_open(struct tshard_sample_iter **it, const struct tshard *s,
    uint64_t first, uint64_t n, struct tshard_error *e);
/*
 * Continue with samples [first, first + n).  Reads nothing.  Samples near the last one
 * cost no second read.
 */
int tshard_sample_iter_seek(
    struct tshard_sample_iter *it, uint64_t first, uint64_t n, struct tshard_error *e);
/*
 * The next sample.  ids: room for its seq_len tokens; NULL: they are not read.  Segments
 * are checked: the first starts at 0, each later one after the one before, all have one
 * source, and source and row are in range.
 */
int tshard_sample_iter_next(struct tshard_sample_iter *it, struct tshard_sample *sample,
    uint32_t *ids, struct tshard_error *e);
void tshard_sample_iter_close(struct tshard_sample_iter *it); /* NULL is fine */

/* ---- runs ---- */

/* A line of run.tsv. */
struct tshard_run_line {
	uint32_t no;
	uint64_t first_sample, samples;
	uint32_t seq_len;
	uint64_t tokens, bin_bytes;
	unsigned char payload[16]; /* as in the header */
	unsigned char digest[32];  /* tshard_digest; in format 1.0 the SHA-256 of .sdx */
};

/* Write "DIR/shard-00042" to out, at most n bytes with the NUL; -1 if it does not fit. */
int tshard_run_prefix(const char *dir, uint32_t no, char *out, size_t n);
/* The line of a finished shard, by its prefix or one of its files. */
int tshard_run_line(
    const char *path, struct tshard_run_line *out, struct tshard_error *e);
/*
 * The text of run.tsv, format 1.1, for n lines in any order.  Returns *len bytes and a
 * NUL, to be freed by free(), or NULL when memory is out.
 */
char *tshard_run_render(const struct tshard_run_line *v, size_t n, size_t *len);

struct tshard_run;

/*
 * Open the run in a directory; *r is to be closed by tshard_run_close.  Reads run.tsv and
 * the header of the first shard.
 */
int tshard_run_open(struct tshard_run **r, const char *dir, struct tshard_error *e);
void tshard_run_close(struct tshard_run *r);		/* NULL is fine */
const char *tshard_run_dir(const struct tshard_run *r); /* lives as long as r */
/* The minor version of run.tsv: 0 for format 1.0, 1 for format 1.1. */
unsigned tshard_run_minor(const struct tshard_run *r);
/* The header of the first shard.  Lives as long as r. */
const struct tshard_header *tshard_run_header(const struct tshard_run *r);
size_t tshard_run_shards(const struct tshard_run *r);	 /* lines of run.tsv */
uint64_t tshard_run_samples(const struct tshard_run *r); /* in these shards */
/* Line i, or NULL if there is none.  Lives as long as r. */
const struct tshard_run_line *tshard_run_at(const struct tshard_run *r, size_t i);
/*
 * Open the shard of line i, as tshard_open does, and check that it is the one that the
 * line describes.
 */
int tshard_run_shard(const struct tshard_run *r, size_t i, unsigned flags,
    struct tshard **s, struct tshard_error *e);
/*
 * Find the shard that contains a sample of the run: *i is its line, *local the number of
 * the sample in the shard.  Returns -1 if no shard contains it.
 */
int tshard_run_find(
    const struct tshard_run *r, uint64_t sample, size_t *i, uint64_t *local);

/*
 * The numbers of the n committed shards of a run that may lack run.tsv: *no, sorted, to
 * free().  Writes the missing ones to out as ranges "0-15, 20".  Returns how many are
 * missing, or -1 with *e, also if there is no shard.  Opens the first shard.
 */
int64_t tshard_run_missing(const char *dir, uint32_t **no, size_t *n, char *out,
    size_t size, struct tshard_error *e);

/* ---- feeding a training core ---- */

/*
 * A feed reads a rank's samples of a run ahead, in a thread of its own, and returns them
 * by micro-batches.  The position in a run is one number, the samples that all ranks have
 * consumed together: it does not depend on ranks, micro-batches or readers, so a run
 * resumes with any of them changed.
 */
enum tshard_feed_order {
	/* Micro-batch m of rank r is the samples from consumed + (m * dp + r) *
	 * micro_batch on: Megatron-LM's MegatronPretrainingSampler. */
	TSHARD_FEED_MEGATRON = 0,
	/* The k-th sample of rank r is consumed + k * dp + r: OLMo-core's data loader. */
	TSHARD_FEED_STRIDED = 1,
};

enum tshard_feed_flags {
	TSHARD_FEED_LABELS = 1, /* the arrays of a batch that are not tokens */
	TSHARD_FEED_LOSS_MASK = 2,
	TSHARD_FEED_POSITIONS = 4,
	TSHARD_FEED_CU_SEQLENS = 8,
	TSHARD_FEED_ALL = 15,
	/* The last token of a document has no target.  Without: it has the first token of
	 * the next document. */
	TSHARD_FEED_WITHIN = 16,
	/* Labels are -100 where the loss mask is 0, for PyTorch's cross_entropy.
	 * Without: they are token ids everywhere, as Megatron-LM needs. */
	TSHARD_FEED_IGNORE = 32,
	/* Do not compare what is read with checksums. */
	TSHARD_FEED_UNCHECKED = 64,
};

/* Zero it, then fill it in. */
struct tshard_feed_config {
	uint64_t consumed;    /* the first sample, by its number; all must be as long */
	uint64_t most;	      /* samples for all ranks; 0: up to the end of the run */
	uint32_t micro_batch; /* samples of a batch; 0 is 1 */
	uint32_t dp, rank;    /* data-parallel ranks, 0 is 1; rank is below dp */
	uint32_t depth; /* batches to read ahead; 0: none, and no thread: next reads */
	uint32_t order; /* enum tshard_feed_order */
	uint32_t flags; /* enum tshard_feed_flags */
	/* Feeds that share the batches of a rank, 0 is 1: this one gets every workers-th,
	 * from batch `worker` on. */
	uint32_t workers, worker;
	const unsigned char *run_id; /* 16 bytes that the run must have; NULL: any */
};

/*
 * A micro-batch.  Arrays have one row per sample and seq_len entries per row unless
 * stated otherwise, and are aligned to 64 bytes.  Arrays that flags omit are NULL.
 */
struct tshard_batch {
	uint64_t consumed; /* to resume after this batch, if all ranks have seen it */
	uint32_t samples, seq_len;
	const uint64_t *number; /* [samples]: in the run */
	const uint16_t *source; /* [samples]: row of the shard's SRC */
	const int32_t *tokens;
	/* The token that follows each one, in the row or after it; 0 if none does. */
	const int32_t *labels;
	/* 1 where the label counts: it is neither pad nor excluded from the loss. */
	const uint8_t *loss_mask;
	const int32_t *positions; /* of each token in its segment, from 0 */
	/*
	 * [segments + 1]: where segments start in the batch, in tokens, and the end; rows
	 * follow each other.  A segment never spans two rows.
	 */
	const int32_t *cu_seqlens;
	uint32_t segments, longest; /* their number; tokens of the longest one */
};

struct tshard_feed;

/* The bytes of memory that a feed needs for its batches. */
int tshard_feed_bytes(const struct tshard_run *r, const struct tshard_feed_config *c,
    size_t *bytes, struct tshard_error *e);
/*
 * Start a feed, to be closed by tshard_feed_close; the run must stay open as long.
 * memory: tshard_feed_bytes bytes, aligned to 64, which may be pinned; NULL: the feed
 * allocates.  c is copied.
 */
int tshard_feed_open(struct tshard_feed **f, const struct tshard_run *r,
    const struct tshard_feed_config *c, void *memory, struct tshard_error *e);
/*
 * The next batch: 1, with *b, which lives until the next call; 0 when fewer than dp *
 * micro_batch samples are left; or -1 with *e.  Allocates nothing if depth is not 0.
 * After -1, a feed can only be closed.  A process that fork made can only close the feeds
 * of its parent that read ahead.
 */
int tshard_feed_next(
    struct tshard_feed *f, const struct tshard_batch **b, struct tshard_error *e);
void tshard_feed_close(struct tshard_feed *f); /* NULL is fine */

/* ---- verifying ---- */

struct tshard_finding {
	const char *file; /* its path */
	uint64_t byte;	  /* the first wrong byte, as far as it is known */
	const char *msg;  /* one line, "FILE: byte N: PROBLEM: FIX" */
};

struct tshard_verify {
	unsigned threads; /* shards of a run to verify at once; 0 is 1 */
	int quick;	  /* not 0: only sizes, headers, section tables and run.tsv */
	/* Called from the calling thread, in an order that does not depend on threads.
	 * The finding is borrowed until the call returns. */
	void (*found)(void *ctx, const struct tshard_finding *f);
	void *ctx;
	uint64_t shards, bytes; /* set to what was verified */
};

/*
 * Verify a shard (PREFIX or one of its files) or the run in a directory.  Returns the
 * number of findings, 0 if there are none, or -1 with *e if it could not be read.
 */
int64_t tshard_verify(const char *path, struct tshard_verify *v, struct tshard_error *e);

#ifdef __cplusplus
}
#endif

#endif
