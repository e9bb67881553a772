/* bigfile.c - large files, written and read past the page cache where possible. */
#define _GNU_SOURCE /* NOLINT(bugprone-reserved-identifier,cert-dcl*): O_DIRECT */
#include "lib/io/bigfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/io/publish.h"

#ifndef O_DIRECT
#define O_DIRECT 0
#endif

enum {
	BUFFER = 4 << 20,
	ALIGN = BIGFILE_BLOCK, /* of memory, offsets and sizes: O_DIRECT requires it */
};

struct bigfile {
	struct publish file;
	unsigned char *buffer;
	size_t fill;
	uint64_t bytes;
};

struct bigfile *
bigfile_open(const char *path, struct err *err)
{
	struct bigfile *f = xcalloc(1, sizeof *f);

	if (publish_open(&f->file, path, 0666, err) < 0) {
		bigfile_abort(f);
		return NULL;
	}
	f->buffer = aligned_alloc(ALIGN, BUFFER);
	if (!f->buffer) {
		err_set(err, EXIT_SYSTEM, "out of memory for a write buffer");
		bigfile_abort(f);
		return NULL;
	}
	return f;
}

static int
flush(struct bigfile *f, struct err *err)
{
	const struct span s = { (const char *)f->buffer, f->fill };

	/* A file of less than one buffer is not worth it. */
	if (f->bytes == s.n && s.n == BUFFER)
		publish_direct(&f->file, true);
	if (s.n % ALIGN > 0)
		publish_direct(&f->file, false);
	f->fill = 0;
	return publish_write(&f->file, s, err);
}

int
bigfile_put(struct bigfile *f, const void *p, size_t n, struct err *err)
{
	const unsigned char *from = p;

	while (n > 0) {
		size_t room = BUFFER - f->fill, take = n < room ? n : room;

		memcpy(f->buffer + f->fill, from, take);
		f->fill += take;
		f->bytes += take;
		from += take;
		n -= take;
		if (f->fill == BUFFER && flush(f, err) < 0)
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

	if (rc == 0)
		rc = publish_commit(&f->file, err);
	bigfile_abort(f);
	return rc;
}

void
bigfile_abort(struct bigfile *f)
{
	if (!f)
		return;
	publish_abort(&f->file);
	free(f->buffer);
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
		/* Only the end of the file can be unaligned. */
		if (done % ALIGN > 0)
			break;
	}
	return done >= want;
}
