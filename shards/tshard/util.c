/* util.c - errors, growable byte arrays, complete reads and writes, names. */
#include "shards/tshard/tshard_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

const char *const tsi_ext[3] = { ".bin", ".idx", ".sdx" };

/* Ids come from web pages: their control bytes could steer a terminal. */
void
tsi_mask(char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < 32 || *s == 127)
			*s = '?';
}

int
tsi_fail(struct tshard_error *e, int code, const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return -1;
	e->code = code;
	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof e->msg, fmt, ap);
	va_end(ap);
	tsi_mask(e->msg);
	return -1;
}

/* The fix for a failed system call; how: where errno does not tell. */
static const char *
advice(int error, const char *how)
{
	switch (error) {
	case EFBIG:
		return "raise the limit (ulimit -f), or use another file system";
	case EMFILE:
		return "raise the limit (ulimit -n)";
	case ENFILE:
		return "end other programs, or raise fs.file-max";
	case ENOSPC:
		return "free disk space and try again";
	case EDQUOT:
		return "free disk space within your quota and try again";
	case EROFS:
		return "use another directory";
	case EACCES:
	case EPERM:
		return "check the permissions";
	case ENOMEM:
		return "free memory and try again";
	case EIO:
		return "check the disk";
	default:
		return how;
	}
}

int
tsi_errno(struct tshard_error *e, const char *how, const char *fmt, ...)
{
	int saved = errno;
	char what[700], why[128];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	if (strerror_r(saved, why, sizeof why) != 0)
		snprintf(why, sizeof why, "error %d", saved);
	return tsi_fail(e,
	    saved == ENOENT || saved == ENOTDIR ? TSHARD_MISSING : TSHARD_SYSTEM,
	    "%s: %s: %s", what, why, advice(saved, how));
}

int
tsi_bad(struct tshard *s, struct tshard_error *e, int file, uint64_t byte,
    const char *fmt, ...)
{
	char what[900];
	va_list ap;

	s->bad_file = file;
	s->bad_byte = byte;
	va_start(ap, fmt);
	vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	return tsi_fail(e, TSHARD_DATA, "%s: byte %llu: %s", s->path[file],
	    (unsigned long long)byte, what);
}

int
tsi_nomem(struct tshard_error *e)
{
	return tsi_fail(
	    e, TSHARD_SYSTEM, "out of memory: free memory, or use smaller shards");
}

char *
tsi_format(const char *fmt, ...)
{
	va_list ap;
	int n;
	char *s;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || !(s = malloc((size_t)n + 1)))
		return NULL;
	va_start(ap, fmt);
	vsnprintf(s, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return s;
}

unsigned char *
tsi_vec_more(struct tsi_vec *v, size_t n)
{
	unsigned char *p;

	if (n > v->cap - v->n) {
		size_t cap = v->cap < 4096 ? 4096 : v->cap + v->cap / 2;

		if (n > SIZE_MAX / 2 - v->n)
			return NULL;
		if (cap < v->n + n)
			cap = v->n + n;
		p = realloc(v->p, cap);
		if (!p)
			return NULL;
		v->p = p;
		v->cap = cap;
	}
	p = v->p + v->n;
	v->n += n;
	return p;
}

int
tsi_vec_put(struct tsi_vec *v, const void *p, size_t n)
{
	unsigned char *to;

	if (n == 0)
		return 0;
	to = tsi_vec_more(v, n);
	if (!to)
		return -1;
	memcpy(to, p, n);
	return 0;
}

/* Linux moves at most 2 GiB in one call. */
enum { MOST_AT_ONCE = 1 << 30 };

