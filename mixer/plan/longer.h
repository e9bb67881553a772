/* longer.h - whether one resolved plan is a longer form of another. */
#ifndef TAMIS_LONGER_H
#define TAMIS_LONGER_H

#include "mixer/plan/resolved.h"

/*
 * Whether every sample of the run of `old` is the same sample of the run of `rp`, which
 * may continue after it: with a longer last phase, further phases, and further groups and
 * sources that have no share in the phases of old.  If not, *err is EXIT_DATA with the
 * first difference; `name` begins the message.
 */
bool resolved_is_longer(const struct resolved *old, const struct resolved *rp,
    const char *name, struct err *err);

/*
 * The number of shards of the run of `rp` that have the same samples as in the run of
 * old, if rp is a longer form of it.  They are its first ones.
 */
uint64_t resolved_same_shards(const struct resolved *old, const struct resolved *rp);

#endif
