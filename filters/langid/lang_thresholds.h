/* lang_thresholds.h - read the file of --thresholds: a probability per language. */
#ifndef TAMIS_LANG_THRESHOLDS_H
#define TAMIS_LANG_THRESHOLDS_H

#include "filters/langid/langid_model.h"

/*
 * Set p[label], for all labels of each language, from lines "LANG P".  Other labels keep
 * their p.  name begins every message.  0, or -1 with *err.
 */
int lang_thresholds_parse(const struct langid_model *m, struct span text,
    const char *name, double *p, struct err *err);

#endif
