/* feed_ring.c - read a rank's samples of a run ahead, by micro-batches. */
#include "shards/tshard/feed_fill.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	ALIGN = 64,
	MOST_BATCH = 1 << 24, /* samples of all ranks in a micro-batch */
	MOST_DEPTH = 1 << 16,
};

/* The room for one batch.  A batch keeps pointers to const: these are the same. */
struct slot {
	struct tshard_batch b;
	uint64_t *number;
	uint16_t *source;
	int32_t *tokens, *labels, *positions, *cu_seqlens;
	uint8_t *mask;
};

struct tshard_feed {
	const struct tshard_run *run;
	struct tshard_feed_config c; /* without zeros */
	size_t seq;
	uint64_t batches, at; /* of the rank, and the next to read */
	/* The open shard. */
	size_t line;
	struct tshard *shard;
	struct tshard_sample_iter *it;

	void *memory; /* owned, or NULL */
	struct slot *slot;
	uint32_t n_slots;

	/*
	 * Batches filled and returned so far.  The last one returned is the caller's.
	 * Each side changes one of them and takes the lock only to wait, or to wake the
	 * other: a caller never waits for a reader that was preempted.
	 */
	_Atomic uint64_t filled, returned;
	_Atomic bool reader_waits, caller_waits, stop, ended;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_t thread;
	bool threaded;
	pid_t process; /* that has the thread: a fork does not copy it */
	int end_code;  /* 0, or -1 with end_error */
	struct tshard_error end_error;
};

/* ---- memory ---- */

/* The place of n bytes in memory; NULL, if it is only being measured, too. */
static void *
place(unsigned char *memory, size_t *at, size_t n)
{
	void *p = memory ? memory + *at : NULL;

	*at += (n + ALIGN - 1) / ALIGN * ALIGN;
	return p;
}

/* Lay out one slot.  A batch has at most 2^31 - 1 tokens, so the sum fits size_t. */
static void
place_slot(const struct tshard_feed_config *c, size_t seq, unsigned char *memory,
    size_t *at, struct slot *s)
{
	size_t rows = c->micro_batch, n = rows * seq;

	s->number = place(memory, at, rows * sizeof *s->number);
	s->source = place(memory, at, rows * sizeof *s->source);
	s->tokens = place(memory, at, n * sizeof *s->tokens);
	if (c->flags & TSHARD_FEED_LABELS)
		s->labels = place(memory, at, n * sizeof *s->labels);
	if ((c->flags & TSHARD_FEED_LOSS_MASK) ||
	    (c->flags & TSHARD_FEED_LABELS && c->flags & TSHARD_FEED_IGNORE))
		s->mask = place(memory, at, n);
	if (c->flags & TSHARD_FEED_POSITIONS)
		s->positions = place(memory, at, n * sizeof *s->positions);
	if (c->flags & TSHARD_FEED_CU_SEQLENS)
		s->cu_seqlens = place(memory, at, (n + 1) * sizeof *s->cu_seqlens);
}

static int
bad_config(const struct tshard_run *r, struct tshard_error *e, const char *what,
    unsigned long long value, const char *limit, unsigned long long bound)
{
	return tsi_fail(e, TSHARD_DATA, "%s: %s %llu: must be %s %llu", tshard_run_dir(r),
	    what, value, limit, bound);
}

/* The tokens of a sample of the run; at its end, of the last one. */
static uint32_t
seq_at(const struct tshard_run *r, uint64_t sample)
{
	size_t line;
	uint64_t local;

	if (tshard_run_find(r, sample, &line, &local) < 0)
		line = tshard_run_shards(r) - 1;
	return tshard_run_at(r, line)->seq_len;
}

/* Replace zeros by their defaults, and check. */
static int
check_config(const struct tshard_run *r, const struct tshard_feed_config *from,
    struct tshard_feed_config *c, struct tshard_error *e)
{
	const struct tshard_header *h = tshard_run_header(r);
	const uint32_t seq = seq_at(r, from->consumed);
	uint64_t first = tshard_run_at(r, 0)->first_sample;
	uint64_t end = first + tshard_run_samples(r);

