/* planfile.h - a blend plan as written, parsed and checked line by line. */
#ifndef TAMIS_PLANFILE_H
#define TAMIS_PLANFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"
#include "lib/base/num.h"
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
	uint64_t tokens; /* PLAN_UNSET: max, as many as the caps allow */
	uint32_t seq;
	uint64_t shard; /* samples; PLAN_UNSET: about 2 GiB of them */
};

/* The batch size, in samples, from token `first` of the run on. */
struct plan_batch {
	uint64_t first, samples;
};

/*
 * weight[phase] is in units of 1 / SHARE_ONE, or PLAN_UNSET.  With 'weights relative',
 * relative[phase] is the weight as written, in the same units; otherwise it is NULL.
 */
struct plan_group {
	const char *name;
	unsigned line;
	uint64_t weight[PLAN_MAX_PHASES];
	u128 *relative;
	double alpha;	      /* shares are proportional to tokens^alpha */
	uint64_t unimax;      /* epochs, in units of 1 / CAP_ONE */
	uint64_t least, most; /* bounds of shares that alpha sets, in 1 / SHARE_ONE */
	uint64_t cap;	      /* of sources without a cap, in 1 / CAP_ONE */
};

/* Documents numbered `from` or more are used `times` / CAP_ONE times per epoch. */
struct plan_copies {
	uint16_t from;
	uint64_t times;
};

/* Which examples of a source a plan with 'take' lines uses. */
enum plan_take { TAKE_NONE, TAKE_ALL, TAKE_COUNT, TAKE_SHARE };

struct plan_source {
	const char *name;
	unsigned line;
	uint32_t group;
	uint64_t cap;	/* epochs, in units of 1 / CAP_ONE, or PLAN_UNSET */
	uint64_t times; /* factor on its tokens, in units of 1 / CAP_ONE */
	uint64_t hold;	/* fraction of its documents held out, in 1 / SHARE_ONE */
	bool only_held; /* use only these */
	const char **glob;
	size_t nglob;
	uint64_t *weight; /* share of its group, one per phase */
	u128 *relative;
	struct plan_copies *copies;
	uint32_t ncopies;
	enum plan_take take;
	uint64_t take_size; /* examples, or their share in 1 / SHARE_ONE */
};

struct plan {
	uint64_t seed;
	bool bestfit;	/* otherwise pack concat */
	bool whole;	/* cut=never: with bestfit, documents are never cut */
	uint32_t align; /* with whole: documents start at multiples of this */
	struct plan_batch batch[PLAN_MAX_BATCHES];
	struct plan_phase *phase;
	struct plan_group *group;
	struct plan_source *source;
	uint32_t nbatches, nphases, ngroups, nsources;
	struct arena mem; /* holds the strings */
};

/*
 * Parse a plan; `name` begins every message.  Strings are copied.  Returns 0, or -1 with
 * *err (EXIT_DATA); call plan_free in both cases.
 */
int plan_parse(struct span text, const char *name, struct plan *p, struct err *err);
void plan_free(struct plan *p);

/*
 * Divide 1 in proportion to n weights, in units of 1 / SHARE_ONE, by the largest
 * remainder method.  Of equal remainders, the first counts as larger.  The weights are at
 * most 100T and not all 0.
 */
void plan_divide(const u128 *weight, uint32_t n, uint64_t *share);

#endif
