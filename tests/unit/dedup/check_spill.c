/* check_spill.c - test that records come back from memory and from temporary files. */
#include <check.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "dedup/spill.h"
#include "tests/unit/testing.h"

Suite *spill_suite(void);

enum { PARTS = 9 };

/* Limits of memory, and the largest record. */
static const struct {
	uint64_t limit;
	size_t largest;
} sizes[] = {
	{ 0, 40 },
	{ 0, 300000 },
	{ 10000, 40 },
	{ 10000, 20000 },
	{ 200000, 1000 },
	{ 200000, 3 << 20 },
	{ UINT64_C(1) << 40, 5000 },
};

/* A record is a count of bytes (4 bytes), and bytes that follow from the position. */
static void
make_record(struct buf *b, size_t part, size_t nth, size_t n)
{
	const uint32_t count = (uint32_t)n;

	b->n = 0;
	buf_put(b, &count, sizeof count);
	for (size_t i = 0; i < n; i++)
		buf_putc(b, (char)(part * 31 + nth * 7 + i));
}

/* A partition as it comes back. */
struct reading {
	size_t part, nth; /* records so far */
	uint64_t bytes;
	uint64_t stop; /* the call that returns -1; 0: none */
	uint64_t calls;
};

/* Pieces are whole records. */
static int
check_records(void *arg, struct span s, struct err *err)
{
	struct reading *r = arg;

	r->bytes += s.n;
	while (s.n) {
		uint32_t n;

		MUST(s.n >= sizeof n);
		memcpy(&n, s.p, sizeof n);
		s = span_from(s, sizeof n);
		MUST(s.n >= n);
		for (size_t i = 0; i < n; i++)
			MUST(s.p[i] == (char)(r->part * 31 + r->nth * 7 + i));
		s = span_from(s, n);
		r->nth++;
	}
	return ++r->calls == r->stop ? err_set(err, EXIT_NO, "stop") : 0;
}

/* Put random records; records[part] counts them. */
static void
fill(struct spill *s, size_t total, size_t largest, size_t *records, uint64_t *rng)
{
	struct buf b = { 0 };
	struct err err = { 0 };

	for (size_t done = 0; done < total; done += b.n) {
		const size_t part = random_below(rng, random_below(rng, PARTS) + 1),
			     most = random_below(rng, 20) ? 40 : largest;

		make_record(&b, part, records[part]++, random_below(rng, most + 1));
		MUST(spill_put(s, part, b.p, b.n, &err) == 0);
	}
	buf_free(&b);
}

START_TEST(records_come_back)
{
	const size_t largest = sizes[_i].largest,
		     total = largest > 100000 ? 4 << 20 : SIZED(1 << 19, 1 << 17);
	struct spill_pool pool = { .dir = "/tmp", .limit = sizes[_i].limit };
	struct spill *s[2] = { spill_new(&pool, PARTS), spill_new(&pool, PARTS) };
	size_t records[2][PARTS] = { { 0 } };
	struct err err = { 0 };
	uint64_t rng = (uint64_t)_i + 1;

	for (int round = 0; round < 3; round++) {
		for (size_t k = 0; k < 2; k++)
			fill(s[k], total >> (2 * k), largest, records[k], &rng);
		for (size_t k = 0; k < 2; k++)
			for (size_t part = 0; part < PARTS; part++) {
				struct reading r = { .part = part };

				MUST(
				    spill_read(s[k], part, check_records, &r, &err) == 0);
				MUST(r.nth == records[k][part]);
				MUST(r.bytes == spill_bytes(s[k], part));
			}
	}
	if (sizes[_i].limit <= 200000)
		ck_assert_uint_gt(pool.file, 0);
	else
		ck_assert_uint_eq(pool.file, 0);
	spill_free(s[0]);
	spill_free(s[1]);
	spill_free(NULL);
	ck_assert_uint_eq(pool.used, 0);
	ck_assert_uint_eq(pool.file, 0);
}
END_TEST

/* Memory stays near the limit: a chunk for each partition, and what is left in others. */
START_TEST(memory_is_limited)
{
	const uint64_t limit = 4 << 20;
	struct spill_pool pool = { .dir = "/tmp", .limit = limit };
	struct spill *s[4];
	struct err err = { 0 };
	char record[1000] = { 0 };
	uint64_t rng = 1, most = 0;

	for (size_t k = 0; k < 4; k++)
		s[k] = spill_new(&pool, PARTS);
	for (size_t i = 0; i < SIZED(32000, 8000); i++) {
		const size_t k = random_below(&rng, random_below(&rng, 4) + 1);

		MUST(spill_put(s[k], random_below(&rng, PARTS), record, sizeof record,
			 &err) == 0);
		if (pool.used > most)
			most = pool.used;
	}
	ck_assert_uint_le(most, limit + limit / 2);
	ck_assert_uint_gt(pool.file_max, limit / 2);
	for (size_t k = 0; k < 4; k++)
		spill_free(s[k]);
}
END_TEST

