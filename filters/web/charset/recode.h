/* recode.h - convert bytes in the charset of a web page to UTF-8. */
#ifndef TAMIS_RECODE_H
#define TAMIS_RECODE_H

#include <stdint.h>

#include "lib/base/mem.h"
#include "lib/base/span.h"

/* One thread's converters, opened as needed. */
struct recoder;
struct recoder *recoder_new(void);
void recoder_free(struct recoder *r);

/* Whether it knows a charset by this label of the WHATWG Encoding Standard. */
bool recoder_knows(struct span label);

/* What decided the charset of a text. */
enum charset_source {
	CHARSET_UTF8, /* its bytes: they are valid UTF-8, or most of them */
	CHARSET_BOM,
	CHARSET_HTTP,
	CHARSET_META, /* the text itself, as by <meta> */
	CHARSET_OPTION,
	CHARSET_DETECTED,
};

struct recoded {
	struct span text;  /* valid UTF-8, in the input or valid until the next call */
	bool converted;	   /* from a charset other than UTF-8 */
	bool lost;	   /* no charset gives it a meaning; repaired as UTF-8 */
	uint64_t repaired; /* ill-formed sequences replaced by U+FFFD */
	enum charset_source source;
};

/*
 * Convert bytes to UTF-8.  A byte order mark decides the charset and is removed.  Else
 * bytes that are valid UTF-8 stay as they are, because declarations are often wrong. Else
 * the first known charset of names[0..n) is used, and without one ill-formed UTF-8 is
 * repaired.  source: of names[0] CHARSET_META, of others CHARSET_OPTION.
 */
void recode(struct recoder *r, struct span bytes, const struct span *names, size_t n,
    struct recoded *out);

struct charset_hints {
	struct span http;			/* a label, or empty */
	struct span (*declared)(struct span s); /* the label in the text, or empty */
	const char *option; /* a label for text without one, or NULL */
	bool tags;	    /* the text is HTML */
};
/*
 * Convert bytes to UTF-8 as recode() does, but distrust the labels.  The first that is
 * plausible counts, by the letters of languages.  Without one the charset is detected.
 * Time is linear.
 */
void recode_guess(struct recoder *r, struct span bytes, const struct charset_hints *hints,
    struct recoded *out);
/* Whether it has U+FFFD for bytes without a meaning. */
bool recoded_is_lossy(const struct recoded *text);
/* The share of U+FFFD among the characters of a valid UTF-8 text; 0 for a few of them. */
double recoded_lost_share(struct span text);
#endif
