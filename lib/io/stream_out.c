/* stream_out.c - write output: plain, gzip or zstd, published whole or not at all. */
#include <stdlib.h>
#include <unistd.h>

#include "lib/io/publish.h"
#include "lib/io/stream.h"
#include "lib/io/stream_codec.h"

struct out {
	struct publish file;
	enum packing packing;
	int level;
	bool begun;
	uint64_t raw_bytes;
};

static bool
ends_in(const char *path, const char *suffix)
{
	size_t n = strlen(path), k = strlen(suffix);

	return n > k && strcmp(path + n - k, suffix) == 0;
}

struct out *
out_open(const char *path, int level, unsigned mode, struct err *err)
{
	struct out *o = xcalloc(1, sizeof *o);

	if (path && strcmp(path, "-") == 0)
		path = NULL;
	if (path && ends_in(path, ".gz"))
		o->packing = PACK_GZIP;
	else if (level || (path && ends_in(path, ".zst")))
		o->packing = PACK_ZSTD;
	o->level = level ? level : o->packing == PACK_GZIP ? 6 : 3;
	if (publish_open(&o->file, path, mode, err) < 0)
		goto fail;
	if (!path && o->packing != PACK_NONE && isatty(o->file.fd)) {
		err_set(err, EXIT_USAGE,
		    "standard output is a terminal, and the output is compressed: use -o "
		    "FILE or a pipe");
		goto fail;
	}
	return o;
fail:
	out_abort(o);
	return NULL;
}

bool
out_in_place(const struct out *o)
{
	return !o->file.temporary;
}

enum packing
out_packing(const struct out *o)
{
	return o->packing;
}

void
out_pack(const struct out *o, struct packer **ctx, struct span raw, struct buf *packed)
{
	if (raw.n)
		pack_block(o->packing, o->level, ctx, raw, packed);
}

static int
put_mark(struct out *o, enum mark_kind kind, struct err *err)
{
	struct buf b = { 0 };
	int rc;

	mark_put(o->packing, (struct stream_mark){ kind, o->raw_bytes }, &b);
	rc = publish_write(&o->file, buf_span(&b), err);
	buf_free(&b);
	return rc;
}

int
out_write(struct out *o, struct span packed, struct span raw, struct err *err)
{
	if (!o->begun && put_mark(o, MARK_BEGIN, err) < 0)
		return -1;
	o->begun = true;
	o->raw_bytes += raw.n;
	return publish_write(&o->file, packed, err);
}

int
out_commit(struct out *o, struct err *err)
{
	int rc = o->begun ? 0 : out_write(o, SPAN(""), SPAN(""), err);

	if (rc == 0)
		rc = put_mark(o, MARK_END, err);
	if (rc == 0)
		rc = publish_commit(&o->file, err);
	out_abort(o);
	return rc;
}

void
out_abort(struct out *o)
{
	if (!o)
		return;
	publish_abort(&o->file);
	free(o);
}

static int
put_file(const char *path, struct span s, unsigned mode, bool first, struct err *err)
{
	struct publish p;
	int rc = publish_open(&p, path, mode, err);

	p.first = first;
	if (rc == 0)
		rc = publish_write(&p, s, err);
	if (rc == 0)
		rc = publish_commit(&p, err);
	publish_abort(&p);
	return rc;
}

int
file_put(const char *path, struct span s, unsigned mode, struct err *err)
{
	return put_file(path, s, mode, false, err);
}

int
file_put_first(const char *path, struct span s, unsigned mode, struct err *err)
{
	return put_file(path, s, mode, true, err);
}

int
file_get(const char *path, size_t max, struct buf *b, struct err *err)
{
	struct in *in = in_open(path, err);
	size_t start = b->n;
	ptrdiff_t got;
	int rc = -1;

	if (!in)
		return -1;
	do {
		buf_reserve(b, 65536);
		got = in_read(in, b->p + b->n, 65536, err);
		if (got < 0)
			goto out;
		b->n += (size_t)got;
		if (b->n - start > max) {
			err_set(err, EXIT_DATA,
			    "%s: larger than %zu bytes: is it the right file", path, max);
			goto out;
		}
	} while (got);
	rc = 0;
out:
	in_close(in);
	return rc;
}