	*c = *from;
	c->micro_batch += c->micro_batch == 0;
	c->dp += c->dp == 0;
	c->workers += c->workers == 0;
	if (h->kind == TSHARD_DOCS)
		return tsi_fail(e, TSHARD_DATA,
		    "%s: holds documents, not samples: run 'tamis mix'",
		    tshard_run_dir(r));
	if (c->run_id && memcmp(c->run_id, h->run_id, sizeof h->run_id) != 0)
		return tsi_fail(e, TSHARD_DATA,
		    "%s: is another run: its id differs from the one to resume: name "
		    "that one, or, if this one lengthens it, omit the id",
		    tshard_run_dir(r));
	if (c->rank >= c->dp)
		return bad_config(r, e, "rank", c->rank, "below dp,", c->dp);
	if (c->worker >= c->workers)
		return bad_config(
		    r, e, "worker", c->worker, "below workers,", c->workers);
	if (c->micro_batch > MOST_BATCH / c->dp)
		return bad_config(
		    r, e, "micro-batch", c->micro_batch, "at most", MOST_BATCH / c->dp);
	if ((uint64_t)c->micro_batch * seq > INT32_MAX)
		return bad_config(
		    r, e, "micro-batch", c->micro_batch, "at most", INT32_MAX / seq);
	if (c->depth > MOST_DEPTH)
		return bad_config(r, e, "depth", c->depth, "at most", MOST_DEPTH);
	if (c->order > TSHARD_FEED_STRIDED)
		return bad_config(
		    r, e, "order", c->order, "at most", TSHARD_FEED_STRIDED);
	if (c->consumed < first)
		return bad_config(r, e, "sample", c->consumed, "at least", first);
	if (c->consumed > end)
		return bad_config(r, e, "sample", c->consumed, "at most", end);
	if (c->most == 0)
		c->most = end - c->consumed;
	if (c->most > end - c->consumed)
		return bad_config(
		    r, e, "number of samples", c->most, "at most", end - c->consumed);
	return 0;
}

int
tshard_feed_bytes(const struct tshard_run *r, const struct tshard_feed_config *config,
    size_t *bytes, struct tshard_error *e)
{
	struct tshard_feed_config c;
	struct slot s = { 0 };
	size_t one = 0;

	if (check_config(r, config, &c, e) < 0)
		return -1;
	place_slot(&c, seq_at(r, c.consumed), NULL, &one, &s);
	if (one > SIZE_MAX / (c.depth + 1))
		return tsi_nomem(e);
	*bytes = one * (c.depth + 1);
	return 0;
}

/* ---- reading ---- */

/* The number in the run of row i of batch m. */
static uint64_t
sample_of(const struct tshard_feed_config *c, uint64_t m, uint32_t i)
{
	if (c->order == TSHARD_FEED_STRIDED)
		return c->consumed + (m * c->micro_batch + i) * c->dp + c->rank;
	return c->consumed + (m * c->dp + c->rank) * c->micro_batch + i;
}

static void
close_shard(struct tshard_feed *f)
{
	tshard_sample_iter_close(f->it);
	tshard_close(f->shard);
	f->it = NULL;
	f->shard = NULL;
}

/* Open the shard of a line of run.tsv, with an iterator from a sample of it on. */
static int
open_shard(struct tshard_feed *f, size_t line, uint64_t local, struct tshard_error *e)
{
	const bool check = !(f->c.flags & TSHARD_FEED_UNCHECKED);
	const uint32_t seq = tshard_run_at(f->run, line)->seq_len;
	uint64_t n;

	close_shard(f);
	if (seq != f->seq)
		return tsi_fail(e, TSHARD_DATA,
		    "has %lu tokens, the samples before it %zu: end the feed there, and "
		    "start another one at it",
		    (unsigned long)seq, f->seq);
	if (tshard_run_shard(
		f->run, line, check ? (unsigned)TSHARD_CHECK : 0, &f->shard, e) < 0)
		return -1;
	f->line = line;
	n = tshard_header(f->shard)->samples;
	if (local >= n)
		return tsi_fail(e, TSHARD_DATA,
		    "%s.sdx: disagrees with run.tsv: run 'tamis verify' on the run",
		    tshard_prefix(f->shard));
	/* Wrong rows of these would be wrong labels, masks and positions. */
	if (check && tshard_check(f->shard, "BLKCRC SEGIDX SEG NEXT MASK?", e) < 0)
		return -1;
	return tshard_sample_iter_open(&f->it, f->shard, local, n - local, e);
}

/* Put the iterator before a sample of the run. */
static int
seek(struct tshard_feed *f, uint64_t sample, struct tshard_error *e)
{
	uint64_t local;
	size_t line;

	if (tshard_run_find(f->run, sample, &line, &local) < 0)
		return tsi_fail(e, TSHARD_DATA, "no shard contains it");
	if (f->it && line == f->line)
		return tshard_sample_iter_seek(
		    f->it, local, tshard_header(f->shard)->samples - local, e);
	return open_shard(f, line, local, e);
}

