/*
 * write_tshard.c - what the writer of shards costs by itself: processor time of SAMPLES.
 *
 * usage: write_tshard PREFIX GIGABYTES
 *
 * Samples of 4096 tokens, u32, in five segments, each of a document of its own.  Prints
 * tokens a second of user and system time, with the commit, and the most memory held.
 */
#include "shards/tshard/tshard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { SEQ = 4096, SEGMENTS = 5, EOD = 2, VOCAB = 256000, POOL = 1 << 22 };

static double
seconds(struct timeval t)
{
	return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

static int
put_sample(
    struct tshard_writer *w, const uint32_t *ids, uint64_t no, struct tshard_error *e)
{
	static const uint32_t end[SEGMENTS] = { 300, 1100, 1900, 3000, SEQ };

	for (uint32_t i = 0, at = 0; i < SEGMENTS; at = end[i++]) {
		struct tshard_doc d = { .ordinal = no * SEGMENTS + i,
			.tokens = end[i] - at + 1 };
		struct tshard_seg seg = { .epoch = 0 };

		if (tshard_writer_add_doc(w, &d, NULL, 0, NULL, 0, &seg.row, e) != 0 ||
		    tshard_writer_segment(w, &seg, e) != 0 ||
		    tshard_writer_put_raw(w, ids + at, end[i] - at, e) != 0)
			return -1;
	}
	return tshard_writer_end_sample(w, EOD, e);
}

static int
write_shard(const char *prefix, uint64_t samples, struct tshard_error *e)
{
	struct tshard_facts f = { .kind = TSHARD_SAMPLES,
		.vocab = VOCAB,
		.seq_len = SEQ,
		.eod = EOD,
		.pad = TSHARD_NONE,
		.bos = TSHARD_NONE,
		.run_samples = samples,
		.force = 1 };
	const struct tshard_source source = { .name = "a", .weight = 1000000000 };
	struct tshard_writer *w;
	uint32_t *ids = malloc(POOL * sizeof *ids), state = 1;

	for (size_t i = 0; ids && i < POOL; i++)
		ids[i] = (state = state * 1664525 + 1013904223) % VOCAB;
	if (!ids || tshard_writer_open(&w, prefix, &f, e) != 0) {
		free(ids);
		return -1;
	}
	if (tshard_writer_sources(w, &source, 1, e) != 0)
		goto fail;
	for (uint64_t i = 0; i < samples; i++)
		if (put_sample(w, ids + i * SEQ % POOL, i, e) != 0)
			goto fail;
	free(ids);
	return tshard_writer_commit(w, NULL, e);
fail:
	tshard_writer_abort(w);
	free(ids);
	return -1;
}

int
main(int argc, char *argv[])
{
	struct tshard_error e = { .msg = "out of memory" };
	struct timespec a, b;
	struct rusage r;
	uint64_t samples;
	double tokens, wall;

	if (argc != 3)
		return 2;
	samples = (uint64_t)(strtod(argv[2], NULL) * 1e9 / (4 * SEQ));
	clock_gettime(CLOCK_MONOTONIC, &a);
	if (write_shard(argv[1], samples, &e) != 0) {
		fprintf(stderr, "%s\n", e.msg);
		return 1;
	}
	clock_gettime(CLOCK_MONOTONIC, &b);
	getrusage(RUSAGE_SELF, &r);
	tokens = (double)samples * SEQ;
	wall = (double)(b.tv_sec - a.tv_sec) + 1e-9 * (double)(b.tv_nsec - a.tv_nsec);
	printf("%.0f M tokens a second, %.3f + %.3f s of user and system time, %.2f s by "
	       "the "
	       "clock, for a GB; %ld MB of memory\n",
	    tokens / 1e6 / (seconds(r.ru_utime) + seconds(r.ru_stime)),
	    seconds(r.ru_utime) / (tokens * 4e-9), seconds(r.ru_stime) / (tokens * 4e-9),
	    wall / (tokens * 4e-9), r.ru_maxrss / 1024);
	return 0;
}
