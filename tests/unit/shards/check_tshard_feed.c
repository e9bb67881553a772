/* check_tshard_feed.c - feed runs to training ranks. */
#include "tests/unit/shards/tshard_make.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

TCase *tshard_feed_case(void);

enum { SHARDS = 3, SAMPLES = 4 * SHARDS, SEQ = 8 };

static struct tshard_run *
open_run(void)
{
	struct tshard_run *r;

	ts_run(SHARDS);
	OK(tshard_run_open(&r, ts_dir, &ts_e));
	return r;
}

static struct tshard_feed *
open_feed(const struct tshard_run *r, const struct tshard_feed_config *c)
{
	struct tshard_feed *f;

	OK(tshard_feed_open(&f, r, c, NULL, &ts_e));
	return f;
}

static int
next_batch(struct tshard_feed *f, const struct tshard_batch **b)
{
	int more = tshard_feed_next(f, b, &ts_e);

	ck_assert_msg(more >= 0, "%s", ts_e.msg);
	return more;
}

/* The arrays of the three kinds of samples that ts_run makes. */
START_TEST(arrays)
{
	static const struct {
		uint64_t sample;
		unsigned flags;
		int32_t tokens[SEQ], labels[SEQ], positions[SEQ], borders[4];
		const char *mask;
		uint32_t segments, longest;
	} want[] = {
		/* Two documents; the second continues in the next sample. */
		{ 0, 0, { 13, 14, 15, 16, EOD, 12, 13, 14 },
		    { 14, 15, 16, EOD, 12, 13, 14, 15 }, { 0, 1, 2, 3, 4, 0, 1, 2 },
		    { 0, 5, 8 }, "11111111", 2, 5 },
		{ 0, TSHARD_FEED_WITHIN, { 13, 14, 15, 16, EOD, 12, 13, 14 },
		    { 14, 15, 16, EOD, 12, 13, 14, 15 }, { 0, 1, 2, 3, 4, 0, 1, 2 },
		    { 0, 5, 8 }, "11110111", 2, 5 },
		/* The end of a document, and pad. */
		{ 1, 0, { 15, 16, EOD, PAD, PAD, PAD, PAD, PAD },
		    { 16, EOD, PAD, PAD, PAD, PAD, PAD, 0 }, { 0, 1, 2, 0, 1, 2, 3, 4 },
		    { 0, 3, 8 }, "11000000", 2, 5 },
		{ 1, TSHARD_FEED_IGNORE, { 15, 16, EOD, PAD, PAD, PAD, PAD, PAD },
		    { 16, EOD, -100, -100, -100, -100, -100, -100 },
		    { 0, 1, 2, 0, 1, 2, 3, 4 }, { 0, 3, 8 }, "11000000", 2, 5 },
		/* The middle of a long document. */
		{ 2, TSHARD_FEED_WITHIN, { 10, 11, 12, 13, 14, 15, 16, EOD },
		    { 11, 12, 13, 14, 15, 16, EOD, 10 }, { 0, 1, 2, 3, 4, 5, 6, 7 },
		    { 0, 8 }, "11111111", 1, 8 },
	};
	struct tshard_run *r = open_run();

	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		const struct tshard_feed_config c = { .consumed = want[i].sample,
			.flags = TSHARD_FEED_ALL | want[i].flags };
		struct tshard_feed *f = open_feed(r, &c);
		const struct tshard_batch *b;

		ck_assert_int_eq(next_batch(f, &b), 1);
		ck_assert_uint_eq(b->samples, 1);
		ck_assert_uint_eq(b->seq_len, SEQ);
		ck_assert_uint_eq(b->number[0], want[i].sample);
		ck_assert_uint_eq(b->source[0], want[i].sample == 2);
		ck_assert_mem_eq(b->tokens, want[i].tokens, sizeof want->tokens);
		ck_assert_mem_eq(b->labels, want[i].labels, sizeof want->labels);
		ck_assert_mem_eq(b->positions, want[i].positions, sizeof want->positions);
		for (size_t k = 0; k < SEQ; k++)
			ck_assert_uint_eq(b->loss_mask[k], want[i].mask[k] == '1');
		ck_assert_uint_eq(b->segments, want[i].segments);
		ck_assert_uint_eq(b->longest, want[i].longest);
		for (size_t k = 0; k <= want[i].segments; k++)
			ck_assert_int_eq(b->cu_seqlens[k], want[i].borders[k]);
		tshard_feed_close(f);
	}
	tshard_run_close(r);
}
END_TEST

