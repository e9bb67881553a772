/* run.h - inside the driver: the state of one run of filters, and its passes. */
#ifndef TAMIS_RUN_H
#define TAMIS_RUN_H

#include "lib/driver/bad.h"
#include "lib/driver/doc.h"
#include "lib/driver/pipe.h"
#include "lib/driver/reader.h"
#include "lib/driver/report.h"
#include "lib/driver/split.h"
#include "lib/driver/spool.h"
#include "lib/driver/tty.h"

enum { MAX_BLOCKS = 1024 };

struct stage {
	const struct filter *f;
	void *self;
	struct common c;	  /* the run's, with this stage's --tag and --where */
	struct span where_key;	  /* of --where */
	const char *where_values; /* "en,de"; NULL: it selects every document */
	struct setup setup;	  /* as open() left it */
	struct uses uses;
	void **scratch; /* one per thread */
	bool open;	/* call close() */
};

enum pass {
	PASS_ONLY,  /* one pass: documents in, output out */
	PASS_LOOK,  /* first of several over the same files: the last stage looks */
	PASS_SPOOL, /* first of several: it looks, and its documents go to the spool */
	PASS_AGAIN, /* after one of these, not the last: the last stage looks */
	PASS_APPLY  /* last of several: the last stage acts */
};

struct run {
	const char *command; /* name, for messages and reports */
	struct common c;
	struct stage stage[MAX_STAGES];
	size_t nstages;
	const struct record_source *source;
	const struct sink *sink; /* of the last stage */
	enum pass pass;
	unsigned pass_number; /* from 1 */
	struct doc_env env;

	char *const *paths; /* of the input files */
	size_t npaths;
	struct reader *reader;	/* of the input files */
	struct reader *current; /* of this pass: the same, or of the spool */
	struct spool *spool;
	char *spool_path;
	uint64_t spooled;    /* ordinals given to the documents of the last stage */
	struct bad_docs bad; /* in the passes that write nothing */
	struct block *block;
	size_t nblocks;
	struct err read_err;	/* reported once the blocks before it are written */
	const char *fatal_path; /* file of the bad document that stopped the run */
	uint64_t fatal_offset;	/* where its slice of that file ends */
	struct out *out, *rejects;
	struct split *split; /* in place of out */
	struct span split_key;
	struct split_output *outputs; /* of split, once they are complete */
	size_t noutputs;
	struct tally tally;
	struct progress progress;
	double pass_start;     /* in seconds of progress */
	uint64_t *input_bytes; /* the size of each input file, before decompression */
	uint64_t input_bytes_total; /* 0: unknown */
	char *upstream;
	struct err *err;
};

/* The parts of the --help of a filter. */
struct usage filter_usage(const struct filter *f);
/* A run without stages. */
struct run *run_new(const char *command, struct err *err);
/* Append a stage with its options at their defaults.  At most MAX_STAGES. */
struct stage *run_add(struct run *r, const struct filter *f);
/*
 * With all options parsed: open, read, filter, write, commit, and free r.  n is the
 * result of common_parse, operand the names of input files.  Returns the exit code;
 * errors have been printed.
 */
int run_main(struct run *r, int n, char **operand);

/* The number of passes over the documents that the last stage asks for, at least 1. */
unsigned run_npasses(const struct run *r);
/* Run the pass r->pass over the documents.  0, or -1 with *r->err. */
int run_pass(struct run *r);
/* Read, filter and write all documents, in all passes.  0, or -1 with *r->err. */
int run_passes(struct run *r);

/* Publish the outputs of a run whose passes succeeded, and its reports.  0, or -1 with
 * *r->err. */
int run_commit(struct run *r);

#endif
