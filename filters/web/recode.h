/* recode.h - bytes of whatever charset a page claims or has to UTF-8. */
#ifndef TAMIS_RECODE_H
#define TAMIS_RECODE_H

#include <stdint.h>

#include "lib/base/mem.h"
#include "lib/base/span.h"

/* Scratch of one thread: converters that were used before. */
struct recoder;
struct recoder *recoder_new(void);
void recoder_free(struct recoder *d);

struct recoded {
	struct span
	    text;	/* valid UTF-8 in the input or the recoder: until the next call */
	bool converted; /* it was in another charset */
	uint64_t mended; /* ill-formed places that became U+FFFD */
};

/*
 * A byte order mark decides and is dropped; then bytes that are valid UTF-8, for pages
 * lie; then the first known name of names[0..n), best first; then UTF-8 after all,
 * mended.
 */
void recode(struct recoder *d, struct span bytes, const struct span *names, size_t n,
    struct recoded *out);

#endif
