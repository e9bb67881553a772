/* schedule.h - the order in which a run takes samples from its sources. */
#ifndef TAMIS_SCHEDULE_H
#define TAMIS_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

struct schedule;

#define SCHEDULE_MAX                                                                     \
	(UINT64_C(1) << 40) /* limit of the unit and of the number of samples */

enum { SCHEDULE_MAX_SOURCES = 4096 };

/*
 * A schedule of n sources with shares share[s] / unit.  The shares sum to unit and are
 * copied.  A source of share 0 is never drawn.
 *
 * After any t samples, a source of share w has been drawn between w * t - 1 and w * t + 1
 * times, both exclusive (Tijdeman 1980).
 */
struct schedule *schedule_new(uint64_t unit, const uint64_t *share, uint32_t n);
void schedule_free(struct schedule *s); /* NULL is fine */

/*
 * Whether every count[s] is within 1 of its share of `slot` samples.  If so, the schedule
 * can continue from these counts.
 */
bool schedule_near(const struct schedule *s, uint64_t slot, const uint64_t *count);

/*
 * Move to the state after `slot` samples, count[s] of them from source s.  The counts
 * must be some that this schedule reaches.  O(n log n).
 */
void schedule_seek(struct schedule *s, uint64_t slot, const uint64_t *count);

/*
 * The source of the next sample.  O(1) if no share is below 1/1024, otherwise O(log n).
 */
uint32_t schedule_next(struct schedule *s);

/*
 * Try to move to the state after `slot` samples without visiting each of them, in about 2
 * * run_up steps.  Returns true and fills in count[] if run_up sufficed to determine the
 * counts.  On false, the schedule and count[] are undefined.  Shares that differ by a
 * factor of 1000 need a run_up of about 10,000.
 */
bool schedule_jump(struct schedule *s, uint64_t slot, uint64_t run_up, uint64_t *count);

#endif
