/* stream_out.c - write output: plain, gzip or zstd, published whole or not at all. */
#include <stdlib.h>
#include <unistd.h>

#include "lib/base/chars.h"
#include "lib/io/publish.h"
#include "lib/io/stream.h"
#include "lib/io/stream_codec.h"

struct out {
	struct publish file;
	enum packing packing;
	int level, workers;
	struct encoder *encoder; /* from the first write on */
	struct buf packed;
	uint64_t raw_bytes;
	bool finished;
};

/* Suffixes of outputs.  NULL: a format that tamis does not write. */
static const struct {
	const char *suffix;
	const char *format;
	enum packing packing;
} suffixes[] = {
	{ ".zst", "zstd", PACK_ZSTD },
	{ ".zstd", "zstd", PACK_ZSTD },
	{ ".gz", "gzip", PACK_GZIP },
	{ ".gzip", "gzip", PACK_GZIP },
	{ ".bz2", "bzip2", PACK_NONE },
	{ ".xz", "xz", PACK_NONE },
	{ ".lzma", "lzma", PACK_NONE },
	{ ".lz4", "lz4", PACK_NONE },
	{ ".lz", "lzip", PACK_NONE },
	{ ".br", "brotli", PACK_NONE },
	{ ".sz", "snappy", PACK_NONE },
	{ ".snappy", "snappy", PACK_NONE },
	{ ".Z", "compress", PACK_NONE },
	{ ".zip", "zip", PACK_NONE },
	{ ".7z", "7z", PACK_NONE },
	{ ".tar", "tar", PACK_NONE },
	{ ".tgz", "tar", PACK_NONE },
	{ ".parquet", "Parquet", PACK_NONE },
	{ ".arrow", "Arrow", PACK_NONE },
	{ ".feather", "Arrow", PACK_NONE },
	{ ".orc", "ORC", PACK_NONE },
	{ ".avro", "Avro", PACK_NONE },
};

static bool
ends_in(const char *path, const char *suffix)
{
	size_t n = strlen(path), k = strlen(suffix);

	return n > k && ascii_eq(path + n - k, suffix, k);
}

bool
path_is_packed(const char *path)
{
	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
		if (suffixes[i].packing != PACK_NONE && ends_in(path, suffixes[i].suffix))
			return true;
	return false;
}

/* Choose the format by the suffix.  0, or -1 with *err. */
static int
choose_packing(struct out *o, const char *path, int level, struct err *err)
{
	o->packing = level ? PACK_ZSTD : PACK_NONE;
	for (size_t i = 0; path && i < sizeof suffixes / sizeof *suffixes; i++) {
		if (!ends_in(path, suffixes[i].suffix))
			continue;
		if (suffixes[i].packing == PACK_NONE)
			return err_set(err, EXIT_USAGE,
			    "'%s': cannot write %s: name a .zst, .gz or uncompressed "
			    "file",
			    path, suffixes[i].format);
		o->packing = suffixes[i].packing;
	}
	o->level = level ? level : o->packing == PACK_GZIP ? 6 : 3;
	return 0;
}

struct out *
out_open(const char *path, int level, unsigned mode, struct err *err)
{
	struct out *o = xcalloc(1, sizeof *o);

	o->file.fd = -1;
	o->workers = 1;
	if (path && strcmp(path, "-") == 0)
		path = NULL;
	if (choose_packing(o, path, level, err) < 0 ||
	    publish_open(&o->file, path, mode, err) < 0)
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

void
out_threads(struct out *o, uint64_t n)
{
	enum { MAX_WORKERS = 64 };

	o->workers = n < MAX_WORKERS ? (int)n : MAX_WORKERS;
}

void
out_set_name(struct out *o, const char *name)
{
	free(o->file.path);
	o->file.path = xstrdup(name);
}

static int
put_packed(struct out *o, struct span raw, bool end, struct err *err)
{
	bool more;

	if (!o->encoder)
		o->encoder =
		    encoder_new(o->packing, o->level, o->workers, !out_in_place(o));
	do {
		o->packed.n = 0;
		more = encoder_step(o->encoder, &raw, end, &o->packed);
		if (publish_write(&o->file, buf_span(&o->packed), err) < 0)
			return -1;
	} while (more);
	return 0;
}

int
out_write(struct out *o, struct span raw, struct err *err)
{
	o->raw_bytes += raw.n;
	return o->packing == PACK_NONE ? publish_write(&o->file, raw, err)
				       : put_packed(o, raw, false, err);
}

/* Enter the size of the data into the header of the frame. */
static int
put_size(struct out *o, struct err *err)
{
	const uint64_t at = encoder_size_at(o->encoder);
	char n[8];

	for (int i = 0; i < 8; i++)
		n[i] = (char)(o->raw_bytes >> 8 * i & 255);
	return at ? publish_patch(&o->file, (struct span){ n, sizeof n }, at, err) : 0;
}

int
out_finish(struct out *o, struct err *err)
{
	if (o->finished)
		return 0;
	o->finished = true;
	if (o->packing != PACK_NONE &&
	    (put_packed(o, SPAN(""), true, err) < 0 || put_size(o, err) < 0))
		return -1;
	return publish_sync(&o->file, err);
}

int
out_commit(struct out *o, struct err *err)
{
	int rc = out_finish(o, err);

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
	encoder_free(o->encoder);
	buf_free(&o->packed);
	free(o);
}

int
file_put_check(const char *path, struct err *err)
{
	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
		if (ends_in(path, suffixes[i].suffix))
			return err_set(err, EXIT_USAGE,
			    "'%s': this file is written plain, not as %s: use another "
			    "suffix",
			    path, suffixes[i].format);
	return 0;
}

static int
put_file(const char *path, struct span s, unsigned mode, bool first, struct err *err)
{
	struct publish p;
	int rc;

	if (file_put_check(path, err) < 0)
		return -1;
	rc = publish_open(&p, path, mode, err);
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

/* Append the rest of a file to b, and close it. */
static int
get_rest(struct in *in, const char *path, size_t max, struct buf *b, struct err *err)
{
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

int
file_get(const char *path, size_t max, struct buf *b, struct err *err)
{
	return get_rest(in_open(path, err), path, max, b, err);
}

int
file_get_unnoted(const char *path, size_t max, struct buf *b, struct err *err)
{
	return get_rest(in_open_unnoted(path, err), path, max, b, err);
}