/* Without a flag for it, an array is NULL; labels that need the mask still have it. */
START_TEST(only_what_is_asked)
{
	const struct tshard_feed_config c = { .consumed = 1,
		.flags = TSHARD_FEED_LABELS | TSHARD_FEED_IGNORE };
	struct tshard_run *r = open_run();
	struct tshard_feed *f = open_feed(r, &c);
	const struct tshard_batch *b;

	ck_assert_int_eq(next_batch(f, &b), 1);
	ck_assert_ptr_null(b->loss_mask);
	ck_assert_ptr_null(b->positions);
	ck_assert_ptr_null(b->cu_seqlens);
	ck_assert_uint_eq(b->segments, 2);
	ck_assert_int_eq(b->labels[2], -100);
	tshard_feed_close(f);
	tshard_run_close(r);
}
END_TEST

struct order {
	uint32_t order, dp, micro_batch;
	uint64_t consumed, most;
};

static const struct order orders[] = {
	{ TSHARD_FEED_MEGATRON, 1, 1, 0, 0 },
	{ TSHARD_FEED_MEGATRON, 2, 3, 0, 0 },
	{ TSHARD_FEED_MEGATRON, 2, 3, 5, 0 },
	{ TSHARD_FEED_MEGATRON, 4, 2, 3, 9 },
	{ TSHARD_FEED_MEGATRON, 12, 1, 0, 0 },
	{ TSHARD_FEED_MEGATRON, 13, 1, 0, 0 },
	{ TSHARD_FEED_MEGATRON, 1, 1, 12, 0 },
	{ TSHARD_FEED_STRIDED, 2, 3, 0, 0 },
	{ TSHARD_FEED_STRIDED, 5, 2, 1, 0 },
	{ TSHARD_FEED_STRIDED, 4, 1, 3, 9 },
};

/* Mark the samples of one rank, in the places that a fresh count gives. */
static void
read_rank(const struct tshard_run *r, const struct order *o, uint32_t rank,
    uint32_t depth, uint8_t seen[SAMPLES])
{
	const struct tshard_feed_config c = { .consumed = o->consumed,
		.most = o->most,
		.micro_batch = o->micro_batch,
		.dp = o->dp,
		.rank = rank,
		.depth = depth,
		.order = o->order };
	struct tshard_feed *f = open_feed(r, &c);
	const struct tshard_batch *b;
	uint64_t at = o->consumed;

	while (next_batch(f, &b)) {
		for (uint32_t i = 0; i < b->samples; i++) {
			uint64_t want = o->order == TSHARD_FEED_MEGATRON
					    ? at + (uint64_t)rank * o->micro_batch + i
					    : at + (uint64_t)i * o->dp + rank;

			ck_assert_uint_eq(b->number[i], want);
			ck_assert_int_eq(b->tokens[(size_t)i * SEQ], want % 4 == 0 ? 13
								     : want % 4 == 1
									 ? 15
									 : 10);
			seen[want]++;
		}
		at += (uint64_t)o->dp * o->micro_batch;
		ck_assert_uint_eq(b->consumed, at);
	}
	ck_assert_int_eq(next_batch(f, &b), 0);
	tshard_feed_close(f);
}

/* The ranks together have each sample once, except a rest smaller than a batch. */
START_TEST(ranks)
{
	const struct order *o = &orders[_i];
	const uint64_t step = (uint64_t)o->dp * o->micro_batch;
	const uint64_t most = o->most ? o->most : SAMPLES - o->consumed;
	struct tshard_run *r = open_run();

	for (uint32_t depth = 0; depth < 4; depth++) {
		uint8_t seen[SAMPLES] = { 0 };

		for (uint32_t rank = 0; rank < o->dp; rank++)
			read_rank(r, o, rank, depth, seen);
		for (uint64_t i = 0; i < SAMPLES; i++)
			ck_assert_uint_eq(seen[i],
			    i >= o->consumed && i < o->consumed + most / step * step);
	}
	tshard_run_close(r);
}
END_TEST

/* The batches of the workers, in turn, are those of the rank. */
START_TEST(workers)
{
	const uint32_t n = _i < 0 ? 1 : (uint32_t)_i + 1;
	struct tshard_feed_config c = {
		.micro_batch = 2, .dp = 2, .rank = 1, .consumed = 1, .depth = 1
	};
	struct tshard_feed *part[4], *whole;
	struct tshard_run *r = open_run();
	const struct tshard_batch *b, *want;
	uint32_t at = 0;

	whole = open_feed(r, &c);
	c.workers = n;
	for (c.worker = 0; c.worker < n; c.worker++)
		part[c.worker] = open_feed(r, &c);
	while (next_batch(whole, &want)) {
		ck_assert_int_eq(next_batch(part[at++ % n], &b), 1);
		ck_assert_uint_eq(b->consumed, want->consumed);
		ck_assert_mem_eq(b->number, want->number, 2 * sizeof *b->number);
		ck_assert_mem_eq(b->tokens, want->tokens, sizeof *b->tokens * 2 * SEQ);
	}
	ck_assert_uint_eq(at, 2);
	for (uint32_t i = 0; i < n; i++) {
		ck_assert_int_eq(next_batch(part[i], &b), 0);
		tshard_feed_close(part[i]);
	}
	tshard_feed_close(whole);
	tshard_run_close(r);
}
END_TEST

