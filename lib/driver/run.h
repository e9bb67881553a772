/* run.h - inside the driver: all that one run of a filter needs, and the passes it makes.
 */
#ifndef TAMIS_RUN_H
#define TAMIS_RUN_H

#include "lib/driver/doc.h"
#include "lib/driver/pipe.h"
#include "lib/driver/reader.h"
#include "lib/driver/report.h"
#include "lib/driver/route.h"
#include "lib/driver/tty.h"

enum { MAX_BLOCKS = 1024 };

struct stage {
	const struct filter *f;
	void *self;
	struct common c;	  /* the run's, with this stage's --tag and --where */
	struct span where_key;	  /* of --where */
	const char *where_values; /* "en,de"; NULL: every document is inside */
	void **scratch;		  /* a slot a thread */
	bool open;		  /* close() is due */
};

struct run {
	const char *verb; /* for people and reports */
	struct common c;
	struct stage stage[MAX_STAGES];
	size_t nstages;
	const struct split *split;
	const struct sink *sink; /* of the last stage */
	bool second;		 /* the pass after a barrier: apply instead of map */
	bool looking;		 /* the pass before it: nothing is written */
	struct span text_key, id_key;

	struct reader *reader;
	struct block *block;
	size_t nblocks;
	struct err
	    read_err; /* met while reading; told when the blocks before are written */
	struct out *out, *rejects;
	struct routes *routes; /* in place of out */
	struct span route_key;
	struct packer **packer; /* a slot a thread */
	struct packer *reject_packer;
	struct tally tally;
	struct progress progress;
	char *upstream;
	struct err *err;
};

/* A run of no stages yet. */
struct run *run_new(const char *verb, struct err *err);
/* One stage more, its options at their defaults.  At most MAX_STAGES. */
struct stage *run_add(struct run *r, const struct filter *f);
/*
 * All options are parsed, n is what common_parse returned, operand are names of files:
 * open, read, filter, write, commit, and free r.  Returns an exit code; what was wrong
 * has been said.
 */
int run_main(struct run *r, int n, char **operand);

/* Whether the input is read twice: see filter.h, barrier. */
bool run_wants_two(const struct run *r, size_t stage);
/* Read, filter and write all documents, in one pass or two.  0, or -1 with *r->err. */
int run_passes(struct run *r);

#endif
