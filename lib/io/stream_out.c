/* stream_out.c - write files that appear under their name whole or not at all. */
#define _DEFAULT_SOURCE /* NOLINT(bugprone-reserved-identifier,cert-dcl*): realpath */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/io/stream.h"
#include "lib/io/stream_codec.h"

struct out {
	char *path; /* NULL: standard output */
	struct buf tmp;
	int fd;
	enum packing packing;
	int level;
	bool in_place; /* a device or a pipe: nothing to rename */
	bool begun;
	uint64_t raw_bytes;
};

void
file_tmp_name(const char *path, struct buf *b)
{
	static atomic_uint count;
	char host[65];

	if (gethostname(host, sizeof host) < 0)
		host[0] = '\0';
	host[sizeof host - 1] = '\0';
	b->n = 0;
	buf_putf(b, "%s.%s.%ld.%u.tmp", path, host, (long)getpid(),
	    atomic_fetch_add(&count, 1));
	buf_putc(b, '\0');
}

char *
file_resolve(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct buf b = { 0 };
	char *dir, *real = realpath(path, NULL);

	if (real)
		return real;
	if (slash)
		buf_put(&b, path, slash == path ? 1 : (size_t)(slash - path));
	else
		buf_putc(&b, '.');
	buf_putc(&b, '\0');
	dir = realpath(b.p, NULL);
	b.n = 0;
	buf_putf(&b, "%s/%s", dir ? dir : "", dir && slash ? slash + 1 : path);
	buf_putc(&b, '\0');
	free(dir);
	return b.p;
}

static bool
ends_in(const char *path, const char *suffix)
{
	size_t n = strlen(path), k = strlen(suffix);

	return n > k && strcmp(path + n - k, suffix) == 0;
}

/* The temporary, unless it has been renamed. */
static void
drop_tmp(struct out *o)
{
	if (o->tmp.n) {
		unlink(o->tmp.p);
		temporary_remove(o->tmp.p);
	}
	buf_free(&o->tmp);
}

static int
open_named(struct out *o, unsigned mode, struct err *err)
{
	struct stat st;
	char *real;

	if (stat(o->path, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return err_set(err, EXIT_USAGE,
			    "'%s' is a folder: name a file in it", o->path);
		/* /dev/stdout may lead to a regular file, but is no name of it. */
		o->in_place = !S_ISREG(st.st_mode) || strncmp(o->path, "/dev/", 5) == 0;
	}
	if (o->in_place) {
		o->fd = open(o->path, O_WRONLY | O_CLOEXEC);
	} else {
		/* A link stays a link: what it leads to is replaced. */
		if ((real = realpath(o->path, NULL))) {
			free(o->path);
			o->path = real;
		}
		file_tmp_name(o->path, &o->tmp);
		unlink(o->tmp.p);
		o->fd =
		    open(o->tmp.p, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode);
		if (o->fd < 0)
			o->tmp.n = 0;
		else
			temporary_add(o->tmp.p);
	}
	return o->fd < 0 ? err_errno(err, "cannot write '%s'", o->path) : 0;
}

struct out *
out_open(const char *path, int level, unsigned mode, struct err *err)
{
	struct out *o = xcalloc(1, sizeof *o);

	o->fd = STDOUT_FILENO;
	if (path && strcmp(path, "-") != 0) {
		o->path = xstrdup(path);
		if (ends_in(path, ".zst") || (level && !ends_in(path, ".gz")))
			o->packing = PACK_ZSTD;
		else if (ends_in(path, ".gz"))
			o->packing = PACK_GZIP;
	} else if (level) {
		o->packing = PACK_ZSTD;
	}
	o->level = level ? level : o->packing == PACK_GZIP ? 6 : 3;
	if (!o->path && o->packing != PACK_NONE && isatty(o->fd)) {
		err_set(err, EXIT_USAGE,
		    "compressed output to a terminal: use -o FILE or a pipe");
		out_abort(o);
		return NULL;
	}
	if (o->path && open_named(o, mode, err) < 0) {
		out_abort(o);
		return NULL;
	}
	return o;
}

bool
out_in_place(const struct out *o)
{
	return !o->path || o->in_place;
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

/* A descriptor may have been made non-blocking by whoever shares it. */
static bool
try_again(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	if (errno == EINTR)
		return true;
	return (errno == EAGAIN || errno == EWOULDBLOCK) && poll(&p, 1, -1) >= 0;
}

static int
write_all(struct out *o, struct span s, struct err *err)
{
	while (s.n) {
		ssize_t n = write(o->fd, s.p, s.n < (1u << 30) ? s.n : 1u << 30);

		if (n < 0 && try_again(o->fd))
			continue;
		if (n < 0)
			return err_errno(err, "cannot write '%s'",
			    o->path ? o->path : "standard output");
		s = span_from(s, (size_t)n);
	}
	return 0;
}

static int
put_mark(struct out *o, enum mark_kind kind, struct err *err)
{
	struct buf b = { 0 };
	int rc;

	mark_put(o->packing, (struct mark){ kind, o->raw_bytes }, &b);
	rc = write_all(o, buf_span(&b), err);
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
	return write_all(o, packed, err);
}

int
dir_sync(const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	struct buf dir = { 0 };
	int fd, rc = 0;

	if (slash)
		buf_put(&dir, path, slash == path ? 1 : (size_t)(slash - path));
	else
		buf_putc(&dir, '.');
	buf_putc(&dir, '\0');
	fd = open(dir.p, O_RDONLY | O_CLOEXEC);
	/* Some file systems cannot sync a folder, and some folders can only be written
	 * in. */
	if (fd < 0 ? errno != EACCES : fsync(fd) < 0 && errno != EINVAL)
		rc = err_errno(err, "cannot sync folder '%s'", dir.p);
	if (fd >= 0)
		close(fd);
	buf_free(&dir);
	return rc;
}

static int
commit_named(struct out *o, struct err *err)
{
	if (!o->in_place && fsync(o->fd) < 0)
		return err_errno(err, "cannot write '%s'", o->path);
	if (close(o->fd) < 0) {
		o->fd = -1;
		return err_errno(err, "cannot write '%s'", o->path);
	}
	o->fd = -1;
	if (o->in_place)
		return 0;
	if (rename(o->tmp.p, o->path) < 0)
		return err_errno(err, "cannot rename '%s' to '%s'", o->tmp.p, o->path);
	temporary_remove(o->tmp.p);
	o->tmp.n = 0;
	return dir_sync(o->path, err);
}

int
out_commit(struct out *o, struct err *err)
{
	int rc = o->begun ? 0 : out_write(o, SPAN(""), SPAN(""), err);

	if (rc == 0)
		rc = put_mark(o, MARK_END, err);
	if (rc == 0 && o->path)
		rc = commit_named(o, err);
	else if (rc == 0 && close(STDOUT_FILENO) < 0)
		rc = err_errno(err, "cannot write 'standard output'");
	out_abort(o);
	return rc;
}

void
out_abort(struct out *o)
{
	if (!o)
		return;
	if (o->path && o->fd > STDERR_FILENO)
		close(o->fd);
	drop_tmp(o);
	free(o->path);
	free(o);
}

int
file_put(const char *path, struct span s, unsigned mode, struct err *err)
{
	struct out o = { .path = xstrdup(path), .fd = -1 };
	int rc = -1;

	if (open_named(&o, mode, err) == 0 && write_all(&o, s, err) == 0 &&
	    commit_named(&o, err) == 0)
		rc = 0;
	if (o.fd >= 0)
		close(o.fd);
	drop_tmp(&o);
	free(o.path);
	return rc;
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
