/* stream_in.c - read files: plain, gzip or zstd, detected from the content. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/io/stream.h"
#include "lib/io/stream_codec.h"

enum { CHUNK = 256 * 1024 };

static const char cut_off[] = "compressed data is truncated: copy or regenerate the file";

struct in {
	char *name; /* for messages */
	int fd;
	bool end;	/* the file has no more bytes */
	bool sniffed;	/* packing is known */
	bool in_member; /* inside a zstd frame or gzip member */
	enum packing packing;
	struct decoder *decoder;
	struct span have; /* of buf: read, not yet used */
	char *buf;	  /* CHUNK bytes */
	uint64_t file_bytes;
	bool marked;	       /* a begin mark awaits its end mark */
	uint64_t marked_bytes; /* decompressed since the begin mark */
};

struct in *
in_open(const char *path, struct err *err)
{
	bool std = strcmp(path, "-") == 0;
	struct in *in;
	int fd = std ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		err_errno(err, "cannot open '%s'", path);
		return NULL;
	}
	in = xcalloc(1, sizeof *in);
	in->fd = fd;
	in->name = xstrdup(std ? "standard input" : path);
	in->buf = xmalloc(CHUNK);
	return in;
}

const char *
in_name(const struct in *in)
{
	return in->name;
}

uint64_t
in_position(const struct in *in)
{
	return in->file_bytes;
}

void
in_close(struct in *in)
{
	if (!in)
		return;
	if (in->fd != STDIN_FILENO)
		close(in->fd);
	decoder_free(in->decoder);
	free(in->buf);
	free(in->name);
	free(in);
}

/* stdin can be non-blocking: its open file description is shared with other processes. */
static bool
try_again(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	if (errno == EINTR)
		return true;
	return (errno == EAGAIN || errno == EWOULDBLOCK) && poll(&p, 1, -1) >= 0;
}

static ptrdiff_t
read_fd(struct in *in, void *p, size_t n, struct err *err)
{
	ssize_t got;

	if (in->end)
		return 0;
	do
		got = read(in->fd, p, n < (1u << 30) ? n : 1u << 30);
	while (got < 0 && try_again(in->fd));
	if (got < 0)
		return in->fd == STDIN_FILENO
			   ? err_errno(err, "cannot read standard input")
			   : err_errno(err, "cannot read '%s'", in->name);
	in->end = got == 0;
	in->file_bytes += (uint64_t)got;
	return got;
}

/* Make in->have at least n bytes (n <= CHUNK), unless the file ends.  0, or -1. */
static int
want(struct in *in, size_t n, struct err *err)
{
	while (in->have.n < n && !in->end) {
		ptrdiff_t got;

		if (in->have.n)
			memmove(in->buf, in->have.p, in->have.n);
		got = read_fd(in, in->buf + in->have.n, CHUNK - in->have.n, err);
		if (got < 0)
			return -1;
		in->have = (struct span){ in->buf, in->have.n + (size_t)got };
	}
	return 0;
}

static int
bad(const struct in *in, struct err *err, const char *what)
{
	return err_set(err, EXIT_DATA, "%s: byte %" PRIu64 ": %s", in->name,
	    in->file_bytes - in->have.n, what);
}

static int
on_mark(struct in *in, const struct stream_mark *m, struct err *err)
{
	if (m->kind == MARK_BEGIN) {
		if (in->marked)
			return bad(in, err, cut_off);
		in->marked = true;
		in->marked_bytes = 0;
	} else if (m->kind == MARK_END) {
		if (!in->marked || in->marked_bytes != m->bytes)
			return bad(in, err,
			    "compressed data does not match the end mark: copy or "
			    "regenerate the file");
		in->marked = false;
	}
	return 0;
}

/*
 * Between frames or members: handle marks and begin the next frame.  1: begun, 0: end of
 * the file, -1: error.
 */
static int
next_member(struct in *in, struct err *err)
{
	for (;;) {
		struct stream_mark mark;
		int kind;

		if (want(in, MARK_MAX, err) < 0)
			return -1;
		if (in->have.n == 0)
			return in->marked ? bad(in, err, cut_off) : 0;
		kind = decoder_begin(in->decoder, &in->have, in->end, &mark);
		if (kind == BEGIN_PADDING)
			continue;
		if (kind == BEGIN_BAD)
			return bad(in, err,
			    "uncompressed data follows compressed data: truncate or "
			    "regenerate the file");
		if (kind == BEGIN_SHORT)
			return bad(in, err, cut_off);
		if (on_mark(in, &mark, err) < 0)
			return -1;
		if (kind == BEGIN_DATA)
			return 1;
	}
}

static ptrdiff_t
read_packed(struct in *in, void *p, size_t n, struct err *err)
{
	struct span_out left = { p, n };

	while (left.n == n) {
		const char *why = NULL;
		int more;

		if (!in->in_member) {
			more = next_member(in, err);
			if (more <= 0)
				return more;
			in->in_member = true;
		}
		if (want(in, 1, err) < 0)
			return -1;
		more = decoder_step(in->decoder, &in->have, &left, &why);
		if (more < 0)
			return err_set(err, EXIT_DATA,
			    "%s: byte %" PRIu64
			    ": damaged data (%s): copy or regenerate the file",
			    in->name, in->file_bytes - in->have.n, why);
		if (more > 0 && left.n == n && in->have.n == 0 && in->end)
			return bad(in, err, cut_off);
		in->in_member = more > 0;
		in->marked_bytes += n - left.n;
	}
	return (ptrdiff_t)(n - left.n);
}

ptrdiff_t
in_read(struct in *in, void *p, size_t n, struct err *err)
{
	if (n == 0)
		return 0;
	if (!in->sniffed) {
		if (want(in, 4, err) < 0)
			return -1;
		in->packing = packing_of(in->have);
		if (in->packing != PACK_NONE)
			in->decoder = decoder_new(in->packing);
		in->sniffed = true;
	}
	if (in->packing != PACK_NONE)
		return read_packed(in, p, n, err);
	if (in->have.n) {
		if (n > in->have.n)
			n = in->have.n;
		memcpy(p, in->have.p, n);
		in->have = span_from(in->have, n);
		return (ptrdiff_t)n;
	}
	return read_fd(in, p, n, err);
}
