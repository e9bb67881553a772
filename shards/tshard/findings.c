/* findings.c - collect the findings of a shard, and report them. */
#include "shards/tshard/tshard_impl.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void
keep(struct tsi_report *r, const char *file, uint64_t byte, const char *msg)
{
	struct tsi_finding f = { .byte = byte };

	if (!r->v)
		r->v = calloc(TSI_MOST_FINDINGS, sizeof *r->v);
	f.file = tsi_format("%s", file);
	f.msg = tsi_format("%s", msg);
	if (!r->v || r->n == TSI_MOST_FINDINGS || !f.file || !f.msg) {
		free(f.file);
		free(f.msg);
		r->more++;
		return;
	}
	tsi_mask(f.msg);
	r->v[r->n++] = f;
}

void
tsi_found(struct tsi_report *r, const char *file, uint64_t byte, const char *fmt, ...)
{
	char what[2048], msg[4096];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	snprintf(msg, sizeof msg, "%s: byte %" PRIu64 ": %s", file, byte, what);
	keep(r, file, byte, msg);
}

int
tsi_found_error(
    struct tsi_report *r, const char *file, uint64_t byte, const struct tshard_error *e)
{
	if (e->code != TSHARD_DATA)
		return -1;
	keep(r, file, byte, e->msg);
	return 0;
}

void
tsi_report_free(struct tsi_report *r)
{
	for (size_t i = 0; i < r->n; i++) {
		free(r->v[i].file);
		free(r->v[i].msg);
	}
	free(r->v);
}

int64_t
tsi_report_deliver(const struct tsi_report *r, const char *path, struct tshard_verify *v)
{
	struct tshard_finding f;
	char msg[4200];

	for (size_t i = 0; i < r->n && v->found; i++) {
		f.file = r->v[i].file;
		f.byte = r->v[i].byte;
		f.msg = r->v[i].msg;
		v->found(v->ctx, &f);
	}
	if (r->more > 0 && v->found) {
		f.file = path;
		f.byte = 0;
		f.msg = msg;
		snprintf(msg, sizeof msg,
		    "%.4000s: %" PRIu64 " more problems: use an intact copy", path,
		    r->more);
		v->found(v->ctx, &f);
	}
	v->bytes += r->bytes;
	return (int64_t)(r->n + r->more);
}
