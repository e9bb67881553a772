/* model_io.c - read a model file, choose its special tokens, write lines of output. */
#include "tok/model_io.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "lib/base/num.h"
#include "lib/text/json_writer.h"
#include "tok/sp.h"

#define PIECE ((size_t)1 << 20) /* bytes that are written at a time */

void
no_memory(void)
{
	die_no_memory("");
}

void
memory_open(void)
{
	struct rlimit limit;

	sp_on_no_memory(no_memory);
#ifdef __GLIBC__
	/* A thread that gets no address space for an arena of its own asks for one again
	 * at each allocation, which takes 20 times as long as the work. */
	if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
		mallopt(M_ARENA_MAX, 1);
#endif
}

int
model_load(struct model *m, const char *path, struct err *err)
{
	struct buf b = { 0 };
	const char *why;
	int rc = -1;

	if (access(path, F_OK) < 0 && errno == ENOENT)
		return err_set(err, EXIT_USAGE,
		    "%s: no such file: train a model with 'tamis vocab'", path);
	if (file_get(path, MODEL_MAX_BYTES, &b, err) < 0)
		goto out;
	rc = model_parse(m, b.p, b.n, &why);
	if (rc < 0 && why == model_no_memory)
		err_set(err, EXIT_SYSTEM, "%s: out of memory", path);
	else if (rc < 0)
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

void
put_pieces(const struct model *m, const uint32_t *ids, size_t n, struct json_writer *w)
{
	for (size_t i = 0; i < n; i++) {
		const struct model_piece *p = &m->piece[ids[i]];

		jw_str(w, (struct span){ p->text, p->n });
	}
}

void
put_ids(const uint32_t *ids, size_t n, bool first, struct buf *b)
{
	for (size_t i = 0; i < n; i++) {
		char digits[10];
		size_t k = 0;
		uint32_t v = ids[i];

		do
			digits[k++] = (char)('0' + v % 10);
		while (v /= 10);
		if (i > 0 || !first)
			buf_putc(b, ' ');
		while (k > 0)
			buf_putc(b, digits[--k]);
	}
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
	if (out_write(l->out, buf_span(&l->raw), err) < 0)
		return -1;
	l->raw.n = 0;
	return 0;
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
	buf_free(&l->raw);
	*l = (struct lines_out){ 0 };
}
