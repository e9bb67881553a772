/* report_dropped.h - count the documents in files of rejects, by rule and source. */
#ifndef SHARDS_REPORT_DROPPED_H
#define SHARDS_REPORT_DROPPED_H

#include "shards/report_page.h"

/*
 * Add the documents of a file, JSON lines with the field "drop", as --rejects writes
 * them. head: its first bytes, which were read from `in` before.  0, or -1 with *err.
 */
struct in;
int report_dropped_add(
    struct report_page *p, struct in *in, struct span head, struct err *err);
/* Sort rules and their sources, most documents first. */
void report_dropped_sort(struct report_page *p);
void report_dropped_free(struct report_page *p);

#endif
