/* scatterdir.h - the directory of scatter files, and how the run is divided into jobs. */
#ifndef TAMIS_SCATTERDIR_H
#define TAMIS_SCATTERDIR_H

#include "mixer/mix/scatter.h"

/*
 * Create the directory p->dir if needed and agree with other processes on the jobs.  The
 * first process to come divides the run by *bytes of memory per job; the others get its
 * *bytes.  A directory of another plan, or that others can write to, is EXIT_DATA.
 * Returns 0, or -1 with *err.
 */
int scatterdir_begin(const struct scatter_plan *p, uint64_t *bytes, struct err *err);
/* Whether a process has begun to scatter. */
bool scatterdir_exists(const char *dir);
/* Remove the scatter files, and the directory if it is empty then. */
int scatterdir_remove(const char *dir, struct err *err);

#endif
