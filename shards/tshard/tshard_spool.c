/* tshard_spool.c - bytes of a section that is written later: in memory, or in a file. */
#include "shards/tshard/tshard_impl.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* Create the file, which has no name from then on. */
static int
create(struct tsi_spool *s, struct tshard_error *e)
{
	s->fd = open(s->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (s->fd < 0 || unlink(s->path) < 0) {
		tsi_errno(e, "check the directory", "%s: cannot create", s->path);
		if (s->fd >= 0)
			close(s->fd);
		return -1;
	}
	return 0;
}

static int
spill(struct tsi_spool *s, struct tshard_error *e)
{
	if ((s->written == 0 && create(s, e) < 0) ||
	    tsi_write(s->fd, s->buf.p, s->buf.n, s->path, e) < 0)
		return -1;
	s->written += s->buf.n;
	s->buf.n = 0;
	return 0;
}

int
tsi_spool_put(struct tsi_spool *s, const void *p, size_t n, struct tshard_error *e)
{
	if (s->most > 0 && s->buf.n > 0 && s->buf.n + n > s->most && spill(s, e) < 0)
		return -1;
	return tsi_vec_put(&s->buf, p, n) == 0 ? 0 : tsi_nomem(e);
}

int
tsi_spool_read(
    const struct tsi_spool *s, uint64_t at, void *p, size_t n, struct tshard_error *e)
{
	unsigned char *to = p;
	size_t k = 0;

	if (at < s->written) {
		k = n < s->written - at ? n : (size_t)(s->written - at);
		if (tsi_pread(s->fd, to, k, at, s->path, e) < 0)
			return -1;
	}
	if (k < n)
		memcpy(to + k, s->buf.p + (at + k - s->written), n - k);
	return 0;
}

int
tsi_spool_feed(
    const struct tsi_spool *s, tsi_sink *sink, void *ctx, struct tshard_error *e)
{
	enum { CHUNK = 1 << 18 };
	unsigned char *chunk = s->written > 0 ? malloc(CHUNK) : NULL;
	int rc = 0;

	if (s->written > 0 && !chunk)
		return tsi_nomem(e);
	for (uint64_t at = 0; at < s->written && rc == 0; at += CHUNK) {
		size_t n = s->written - at < CHUNK ? (size_t)(s->written - at) : CHUNK;

		rc = tsi_spool_read(s, at, chunk, n, e);
		if (rc == 0)
			rc = sink(ctx, chunk, n, e);
	}
	free(chunk);
	return rc == 0 && s->buf.n > 0 ? sink(ctx, s->buf.p, s->buf.n, e) : rc;
}

void
tsi_spool_free(struct tsi_spool *s)
{
	if (s->written > 0)
		close(s->fd);
	free(s->buf.p);
	*s = (struct tsi_spool){ .most = 0 };
}
