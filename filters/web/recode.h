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

struct recoded {
	struct span text;  /* valid UTF-8, in the input or valid until the next call */
	bool converted;	   /* from a charset other than UTF-8 */
	uint64_t repaired; /* ill-formed sequences replaced by U+FFFD */
};

/*
 * Convert bytes to UTF-8.  A byte order mark decides the charset and is removed.  Else
 * bytes that are valid UTF-8 stay as they are, because declarations are often wrong. Else
 * the first known charset of names[0..n) is used, and without one ill-formed UTF-8 is
 * repaired.
 */
void recode(struct recoder *r, struct span bytes, const struct span *names, size_t n,
    struct recoded *out);
/* Whether it has U+FFFD for bytes without a meaning. */
bool recoded_is_lossy(const struct recoded *text);
/* Whether most of its characters outside ASCII were well-formed UTF-8. */
bool recoded_is_mostly_utf8(const struct recoded *text);
/*
 * Whether bytes of an unknown charset can be windows-1252, the default of the HTML
 * standard: those outside ASCII are isolated, as the accents and quotation marks of
 * western languages are.
 */
bool can_be_western(struct span bytes);

#endif
