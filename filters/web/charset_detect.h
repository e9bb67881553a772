/* charset_detect.h - detect the charset of a text by the letters of languages. */
#ifndef TAMIS_CHARSET_DETECT_H
#define TAMIS_CHARSET_DETECT_H

#include "filters/web/charset_model.h"
#include "lib/base/mem.h"

/* Append to out the UTF-8 of bytes in the charset of an ICU name.  Returns false if it is
 * unknown. */
typedef bool charset_decode(
    void *context, const char *icu, struct span bytes, struct buf *out);

/* One thread's memory.  The model must live as long. */
struct charset_detector;
struct charset_detector *charset_detector_new(
    const struct charset_model *m, charset_decode *decode, void *context);
void charset_detector_free(struct charset_detector *d);

struct charset_guess {
	const char *icu; /* the charset; NULL: no charset gives the bytes a meaning */
	double bits;	 /* cost of the sample in it */
	double bits_of_claim; /* cost in the claimed charset; HUGE_VAL: not compared */
	size_t pairs;	 /* how much evidence there is: pairs of bytes, one of them not ASCII */
};

/*
 * Detect the charset of a text that is not valid UTF-8.  tags: it has tags of HTML, which
 * are not counted.  claim: the ICU name of a charset to compare with the best, or NULL.
 * Time is bounded, but for one search for the first bytes outside ASCII.
 */
void charset_detect(struct charset_detector *d, struct span text, bool tags,
    const char *claim, struct charset_guess *guess);
/* The charset by its form alone, such as iso-2022-jp by its escapes and utf-16le by its
 * NULs; NULL: none.  The text may be valid UTF-8. */
const char *charset_by_form(struct charset_detector *d, struct span text);

#endif
