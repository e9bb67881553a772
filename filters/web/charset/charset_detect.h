/* charset_detect.h - detect the charset of a text by the letters of languages. */
#ifndef TAMIS_CHARSET_DETECT_H
#define TAMIS_CHARSET_DETECT_H

#include "filters/web/charset/charset_model.h"
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

/* Charsets that a text claims to be in, by ICU's names. */
enum { CLAIMS_MAX = 2 };
struct charset_claims {
	const char *icu[CLAIMS_MAX];
	size_t n;
};

/* What the letters tell.  Costs are -log2 of probabilities of a sample, in bits. */
struct charset_guess {
	const char
	    *icu; /* the most probable charset; NULL: none has words of a language */
	double bits;
	double rival;		  /* the cost of the next best */
	double claim[CLAIMS_MAX]; /* the cost of each claim; HUGE_VAL: bytes have no
				     meaning in it, or the model lacks it */
	size_t pairs; /* the evidence: pairs of bytes that are not both ASCII */
};

/*
 * Detect the charset of a text that is not valid UTF-8.  tags: it has tags of HTML, which
 * are not counted.  Time is bounded, except for one search for bytes outside ASCII.
 */
void charset_detect(struct charset_detector *d, struct span text, bool tags,
    const struct charset_claims *claims, struct charset_guess *guess);
/* The charset by its form alone, such as iso-2022-jp by its escapes and utf-16le by its
 * NULs; NULL: none.  The text may be valid UTF-8. */
const char *charset_by_form(struct charset_detector *d, struct span text);

#endif
