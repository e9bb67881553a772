/* report.h - counts of a run, its summary for people and its report for programs. */
#ifndef TAMIS_REPORT_H
#define TAMIS_REPORT_H

#include "lib/base/hash.h"
#include "lib/driver/doc.h"
#include "lib/driver/reader.h"

struct rule_hits {
	const char *rule;
	uint64_t hits, alone; /* alone: the only rule its document broke */
};

struct tally {
	uint64_t read, kept, dropped, bad;
	uint64_t dropped_at[MAX_STAGES];
	struct rule_hits *rule;
	size_t nrules, rule_cap;
	struct counts counts;
	struct hasher *hasher; /* of the output */
	uint64_t out_bytes;
};

void tally_init(struct tally *t);
/* Count one document that has gone through all filters. */
void tally_doc(struct tally *t, const struct doc *d);
void tally_free(struct tally *t);

/* Lines for people, on stderr. */
void report_summary(const struct tally *t);

/* Of its options, those that change output bytes are reported. */
struct report_stage {
	const char *verb;
	struct opt_set own;
	struct common *c;
	const char *libraries; /* more of them, "name":"version"; NULL: none */
};

struct report_output {
	struct hash128 hash;
	uint64_t bytes;
};

struct report {
	const char *verb;
	struct common *c;
	const struct report_stage *stage; /* one that is all of the verb, or a chain's */
	size_t nstages;
	const struct tally *tally;
	const struct input *inputs;
	size_t ninputs;
	const char *upstream; /* the report of what wrote standard input; NULL: none */
	const struct report_output *output; /* NULL: none, or not of documents */
};

/*
 * One JSON object and a newline.  No clock, host, path or thread count: equal runs
 * report equal bytes.
 */
void report_put(const struct report *r, struct buf *out);

#endif
