/* archive.h - find the records of a web archive, WARC or ARC. */
#ifndef TAMIS_ARCHIVE_H
#define TAMIS_ARCHIVE_H

#include "filters/web/arc.h"
#include "filters/web/payload.h"
#include "lib/driver/filter.h"

/* As warc_next(), or arc_next() for FORMAT_ARC. */
enum warc_result archive_next(
    int format, struct span in, bool at_end, uint64_t max, struct warc_record *r);
/* The fields of a record.  date: room for that of an ARC record. */
void archive_fields(int format, const struct warc_record *r, char date[ARC_DATE_SIZE],
    struct web_record *w);
/*
 * As record_source.find.  Records that are surely no documents are skipped.  repair:
 * before damage, a record that is cut counts, too.
 */
void archive_find(struct record_scan *scan, struct span in, bool at_end, bool repair,
    size_t *take, uint64_t *records);
/* As record_source.resync. */
size_t archive_resync(
    const struct record_scan *scan, struct span in, bool at_end, bool *found);

#endif
