/* id_file.c - the token ids of a long document in an unnamed temporary file. */
#include "tok/id_file.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/base/mem.h"

int
id_file_open(struct id_file *f, const char *dir, struct err *err)
{
	struct buf name = { 0 };

	buf_path(&name, dir, "tamis-encode.XXXXXX");
	*f = (struct id_file){ .dir = dir, .fd = mkstemp(name.p) };
	if (f->fd < 0)
		err_errno(
		    err, "cannot create a temporary file in directory '%s' (--tmp)", dir);
	else
		unlink(name.p);
	buf_free(&name);
	return f->fd < 0 ? -1 : 0;
}

int
id_file_put(struct id_file *f, const uint32_t *ids, size_t n, struct err *err)
{
	const char *p = (const char *)ids;
	const uint64_t at = f->n * sizeof *ids;

	for (size_t done = 0; done < n * sizeof *ids;) {
		const ssize_t w =
		    pwrite(f->fd, p + done, n * sizeof *ids - done, (off_t)(at + done));

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return err_errno(err,
			    "cannot write a temporary file in directory '%s' (--tmp)",
			    f->dir);
		done += (size_t)w;
	}
	f->n += n;
	return 0;
}

int
id_file_get(
    const struct id_file *f, uint64_t at, uint32_t *ids, size_t n, struct err *err)
{
	char *p = (char *)ids;

	for (size_t done = 0; done < n * sizeof *ids;) {
		const ssize_t r = pread(f->fd, p + done, n * sizeof *ids - done,
		    (off_t)(at * sizeof *ids + done));

		if (r < 0 && errno == EINTR)
			continue;
		if (r == 0)
			errno = EIO;
		if (r <= 0)
			return err_errno(err,
			    "cannot read a temporary file in directory '%s' (--tmp)",
			    f->dir);
		done += (size_t)r;
	}
	return 0;
}

void
id_file_close(struct id_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}
