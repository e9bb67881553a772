/* schedule.h - in which order the sources of a blend take their turns. */
#ifndef TAMIS_SCHEDULE_H
#define TAMIS_SCHEDULE_H

#include <stdint.h>

struct schedule;

#define SCHEDULE_MAX (UINT64_C(1) << 40) /* of the unit, and of samples */

/*
 * Shares in parts of `unit`: group[g] for each of ngroups groups, which sum to unit;
 * source[s] for each of nsources sources, and of[s], the group that it is in; a group's
 * sources sum to the group.  Zero shares are allowed and never take a turn.  The arrays
 * are copied.
 *
 * After t samples a group of share W has had W * t of them, give or take less than 1; a
 * source of share w that is the part a of its group has had w * t, give or take less
 * than 1 + a / 2 (and less than 1 if it is alone in its group).
 */
struct schedule *schedule_new(uint64_t unit, const uint64_t *group, uint32_t ngroups,
    const uint64_t *source, const uint32_t *of, uint32_t nsources);
void schedule_free(struct schedule *s); /* NULL is fine */

/* The source of the next sample.  O(log(groups) + log(sources)). */
uint32_t schedule_next(struct schedule *s);

#endif
