/* check_group_schedule.c - tests that groups, and the sources in them, get their shares.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/num.h"
#include "mixer/plan/decimal.h"
#include "mixer/plan/group_schedule.h"
#include "tests/unit/mixer/check_mixer.h"

__extension__ typedef __int128 wide;

enum { MAX_SOURCES = 4096 };

struct grouped {
	uint64_t share[MAX_SOURCES], sum[MAX_SOURCES]; /* sum: of each group */
	uint32_t group[MAX_SOURCES];
	uint32_t n, groups;
};

/* Numbers below n, from a fixed seed. */
static uint64_t
below(uint64_t n)
{
	static uint64_t state = 20261130;
	uint64_t z = state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (z ^ z >> 31) % n;
}

static struct group_schedule *
start(const struct grouped *b)
{
	return group_schedule_new(SHARE_ONE, b->share, b->group, b->n, b->groups);
}

/* The difference of `count` samples from a share of t samples, in 1 / SHARE_ONE. */
static wide
off_by(uint64_t share, uint64_t t, uint64_t count)
{
	wide d = (wide)share * (wide)t - (wide)count * (wide)SHARE_ONE;

	return d < 0 ? -d : d;
}

/* Random shares over binary orders of magnitude; a tenth of the sources have none. */
static void
random_groups(struct grouped *b, uint32_t n, uint32_t groups, unsigned orders)
{
	uint64_t raw[MAX_SOURCES], given = 0;
	u128 sum = 0;
	uint32_t largest = 0;

	memset(b, 0, sizeof *b);
	b->n = n;
	b->groups = groups;
	for (uint32_t s = 0; s < n; s++) {
		raw[s] = UINT64_C(1) << (40 - below(orders));
		raw[s] += below(raw[s]);
		if (s > 0 && below(10) == 0)
			raw[s] = 0;
		if (raw[s] > raw[largest])
			largest = s;
		sum += raw[s];
		b->group[s] = (uint32_t)below(groups);
	}
	for (uint32_t s = 0; s < n; s++)
		given += b->share[s] = (uint64_t)((u128)raw[s] * SHARE_ONE / sum);
	b->share[largest] += SHARE_ONE - given;
	for (uint32_t s = 0; s < n; s++)
		b->sum[b->group[s]] += b->share[s];
}

/* Every prefix has each group within 1 sample, each source within 1.5. */
static void
check_prefixes(const struct grouped *b, uint64_t n)
{
	struct group_schedule *g = start(b);
	uint64_t *count = calloc(b->n, sizeof *count);
	uint64_t *drawn = calloc(b->groups, sizeof *drawn);

	ck_assert(count && drawn);
	for (uint64_t t = 1; t <= n; t++) {
		uint32_t s = group_schedule_next(g), k = b->group[s];
		wide source = off_by(b->share[s], t - 1, count[s]++);
		wide group = off_by(b->sum[k], t - 1, drawn[k]++);

		if (source < off_by(b->share[s], t, count[s]))
			source = off_by(b->share[s], t, count[s]);
		if (group < off_by(b->sum[k], t, drawn[k]))
			group = off_by(b->sum[k], t, drawn[k]);
		if (b->share[s] == 0 || group >= (wide)SHARE_ONE ||
		    2 * source >= 3 * (wide)SHARE_ONE)
			ck_abort_msg("source %u or its group is off at sample %ju",
			    (unsigned)s, (uintmax_t)t);
	}
	for (uint32_t s = 0; s < b->n; s++)
		ck_assert(2 * off_by(b->share[s], n, count[s]) < 3 * (wide)SHARE_ONE);
	for (uint32_t k = 0; k < b->groups; k++)
		ck_assert(off_by(b->sum[k], n, drawn[k]) < (wide)SHARE_ONE);
	ck_assert(group_schedule_near(g, n, count));
	free(count);
	free(drawn);
	group_schedule_free(g);
}

START_TEST(groups_and_sources_are_near_at_every_prefix)
{
	static struct grouped b;

	for (int i = 0; i < 100; i++) {
		random_groups(&b, 2 + (uint32_t)below(60), 1 + (uint32_t)below(12),
		    1 + (unsigned)below(40));
		check_prefixes(&b, 5000);
	}
	for (uint32_t n = 512; n <= MAX_SOURCES; n *= 2) {
		random_groups(&b, n, 3, 8);
		check_prefixes(&b, 50000);
		random_groups(&b, n, n / 2, 8);
		check_prefixes(&b, 50000);
	}
}
END_TEST

/* 500 equal sources in groups of 70, 15 and 15 %: no batch of 64 is off by 2 samples. */
START_TEST(equal_sources_do_not_come_in_blocks)
{
	static const uint64_t percent[] = { 70, 15, 15 };
	static struct grouped b;
	struct group_schedule *g;
	uint64_t drawn[3];

	memset(&b, 0, sizeof b);
	b.n = 500;
	b.groups = 3;
	for (uint32_t s = 0; s < b.n; s++) {
		b.group[s] = s < 350 ? 0 : s < 425 ? 1 : 2;
		b.share[s] = SHARE_ONE / b.n;
	}
	g = start(&b);
	for (int batch = 0; batch < 2000; batch++) {
		memset(drawn, 0, sizeof drawn);
		for (int i = 0; i < 64; i++)
			drawn[b.group[group_schedule_next(g)]]++;
		for (int k = 0; k < 3; k++)
			ck_assert(off_by(SHARE_ONE / 100 * percent[k], 64, drawn[k]) <
				  2 * (wide)SHARE_ONE);
	}
	group_schedule_free(g);
}
END_TEST

/* A schedule entered by a seek or a jump continues like one that ran from the start. */
START_TEST(seeks_and_jumps_match_a_straight_run)
{
	static struct grouped b;

	for (int i = 0; i < 40; i++) {
		struct group_schedule *run, *other;
		uint64_t count[200] = { 0 }, there[200], slot = below(200000);

		random_groups(&b, 1 + (uint32_t)below(200), 1 + (uint32_t)below(8),
		    1 + (unsigned)below(20));
		run = start(&b);
		other = start(&b);
		for (uint64_t t = 0; t < slot; t++)
			count[group_schedule_next(run)]++;
		memset(there, 0xff, sizeof there);
		if (group_schedule_jump(other, slot, 65536, there))
			ck_assert_mem_eq(there, count, b.n * sizeof *count);
		group_schedule_seek(other, slot, count);
		for (int t = 0; t < 500; t++)
			ck_assert_uint_eq(
			    group_schedule_next(run), group_schedule_next(other));
		group_schedule_free(run);
		group_schedule_free(other);
	}
}
END_TEST

TCase *
group_schedule_tcase(void)
{
	TCase *t = tcase_create("group schedule");

	tcase_add_test(t, groups_and_sources_are_near_at_every_prefix);
	tcase_add_test(t, equal_sources_do_not_come_in_blocks);
	tcase_add_test(t, seeks_and_jumps_match_a_straight_run);
	return t;
}
