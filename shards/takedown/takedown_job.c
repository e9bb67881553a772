/* takedown_job.c - work on each shard of a run, on all threads. */
#include "shards/takedown/takedown_job.h"

#include <stdlib.h>

#include "lib/base/mem.h"
#include "lib/driver/pipe.h"
#include "shards/tshard_err.h"

static int
take_task(void *ctx, size_t arg, int thread, void *block)
{
	struct takedown_pass *p = ctx;
	struct takedown_task *k = block;

	if (p->next == tshard_run_shards(p->j->run))
		return 0;
	k->no = p->next++;
	k->n_gone = k->out.n = 0;
	k->counts = (struct mask_counts){ 0 };
	k->err = (struct err){ 0 };
	for (size_t i = 0; i < p->j->list.n; i++)
		k->hits[i] = 0;
	return 1;
}

static int
do_task(void *ctx, size_t arg, int thread, void *block)
{
	struct takedown_pass *p = ctx;
	struct takedown_task *k = block;
	struct tshard_error e = { 0 };
	struct tshard *s;

	k->thread = thread;
	if (tshard_run_shard(p->j->run, k->no, TSHARD_CHECK, &s, &e) < 0) {
		err_tshard(&k->err, &e);
		return 1;
	}
	p->work(p->j, k, s, &k->err);
	tshard_close(s);
	return 1;
}

static int
end_task(void *ctx, size_t arg, int thread, void *block)
{
	struct takedown_pass *p = ctx;
	struct takedown_task *k = block;

	if (k->err.code) {
		*p->j->err = k->err;
		return -1;
	}
	return !p->done || p->done(p->j, k, p->j->err) == 0 ? 1 : -1;
}

int
takedown_pass_run(struct takedown_pass p)
{
	static const struct pipe_step steps[] = {
		{ .serial = true, .run = take_task },
		{ .serial = false, .run = do_task },
		{ .serial = true, .run = end_task },
	};
	struct pipe_ops ops = {
		.step = steps, .nsteps = sizeof steps / sizeof *steps, .ctx = &p
	};
	size_t slots = (size_t)p.j->threads + 1;
	struct takedown_task *tasks = xcalloc(slots, sizeof *tasks);
	void **blocks = xcalloc(slots, sizeof *blocks);
	int rc;

	for (size_t i = 0; i < slots; i++) {
		tasks[i].hits = xcalloc(p.j->list.n + 1, sizeof(uint64_t));
		blocks[i] = &tasks[i];
	}
	rc = pipe_run(&ops, p.j->threads, blocks, slots);
	for (size_t i = 0; i < slots; i++) {
		for (size_t k = 0; k < tasks[i].n_gone; k++)
			free(tasks[i].gone[k].id);
		free(tasks[i].hits);
		free(tasks[i].gone);
		buf_free(&tasks[i].out);
	}
	free(tasks);
	free(blocks);
	return rc;
}