START_TEST(reading_stops)
{
	struct spill_pool pool = { .dir = "/tmp", .limit = _i ? 1 << 20 : 0 };
	struct spill *s = spill_new(&pool, 1);
	struct reading r = { .stop = 2 };
	struct err err = { 0 };
	struct buf b = { 0 };

	for (size_t i = 0; i < 40; i++) {
		make_record(&b, 0, i, 100000);
		ck_assert_int_eq(spill_put(s, 0, b.p, b.n, &err), 0);
	}
	ck_assert_int_eq(spill_read(s, 0, check_records, &r, &err), -1);
	ck_assert_uint_eq(r.calls, 2);
	ck_assert_int_eq(err.code, EXIT_NO);
	buf_free(&b);
	spill_free(s);
}
END_TEST

static int
put_until_error(struct spill_pool *pool, struct err *err)
{
	struct spill *s = spill_new(pool, PARTS);
	char record[5000] = { 0 };
	int rc = 0;

	for (size_t i = 0; i < 1000 && rc == 0; i++)
		rc = spill_put(s, i % PARTS, record, sizeof record, err);
	spill_free(s);
	ck_assert_uint_eq(pool->used, 0);
	ck_assert_uint_eq(pool->file, 0);
	return rc;
}

START_TEST(missing_directory)
{
	struct spill_pool pool = { .dir = "no-such-directory" };
	struct err err = { 0 };

	ck_assert_int_eq(put_until_error(&pool, &err), -1);
	ck_assert_int_eq(err.code, EXIT_USAGE);
	ck_assert_ptr_nonnull(strstr(err.msg, "directory 'no-such-directory'"));
}
END_TEST

/* A limit on the size of files, as a full disk: in the middle of a record. */
START_TEST(full_disk)
{
	struct spill_pool pool = { .dir = "/tmp", .limit = 100000 };
	const struct rlimit small = { 123456, 123456 };
	struct err err = { 0 };

	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	ck_assert_int_eq(put_until_error(&pool, &err), -1);
	ck_assert_int_eq(err.code, EXIT_SYSTEM);
	ck_assert_ptr_nonnull(
	    strstr(err.msg, "cannot write a temporary file in directory '/tmp'"));
}
END_TEST

struct reader {
	const struct spill *s;
	const size_t *records;
	size_t first; /* partition */
	pthread_t thread;
};

static void *
read_parts(void *arg)
{
	const struct reader *x = arg;
	struct err err = { 0 };

	for (size_t i = 0; i < PARTS; i++) {
		struct reading r = { .part = (i + x->first) % PARTS };

		MUST(spill_read(x->s, r.part, check_records, &r, &err) == 0);
		MUST(r.nth == x->records[r.part]);
	}
	return NULL;
}

/* Partitions are read by several threads at once. */
START_TEST(threads_read)
{
	struct spill_pool pool = { .dir = "/tmp", .limit = _i ? 0 : UINT64_C(1) << 40 };
	struct spill *s = spill_new(&pool, PARTS);
	size_t records[PARTS] = { 0 };
	struct reader x[4];
	uint64_t rng = 1;

	fill(s, 1 << 20, 10000, records, &rng);
	for (size_t i = 0; i < 4; i++) {
		x[i] = (struct reader){ .s = s, .records = records, .first = i / 2 };
		ck_assert_int_eq(
		    pthread_create(&x[i].thread, NULL, read_parts, &x[i]), 0);
	}
	for (size_t i = 0; i < 4; i++)
		pthread_join(x[i].thread, NULL);
	spill_free(s);
}
END_TEST

START_TEST(pools)
{
	struct spill_pool pool;
	struct err err = { 0 };

	ck_assert_int_eq(spill_pool_init(&pool, 4 << 20, "/tmp", &err), 0);
	ck_assert_str_eq(pool.dir, "/tmp");
	ck_assert_uint_eq(pool.limit, 2 << 20);
	setenv("TMPDIR", ".", 1);
	ck_assert_int_eq(spill_pool_init(&pool, 0, NULL, &err), 0);
	ck_assert_str_eq(pool.dir, ".");
	ck_assert_uint_gt(pool.memory, 1 << 20);
	setenv("TMPDIR", "", 1);
	ck_assert_int_eq(spill_pool_init(&pool, 1 << 20, NULL, &err), 0);
	ck_assert_str_eq(pool.dir, "/tmp");
	ck_assert_int_eq(spill_pool_init(&pool, (1 << 20) - 1, NULL, &err), -1);
	ck_assert_int_eq(err.code, EXIT_USAGE);
	err = (struct err){ 0 };
	ck_assert_int_eq(spill_pool_init(&pool, 0, "no-such-directory", &err), -1);
	ck_assert_int_eq(err.code, EXIT_USAGE);
}
END_TEST

Suite *
spill_suite(void)
{
	Suite *s = suite_create("spill");
	TCase *t = tcase_create("spill");

	tcase_add_loop_test(t, records_come_back, 0, (int)(sizeof sizes / sizeof *sizes));
	tcase_add_test(t, memory_is_limited);
	tcase_add_loop_test(t, reading_stops, 0, 2);
	tcase_add_test(t, missing_directory);
	tcase_add_test(t, full_disk);
	tcase_add_loop_test(t, threads_read, 0, 2);
	tcase_add_test(t, pools);
	suite_add_tcase(s, t);
	return s;
}
