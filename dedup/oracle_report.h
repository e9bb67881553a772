/* oracle_report.h - the report of near-oracle, for people and as JSON. */
#ifndef TAMIS_ORACLE_REPORT_H
#define TAMIS_ORACLE_REPORT_H

#include "dedup/oracle.h"

/* The documents with one value of a field. */
struct oracle_source {
	const char *name;
	uint64_t documents, removed, judged_removed;
};

struct oracle_report {
	const struct oracle *oracle;
	const char *by;		      /* the field; NULL: none */
	struct oracle_source *source; /* the most removals first */
	size_t nsources;
	struct oracle_source missing; /* documents without the field */
	const char *judged;	      /* the file with the result to judge; NULL: none */
};

/* Whether more than 90 % of the documents of a source are removed, by either result. */
bool oracle_alarm(const struct oracle_source *s);
/* The missed documents, and the removals of both results, as shares of the exact ones. */
double oracle_missed_share(const struct oracle *o);
double oracle_recall(const struct oracle *o);
void oracle_put_text(const struct oracle_report *r, struct buf *b);
void oracle_put_json(const struct oracle_report *r, struct buf *b);

#endif
