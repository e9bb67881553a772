/* files.c - reads a model file and says what is wrong with it; writes lines in large
 * bites. */
#include "tok/files.h"

#include <errno.h>
#include <unistd.h>

#define BITE ((size_t)1 << 20)

int
model_load(struct model *m, const char *path, struct err *err)
{
	struct buf b = { 0 };
	const char *why;
	int rc = -1;

	if (access(path, F_OK) < 0 && errno == ENOENT)
		return err_set(err, EXIT_DATA,
		    "%s: no such model: train one with 'tamis vocab'", path);
	if (file_get(path, MODEL_MAX_BYTES, &b, err) < 0)
		goto out;
	rc = model_parse(m, b.p, b.n, &why);
	if (rc < 0)
		err_set(err, EXIT_DATA,
		    "%s: not a SentencePiece model, %s: train one with 'tamis vocab'",
		    path, why);
out:
	buf_free(&b);
	return rc;
}

int
lines_out_open(struct lines_out *l, const char *path, int level, struct err *err)
{
	l->out = out_open(path, level, 0666, err);
	return l->out ? 0 : -1;
}

static int
write_raw(struct lines_out *l, struct err *err)
{
	struct span raw = buf_span(&l->raw), packed = raw;

	if (raw.n == 0)
		return 0;
	if (out_packing(l->out) != PACK_NONE) {
		l->packed.n = 0;
		out_pack(l->out, &l->packer, raw, &l->packed);
		packed = buf_span(&l->packed);
	}
	l->raw.n = 0;
	return out_write(l->out, packed, raw, err);
}

int
lines_out_flush(struct lines_out *l, struct err *err)
{
	return l->raw.n >= BITE ? write_raw(l, err) : 0;
}

int
lines_out_commit(struct lines_out *l, struct err *err)
{
	struct out *out = l->out;

	if (write_raw(l, err) < 0)
		return -1;
	l->out = NULL;
	return out_commit(out, err);
}

void
lines_out_close(struct lines_out *l)
{
	out_abort(l->out);
	packer_free(l->packer);
	buf_free(&l->raw);
	buf_free(&l->packed);
	*l = (struct lines_out){ 0 };
}
