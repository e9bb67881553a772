/* run.h - inside the driver: all that one run of a filter needs, and the passes it makes.
 */
#ifndef TAMIS_RUN_H
#define TAMIS_RUN_H

#include "lib/doc.h"
#include "lib/pipe.h"
#include "lib/reader.h"
#include "lib/report.h"
#include "lib/tty.h"

enum { MAX_BLOCKS = 1024 };

struct stage {
	const struct filter *f;
	void *self;
	void **scratch; /* a slot a thread */
	bool open;	/* close() is due */
};

struct run {
	struct common c;
	struct opt_set own;
	struct stage stage[MAX_STAGES];
	size_t nstages;
	const struct split *split;
	const struct sink *sink; /* of the last stage */
	bool second;		 /* the pass after a barrier: apply instead of map */
	bool looking;		 /* the pass before it: nothing is written */
	struct span text_key, id_key;
	struct span where_key;
	const char *where_values; /* "en,de"; NULL: every document is inside */

	struct reader *reader;
	struct block *block;
	size_t nblocks;
	struct err
	    read_err; /* met while reading; told when the blocks before are written */
	struct out *out, *rejects;
	struct packer **packer; /* a slot a thread */
	struct packer *reject_packer;
	struct tally tally;
	struct progress progress;
	char *upstream;
	struct err *err;
};

/* Whether the input is read twice: see filter.h, barrier. */
bool run_wants_two(const struct run *r);
/* Read, filter and write all documents, in one pass or two.  0, or -1 with *r->err. */
int run_passes(struct run *r);

#endif
