/* binary_data.h - recognize data that is not text. */
#ifndef TAMIS_BINARY_DATA_H
#define TAMIS_BINARY_DATA_H

#include "filters/web/charset/recode.h"

/* Whether bytes, converted to a text or page, are binary data, by their magic number or
 * content.  A text with a NUL in its first 8 KiB is; a page may have a few of those. */
bool text_is_binary(struct span bytes, struct span text);
bool page_is_binary(struct span bytes, const struct recoded *page);
/* Whether too many of the first bytes for a text are control characters.  In compressed
 * data they are a tenth. */
bool text_has_controls(struct span text);

#endif
