/*
 * spool.c - documents between the passes of a run, in an unnamed temporary file.
 *
 * The file loses its name on creation, so a kill leaves nothing and no other process can
 * replace it.  Only this process reads its records:
 *
 *	u64 bytes of the rest | u64 place | u64 ordinal | u32 part | u32 n | path[n], NUL
 *	included | the document as a JSON line
 */
#include "lib/driver/spool.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { LEVEL = 1 };

struct spool_head {
	uint64_t bytes; /* of the record after this number */
	uint64_t place, ordinal;
	uint32_t part, path_bytes;
};

struct spool {
	struct buf name; /* the path that the file had, for messages */
	int fd;
	char path[32];
	struct out *out; /* NULL once the first pass has ended */
};

struct spool *
spool_open(const char *dir, uint64_t threads, struct err *err)
{
	struct spool *s = xcalloc(1, sizeof *s);
	struct err why = { 0 };

	buf_path(&s->name, dir, "tamis-spool.XXXXXX");
	s->fd = mkstemp(s->name.p);
	if (s->fd < 0) {
		err_errno(
		    err, "cannot create a temporary file in directory '%s' (--tmp)", dir);
		goto fail;
	}
	unlink(s->name.p);
	snprintf(s->path, sizeof s->path, "/dev/fd/%d", s->fd);
	s->out = out_open(s->path, LEVEL, 0600, &why);
	if (!s->out) {
		err_errno(err, "cannot open '%s' again (--tmp)", s->name.p);
		goto fail;
	}
	out_set_name(s->out, s->name.p);
	out_threads(s->out, threads);
	return s;
fail:
	spool_free(s);
	return NULL;
}

void
spool_put(const struct doc *d, struct buf *out)
{
	const size_t at = out->n, path_bytes = strlen(d->path) + 1;
	struct spool_head h = { .place = d->place,
		.ordinal = d->ordinal,
		.part = d->part,
		.path_bytes = (uint32_t)path_bytes };

	buf_put(out, &h, sizeof h);
	buf_put(out, d->path, path_bytes);
	doc_emit(d, out);
	h.bytes = out->n - at - sizeof h.bytes;
	memcpy(out->p + at, &h.bytes, sizeof h.bytes);
}

static int
explain(const struct err *why, struct err *err)
{
	return err_set(err, why->code,
	    "%s (--tmp or TMPDIR names the directory of the spool)", why->msg);
}

int
spool_write(struct spool *s, struct span records, struct err *err)
{
	struct err why = { 0 };

	return out_write(s->out, records, &why) < 0 ? explain(&why, err) : 0;
}

int
spool_end(struct spool *s, struct err *err)
{
	struct err why = { 0 };
	struct out *out = s->out;

	s->out = NULL;
	return out_commit(out, &why) < 0 ? explain(&why, err) : 0;
}

const char *
spool_name(const struct spool *s)
{
	return s->name.p;
}

char *
spool_path(struct spool *s)
{
	return s->path;
}

void
spool_free(struct spool *s)
{
	if (!s)
		return;
	out_abort(s->out);
	if (s->fd >= 0)
		close(s->fd);
	buf_free(&s->name);
	free(s);
}

static void
find(const void *self, struct record_scan *s, struct span in, bool at_end, size_t *take,
    uint64_t *records)
{
	uint64_t bytes;
	size_t at = 0;

	*records = 0;
	while (in.n - at >= sizeof bytes) {
		memcpy(&bytes, in.p + at, sizeof bytes);
		if (in.n - at - sizeof bytes < bytes)
			break;
		at += sizeof bytes + (size_t)bytes;
		++*records;
	}
	*take = at;
}

static bool
next(const void *self, void *scratch, struct record_range *r, struct doc *d)
{
	struct spool_head h;

	memcpy(&h, r->rest.p, sizeof h);
	d->path = r->rest.p + sizeof h;
	d->place = h.place;
	d->ordinal = h.ordinal;
	d->part = h.part;
	d->json = (struct span){ d->path + h.path_bytes,
		(size_t)h.bytes - (sizeof h - sizeof h.bytes) - h.path_bytes - 1 };
	r->rest = span_from(r->rest, sizeof h.bytes + (size_t)h.bytes);
	d->unscanned = true;
	return true;
}

const struct record_source spool_source = { .find = find, .next = next };
