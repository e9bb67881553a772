/*
 * group_schedule.h - the order of samples in a blend: groups first, then their sources.
 *
 * Groups take turns by their shares, and the sources of a group share the group's turns.
 * After t samples a group of share w has had w t of them, give or take less than 1, and a
 * source of share v has had v t, give or take less than 1.5.
 */
#ifndef TAMIS_GROUP_SCHEDULE_H
#define TAMIS_GROUP_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

struct group_schedule;

/*
 * share[s] of each of n sources in parts of `unit`, which they sum to; group[s] < groups
 * is its group.  The arrays are copied.  The limits are those of schedule.h.
 */
struct group_schedule *group_schedule_new(uint64_t unit, const uint64_t *share,
    const uint32_t *group, uint32_t n, uint32_t groups);
void group_schedule_free(struct group_schedule *g); /* NULL is fine */

/* Whether count[s] samples of each source are within the bounds above after `slot`. */
bool group_schedule_near(struct group_schedule *g, uint64_t slot, const uint64_t *count);
/*
 * Go to the state after `slot` samples, count[s] of source s; the schedule must pass
 * through it.
 */
void group_schedule_seek(struct group_schedule *g, uint64_t slot, const uint64_t *count);
/* The source of the next sample. */
uint32_t group_schedule_next(struct group_schedule *g);

/*
 * Find the counts after `slot` samples without visiting all of them, at the cost of some
 * 2 * run_up steps for each of group_schedule_parts().  False if the run-up was too short
 * to be sure: try a longer one.  The state is undefined until the next seek.
 */
bool group_schedule_jump(
    struct group_schedule *g, uint64_t slot, uint64_t run_up, uint64_t *count);
/* The schedules inside: one of the groups, and one of each group that needs one. */
uint32_t group_schedule_parts(const struct group_schedule *g);

#endif
