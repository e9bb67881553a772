/* takedown_job.h - what a takedown does to each shard of a run, on all threads. */
#ifndef SHARDS_TAKEDOWN_JOB_H
#define SHARDS_TAKEDOWN_JOB_H

#include "shards/takedown/mask_shard.h"

struct takedown {
	unsigned kind;
	bool dry_run, allow_missing, copy;
};

/* What happens to a shard. */
struct shard_fate {
	struct document_rows rows;
	const struct lost_next *next;
	size_t n_next;
	struct tshard_run_line line; /* as it was written */
};

struct takedown_job {
	const struct takedown *t;
	const char *dir, *output;
	int threads;
	struct tshard_run *run;
	struct doc_list list, before; /* before: the tombstones of the run */
	struct buf tombstones;	      /* the text of both */
	uint64_t *hits;		      /* for each entry: rows of DOC */
	struct shard_fate *fate;      /* for each shard */
	struct gone_docs gone;
	struct next_scan **scan; /* for each thread */
	struct lost_nexts lost;
	uint64_t shards, samples, tokens;
	struct err *err;
};

/* One shard, on one thread. */
struct takedown_task {
	size_t no; /* of the shard */
	int thread;
	uint64_t *hits;
	struct gone_doc *gone;
	size_t n_gone, gone_cap;
	uint32_t sources;
	struct mask_counts counts;
	struct buf out;
	struct err err;
};

struct takedown_pass {
	struct takedown_job *j;
	size_t next;
	/* Work on a shard that is open with TSHARD_CHECK. */
	int (*work)(struct takedown_job *j, struct takedown_task *k,
	    const struct tshard *s, struct err *err);
	/* The tasks in order. */
	int (*done)(struct takedown_job *j, struct takedown_task *k, struct err *err);
};

/* Work on all shards.  0, or -1 with *p.j->err. */
int takedown_pass_run(struct takedown_pass p);

/* Find what the list names: sets hits, fate, lost and shards.  0, or -1 with *j->err. */
int takedown_find(struct takedown_job *j);
/* Name the entries that the run does not have.  EXIT_NO if that ends the command. */
int takedown_missing(const struct takedown_job *j);

#endif
