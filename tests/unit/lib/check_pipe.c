/* check_pipe.c - the ring of blocks: order, serial steps, errors, any thread count. */
#include <check.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#include "lib/base/mem.h"
#include "lib/driver/pipe.h"

Suite *pipe_suite(void);

enum { STEPS = 6, SLOTS = 16 };

struct item {
	size_t index; /* in input order */
	size_t done;  /* steps completed */
};

struct test {
	size_t total;	  /* blocks to read */
	size_t fail_step; /* 0: none */
	size_t fail_at;
	size_t threads;
	size_t seen[STEPS]; /* by serial steps; no lock: the pipe serialises them */
	bool inside[STEPS];
	atomic_size_t parallel;
	struct pipe_step step[STEPS];
};

/* Work that takes a different time for each block. */
static void
dawdle(size_t index, size_t step)
{
	volatile size_t x = 0;

	for (size_t i = 0; i < (index * 2654435761u >> 7) % 3000 * (step % 2 + 1); i++)
		x = x + i;
}

static int
read_item(void *ctx, size_t arg, int thread, void *block)
{
	struct test *t = ctx;
	struct item *it = block;

	ck_assert(!t->inside[0]);
	if (t->seen[0] == t->total)
		return 0;
	if (t->fail_step == STEPS && t->seen[0] == t->fail_at)
		return -1;
	t->inside[0] = true;
	*it = (struct item){ .index = t->seen[0]++, .done = 1 };
	dawdle(it->index, 0);
	t->inside[0] = false;
	return 1;
}

static int
serial_step(void *ctx, size_t arg, int thread, void *block)
{
	struct test *t = ctx;
	struct item *it = block;

	ck_assert(!t->inside[arg]);
	t->inside[arg] = true;
	ck_assert_uint_eq(it->index, t->seen[arg]);
	ck_assert_uint_eq(it->done++, arg);
	t->seen[arg]++;
	dawdle(it->index, arg);
	t->inside[arg] = false;
	return t->fail_step == arg && it->index == t->fail_at ? -1 : 1;
}

static int
parallel_step(void *ctx, size_t arg, int thread, void *block)
{
	struct test *t = ctx;
	struct item *it = block;

	ck_assert_uint_lt((size_t)thread, t->threads);
	ck_assert_uint_eq(it->done++, arg);
	dawdle(it->index, arg);
	atomic_fetch_add(&t->parallel, 1);
	return 1;
}

static size_t
item_bytes(void *ctx, const void *block)
{
	return 100;
}

/* read, parallel, fold, parallel, fold, write.  Returns the result of pipe_run. */
static int
run(struct test *t, size_t nthreads, size_t nblocks, size_t max_bytes)
{
	static const bool serial[STEPS] = { true, false, true, false, true, true };
	struct pipe_ops ops = { .step = t->step,
		.nsteps = STEPS,
		.ctx = t,
		.bytes = max_bytes ? item_bytes : NULL,
		.max_bytes = max_bytes ? max_bytes : 1 };
	struct item item[SLOTS];
	void *blocks[SLOTS];

	t->threads = nthreads;
	for (size_t i = 0; i < STEPS; i++)
		t->step[i] = (struct pipe_step){ serial[i],
			i == 0	    ? read_item
			: serial[i] ? serial_step
				    : parallel_step,
			i };
	for (size_t i = 0; i < nblocks; i++)
		blocks[i] = &item[i];
	return pipe_run(&ops, (int)nthreads, blocks, nblocks);
}

/* Every block goes through every step in order, for every number of threads and slots. */
START_TEST(order)
{
	static const size_t slots[] = { 1, 2, 3, 8, SLOTS };
	static const size_t totals[] = { 0, 1, 2, 7, 300 };

	for (size_t threads = 1; threads <= 8; threads++)
		for (size_t i = 0; i < 25; i++) {
			struct test t = { .total = totals[i % 5] };

			ck_assert_int_eq(run(&t, threads, slots[i / 5], 0), 0);
			ck_assert_uint_eq(t.seen[0], t.total);
			ck_assert_uint_eq(t.seen[2], t.total);
			ck_assert_uint_eq(t.seen[4], t.total);
			ck_assert_uint_eq(t.seen[5], t.total);
			ck_assert_uint_eq(atomic_load(&t.parallel), 2 * t.total);
		}
}
END_TEST

/* The limit on bytes delays the reader, but does not stop a block that exceeds it. */
START_TEST(bound)
{
	static const size_t bounds[] = { 1, 100, 101, 250, 100000 };

	for (size_t threads = 1; threads <= 8; threads++)
		for (size_t i = 0; i < 5; i++) {
			struct test t = { .total = 100 };

			ck_assert_int_eq(run(&t, threads, SLOTS, bounds[i]), 0);
			ck_assert_uint_eq(t.seen[5], t.total);
		}
}
END_TEST

/*
 * An error in a serial step ends the run with all threads joined.  The last step has seen
 * the blocks before it, and none after it.
 */
START_TEST(errors)
{
	static const size_t at[] = { 0, 1, 50, 199 };

	for (size_t threads = 1; threads <= 8; threads++)
		for (size_t i = 0; i < 4; i++) {
			struct test last = {
				.total = 200, .fail_step = 5, .fail_at = at[i]
			};
			struct test middle = {
				.total = 200, .fail_step = 2, .fail_at = at[i]
			};
			struct test first = {
				.total = 200, .fail_step = STEPS, .fail_at = at[i]
			};

			ck_assert_int_eq(run(&last, threads, SLOTS, 0), -1);
			ck_assert_uint_eq(last.seen[5], at[i] + 1);
			ck_assert_int_eq(run(&middle, threads, SLOTS, 0), -1);
			ck_assert_uint_eq(middle.seen[2], at[i] + 1);
			ck_assert_uint_le(middle.seen[5], at[i]);
			ck_assert_int_eq(run(&first, threads, SLOTS, 0), -1);
			ck_assert_uint_eq(first.seen[0], at[i]);
			ck_assert_uint_le(first.seen[5], at[i]);
		}
}
END_TEST

Suite *
pipe_suite(void)
{
	Suite *s = suite_create("pipe");
	TCase *t = tcase_create("pipe");

	tcase_add_test(t, order);
	tcase_add_test(t, bound);
	tcase_add_test(t, errors);
	suite_add_tcase(s, t);
	return s;
}