/* All arrays of all batches are in the memory of the caller, whose bounds hold. */
START_TEST(memory_of_the_caller)
{
	const struct tshard_feed_config c = {
		.micro_batch = 3, .depth = 2, .flags = TSHARD_FEED_ALL
	};
	struct tshard_run *r = open_run();
	const struct tshard_batch *b;
	struct tshard_feed *f;
	unsigned char *memory;
	void *p = NULL;
	size_t n;

	OK(tshard_feed_bytes(r, &c, &n, &ts_e));
	ck_assert_int_eq(posix_memalign(&p, 64, n + 64), 0);
	memory = p;
	memset(memory + n, 0xa5, 64);
	ck_assert_int_eq(tshard_feed_open(&f, r, &c, memory + 4, &ts_e), -1);
	ck_assert_int_eq(ts_e.code, TSHARD_DATA);
	OK(tshard_feed_open(&f, r, &c, memory, &ts_e));
	while (next_batch(f, &b)) {
		const unsigned char *last =
		    (const unsigned char *)&b->cu_seqlens[3 * SEQ + 1];

		ck_assert((const unsigned char *)b->number >= memory);
		ck_assert(last <= memory + n);
		ck_assert_uint_eq((uintptr_t)b->tokens % 64, 0);
	}
	tshard_feed_close(f);
	for (size_t i = 0; i < 64; i++)
		ck_assert_uint_eq(memory[n + i], 0xa5);
	free(memory);
	tshard_run_close(r);
}
END_TEST

/* Configurations that no run can satisfy; the message has the value and the limit. */
START_TEST(refused)
{
	static const unsigned char other[16] = { 1 };
	static const struct {
		struct tshard_feed_config c;
		const char *want;
	} bad[] = {
		{ { .dp = 2, .rank = 2 }, "rank 2: must be below dp, 2" },
		{ { .rank = 1 }, "rank 1: must be below dp, 1" },
		{ { .workers = 3, .worker = 3 }, "worker 3: must be below workers, 3" },
		{ { .consumed = SAMPLES + 1 }, "sample 13: must be at most 12" },
		{ { .consumed = 4, .most = 9 },
		    "number of samples 9: must be at most 8" },
		{ { .micro_batch = 1 << 24, .dp = 2 },
		    "micro-batch 16777216: must be at most" },
		{ { .depth = 1 << 20 }, "depth 1048576: must be at most" },
		{ { .order = 2 }, "order 2: must be at most 1" },
		{ { .run_id = other },
		    "is another run: its id differs from the one to resume: name" },
	};
	struct tshard_run *r = open_run();
	struct tshard_feed *f;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		ck_assert_int_eq(tshard_feed_open(&f, r, &bad[i].c, NULL, &ts_e), -1);
		ck_assert_ptr_null(f);
		ck_assert_int_eq(ts_e.code, TSHARD_DATA);
		ck_assert_msg(strstr(ts_e.msg, bad[i].want) != NULL, "%s", ts_e.msg);
	}
	tshard_run_close(r);
}
END_TEST

/* Read on to the first error, and return how many batches came before. */
static unsigned
batches_before_error(const struct tshard_run *r, uint32_t depth)
{
	const struct tshard_feed_config c = { .depth = depth };
	struct tshard_feed *f = open_feed(r, &c);
	const struct tshard_batch *b;
	unsigned n = 0;
	int rc;

	while ((rc = tshard_feed_next(f, &b, &ts_e)) > 0)
		n++;
	ck_assert_int_eq(rc, -1);
	ck_assert_ptr_null(b);
	tshard_feed_close(f);
	return n;
}

/* A damaged, a foreign and a missing shard: never a wrong token, and the place. */
START_TEST(damage)
{
	const uint32_t depth = (uint32_t)_i;
	struct tshard_run *r = open_run();
	const char *path = ts_path("shard-00002.bin");
	char *bytes;
	size_t n;

	bytes = ts_get(path, &n);
	bytes[n / 2] ^= 4;
	ts_put(path, bytes, n);
	ck_assert_uint_eq(batches_before_error(r, depth), 8);
	ck_assert_int_eq(ts_e.code, TSHARD_DATA);
	ck_assert_msg(strncmp(ts_e.msg, "sample 8: ", 10) == 0, "%s", ts_e.msg);
	ck_assert_msg(strstr(ts_e.msg, "shard-00002.bin: byte ") != NULL, "%s", ts_e.msg);
	ts_put(path, bytes, n - 1);
	ck_assert_uint_eq(batches_before_error(r, depth), 8);
	ck_assert_int_eq(ts_e.code, TSHARD_DATA);
	free(bytes);
	ts_unlink("shard-00001");
	ck_assert_uint_eq(batches_before_error(r, depth), 4);
	ck_assert_int_eq(ts_e.code, TSHARD_MISSING);
	ck_assert_msg(strncmp(ts_e.msg, "sample 4: ", 10) == 0, "%s", ts_e.msg);
	tshard_run_close(r);
}
END_TEST

