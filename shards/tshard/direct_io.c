/* direct_io.c - read and write past the page cache, where the file system allows it. */
#define _GNU_SOURCE /* NOLINT(bugprone-reserved-identifier,cert-dcl*): O_DIRECT */
#include "shards/tshard/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#ifdef O_DIRECT

static bool
set_direct(int fd, bool on)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 &&
	       fcntl(fd, F_SETFL, on ? flags | O_DIRECT : flags & ~O_DIRECT) == 0;
}

#else

static bool
set_direct(int fd, bool on)
{
	return !on;
}

#endif

int
tsi_direct_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && !set_direct(fd, true)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

size_t
tsi_direct_read(int fd, void *p, size_t n, uint64_t at)
{
	unsigned char *to = p;
	size_t whole = n - n % TSI_DIRECT_ALIGN, done = 0;

	if (fd < 0 || (uintptr_t)p % TSI_DIRECT_ALIGN != 0 || at % TSI_DIRECT_ALIGN != 0)
		return 0;
	while (done < whole) {
		ssize_t got = pread(fd, to + done, whole - done, (off_t)(at + done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0 || got % TSI_DIRECT_ALIGN != 0)
			return done;
		done += (size_t)got;
	}
	return done;
}

bool
tsi_direct_begin(int fd)
{
	return set_direct(fd, true);
}

void
tsi_direct_end(int fd)
{
	set_direct(fd, false);
}

int
tsi_direct_write(int fd, bool *direct, const void *p, size_t n, const char *path,
    struct tshard_error *e)
{
	const unsigned char *from = p;

	while (n > 0) {
		ssize_t put = write(fd, from, n);

		if (put < 0 && errno == EINTR)
			continue;
		/* EINVAL also follows a short write, which leaves the rest unaligned. */
		if (put < 0 && errno == EINVAL && *direct) {
			*direct = false;
			tsi_direct_end(fd);
			continue;
		}
		if (put < 0)
			return tsi_errno(
			    e, "check the file system", "%s: cannot write", path);
		from += put;
		n -= (size_t)put;
	}
	return 0;
}