int
tsi_pread(
    int fd, void *p, size_t n, uint64_t at, const char *path, struct tshard_error *e)
{
	unsigned char *to = p;

	while (n > 0) {
		ssize_t got =
		    pread(fd, to, n < MOST_AT_ONCE ? n : MOST_AT_ONCE, (off_t)at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return tsi_errno(e, "try again, or use another copy",
			    "%s: byte %llu: cannot read", path, (unsigned long long)at);
		if (got == 0)
			return tsi_fail(e, TSHARD_DATA,
			    "%s: byte %llu: the file ends here: copy it again", path,
			    (unsigned long long)at);
		to += got;
		at += (uint64_t)got;
		n -= (size_t)got;
	}
	return 0;
}

int
tsi_write(int fd, const void *p, size_t n, const char *path, struct tshard_error *e)
{
	const unsigned char *from = p;

	while (n > 0) {
		ssize_t put = write(fd, from, n < MOST_AT_ONCE ? n : MOST_AT_ONCE);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return tsi_errno(
			    e, "check the file system", "%s: cannot write", path);
		from += put;
		n -= (size_t)put;
	}
	return 0;
}

char *
tsi_slurp(const char *path, size_t max, size_t *n, struct tshard_error *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *p = NULL;

	if (fd < 0) {
		tsi_errno(e, "name a readable file", "%s", path);
		return NULL;
	}
	if (fstat(fd, &st) < 0) {
		tsi_errno(e, "name a readable file", "%s", path);
	} else if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size > max) {
		tsi_fail(e, TSHARD_DATA,
		    "%s: not a regular file of at most %zu bytes: use an intact copy",
		    path, max);
	} else {
		*n = (size_t)st.st_size;
		p = malloc(*n + 1);
		if (!p) {
			tsi_nomem(e);
		} else if (tsi_pread(fd, p, *n, 0, path, e) < 0) {
			free(p);
			p = NULL;
		} else {
			p[*n] = '\0';
		}
	}
	close(fd);
	return p;
}

int
tsi_fsync_dir(const char *path, struct tshard_error *e)
{
	const char *slash = strrchr(path, '/');
	char *dir = !slash	    ? tsi_format(".")
		    : slash == path ? tsi_format("/")
				    : tsi_format("%.*s", (int)(slash - path), path);
	int fd, rc = 0;

	if (!dir)
		return tsi_nomem(e);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* EINVAL: the file system cannot sync directories. */
	if (fd < 0 || (fsync(fd) < 0 && errno != EINVAL))
		rc = tsi_errno(
		    e, "check the file system", "%s: cannot sync the directory", dir);
	if (fd >= 0)
		close(fd);
	free(dir);
	return rc;
}

char *
tsi_prefix_of(const char *path)
{
	size_t n = strlen(path);

	for (int i = 0; i < 3; i++)
		if (n > 4 && strcmp(path + n - 4, tsi_ext[i]) == 0)
			return tsi_format("%.*s", (int)(n - 4), path);
	return tsi_format("%s", path);
}

void
tshard_hex(const unsigned char *p, size_t n, char *out)
{
	static const char digit[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		*out++ = digit[p[i] >> 4];
		*out++ = digit[p[i] & 15];
	}
	*out = '\0';
}

uint32_t
tshard_width(uint32_t vocab)
{
	return vocab <= 65536 ? 2 : 4;
}

uint16_t
tshard_lang_pack(const char *tag)
{
	uint16_t v = 0;
	int n = 0;

	if (!tag)
		return 0;
	for (; *tag != '\0' && *tag != '-' && *tag != '_'; tag++, n++) {
		int c = (unsigned char)*tag | 32;

		if (c < 'a' || c > 'z' || n == 3)
			return 0;
		v = (uint16_t)(v | (c - 'a' + 1) << (10 - 5 * n));
	}
	/* "und" is unknown, as is a tag that is too short. */
	return n < 2 || v == (21 << 10 | 14 << 5 | 4) ? 0 : v;
}

void
tshard_lang_name(uint16_t language, char out[4])
{
	int n = 0;

	for (int shift = 10; shift >= 0; shift -= 5) {
		int c = language >> shift & 31;

		if (c < 1 || c > 26)
			break;
		out[n++] = (char)('a' + c - 1);
	}
	out[n] = '\0';
}
