/* feed.c - read a run as the ranks of a training job would, and print a hash of it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "lib/base/hash.h"
#include "lib/driver/common.h"
#include "lib/driver/tty.h"
#include "shards/tshard_err.h"

#define ALL	   UINT64_MAX
#define DEPTH_AUTO UINT64_MAX

/*
 * A call of tshard_feed_next that wakes the reader takes as long as all others together.
 * The deeper the ring, the fewer there are: see docs/figures.md.
 */
enum { LEAST_DEPTH = 8, MOST_DEPTH = 64, MOST_BYTES = 64 << 20 };

struct feed {
	uint64_t consumed, samples, micro_batch, dp, rank, depth, step;
	unsigned order;
	bool within, bench;
};

static const struct feed defaults = {
	.samples = ALL, .micro_batch = 1, .dp = 1, .rank = ALL, .depth = DEPTH_AUTO
};

static const struct opt opts[] = {
	OPT_U64(
	    0, "consumed", struct feed, consumed, "samples that were consumed before"),
	OPT_U64('n', "samples", struct feed, samples,
	    "samples to read, of all ranks; default: up to the end"),
	OPT_U64(0, "dp", struct feed, dp, "number of data-parallel ranks"),
	OPT_U64(0, "rank", struct feed, rank,
	    "rank to read; default: all, in the order of the run"),
	OPT_U64(0, "micro-batch", struct feed, micro_batch, "samples of a micro-batch"),
	OPT_ENUM(0, "order", struct feed, order, "megatron|strided",
	    "samples of a rank: those of a micro-batch follow each other, or every "
	    "DP-th"),
	OPT_U64(0, "depth", struct feed, depth,
	    "batches to read ahead; default: 8 to 64, as 64 MiB allow"),
	OPT_BOOL(0, "within", struct feed, within,
	    "give the last token of a document no target"),
	OPT_BOOL(0, "bench", struct feed, bench, "print speed and latency"),
	OPT_U64(0, "step", struct feed, step,
	    "with --bench: microseconds between batches, for a training step"),
	OPT_END,
};

/* The feeds of all ranks that are read, and what they gave. */
struct feeds {
	const struct feed *t;
	struct tshard_feed **feed;
	const struct tshard_batch **batch;
	uint32_t n; /* ranks */
	struct hasher *hash;
	uint64_t samples, tokens, targets;
	bool show; /* progress */
	/* --bench: microseconds of each call of tshard_feed_next. */
	struct progress clock;
	double *latency;
	size_t calls, room;
};

/* Since reading began. */
static double
microseconds(const struct feeds *r)
{
	return progress_seconds(&r->clock) * 1e6;
}

/* Hash one sample: its number, tokens, labels and loss mask. */
static void
add_row(struct feeds *r, const struct tshard_batch *b, uint32_t row)
{
	const size_t n = b->seq_len, at = row * n;
	unsigned char number[8];

	for (size_t i = 0; i < n; i++)
		r->targets += b->loss_mask[at + i];
	r->samples++;
	r->tokens += n;
	if (!r->hash)
		return;
	for (int i = 0; i < 8; i++)
		number[i] = (unsigned char)(b->number[row] >> 8 * i);
	hasher_add(r->hash, (struct span){ (const char *)number, sizeof number });
	hasher_add(r->hash,
	    (struct span){ (const char *)(b->tokens + at), n * sizeof *b->tokens });
	hasher_add(r->hash,
	    (struct span){ (const char *)(b->labels + at), n * sizeof *b->labels });
	hasher_add(r->hash, (struct span){ (const char *)(b->loss_mask + at), n });
}

/* Add the batches of all ranks, in the order of the run. */
static void
add_batches(struct feeds *r)
{
	const uint32_t rows = r->batch[0]->samples;

	if (r->t->order == TSHARD_FEED_STRIDED)
		for (uint32_t i = 0; i < rows; i++)
			for (uint32_t k = 0; k < r->n; k++)
				add_row(r, r->batch[k], i);
	else
		for (uint32_t k = 0; k < r->n; k++)
			for (uint32_t i = 0; i < rows; i++)
				add_row(r, r->batch[k], i);
}

static void
add_latency(struct feeds *r, double us)
{
	if (r->calls == r->room) {
		r->room = r->room ? 2 * r->room : 1024;
		r->latency = xrealloc(r->latency, r->room, sizeof *r->latency);
	}
	r->latency[r->calls++] = us;
}

/* The next batch of each rank: 1, 0 at the end, -1 with *err. */
static int
next_batches(struct feeds *r, struct err *err)
{
	struct tshard_error e = { 0 };
	int rc = 1;

	for (uint32_t k = 0; k < r->n && rc > 0; k++) {
		double start = r->t->bench ? microseconds(r) : 0;

		rc = tshard_feed_next(r->feed[k], &r->batch[k], &e);
		if (r->t->bench && rc > 0)
			add_latency(r, microseconds(r) - start);
	}
	return rc < 0 ? err_tshard(err, &e) : rc;
}

