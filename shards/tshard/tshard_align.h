/*
 * tshard_align.h - PUBLIC: targets, pairs and labels of tokens, for alignment data.
 *
 * A shard of conversations has three sections that tamis-shard(5) describes.  MASK has a
 * bit for each token, which is 1 if the token is a target.  PAIR groups answers to one
 * prompt.  LABEL has named numbers, such as rewards, at tokens.  tshard.h states the
 * rules for errors, threads and ranges, which hold here too.  A row is a document in
 * DOCS, and a segment in all other kinds, counted through the shard.
 */
#ifndef TSHARD_ALIGN_H
#define TSHARD_ALIGN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct tshard;
struct tshard_error;
struct tshard_writer;

/* The name of a label: 1 to TSHARD_LABEL_NAME of TSHARD_NUMBER_CHARS. */
#define TSHARD_LABEL_NAME  23
#define TSHARD_MOST_LABELS 64

/* Which of the sections a shard has.  Zero it, then fill it in. */
struct tshard_align {
	int mask;		   /* not 0: MASK */
	int pairs;		   /* not 0: PAIR, with an entry for every row */
	const char *const *labels; /* n_labels different names; they are copied */
	uint32_t n_labels;	   /* 0: no LABEL */
};

/* An answer's place among the answers to its prompt, which are adjacent rows. */
struct tshard_pair {
	uint64_t number; /* rises from pair to pair, so it is unique in the shard */
	uint32_t prompt; /* tokens that all answers start with; 1 to all but one */
	uint16_t rank;	 /* 0 for the best, then 1, 2 and so on; at least two */
};

/* Where an entry of LABEL is.  Entries are sorted, and no two are at one token. */
struct tshard_label {
	uint32_t row;
	uint32_t offset; /* token in the row */
};

/* ---- writing ---- */

/*
 * Choose the sections.  Call it once, before the first token.  DOCS can have any, SAMPLES
 * none.  SFT needs a mask and may have labels, PREF needs a mask and pairs and may have
 * labels, REWARD needs labels and has nothing else.
 */
int tshard_writer_align(
    struct tshard_writer *w, const struct tshard_align *a, struct tshard_error *e);
/*
 * Tokens [from, to) of the current document or segment, which were put before, are
 * targets.  Calls go from front to back.  Tokens that no call names are none.  The first
 * token of a row cannot be a target.
 */
int tshard_writer_targets(
    struct tshard_writer *w, uint32_t from, uint32_t to, struct tshard_error *e);
/*
 * The same for n tokens that follow those of the calls before, or start the document:
 * a byte for each, which is not 0 for a target.
 */
int tshard_writer_mask(
    struct tshard_writer *w, const uint8_t *targets, size_t n, struct tshard_error *e);
/*
 * PAIR of the current document or segment, once for each.  In SAMPLES and the kinds that
 * follow, number is ignored: it is the position of the pair's first token in the run.
 */
int tshard_writer_pair(
    struct tshard_writer *w, const struct tshard_pair *p, struct tshard_error *e);
/*
 * Labels at a token of the current document or segment, which was put before: n_labels
 * numbers.  Offsets rise.  NaN means that a number is absent; an infinity is an error.
 * Where the shard has pairs, the offset is that of the last token.
 */
int tshard_writer_label(
    struct tshard_writer *w, uint32_t offset, const float *v, struct tshard_error *e);

/*
 * SFT, PREF, REWARD: put n pad tokens, as a segment with flag PAD, after a segment of a
 * document.  tshard_writer_pad fills the whole sample.
 */
int tshard_writer_gap(struct tshard_writer *w, uint16_t source, uint8_t epoch, uint32_t n,
    struct tshard_error *e);

/* ---- reading ---- */

/* Which sections a shard has.  labels lives as long as s. */
void tshard_align_of(const struct tshard *s, struct tshard_align *out);
/* 1 for each target among tokens [first, first + n) of the payload, else 0. */
int tshard_mask(const struct tshard *s, uint64_t first, size_t n, uint8_t *out,
    struct tshard_error *e);
/* PAIR of rows [first, first + n).  Padding has rank and prompt 0, and number 2^64 - 1.
 */
int tshard_pairs(const struct tshard *s, uint64_t first, size_t n,
    struct tshard_pair *out, struct tshard_error *e);
uint64_t tshard_label_count(const struct tshard *s); /* entries of LABEL */
/*
 * Entries [first, first + n) of LABEL.  values, if not NULL, gets n_labels numbers for
 * each.  Absent ones are NaN.
 */
int tshard_labels(const struct tshard *s, uint64_t first, size_t n,
    struct tshard_label *out, float *values, struct tshard_error *e);
/* The first entry whose row is not below `row`, by binary search; or their number. */
int tshard_label_find(
    const struct tshard *s, uint64_t row, uint64_t *at, struct tshard_error *e);

#ifdef __cplusplus
}
#endif

#endif
