/*
 * noisy_sample.h - draw training samples as varied and noisy as the texts that langid
 * meets on the web.
 *
 * Samples are excerpts of lines, short and long.  Some get Latin look-alikes of Cyrillic
 * letters, lose their accents, or get a piece of another label's text.
 */
#ifndef TAMIS_NOISY_SAMPLE_H
#define TAMIS_NOISY_SAMPLE_H

#include "filters/langid/labelled_text.h"
#include "filters/models/linear_train.h"

/* Draw a sample of a corpus that is ready, for struct linear_task.  The row of a feature
 * is its hash >> shift. */
size_t langid_draw_sample(struct langid_corpus *c, struct linear_random *r,
    unsigned shift, uint32_t *row, size_t *label);

#endif
