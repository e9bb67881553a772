/* job_range.h - parse the range of jobs or shards that an option names. */
#ifndef TAMIS_JOB_RANGE_H
#define TAMIS_JOB_RANGE_H

#include <stdint.h>

#include "lib/base/err.h"

struct job_range {
	uint64_t first, end;
};

/*
 * Parse "A-B", "A" or "all", counted from 0, of n jobs or shards.  option: its name, for
 * the message.  0, or -1 with *err.
 */
int job_range_parse(const char *s, const char *option, uint64_t n, struct job_range *out,
    struct err *err);

#endif