/* Append the borders of a sample's segments to those of the rows before. */
static void
add_borders(struct slot *s, uint32_t row, const struct tshard_sample *sample, size_t seq)
{
	for (uint32_t i = 0; i < sample->n_segs; i++) {
		uint32_t start = sample->segs[i].start;
		uint32_t n = sample->segs[i + 1].start - start;

		if (s->cu_seqlens)
			s->cu_seqlens[s->b.segments] = (int32_t)(row * seq + start);
		s->b.segments++;
		if (n > s->b.longest)
			s->b.longest = n;
	}
	if (s->cu_seqlens)
		s->cu_seqlens[s->b.segments] = (int32_t)((row + 1) * seq);
}

/*
 * The loss mask of a sample of conversations: a bit of MASK counts at the token before.
 * No first token of a segment is a target, so a shift never crosses segments.  A sample
 * without MASK is of a reward model, which has no loss at tokens.
 */
static int
read_mask(struct tshard_feed *f, uint64_t number, uint8_t *mask, struct tshard_error *e)
{
	const struct tshard_header *h = tshard_header(f->shard);

	memset(mask, 0, f->seq);
	if (h->kind == TSHARD_REWARD)
		return 0;
	return tshard_mask(
	    f->shard, (number - h->first_sample) * f->seq + 1, f->seq - 1, mask, e);
}

static int
read_row(struct tshard_feed *f, struct slot *s, uint32_t i, struct tshard_error *e)
{
	const uint64_t number = sample_of(&f->c, f->at, i);
	const size_t at = i * f->seq;
	struct tshard_error why = { 0 };
	struct tshard_sample sample;
	bool masked;

	if (seek(f, number, &why) < 0 || tshard_sample_iter_next(f->it, &sample,
					     (uint32_t *)(s->tokens + at), &why) < 0)
		return tsi_fail(
		    e, why.code, "sample %llu: %s", (unsigned long long)number, why.msg);
	masked = s->mask && tsi_whole(tshard_header(f->shard)->kind);
	if (masked && read_mask(f, number, s->mask + at, e) < 0)
		return -1;
	s->number[i] = number;
	s->source[i] = sample.segs[0].source;
	tsi_feed_fill((struct tsi_feed_row){ .tokens = s->tokens + at,
			  .labels = s->labels ? s->labels + at : NULL,
			  .positions = s->positions ? s->positions + at : NULL,
			  .mask = s->mask ? s->mask + at : NULL,
			  .masked = masked },
	    &sample, f->seq, f->c.flags);
	add_borders(s, i, &sample, f->seq);
	return 0;
}

/* Fill a slot with the next batch: 1, 0 at the end, or -1 with *e. */
static int
fill(struct tshard_feed *f, struct slot *s, struct tshard_error *e)
{
	if (f->at >= f->batches)
		return 0;
	s->b.segments = s->b.longest = 0;
	for (uint32_t i = 0; i < f->c.micro_batch; i++)
		if (read_row(f, s, i, e) < 0)
			return -1;
	s->b.consumed = f->c.consumed + (f->at + 1) * f->c.micro_batch * f->c.dp;
	f->at += f->c.workers;
	return 1;
}

/* ---- the ring ---- */

static void
wake(struct tshard_feed *f)
{
	pthread_mutex_lock(&f->lock);
	pthread_cond_signal(&f->changed);
	pthread_mutex_unlock(&f->lock);
}

/* Wait for a free slot: false if the feed is being closed. */
static bool
wait_for_slot(struct tshard_feed *f)
{
	const uint64_t most = f->n_slots - (f->returned > 0);

	if (f->filled - f->returned < most)
		return !f->stop;
	pthread_mutex_lock(&f->lock);
	f->reader_waits = true;
	/* Wait for several: waking the reader costs the caller a system call. */
	while (!f->stop && f->filled - f->returned > f->c.depth / 2)
		pthread_cond_wait(&f->changed, &f->lock);
	f->reader_waits = false;
	pthread_mutex_unlock(&f->lock);
	return !f->stop;
}

static void *
read_ahead(void *arg)
{
	struct tshard_feed *f = arg;
	int rc = 1;

	while (rc > 0 && wait_for_slot(f)) {
		rc = fill(f, &f->slot[f->filled % f->n_slots], &f->end_error);
		if (rc > 0) {
			f->filled++;
		} else {
			f->end_code = rc;
			f->ended = true;
		}
		if (f->caller_waits)
			wake(f);
	}
	return NULL;
}

