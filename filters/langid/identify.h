/*
 * identify.h - identify the language of a text.
 *
 * The text is first summed and labelled as a whole.  If the result is uncertain, or a
 * part disagrees with it, the text is cut into spans of one language each (lang_spans.h).
 * The language is then the one with the most bytes.
 */
#ifndef TAMIS_IDENTIFY_H
#define TAMIS_IDENTIFY_H

#include "filters/langid/langid_model.h"

enum { LANGID_SCAN = 8192 /* bytes: default of --scan for models of langid-train */ };

/*
 * Identify the language of a text from at most about `scan` bytes of it.  With a model of
 * langid-train they are spread evenly over the text; 0 means LANGID_SCAN.  With a
 * fastText model they are its beginning; 0 means the whole text.
 */
struct langid_guess langid_guess(const struct langid_model *m, struct langid_scratch *s,
    struct span text, size_t scan);

#endif
