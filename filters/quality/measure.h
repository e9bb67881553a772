/* measure.h - what rules measure a text by: its words, lines and characters, found once.
 */
#ifndef TAMIS_MEASURE_H
#define TAMIS_MEASURE_H

#include "lib/text/segment.h"

/* A stretch of the text, such as a line. */
struct part {
	uint32_t from, n; /* bytes */
	uint32_t hash;
	bool again; /* the same bytes were such a part before */
	bool first; /* they were not, and come again */
	bool blank; /* white space only; of lines */
};

struct parts {
	struct part *v;
	size_t n, cap;
};

/* One thread's scratch.  Each part is found when it is first asked for. */
struct measure {
	struct span text;
	/* All values are asked for, not only those that break a rule. */
	bool exact;
	const uint32_t *classes; /* unicode_classes() */

	size_t nchars;
	bool has_chars;

	struct words split;
	bool has_words;

	struct parts lines; /* between line feeds */
	struct parts paras; /* of whoever fills them in */
	size_t line_feeds;
	bool has_lines, has_odd_ends, odd_ends;

	struct buf edited; /* of the set that changed the text */

	struct words spaced, real, other; /* only bytes, at, n, and their room */
	bool has_spaced, has_real;

	/* Of nobody for longer than a call. */
	uint32_t *table, *array[6];
	size_t table_cap, array_cap[6];
	struct buf a, b;
};

int measure_open(struct measure *m, struct err *err);
void measure_close(struct measure *m);
/* From now on it is about text: at most SEGMENT_MAX bytes of UTF-8. */
void measure_text(struct measure *m, struct span text, bool exact);

size_t measure_chars(struct measure *m); /* code points */
const struct words *measure_words(struct measure *m);
/* Words as Python's str.split gives them: bytes, at and n. */
const struct words *measure_spaced(struct measure *m);
/* The segmenter's words that begin with a letter or a number: bytes, at and n. */
const struct words *measure_real_words(struct measure *m);
/* Where each word of w begins, and the last one ends, counted in characters: array 5. */
const uint32_t *measure_char_at(struct measure *m, const struct words *w);
/* Such words to be filled in: empty ones with room for so many bytes. */
void words_begin(struct words *w, size_t bytes);
/* One more; `word` has no more bytes than are left. */
void words_add(struct words *w, struct span word);
/* After the last one. */
void words_end(struct words *w);
/* Fills in lines and line_feeds. */
void measure_lines(struct measure *m);
/* Whether str.splitlines of Python ends lines at more than line feeds. */
bool measure_odd_ends(struct measure *m);
/* Append text[from, from + n) to p. */
struct part *parts_add(struct measure *m, struct parts *p, size_t from, size_t n);
/* Find out which of p are there again, by their bytes. */
void parts_compare(struct measure *m, struct parts *p);

/* A table of n zeroed slots at least, a power of two, for open addressing; *mask. */
uint32_t *measure_table(struct measure *m, size_t n, size_t *mask);

/* The same, slots of 64 bits. */
uint64_t *measure_table64(struct measure *m, size_t n, size_t *mask);
/* Room for n numbers, array k of six; what is in it is undefined. */
uint32_t *measure_array(struct measure *m, size_t k, size_t n);

size_t count_chars(struct span s);
size_t count_byte(struct span s, char c);
/* Where `what` first stands in s; NULL: nowhere. */
const char *find_substring(struct span s, struct span what);
/* Append s with the letters of ASCII made small. */
void lower_ascii(struct buf *b, struct span s);
/* Occurrences that do not overlap, from the left. */
size_t count_substring(struct span s, struct span what);

/* Lines as Python's str.splitlines gives them.  Set text, and at to 0, to begin. */
struct py_lines {
	struct span text;
	const uint32_t *classes;
	bool odd_ends;
	size_t at;
};
bool py_lines_next(struct py_lines *it, struct span *line);
/* Without white space at its ends, as str.strip does. */
struct span py_strip(const uint32_t *classes, struct span s);
struct span py_lstrip(const uint32_t *classes, struct span s);
struct span py_rstrip(const uint32_t *classes, struct span s);

/* Code points of a part of the text: at once where all of it is ASCII. */
static inline size_t
measure_part_chars(struct measure *m, struct span s)
{
	return measure_chars(m) == m->text.n ? s.n : count_chars(s);
}

static inline bool
span_ends(struct span s, struct span suffix)
{
	return s.n >= suffix.n && memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0;
}

/* a / b as a value of a rule: not a number where both are 0, which breaks no rule. */
static inline double
share(size_t a, size_t b)
{
	return (double)a / (double)b;
}

#endif
