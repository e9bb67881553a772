/*
 * pipe.h - ordered parallelism: a ring of blocks, each taken through the same steps.
 *
 * Step 0 reads.  A serial step sees the blocks one at a time in the order they were
 * read; a parallel one any number at once.  Block i sits in slot i % n, so order is
 * kept and memory bounded by construction.  All threads are alike: each takes the
 * oldest block that can go on, and reads only when none can.
 */
#ifndef TAMIS_PIPE_H
#define TAMIS_PIPE_H

#include <stdbool.h>
#include <stddef.h>

struct pipe_step {
	bool serial;
	/*
	 * Returns 1: go on; 0: only for step 0, no more blocks; -1: stop everything. Only
	 * serial steps may return -1 (other than for what dies), so that the same block
	 * stops the run whatever the number of threads.
	 */
	int (*run)(void *ctx, size_t arg, int thread, void *block);
	size_t arg; /* handed to run, as it is */
};

struct pipe_ops {
	const struct pipe_step *step; /* step[0] is serial */
	size_t nsteps;
	void *ctx;
	/* Memory that a block read holds; with NULL only the slots bound it. */
	size_t (*bytes)(void *ctx, const void *block);
	size_t max_bytes; /* of blocks in flight, before another one is read */
};

/*
 * Run all blocks through all steps on nthreads threads, the caller's included (1: no
 * thread is started).  blocks: nblocks pointers, the caller's.  Returns 0, or -1 as soon
 * as a step did, with all threads joined.
 */
int pipe_run(const struct pipe_ops *ops, int nthreads, void **blocks, size_t nblocks);

#endif
