/* arc.h - split a decompressed ARC file, the predecessor of WARC, into records. */
#ifndef TAMIS_ARC_H
#define TAMIS_ARC_H

#include "filters/web/payload.h"
#include "filters/web/warc.h"

/* Whether bytes begin with the line before an ARC record, versions 1 and 2, which must be
 * whole. */
bool arc_starts(struct span s);
/* As warc_next; headers is the line before the record. */
enum warc_result arc_next(
    struct span in, bool at_end, uint64_t max, struct warc_record *r);
/* As warc_resync: the next line that can be the one before a record. */
size_t arc_resync(struct span in, uint64_t left, bool at_end, bool *found);

/* The fields of a record, without an id.  date: memory for the one of w. */
enum { ARC_DATE_SIZE = 24 };
void arc_fields(
    const struct warc_record *r, char date[ARC_DATE_SIZE], struct web_record *w);

extern const char arc_wrong_length[];

#endif