static void
wait_for_batch(struct tshard_feed *f)
{
	if (f->filled > f->returned || f->ended)
		return;
	pthread_mutex_lock(&f->lock);
	f->caller_waits = true;
	while (f->filled == f->returned && !f->ended)
		pthread_cond_wait(&f->changed, &f->lock);
	f->caller_waits = false;
	pthread_mutex_unlock(&f->lock);
}

int
tshard_feed_next(
    struct tshard_feed *f, const struct tshard_batch **b, struct tshard_error *e)
{
	int rc = 1;

	*b = NULL;
	if (!f->threaded) {
		rc = fill(f, &f->slot[0], e);
		if (rc > 0)
			*b = &f->slot[0].b;
		return rc;
	}
	if (f->process != getpid())
		return tsi_fail(e, TSHARD_DATA,
		    "%s: feed: process %ld reads ahead for it: open another one in this "
		    "process",
		    tshard_run_dir(f->run), (long)f->process);
	wait_for_batch(f);
	if (f->filled > f->returned) {
		*b = &f->slot[f->returned++ % f->n_slots].b;
		if (f->reader_waits && f->filled - f->returned <= f->c.depth / 2)
			wake(f);
	} else {
		rc = f->end_code;
		if (rc < 0 && e)
			*e = f->end_error;
	}
	return rc;
}

/* ---- open and close ---- */

static int
place_slots(struct tshard_feed *f, void *memory, struct tshard_error *e)
{
	size_t bytes = 0, at = 0;

	if (tshard_feed_bytes(f->run, &f->c, &bytes, e) < 0)
		return -1;
	f->n_slots = f->c.depth + 1;
	f->slot = calloc(f->n_slots, sizeof *f->slot);
	if (!f->slot)
		return tsi_nomem(e);
	if (!memory) {
		if (posix_memalign(&memory, ALIGN, bytes) != 0)
			return tsi_nomem(e);
		f->memory = memory;
	}
	for (uint32_t i = 0; i < f->n_slots; i++) {
		struct slot *s = &f->slot[i];

		place_slot(&f->c, f->seq, memory, &at, s);
		s->b = (struct tshard_batch){ .samples = f->c.micro_batch,
			.seq_len = (uint32_t)f->seq,
			.number = s->number,
			.source = s->source,
			.tokens = s->tokens,
			.labels = s->labels,
			.loss_mask = f->c.flags & TSHARD_FEED_LOSS_MASK ? s->mask : NULL,
			.positions = s->positions,
			.cu_seqlens = s->cu_seqlens };
	}
	return 0;
}

int
tshard_feed_open(struct tshard_feed **out, const struct tshard_run *r,
    const struct tshard_feed_config *c, void *memory, struct tshard_error *e)
{
	struct tshard_feed *f;

	*out = NULL;
	if ((uintptr_t)memory % ALIGN != 0)
		return tsi_fail(e, TSHARD_DATA,
		    "memory of a feed: must be aligned to %d bytes", ALIGN);
	f = calloc(1, sizeof *f);
	if (!f)
		return tsi_nomem(e);
	f->run = r;
	pthread_mutex_init(&f->lock, NULL);
	pthread_cond_init(&f->changed, NULL);
	if (check_config(r, c, &f->c, e) < 0)
		goto fail;
	f->c.run_id = NULL;
	f->seq = seq_at(r, c->consumed);
	f->at = f->c.worker;
	f->batches = f->c.most / ((uint64_t)f->c.micro_batch * f->c.dp);
	if (place_slots(f, memory, e) < 0)
		goto fail;
	if (f->c.depth > 0) {
		int error = pthread_create(&f->thread, NULL, read_ahead, f);

		if (error) {
			tsi_fail(e, TSHARD_SYSTEM, "%s: cannot start a thread: %s",
			    tshard_run_dir(r), strerror(error));
			goto fail;
		}
		f->threaded = true;
		f->process = getpid();
	}
	*out = f;
	return 0;
fail:
	tshard_feed_close(f);
	return -1;
}

/* End the thread, if there is one, and what it shares. */
static void
stop_thread(struct tshard_feed *f)
{
	if (f->threaded) {
		f->stop = true;
		wake(f);
		pthread_join(f->thread, NULL);
	}
	pthread_cond_destroy(&f->changed);
	pthread_mutex_destroy(&f->lock);
}

void
tshard_feed_close(struct tshard_feed *f)
{
	if (!f)
		return;
	/* A forked process has no thread to join, and its lock may stay taken. */
	if (!f->threaded || f->process == getpid()) {
		stop_thread(f);
		close_shard(f);
	}
	free(f->memory);
	free(f->slot);
	free(f);
}
