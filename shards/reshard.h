/* reshard.h - the state that the files of reshard share: inputs, sources, outputs. */
#ifndef SHARDS_RESHARD_H
#define SHARDS_RESHARD_H

#include "lib/base/err.h"
#include "lib/base/table.h"
#include "lib/driver/common.h"
#include "shards/encoder_facts.h"
#include "shards/prefix_lock.h"
#include "shards/shard_paths.h"
#include "shards/shard_set.h"
#include "shards/tshard/tshard.h"

struct reshard_input {
	const char *path; /* of the shard, as the user named it */
	char *name;	  /* base name of its prefix */
	unsigned char digest[32];
	uint64_t docs;
};

/* A source of any input.  Sources of one name are one source. */
struct reshard_source {
	char *name;
	uint64_t next; /* above all its ordinals that were written */
	uint32_t row;  /* of SRC of the current output */
};

struct reshard_sources {
	struct table numbers; /* of the hash of a name */
	struct reshard_source *v;
	size_t n, cap;
};

/* Where an output begins: a document of an input. */
struct reshard_cut {
	size_t input;
	uint64_t row;
};

/* The options of the command. */
struct reshard {
	uint64_t tokens, shards; /* RESHARD_UNSET: not given */
	const char *source;	 /* the name of all sources, or NULL */
};

#define RESHARD_UNSET UINT64_MAX

struct reshard_job {
	const struct reshard *t;
	const struct opt_set *options; /* the same, for META */
	const struct common *c;
	bool numbered; /* the outputs are PREFIX-00000, ... */
	struct lockfile lock;

	struct buf listed; /* by --files-from */
	struct shard_paths paths;
	struct reshard_input *in;
	size_t n_in;
	struct reshard_sources sources;
	struct tshard_header h; /* of the first input, with the counts of all */
	char *first;		/* its prefix */
	char *number;		/* the name of the documents' number, or NULL */
	struct buf tokenizer;	/* of its META; may be empty */
	struct encoder_facts facts;
	struct shard_sets sets;

	/* n_out entries, and one more that ends the last output. */
	struct reshard_cut *cut;
	size_t n_out, cap;
	/* All but the last that has begun are finished, and none is committed. */
	struct tshard_writer **out;
	size_t n_begun;
};

/* ---- reshard.c ---- */

/*
 * Check that shard s, named `path`, states no other facts about its encoder than earlier
 * inputs do.  path is kept.  0, or -1 with *err.
 */
int reshard_check_facts(
    struct reshard_job *r, const struct tshard *s, const char *path, struct err *err);

/* ---- reshard_origin.c ---- */

/* Open input i, and check that it is still the shard with this digest. */
int reshard_open(const struct reshard_job *j, size_t i, unsigned flags, struct tshard **s,
    struct err *err);
/* The number of a source in j->sources, to which it is added if it is new. */
size_t reshard_source(struct reshard_job *j, const char *name);
void reshard_sources_free(struct reshard_sources *s);
/* Append the field `key` of META of s, as JSON; nothing if there is none. */
int reshard_meta_field(
    const struct tshard *s, const char *key, struct buf *out, struct err *err);
/*
 * Set SRC and META of output k: the sources, inputs and tokenizer of its documents.  Sets
 * the row of its sources.
 */
int reshard_origin(
    struct reshard_job *j, size_t k, struct tshard_writer *w, struct err *err);

/* ---- reshard_out.c ---- */

/*
 * Check the shards that have names of outputs.  Before the outputs are cut, `least` is
 * SIZE_MAX, then their number: a shard with a higher number would later be taken for one
 * of the outputs.
 */
int reshard_check_outputs(const struct reshard_job *r, size_t least, struct err *err);
/* Begin the next output, and finish the one that has begun last. */
int reshard_begin_output(struct reshard_job *r, struct err *err);
int reshard_end_output(struct reshard_job *r, struct err *err);
/*
 * Commit the outputs, the first one last: without it, the set is incomplete.  For the
 * same reason all shards that they replace are removed before.
 */
int reshard_publish(struct reshard_job *r, struct err *err);

/* ---- reshard_copy.c ---- */

/* Copy all documents.  The outputs are then finished. */
int reshard_copy(struct reshard_job *r, struct err *err);

#endif
