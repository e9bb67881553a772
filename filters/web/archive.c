/* archive.c - find the records of a web archive, WARC or ARC. */
#include "filters/web/archive.h"

#include "filters/web/file_format.h"

/* Have the driver skip r, a record at the front of `in`.  why: the count of a record
 * that is not a document, or NULL. */
static void
skip_record(struct record_scan *scan, struct span in, const struct warc_record *r,
    const char *why)
{
	scan->skip = r->size;
	scan->skip_as = NULL;
	scan->skip_short = NULL;
	scan->seen = 0;
	if (r->bad)
		return;
	scan->skip_as = why;
	scan->skip_short =
	    scan->format == FORMAT_ARC ? arc_wrong_length : warc_wrong_length;
	scan->skip_from = (size_t)(r->headers.p - in.p);
	scan->seen = scan->skip_from + r->headers.n - 1;
}

enum warc_result
archive_next(int format, struct span in, bool at_end, uint64_t max, struct warc_record *r)
{
	return format == FORMAT_ARC ? arc_next(in, at_end, max, r)
				    : warc_next(in, at_end, max, r);
}

void
archive_fields(int format, const struct warc_record *r, char date[ARC_DATE_SIZE],
    struct web_record *w)
{
	if (format == FORMAT_ARC)
		arc_fields(r, date, w);
	else
		payload_warc_fields(r, w);
}

/*
 * Whether r, a record at the front of `in` whose body may be incomplete there, is to be
 * skipped without being read into memory: archives hold videos, too.  *why: its count, or
 * NULL for a document longer than --max-doc.  *more: that needs more bytes.
 */
static bool
is_skipped(const struct record_scan *scan, struct span in, bool at_end,
    struct warc_record *r, const char **why, bool *more)
{
	enum { READ_MAX = 1 << 20 };
	const size_t start = (size_t)(r->headers.p - in.p) + r->headers.n;
	char date[ARC_DATE_SIZE];
	struct web_record w;

	if ((r->size <= READ_MAX && r->size <= scan->max_doc) || r->bad)
		return false;
	*more = in.n - start < PAYLOAD_START && !at_end;
	if (*more)
		return false;
	r->body = span_from(in, start);
	if (r->body.n > PAYLOAD_START)
		r->body.n = PAYLOAD_START;
	archive_fields(scan->format, r, date, &w);
	*why = payload_refused(&w);
	if (r->size <= scan->max_doc)
		return *why;
	if (*why)
		*why = "extract.skipped_long";
	return true;
}

void
archive_find(struct record_scan *scan, struct span in, bool at_end, bool repair,
    size_t *take, uint64_t *records)
{
	struct warc_record r;

	at_end |= scan->damaged;

	for (;;) {
		const struct span s = span_from(in, *take);
		const enum warc_result got =
		    archive_next(scan->format, s, at_end, scan->max_doc, &r);
		const char *why = NULL;
		bool more = false;
		const bool skipped =
		    r.headers.n > 0 && is_skipped(scan, s, at_end, &r, &why, &more);

		if (more || got == WARC_END || (got == WARC_MORE && !skipped))
			return;
		/* The damage is the bad record. */
		if (got == WARC_BAD && scan->damaged && *take + r.size == in.n &&
		    !(repair && r.headers.n > 0))
			return;
		++*records;
		if (skipped || got == WARC_LONG) {
			skip_record(scan, s, &r, why);
			return;
		}
		*take += (size_t)r.size;
		/* Its length says that it ends elsewhere, perhaps where a later record
		 * does: the range ends here, so that next() sees the same. */
		if (got == WARC_BAD) {
			scan->bad = !(repair && r.headers.n > 0);
			return;
		}
	}
}

size_t
archive_resync(const struct record_scan *scan, struct span in, bool at_end, bool *found)
{
	return scan->format == FORMAT_ARC ? arc_resync(in, scan->skip, at_end, found)
					  : warc_resync(in, scan->skip, at_end, found);
}
