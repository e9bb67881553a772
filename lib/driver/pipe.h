/*
 * pipe.h - ordered parallelism: a ring of blocks that go through the same steps.
 *
 * Step 0 reads.  A serial step sees the blocks one at a time in the order they were
 * read; a parallel step runs on any number of them at once.  Block i uses slot i % n,
 * which keeps the order and bounds the memory.  All threads are alike: each takes the
 * oldest block that is ready for its next step, and reads only if there is none.
 */
#ifndef TAMIS_PIPE_H
#define TAMIS_PIPE_H

#include <stdbool.h>
#include <stddef.h>

struct pipe_step {
	bool serial;
	/*
	 * Returns 1: continue; 0: no more blocks, from step 0 only; -1: stop the run.
	 * Only serial steps may return -1, so that the same block stops the run for every
	 * number of threads.
	 */
	int (*run)(void *ctx, size_t arg, int thread, void *block);
	size_t arg; /* passed to run */
};

struct pipe_ops {
	const struct pipe_step *step; /* step[0] is serial */
	size_t nsteps;
	void *ctx;
	/* Memory held by a block that was read; NULL: only the slots bound it. */
	size_t (*bytes)(void *ctx, const void *block);
	size_t max_bytes; /* read no block while those in flight hold as much */
};

/*
 * Run all blocks through all steps on nthreads threads, including the caller's.  blocks:
 * nblocks pointers, owned by the caller.  Returns 0, or -1 after a step returned it.  All
 * threads have been joined.
 */
int pipe_run(const struct pipe_ops *ops, int nthreads, void **blocks, size_t nblocks);

#endif
