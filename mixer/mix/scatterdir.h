/* scatterdir.h - the folder of scattered samples, and how they were divided. */
#ifndef TAMIS_SCATTERDIR_H
#define TAMIS_SCATTERDIR_H

#include "mixer/mix/scatter.h"

/*
 * Make the folder p->dir if it is not there, and agree on how the run is divided into
 * jobs: as whoever came first did, else by *bytes of memory a job.  *bytes: as agreed.
 * What another plan left there is EXIT_DATA.  0, or -1 with *err.
 */
int scatterdir_begin(const struct scatter_plan *p, uint64_t *bytes, struct err *err);
/* Whether somebody has begun. */
bool scatterdir_exists(const char *dir);
/* Remove what scatter put there, and the folder if that was all. */
int scatterdir_remove(const char *dir, struct err *err);

#endif
