/* planfile.h - a blend plan as its author wrote it: parsed and checked line by line. */
#ifndef TAMIS_PLANFILE_H
#define TAMIS_PLANFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"
#include "lib/base/span.h"

#define PLAN_UNSET UINT64_MAX

enum {
	PLAN_MAX_NAME = 64,
	PLAN_MAX_PHASES = 64,
	PLAN_MAX_GROUPS = 4096,
	PLAN_MAX_SOURCES = 4096,
	PLAN_MAX_BATCHES = 64,
	PLAN_MAX_COPIES = 64,
	PLAN_MAX_BYTES = 16 << 20,
};

struct plan_phase {
	const char *name;
	uint64_t tokens; /* PLAN_UNSET: max, all that the caps allow */
	uint32_t seq;
	uint64_t shard; /* samples; PLAN_UNSET: about 2 GiB */
};

/* From token `first` of the run on, batches are of so many samples. */
struct plan_batch {
	uint64_t first, samples;
};

/* weight[phase]: in parts of SHARE_ONE; PLAN_UNSET: not given, as with the others. */
struct plan_group {
	const char *name;
	unsigned line;
	uint64_t weight[PLAN_MAX_PHASES];
	double alpha;	      /* shares go by tokens to this power; 1: by tokens */
	uint64_t unimax;      /* epochs, in parts of CAP_ONE */
	uint64_t least, most; /* of a source that has no weight, in parts of SHARE_ONE */
	uint64_t cap;	      /* of sources without one of their own */
};

/* A document whose number is `from` or more comes `times` (parts of CAP_ONE) an epoch. */
struct plan_copies {
	uint16_t from;
	uint64_t times;
};

struct plan_source {
	const char *name;
	unsigned line;
	uint32_t group;
	uint64_t cap;	/* in parts of CAP_ONE; PLAN_UNSET: none */
	uint64_t times; /* its tokens count so often, in parts of CAP_ONE */
	const char **glob;
	size_t nglob;
	uint64_t *weight; /* share of the group, one a phase */
	struct plan_copies *copies;
	uint32_t ncopies;
};

struct plan {
	uint64_t seed;
	bool bestfit; /* else concat */
	struct plan_batch batch[PLAN_MAX_BATCHES];
	struct plan_phase *phase;
	struct plan_group *group;
	struct plan_source *source;
	uint32_t nbatches, nphases, ngroups, nsources;
	struct arena mem; /* of the strings */
};

/*
 * Parse text; `name` begins every message.  Strings are copied.  Returns 0, or -1 with
 * *err (EXIT_DATA); call plan_free in both cases.
 */
int plan_parse(struct span text, const char *name, struct plan *p, struct err *err);
void plan_free(struct plan *p);

#endif
