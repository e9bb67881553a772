/* report_page.h - what the page of tamis report shows, and its HTML. */
#ifndef SHARDS_REPORT_PAGE_H
#define SHARDS_REPORT_PAGE_H

#include "shards/report_stages.h"
#include "shards/stats.h"

enum {
	REPORT_WINDOWS = 100, /* of a run, in which the blend is shown */
	REPORT_GROUPS = 8,    /* the last one has the rest */
	REPORT_EXAMPLES = 3,  /* of a rule */
};

/* The documents in files of rejects that broke a rule. */
struct dropped_by_rule {
	char *rule;
	uint64_t documents;
	struct dropped_of_source {
		char *source;
		uint64_t documents;
	} * source;
	size_t nsources, cap;
	struct dropped_example {
		char *id, *text;
	} example[REPORT_EXAMPLES];
	size_t nexamples;
};

struct report_page {
	const char *title;
	const struct stats *stats; /* of the run or of all documents; NULL: no shards */
	/* The blend of a run: tokens of each group in each window. */
	char *group[REPORT_GROUPS]; /* largest first */
	size_t ngroups;
	uint64_t blend[REPORT_WINDOWS][REPORT_GROUPS];
	uint64_t run_samples; /* 0: no run */
	struct corpus_stages stages;
	struct dropped_by_rule *dropped;
	size_t ndropped, dropped_cap;
};

/* Append the page, one HTML file that needs no other. */
void report_page_put(const struct report_page *p, struct buf *b);

#endif
