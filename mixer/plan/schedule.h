/* schedule.h - in which order the sources of a blend take their turns. */
#ifndef TAMIS_SCHEDULE_H
#define TAMIS_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

struct schedule;

#define SCHEDULE_MAX (UINT64_C(1) << 40) /* of the unit, and of samples */

enum { SCHEDULE_MAX_SOURCES = 4096 };

/*
 * share[s] for each of n sources in parts of `unit`, which they sum to.  A share of zero
 * is allowed and never takes a turn.  The array is copied.
 *
 * After t samples a source of share w has had w * t of them, give or take less than 1.
 */
struct schedule *schedule_new(uint64_t unit, const uint64_t *share, uint32_t n);
void schedule_free(struct schedule *s); /* NULL is fine */

/*
 * Whether count[s] samples of each source lie within 1 of their shares of `slot` samples.
 * From such counts there is a source for every slot.
 */
bool schedule_near(const struct schedule *s, uint64_t slot, const uint64_t *count);

/*
 * Go to where `slot` samples are given away, count[s] of them to source s: counts that
 * this schedule arrives at.  O(n log n).
 */
void schedule_seek(struct schedule *s, uint64_t slot, const uint64_t *count);

/* The source of the next sample.  O(1) while no share is below 1/1024, else O(log n). */
uint32_t schedule_next(struct schedule *s);

/*
 * Try to go to where `slot` samples are given away without running through all of them,
 * at the cost of some 2 * run_up steps.  True, with the counts there, if that was long
 * enough to know them for sure; else the schedule and count are left anywhere.  Shares
 * that differ by 1000 need a run-up of about 10,000.
 */
bool schedule_jump(struct schedule *s, uint64_t slot, uint64_t run_up, uint64_t *count);

#endif
