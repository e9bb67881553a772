/* fuzz_plan.c - plan and plan.lock: any text is refused with a message, or adds up. */
#include <stdlib.h>

#include "mixer/decimal.h"
#include "mixer/lock.h"
#include "mixer/planfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool ok)
{
	if (!ok)
		abort();
}

static void
try_lock(struct span text)
{
	struct lock l;
	struct err err = { 0 };
	struct buf again = { 0 };

	if (lock_parse(text, "plan.lock", &l, &err) == 0) {
		lock_render(&l, &again);
		check(span_eq(buf_span(&again), text));
	} else {
		check(err.code == EXIT_DATA && err.msg[0] != '\0');
	}
	lock_free(&l);
	buf_free(&again);
}

static void
try_plan(struct span text)
{
	struct plan p;
	struct err err = { 0 };

	if (plan_parse(text, "blend.plan", &p, &err) < 0) {
		check(err.code == EXIT_DATA && err.msg[0] != '\0');
		plan_free(&p);
		return;
	}
	check(p.seq > 0 && p.nsources > 0);
	for (uint32_t k = 0; k < p.nphases; k++) {
		uint64_t sum = 0;

		for (uint32_t g = 0; g < p.ngroups; g++)
			sum += p.group[g].weight[k];
		check(sum == SHARE_ONE);
	}
	for (uint32_t s = 0; s < p.nsources; s++)
		check(p.source[s].group < p.ngroups && p.source[s].nglob > 0 &&
		      p.source[s].cap > 0);
	plan_free(&p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = { (const char *)data, size };

	try_plan(text);
	try_lock(text);
	return 0;
}