/* A flipped bit in the rows that labels, masks and positions come from. */
START_TEST(damaged_rows)
{
	static const char *const tag[] = { "SEGIDX", "SEG", "NEXT", "BLKCRC" };
	struct tshard_run *r = open_run();
	const char *path = ts_path("shard-00001.sdx");
	const struct tshard_section *sec;
	struct tshard *s;
	uint64_t last;
	char *bytes;
	size_t n;

	OK(tshard_run_shard(r, 1, 0, &s, &ts_e));
	sec = tshard_section(s, tag[_i]);
	ck_assert_ptr_nonnull(sec);
	last = sec->offset + sec->bytes - 4;
	tshard_close(s);
	bytes = ts_get(path, &n);
	bytes[last] ^= 1;
	ts_put(path, bytes, n);
	free(bytes);
	ck_assert_uint_eq(batches_before_error(r, 1), 4);
	ck_assert_int_eq(ts_e.code, TSHARD_DATA);
	ck_assert_msg(strncmp(ts_e.msg, "sample 4: ", 10) == 0, "%s", ts_e.msg);
	ck_assert_msg(strstr(ts_e.msg, "shard-00001.sdx") != NULL, "%s", ts_e.msg);
	ck_assert_msg(strstr(ts_e.msg, tag[_i]) != NULL, "%s", ts_e.msg);
	tshard_run_close(r);
}
END_TEST

/* A shard that shrinks while the run is open. */
START_TEST(shrinks)
{
	const struct tshard_feed_config c = { .depth = (uint32_t)_i,
		.flags = TSHARD_FEED_ALL };
	struct tshard_run *r = open_run();
	struct tshard_feed *f = open_feed(r, &c);
	const struct tshard_batch *b;
	int rc;

	ck_assert_int_eq(next_batch(f, &b), 1);
	ck_assert_int_eq(truncate(ts_path("shard-00001.bin"), 40), 0);
	while ((rc = tshard_feed_next(f, &b, &ts_e)) > 0)
		ck_assert_uint_lt(b->number[0], 4);
	ck_assert_int_eq(rc, -1);
	ck_assert_ptr_nonnull(strstr(ts_e.msg, "shard-00001"));
	tshard_feed_close(f);
	tshard_run_close(r);
}
END_TEST

/* A process that fork made: neither next nor close waits for a thread that it lacks. */
START_TEST(forked)
{
	const struct tshard_feed_config c = { .depth = (uint32_t)_i };
	struct tshard_run *r = open_run();
	struct tshard_feed *f = open_feed(r, &c);
	const struct tshard_batch *b;
	int status;
	pid_t child;

	ck_assert_int_eq(next_batch(f, &b), 1);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		int rc = tshard_feed_next(f, &b, &ts_e);
		bool names_it = rc == -1 && ts_e.code == TSHARD_DATA &&
				strstr(ts_e.msg, "reads ahead for it") != NULL;

		tshard_feed_close(f);
		_exit(_i == 0 ? rc != 1 : !names_it);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	/* The parent's position and thread are its own. */
	ck_assert_int_eq(next_batch(f, &b), 1);
	ck_assert_uint_eq(b->number[0], 1);
	tshard_feed_close(f);
	tshard_run_close(r);
}
END_TEST

TCase *
tshard_feed_case(void)
{
	TCase *t = tcase_create("feed");

	tcase_add_checked_fixture(t, ts_setup, ts_teardown);
	tcase_add_test(t, arrays);
	tcase_add_test(t, only_what_is_asked);
	tcase_add_loop_test(t, ranks, 0, (int)(sizeof orders / sizeof *orders));
	tcase_add_loop_test(t, workers, 0, 4);
	tcase_add_test(t, memory_of_the_caller);
	tcase_add_test(t, refused);
	tcase_add_loop_test(t, damage, 0, 3);
	tcase_add_loop_test(t, damaged_rows, 0, 4);
	tcase_add_loop_test(t, shrinks, 0, 3);
	tcase_add_loop_test(t, forked, 0, 3);
	return t;
}
