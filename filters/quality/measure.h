/* measure.h - count the words, lines and characters of a text, each at most once. */
#ifndef TAMIS_MEASURE_H
#define TAMIS_MEASURE_H

#include "lib/text/segment.h"

/* A part of the text, such as a line or a paragraph. */
struct text_part {
	uint32_t from, n; /* bytes */
	uint32_t hash;
	bool dup;     /* an earlier part has the same bytes */
	bool has_dup; /* the first of several parts with the same bytes */
	bool blank;   /* only white space; set for lines */
};

struct text_parts {
	struct text_part *v;
	size_t n, cap;
};

/* Arrays of scratch memory.  Functions that use them name them; nothing else may rely on
 * their contents across calls. */
enum measure_scratch {
	SCRATCH_WORD_IDS,
	SCRATCH_EVEN_IDS, /* of n-grams with even n */
	SCRATCH_ODD_IDS,
	SCRATCH_COUNTS,
	SCRATCH_FIRSTS,
	SCRATCH_CHAR_AT,
	/* dup_ngrams_count is done with n-gram ids before it needs these. */
	SCRATCH_STARTS = SCRATCH_WORD_IDS,
	SCRATCH_HASHES = SCRATCH_EVEN_IDS,
	SCRATCH_CANDIDATES = SCRATCH_ODD_IDS,
	NSCRATCH = SCRATCH_CHAR_AT + 1,
};

/*
 * The measurements of one text, and the scratch memory of one thread.  Every measurement
 * is made when it is first asked for and kept until the next measure_text().
 */
struct measure {
	struct span text;
	/* Compute every value, even one that cannot fail a rule (for --tag). */
	bool exact;
	const uint32_t *classes; /* unicode_classes() */

	size_t nchars;
	bool has_chars;

	struct words words;
	bool has_words;

	struct text_parts lines; /* without line feeds; empty lines are left out */
	struct text_parts paras; /* filled in by the rule set that uses it */
	size_t line_feeds;
	bool has_lines, has_unicode_newlines, unicode_newlines;

	struct buf edited; /* the text after a rule set changed it */

	/* Of these only bytes, at and n are valid. */
	struct words ws_words, alnum_words;
	struct words custom_words; /* filled in by the rule set that uses it */
	bool has_ws_words, has_alnum_words;

	/* Scratch, valid within one call only. */
	uint32_t *table, *scratch[NSCRATCH];
	size_t table_cap, scratch_cap[NSCRATCH];
	struct buf tmp, tmp2;
};

/* Returns 0, or -1 with *err when ICU cannot be opened. */
int measure_open(struct measure *m, struct err *err);
void measure_close(struct measure *m);
/* Start on a text: valid UTF-8 of at most SEGMENT_MAX bytes, borrowed until the next
 * call. */
void measure_text(struct measure *m, struct span text, bool exact);

/* Length of the text in code points. */
size_t measure_chars(struct measure *m);
/* The segmenter's words (lib/text/segment.h). */
const struct words *measure_words(struct measure *m);
/* Words between white space, as Python's str.split() returns them. */
const struct words *measure_ws_words(struct measure *m);
/* The segmenter's words that begin with a letter or a number. */
const struct words *measure_alnum_words(struct measure *m);
/* Offset of each word of w in code points, and of the end: w->n + 1 numbers in
 * SCRATCH_CHAR_AT. */
const uint32_t *measure_char_at(struct measure *m, const struct words *w);
/* Fill in lines and line_feeds. */
void measure_lines(struct measure *m);
/* Whether the text has a line end of Python's str.splitlines() other than '\n'. */
bool measure_unicode_newlines(struct measure *m);

/* Build a list of words by hand: empty w and reserve room for `bytes` bytes of words, ...
 */
void words_begin(struct words *w, size_t bytes);
/* ... append a word ... */
void words_add(struct words *w, struct span word);
/* ... and pad the bytes with the zeros that struct words promises. */
void words_end(struct words *w);

/* Append text[from, from + n) to p.  The result is valid until the next call. */
struct text_part *text_parts_add(
    struct measure *m, struct text_parts *p, size_t from, size_t n);
/* Set dup and has_dup of all parts of p. */
void text_parts_mark_dups(struct measure *m, struct text_parts *p);

static inline struct span
text_part_span(const struct measure *m, const struct text_part *p)
{
	return (struct span){ m->text.p + p->from, p->n };
}

/* A zeroed table for open addressing: at least n slots, rounded up to a power of two;
 * *mask is its size - 1.  Valid until the next call of either function. */
uint32_t *measure_table(struct measure *m, size_t n, size_t *mask);
/* The same with slots of 64 bits. */
uint64_t *measure_table64(struct measure *m, size_t n, size_t *mask);
/* An array of n uninitialised numbers, valid until the next call for the same array. */
uint32_t *measure_scratch(struct measure *m, enum measure_scratch which, size_t n);

#define ELLIPSIS "\xe2\x80\xa6" /* U+2026 in UTF-8 */
#define BULLET	 "\xe2\x80\xa2" /* U+2022 */

/* Length of valid UTF-8 in code points. */
size_t count_chars(struct span s);
size_t count_byte(struct span s, char c);
/* The first occurrence of `what`, at least one byte long, in s, or NULL. */
const char *find_substring(struct span s, struct span what);
/* Non-overlapping occurrences, counted from the left, as Python's str.count() does. */
size_t count_substring(struct span s, struct span what);
/* Whether the first code point of s is one of the n in chars. */
bool starts_with_any(struct span s, const uint32_t *chars, size_t n);
/* Append s with 'A' to 'Z' in lower case. */
void lower_ascii(struct buf *b, struct span s);

/* An iterator over the lines of Python's str.splitlines().  Set text, classes and
 * unicode_newlines, and at to 0, to begin. */
struct py_lines {
	struct span text;
	const uint32_t *classes;
	bool unicode_newlines; /* of measure_unicode_newlines() */
	size_t at;
};
/* Returns false after the last line. */
bool py_lines_next(struct py_lines *it, struct span *line);
/* str.strip(), str.lstrip() and str.rstrip(): without white space at the ends. */
struct span py_strip(const uint32_t *classes, struct span s);
struct span py_lstrip(const uint32_t *classes, struct span s);
struct span py_rstrip(const uint32_t *classes, struct span s);

/* Length in code points of a part of the text; needs no counting in ASCII texts. */
static inline size_t
measure_span_chars(struct measure *m, struct span s)
{
	return measure_chars(m) == m->text.n ? s.n : count_chars(s);
}

static inline bool
span_ends(struct span s, struct span suffix)
{
	return s.n >= suffix.n && memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0;
}

/* a / b as a feature value: NAN, which fails no rule, if both are 0. */
static inline double
ratio(size_t a, size_t b)
{
	return (double)a / (double)b;
}

#endif
