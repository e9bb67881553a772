/* model_io.c - read a model file, choose its special tokens, write lines of output. */
#include "tok/model_io.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/num.h"

#define PIECE ((size_t)1 << 20) /* bytes that are written at a time */

int
model_load(struct model *m, const char *path, struct err *err)
{
	struct buf b = { 0 };
	const char *why;
	int rc = -1;

	if (access(path, F_OK) < 0 && errno == ENOENT)
		return err_set(err, EXIT_DATA,
		    "%s: no such file: train a model with 'tamis vocab'", path);
	if (file_get(path, MODEL_MAX_BYTES, &b, err) < 0)
		goto out;
	rc = model_parse(m, b.p, b.n, &why);
	if (rc < 0)
		err_set(err, EXIT_DATA,
		    "%s: not a usable SentencePiece model, it %s: train "
		    "one with 'tamis vocab'",
		    path, why);
out:
	buf_free(&b);
	return rc;
}

static bool
all_digits(const char *s)
{
	size_t n = strspn(s, "0123456789");

	return n > 0 && s[n] == '\0';
}

int
model_choose(const struct model *m, const char *path, const char *option,
    const char *name, uint32_t *out, struct err *err)
{
	uint64_t id;

	if (all_digits(name)) {
		if (num_u64(name, &id) || id >= m->n)
			return err_set(err, EXIT_USAGE,
			    "--%s %s: '%s' has ids below %" PRIu32 ": name another",
			    option, name, path, m->n);
		*out = (uint32_t)id;
		return 0;
	}
	*out = model_find(m, name, strlen(name));
	if (*out == MODEL_NO_ID)
		return err_set(err, EXIT_USAGE,
		    "--%s '%s': '%s' has no such piece: name another, or an id", option,
		    name, path);
	return 0;
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
	return l->raw.n >= PIECE ? write_raw(l, err) : 0;
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
