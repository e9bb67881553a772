/* bigfile.c - large files, written once from front to back, past the page cache where the
 * file system lets us. */
#define _GNU_SOURCE /* NOLINT(bugprone-reserved-identifier,cert-dcl*): O_DIRECT */
#include "lib/io/bigfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/io/stream.h"

#ifndef O_DIRECT
#define O_DIRECT 0
#endif

enum {
	PIECE = 4 << 20,
	ALIGN = BIGFILE_BLOCK, /* of memory, offsets and sizes, as O_DIRECT asks for */
};

struct bigfile {
	char *path;
	struct buf tmp;
	int fd;
	bool direct;
	unsigned char *piece;
	size_t fill;
	uint64_t bytes;
};

static void
set_direct(struct bigfile *f, bool on)
{
	int flags = fcntl(f->fd, F_GETFL);

	f->direct = on && flags >= 0 && fcntl(f->fd, F_SETFL, flags | O_DIRECT) == 0;
	if (!on && flags >= 0)
		fcntl(f->fd, F_SETFL, flags & ~O_DIRECT);
}

struct bigfile *
bigfile_open(const char *path, struct err *err)
{
	struct bigfile *f = xcalloc(1, sizeof *f);

	f->path = xstrdup(path);
	file_tmp_name(path, &f->tmp);
	f->fd = open(f->tmp.p, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (f->fd < 0) {
		err_errno(err, "cannot write '%s'", f->tmp.p);
		f->tmp.n = 0;
		bigfile_abort(f);
		return NULL;
	}
	temporary_add(f->tmp.p);
	f->piece = aligned_alloc(ALIGN, PIECE);
	if (!f->piece) {
		err_set(err, EXIT_SYSTEM, "out of memory: give it less to do at once");
		bigfile_abort(f);
		return NULL;
	}
	return f;
}

static int
flush(struct bigfile *f, struct err *err)
{
	const unsigned char *p = f->piece;
	size_t n = f->fill;

	if (f->bytes == f->fill && n == PIECE)
		set_direct(f, true);
	if (f->direct && n % ALIGN > 0)
		set_direct(f, false);
	while (n > 0) {
		ssize_t put = write(f->fd, p, n);

		if (put < 0 && errno == EINTR)
			continue;
		/* Not on this file system; or what a short write left is not aligned. */
		if (put < 0 && errno == EINVAL && f->direct) {
			set_direct(f, false);
			continue;
		}
		if (put < 0)
			return err_errno(err, "cannot write '%s'", f->path);
		p += put;
		n -= (size_t)put;
	}
	f->fill = 0;
	return 0;
}

int
bigfile_put(struct bigfile *f, const void *p, size_t n, struct err *err)
{
	const unsigned char *from = p;

	while (n > 0) {
		size_t room = PIECE - f->fill, take = n < room ? n : room;

		memcpy(f->piece + f->fill, from, take);
		f->fill += take;
		f->bytes += take;
		from += take;
		n -= take;
		if (f->fill == PIECE && flush(f, err) < 0)
			return -1;
	}
	return 0;
}

uint64_t
bigfile_bytes(const struct bigfile *f)
{
	return f->bytes;
}

int
bigfile_commit(struct bigfile *f, struct err *err)
{
	int rc = flush(f, err);

	if (rc == 0 && fsync(f->fd) < 0)
		rc = err_errno(err, "cannot write '%s'", f->path);
	if (rc == 0 && rename(f->tmp.p, f->path) < 0)
		rc = err_errno(err, "cannot rename '%s' to '%s'", f->tmp.p, f->path);
	if (rc == 0) {
		temporary_remove(f->tmp.p);
		f->tmp.n = 0;
		rc = dir_sync(f->path, err);
	}
	bigfile_abort(f);
	return rc;
}

void
bigfile_abort(struct bigfile *f)
{
	if (!f)
		return;
	if (f->fd >= 0)
		close(f->fd);
	if (f->tmp.n > 0) {
		unlink(f->tmp.p);
		temporary_remove(f->tmp.p);
	}
	buf_free(&f->tmp);
	free(f->path);
	free(f->piece);
	free(f);
}

int
bigfile_direct(const char *path)
{
	return O_DIRECT ? open(path, O_RDONLY | O_DIRECT | O_CLOEXEC) : -1;
}

bool
bigfile_read(int fd, void *p, size_t n, uint64_t at)
{
	size_t skip = (size_t)(at % ALIGN), want = skip + n, done = 0;
	size_t size = (want + ALIGN - 1) / ALIGN * ALIGN;

	while (fd >= 0 && done < want) {
		ssize_t got = pread(fd, (unsigned char *)p + done, size - done,
		    (off_t)(at - skip + done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		done += (size_t)got;
		/* Only the end of the file makes it uneven. */
		if (done % ALIGN > 0)
			break;
	}
	return done >= want;
}