/* Wait as long as a training step would take. */
static void
train(uint64_t us)
{
	struct timespec t = { .tv_sec = (time_t)(us / 1000000),
		.tv_nsec = (long)(us % 1000000 * 1000) };

	if (us > 0)
		nanosleep(&t, NULL);
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
print_bench(struct feeds *r, double us)
{
	const double bytes = (double)r->tokens * 4;

	printf("%.0f MB/s of ids, %.2f s\n", us > 0 ? bytes / us : 0, us / 1e6);
	if (r->calls == 0)
		return;
	qsort(r->latency, r->calls, sizeof *r->latency, by_value);
	printf("next: median %.1f us, p99 %.1f us, p99.9 %.1f us, most %.1f us\n",
	    r->latency[r->calls / 2], r->latency[r->calls * 99 / 100],
	    r->latency[r->calls * 999 / 1000], r->latency[r->calls - 1]);
}

/* As many batches as fit into MOST_BYTES, shared by all ranks that are read. */
static int
choose_depth(const struct feeds *r, const struct tshard_run *run,
    struct tshard_feed_config *c, struct tshard_error *e)
{
	size_t one, most;

	c->depth = 0;
	if (tshard_feed_bytes(run, c, &one, e) < 0)
		return -1;
	most = MOST_BYTES / r->n / one;
	c->depth = most < LEAST_DEPTH  ? LEAST_DEPTH
		   : most > MOST_DEPTH ? MOST_DEPTH
				       : (uint32_t)most;
	return 0;
}

static int
open_feeds(struct feeds *r, const struct tshard_run *run, struct err *err)
{
	const struct feed *t = r->t;
	struct tshard_feed_config c = {
		.consumed = t->consumed,
		.most = t->samples == ALL ? 0 : t->samples,
		.micro_batch = (uint32_t)t->micro_batch,
		.dp = (uint32_t)t->dp,
		.depth = (uint32_t)t->depth,
		.order = t->order,
		.flags = TSHARD_FEED_ALL | (t->within ? TSHARD_FEED_WITHIN : 0),
	};
	struct tshard_error e = { 0 };

	if (t->depth == DEPTH_AUTO) {
		c.rank = t->rank == ALL ? 0 : (uint32_t)t->rank;
		if (choose_depth(r, run, &c, &e) < 0)
			return err_tshard(err, &e);
	}
	for (uint32_t k = 0; k < r->n; k++) {
		c.rank = t->rank == ALL ? k : (uint32_t)t->rank;
		if (tshard_feed_open(&r->feed[k], run, &c, NULL, &e) < 0)
			return err_tshard(err, &e);
	}
	return 0;
}

static int
read_run(struct feeds *r, const struct tshard_run *run, struct err *err)
{
	char hex[33];
	int rc;

	if (open_feeds(r, run, err) < 0)
		return -1;
	progress_init(&r->clock, r->show);
	while ((rc = next_batches(r, err)) > 0) {
		add_batches(r);
		if (progress_due(&r->clock))
			progress_line(&r->clock, "feed: %" PRIu64 " samples, %.1f Gtok",
			    r->samples, (double)r->tokens / 1e9);
		train(r->t->step);
	}
	progress_clear(&r->clock);
	if (rc < 0)
		return -1;
	if (r->t->bench) {
		print_bench(r, microseconds(r));
		return 0;
	}
	hash128_hex(hasher_sum(r->hash), hex);
	printf("%s  %" PRIu64 " samples, %" PRIu64 " tokens, %" PRIu64 " targets\n", hex,
	    r->samples, r->tokens, r->targets);
	return 0;
}

static int
check_options(const struct feed *t, int n, struct err *err)
{
	if (n != 1)
		return err_set(err, EXIT_USAGE, "%s: name the directory of one run",
		    n == 0 ? "no DIR" : "several operands");
	if (t->samples == 0)
		return err_set(err, EXIT_USAGE, "-n 0: must be at least 1");
	if (t->dp == 0 || t->dp > 65536)
		return err_set(
		    err, EXIT_USAGE, "--dp %" PRIu64 ": must be 1 to 65536", t->dp);
	if (t->rank != ALL && t->rank >= t->dp)
		return err_set(err, EXIT_USAGE,
		    "--rank %" PRIu64 ": must be below --dp %" PRIu64, t->rank, t->dp);
	if (t->micro_batch == 0 || t->micro_batch > 65536)
		return err_set(err, EXIT_USAGE,
		    "--micro-batch %" PRIu64 ": must be 1 to 65536", t->micro_batch);
	if (t->step > 1000000000 || (t->step > 0 && !t->bench))
		return err_set(err, EXIT_USAGE,
		    "--step %" PRIu64 ": must be at most 1000000000, with --bench",
		    t->step);
	if (t->depth > 65536 && t->depth != DEPTH_AUTO)
		return err_set(
		    err, EXIT_USAGE, "--depth %" PRIu64 ": must be 0 to 65536", t->depth);
	return 0;
}

static int
feed_run(void *self, const struct common *c, int n, char **operand, struct err *err)
{
	const struct feed *t = self;
	struct feeds r = { .t = t };
	struct tshard_error e = { 0 };
	struct tshard_run *run = NULL;

	if (check_options(t, n, err) < 0)
		return -1;
	r.n = t->rank == ALL ? (uint32_t)t->dp : 1;
	r.feed = xcalloc(r.n, sizeof *r.feed);
	r.batch = xcalloc(r.n, sizeof *r.batch);
	if (!t->bench)
		r.hash = hasher_new();
	r.show = !t->bench && common_progress(c);
	if (tshard_run_open(&run, operand[0], &e) < 0)
		err_tshard(err, &e);
	else
		read_run(&r, run, err);
	for (uint32_t k = 0; k < r.n; k++)
		tshard_feed_close(r.feed[k]);
	tshard_run_close(run);
	hasher_free(r.hash);
	free(r.latency);
	free(r.batch);
	free(r.feed);
	return err->code ? -1 : 0;
}

const struct tool tool_feed = {
	.name = "feed",
	.summary = "read a run as training ranks would, and print a hash of it",
	.example = "tamis feed --dp 8 --micro-batch 4 shards/",
	.operands = "DIR",
	.common = " progress ",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.run = feed_run,
};
