/* report_stages.h - add up the reports of the commands that made a corpus. */
#ifndef SHARDS_REPORT_STAGES_H
#define SHARDS_REPORT_STAGES_H

#include "lib/base/err.h"
#include "lib/base/table.h"

/* A rule by which a stage drops documents. */
struct stage_rule {
	char *name;
	uint64_t hits, alone; /* alone: it was the only rule the document broke */
};

/* All runs of one command. */
struct corpus_stage {
	char *command;	   /* of a chain: its commands, with blanks between them */
	unsigned from_end; /* stages after it, at most */
	uint64_t runs, read, kept, dropped, bad;
	struct stage_rule *rule; /* most hits first, once sorted */
	size_t nrules, rule_cap;
};

/* Zero it to begin. */
struct corpus_stages {
	struct corpus_stage *v;
	size_t n, cap;
	struct table seen;    /* hashes of reports that were added */
	struct table outputs; /* from the hash of a file to the stage that wrote it */
	struct corpus_input {
		struct hash128 file;
		size_t stage, from; /* that read it, and wrote it; SIZE_MAX: unknown */
	} * input;
	size_t ninputs, input_cap;
	struct corpus_report {
		struct span json;
		size_t reader; /* the stage that read what it wrote; SIZE_MAX: none */
	} * report;	       /* to add */
	size_t nreports, report_cap;
};

/*
 * Add a report, and those of its inputs that it embeds, each once.  json: one object.
 * path: for messages.  0, or -1 with *err.
 */
int corpus_stages_add(
    struct corpus_stages *t, struct span json, const char *path, struct err *err);
/* Sort stages from the first to the last, by the files that they read and write, and
 * their rules. */
void corpus_stages_sort(struct corpus_stages *t);
void corpus_stages_free(struct corpus_stages *t);

#endif
