/* planfile_impl.h - shared by the parsers of the lines of a plan. */
#ifndef TAMIS_PLANFILE_IMPL_H
#define TAMIS_PLANFILE_IMPL_H

#include "lib/text/directives.h"
#include "mixer/plan/planfile.h"

struct plan_parser {
	struct plan *p;
	const char *name;
	struct err *err;
	struct directives w;	  /* words of the current line */
	uint64_t seq, shard;	  /* defaults of later phases, or PLAN_UNSET */
	bool seed, pack, weights; /* whether such a line was seen */
	bool relative;		  /* the weights of the lines below */
	uint32_t weights_at;	  /* groups above the line 'weights' */
	uint64_t hold;		  /* of sources without hold=, or PLAN_UNSET */
	bool only_held;		  /* the same for only= */
};

/* Set *ps->err to "NAME:LINE: ...", EXIT_DATA.  Returns -1. */
int plan_bad(struct plan_parser *ps, const char *fmt, ...) PRINTF(2, 3);

int plan_check_name(struct plan_parser *ps, struct span s);
int plan_decimal(struct plan_parser *ps, struct span s, unsigned places, uint64_t *out);
int plan_share(struct plan_parser *ps, struct span s, uint64_t *out);
/*
 * Parse a weight: a share, or with `relative` a weight relative to others, for which
 * *weight becomes 0.  "rest" is PLAN_UNSET.
 */
int plan_weight(struct plan_parser *ps, struct span s, uint64_t *weight, u128 *relative);
/* Parse the fraction of documents to hold out, from 0 to 1. */
int plan_hold(struct plan_parser *ps, struct span s, uint64_t *out);
/* Parse a number of epochs, above 0 and up to 255, in units of 1 / CAP_ONE. */
int plan_epochs(struct plan_parser *ps, struct span s, uint64_t *out);

/* Split "key=value".  False if '/' precedes the '=': then the word is a path. */
bool plan_key(struct span word, struct span *key, struct span *value);
/*
 * Check that word `at` does not repeat a key of the words before it: one of the two
 * values would be lost.
 */
int plan_key_once(struct plan_parser *ps, size_t at, struct span key);
/* Parse weight.PHASE=WEIGHT into weight[], and into relative[] unless it is NULL. */
int plan_phase_weight(struct plan_parser *ps, struct span key, struct span value,
    uint64_t *weight, u128 *relative);

uint32_t plan_find_group(const struct plan *p, struct span s); /* UINT32_MAX: not found */

/* Parse a line "weights exact" or "weights relative". */
int plan_weights_line(struct plan_parser *ps);
/* Turn all weights into shares, and check that those of the groups sum to 1. */
int plan_check_weights(struct plan_parser *ps);

/* Parse a line "group ..." and a line "source ...". */
int plan_group_line(struct plan_parser *ps);
int plan_source_line(struct plan_parser *ps);
/* Parse a line "take NAME all|N|P%". */
int plan_take_line(struct plan_parser *ps);
/* Check that the take lines and the packing fit the whole plan. */
int plan_check_take(struct plan_parser *ps);
/* Parse the words of a line "pack ..." after the first. */
int plan_pack_keys(struct plan_parser *ps);

#endif
