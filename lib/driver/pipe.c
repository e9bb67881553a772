/* pipe.c - a ring of blocks, and the lock under which threads choose their next job. */
#include "lib/driver/pipe.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"

struct pipe_slot {
	void *block;
	size_t step;  /* the next to run */
	size_t bytes; /* of memory it has held since it was read */
	bool busy;
};

struct pipe {
	const struct pipe_ops *ops;
	struct pipe_slot *slot;
	size_t n;
	uint64_t nread, ndone; /* blocks read, blocks past their last step */
	uint64_t *next;	       /* per serial step: its next block */
	size_t in_flight;      /* bytes */
	size_t waiting;	       /* idle threads */
	bool reading, eof, failed;
	pthread_mutex_t lock;
	pthread_cond_t wake;
};

struct worker {
	struct pipe *pipe;
	pthread_t tid;
	int index;
};

struct job {
	struct pipe_slot *slot;
	uint64_t block;
	size_t step;
};

static bool
may_read(const struct pipe *p)
{
	if (p->reading || p->eof || p->nread - p->ndone == p->n)
		return false;
	return p->nread == p->ndone || p->in_flight < p->ops->max_bytes;
}

/* The oldest block that is ready for its next step, else a block to read. */
static bool
find_job(const struct pipe *p, struct job *j)
{
	if (p->failed)
		return false;
	for (uint64_t b = p->ndone; b < p->nread; b++) {
		struct pipe_slot *s = &p->slot[b % p->n];

		if (s->busy || s->step == p->ops->nsteps)
			continue;
		if (p->ops->step[s->step].serial && p->next[s->step] != b)
			continue;
		*j = (struct job){ s, b, s->step };
		return true;
	}
	if (!may_read(p))
		return false;
	*j = (struct job){ &p->slot[p->nread % p->n], p->nread, 0 };
	return true;
}

static bool
over(const struct pipe *p)
{
	return p->failed || (p->eof && !p->reading && p->ndone == p->nread);
}

static void
take(struct pipe *p, const struct job *j)
{
	if (j->step == 0)
		p->reading = true;
	else
		j->slot->busy = true;
}

static void
finish(struct pipe *p, const struct job *j, int rc, size_t bytes)
{
	struct pipe_slot *s = j->slot;

	if (rc < 0)
		p->failed = true;
	if (j->step == 0) {
		p->reading = false;
		if (rc == 0)
			p->eof = true;
		if (rc <= 0)
			return;
		p->nread++;
		p->in_flight += s->bytes = bytes;
	}
	s->busy = false;
	s->step = j->step + 1;
	if (p->ops->step[j->step].serial)
		p->next[j->step] = j->block + 1;
	while (p->ndone < p->nread && p->slot[p->ndone % p->n].step == p->ops->nsteps &&
	       !p->slot[p->ndone % p->n].busy) {
		p->in_flight -= p->slot[p->ndone % p->n].bytes;
		p->slot[p->ndone % p->n].step = 1;
		p->ndone++;
	}
}

static void
work(struct pipe *p, int thread)
{
	struct job j, other;

	pthread_mutex_lock(&p->lock);
	while (!over(p)) {
		size_t bytes = 0;
		int rc;

		if (!find_job(p, &j)) {
			p->waiting++;
			pthread_cond_wait(&p->wake, &p->lock);
			p->waiting--;
			continue;
		}
		take(p, &j);
		/* Wake one more thread if there is another job. */
		if (p->waiting && find_job(p, &other))
			pthread_cond_signal(&p->wake);
		pthread_mutex_unlock(&p->lock);

		rc = p->ops->step[j.step].run(
		    p->ops->ctx, p->ops->step[j.step].arg, thread, j.slot->block);
		if (j.step == 0 && rc > 0 && p->ops->bytes)
			bytes = p->ops->bytes(p->ops->ctx, j.slot->block);

		pthread_mutex_lock(&p->lock);
		finish(p, &j, rc, bytes);
	}
	pthread_cond_broadcast(&p->wake);
	pthread_mutex_unlock(&p->lock);
}

static void *
work_thread(void *arg)
{
	struct worker *w = arg;

	work(w->pipe, w->index);
	return NULL;
}

int
pipe_run(const struct pipe_ops *ops, int nthreads, void **blocks, size_t nblocks)
{
	struct pipe p = { .ops = ops, .n = nblocks };
	struct worker *w;
	int started = 1;

	if (nblocks < 1 || nthreads < 1)
		BUG("a pipe needs a block and a thread");
	p.slot = xcalloc(nblocks, sizeof *p.slot);
	p.next = xcalloc(ops->nsteps, sizeof *p.next);
	w = xcalloc((size_t)nthreads, sizeof *w);
	for (size_t i = 0; i < nblocks; i++)
		p.slot[i].block = blocks[i], p.slot[i].step = 1;
	pthread_mutex_init(&p.lock, NULL);
	pthread_cond_init(&p.wake, NULL);

	for (; started < nthreads; started++) {
		w[started] = (struct worker){ .pipe = &p, .index = started };
		if (pthread_create(&w[started].tid, NULL, work_thread, &w[started]) !=
		    0) {
			warning("started only %d of %d threads", started, nthreads);
			break;
		}
	}
	work(&p, 0);
	for (int i = 1; i < started; i++)
		pthread_join(w[i].tid, NULL);

	pthread_cond_destroy(&p.wake);
	pthread_mutex_destroy(&p.lock);
	free(w);
	free(p.slot);
	free(p.next);
	return p.failed ? -1 : 0;
}
