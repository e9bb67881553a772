/* report.h - counts of a run, as a summary for people and a report for programs. */
#ifndef TAMIS_REPORT_H
#define TAMIS_REPORT_H

#include "lib/base/hash.h"
#include "lib/driver/doc.h"
#include "lib/driver/reader.h"
#include "lib/driver/split.h"

struct rule_hits {
	const char *rule;
	uint64_t hits, alone; /* alone: it was the only rule the document broke */
	uint32_t stages;      /* a bit for each that it was hit in */
};

struct tally {
	uint64_t read, made, kept, dropped, bad; /* documents; made: by doc_new */
	uint64_t dropped_at[MAX_STAGES];
	uint64_t seen_at[MAX_STAGES]; /* documents that reached the stage, good ones */
	struct rule_hits *rule;
	size_t nrules, rule_cap;
	struct counts counts;
	struct hasher *hasher; /* of the output */
	uint64_t out_bytes;
};

/* Libraries, models and rule files that output depends on. */
struct uses {
	struct use {
		char *name, *version;
	} * v;
	size_t n, cap;
};

void tally_init(struct tally *t);
/* Count d as read or made, and the rules it broke. */
void tally_seen(struct tally *t, const struct doc *d);
/* Count d as kept, dropped or bad: no later filter will see it. */
void tally_ended(struct tally *t, const struct doc *d);
/* Count the rules that d broke in the last of several passes. */
void tally_hits(struct tally *t, const struct doc *d);
/* Count n documents as dropped by a stage that were counted as kept. */
void tally_drop(struct tally *t, size_t stage, const char *rule, uint64_t n);
void tally_free(struct tally *t);
void uses_free(struct uses *u);

/* Lines for people, on stderr.  tags: a bit per stage that only tags documents. */
void report_summary(const struct tally *t, uint32_t tags);
/* The documents in each of n files, most first. */
void report_split(const struct split_output *v, size_t n);
/* Warn of each rule that most documents break.  selects: a bit per stage that may. */
void report_warnings(const struct tally *t, uint32_t selects);

/* The report lists only options that change output bytes. */
struct report_stage {
	const char *command;
	struct opt_set own;
	struct common *c;
	const struct uses *uses;
};

struct report_output {
	struct hash128 hash;
	uint64_t bytes;
};

struct report {
	const char *command;
	struct common *c;
	const struct report_stage *stage; /* one, or several for a chain */
	size_t nstages;
	const struct tally *tally;
	void (*statistics)(const void *self, struct json_writer *w); /* or NULL */
	const void *self;					     /* of statistics */
	const struct input *inputs;
	size_t ninputs;
	const char *upstream; /* report of the run that wrote standard input, or NULL */
	const struct report_output *output; /* NULL: no documents, or several files */
	const struct split_output *split;   /* nsplit files; NULL: one output */
	size_t nsplit;
};

/*
 * One JSON object and a newline.  No clock, host, path or thread count: equal runs
 * report equal bytes.
 */
void report_put(const struct report *r, struct buf *out);

#endif
