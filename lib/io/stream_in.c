/* stream_in.c - read files: plain, gzip or zstd, detected from the content. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/io/inputs.h"
#include "lib/io/stream.h"
#include "lib/io/stream_codec.h"

/* HISTORY: bytes kept before the current one, to look for members after damage. */
enum { CHUNK = 256 * 1024, HISTORY = 256 * 1024, ROOM = HISTORY + 2 * CHUNK };

static const char cut_off[] = "compressed data is truncated: copy or regenerate the file";

struct in {
	char *name; /* for messages */
	int fd;
	bool end;	/* the file has no more bytes */
	bool sniffed;	/* packing is known */
	bool in_member; /* inside a zstd frame or gzip member */
	bool lost;	/* in_resync: look for the next member */
	bool probing;	/* it was found, and may be none */
	enum packing packing;
	struct decoder *decoder;
	struct span ready; /* decompressed, not yet handed out */
	unsigned misses;   /* members in a row too large to decompress at once */
	unsigned wait;	   /* members for which that is not tried */
	struct span have;  /* of buf: read, not yet used */
	char *buf;	   /* ROOM bytes */
	uint64_t file_bytes;
	uint64_t member_at; /* offset in the file */
	uint64_t reread;    /* bytes that in_resync went back */
	struct err failed;  /* reported once the data before it is out */
};

static struct in *
open_in(const char *path, bool note, struct err *err)
{
	bool std = strcmp(path, "-") == 0;
	const char *name = std ? "standard input" : path;
	struct in *in;
	struct stat st;
	int fd = std ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		err_errno(err, "cannot open '%s'", path);
		return NULL;
	}
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		if (!std)
			close(fd);
		err_set(err, EXIT_USAGE, "%s%s%s is a directory: name a file in it",
		    std ? "" : "'", name, std ? "" : "'");
		return NULL;
	}
	if (note && fstat(fd, &st) == 0 && inputs_note(&st, path, err) < 0) {
		if (!std)
			close(fd);
		return NULL;
	}
	in = xcalloc(1, sizeof *in);
	in->fd = fd;
	in->name = xstrdup(name);
	in->buf = xmalloc(ROOM);
	return in;
}

struct in *
in_open(const char *path, struct err *err)
{
	return open_in(path, true, err);
}

struct in *
in_open_unnoted(const char *path, struct err *err)
{
	return open_in(path, false, err);
}

const char *
in_name(const struct in *in)
{
	return in->name;
}

void
in_set_name(struct in *in, const char *name)
{
	free(in->name);
	in->name = xstrdup(name);
}

bool
in_packed(const struct in *in)
{
	return in->packing != PACK_NONE;
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

/* Make room for CHUNK more bytes after those in in->have. */
static void
make_room(struct in *in)
{
	const char *p = in->have.p;
	size_t before = (size_t)(p - in->buf), drop;

	if ((size_t)(in->buf + ROOM - (p + in->have.n)) >= CHUNK)
		return;
	drop = before > HISTORY ? before - HISTORY : 0;
	memmove(in->buf, in->buf + drop, before - drop + in->have.n);
	in->have.p = p - drop;
}

/* Make in->have at least n bytes (n <= CHUNK), unless the file ends.  0, or -1. */
static int
want(struct in *in, size_t n, struct err *err)
{
	if (!in->have.p)
		in->have.p = in->buf;
	while (in->have.n < n && !in->end) {
		ptrdiff_t got;

		make_room(in);
		got = read_fd(
		    in, in->buf + (in->have.p - in->buf) + in->have.n, CHUNK, err);
		if (got < 0)
			return -1;
		in->have.n += (size_t)got;
	}
	return 0;
}

static uint64_t
offset(const struct in *in)
{
	return in->file_bytes - in->have.n;
}

static int
bad(const struct in *in, struct err *err, const char *what)
{
	return err_set(
	    err, EXIT_DATA, "%s: byte %" PRIu64 ": %s", in->name, offset(in), what);
}

/*
 * Between frames or members: begin the next one.  1: begun, 0: end of the file, -1:
 * error.
 */
static int
next_member(struct in *in, struct err *err)
{
	int kind = BEGIN_PADDING;

	while (kind == BEGIN_PADDING) {
		if (want(in, BEGIN_MAX, err) < 0)
			return -1;
		if (in->have.n == 0)
			return 0;
		in->member_at = offset(in);
		kind = decoder_begin(in->decoder, &in->have, in->end);
	}
	if (kind == BEGIN_BAD)
		return bad(in, err,
		    "uncompressed data follows compressed data: truncate or regenerate "
		    "the file");
	if (kind == BEGIN_SHORT)
		return bad(in, err, cut_off);
	return 1;
}

/*
 * Go back to just after the start of the damaged member, as far as the history reaches: a
 * decoder can run over the starts of others before it fails.  The budget keeps hostile
 * files linear.
 */
static void
go_back(struct in *in)
{
	const uint64_t budget = 4 * in->file_bytes + CHUNK - in->reread;
	uint64_t back = offset(in) - in->member_at;
	const size_t history = (size_t)(in->have.p - in->buf);

	back = back ? back - 1 : 0;
	if (back > history)
		back = history;
	if (back > budget)
		back = budget;
	in->have.p -= back;
	in->have.n += (size_t)back;
	in->reread += back;
}

/* Find the next member after damage.  1: found, 0: end of the file, -1: error. */
static int
find_member(struct in *in, struct err *err)
{
	enum { NEED = 10 };

	go_back(in);
	for (;;) {
		size_t at;

		if (want(in, NEED, err) < 0)
			return -1;
		if (in->have.n < NEED)
			in->have = span_from(in->have, in->have.n);
		if (in->have.n == 0) {
			in->member_at = offset(in);
			return 0;
		}
		at = decoder_find(in->decoder, in->have);
		if (at < in->have.n) {
			in->have = span_from(in->have, at);
			in->lost = false;
			in->probing = true;
			return next_member(in, err);
		}
		in->have = span_from(in->have, in->have.n - (NEED - 1));
	}
}

/*
 * Decompress the member that has begun at once, if all of it fits into the buffer.  1:
 * done; 0: no; -1: error.  After each member that does not fit, twice as many are not
 * tried, so that little is decompressed twice.
 */
static int
whole_member(struct in *in, struct span_out *left, struct err *err)
{
	enum { WAIT_LOG_MAX = 6 };

	if (in->packing != PACK_GZIP || in->probing)
		return 0;
	if (in->wait > 0) {
		in->wait--;
		return 0;
	}
	while (!decoder_whole(in->decoder, &in->have, left, &in->ready)) {
		if (in->end || in->have.n >= CHUNK) {
			in->wait = 1u << in->misses;
			in->misses += in->misses < WAIT_LOG_MAX;
			return 0;
		}
		if (want(in, CHUNK, err) < 0)
			return -1;
	}
	in->misses = 0;
	return 1;
}

/* Hand out data that is decompressed already. */
static void
take_ready(struct in *in, struct span_out *left)
{
	const size_t n = in->ready.n < left->n ? in->ready.n : left->n;

	memcpy(left->p, in->ready.p, n);
	in->ready = span_from(in->ready, n);
	*left = (struct span_out){ left->p + n, left->n - n };
}

/* Start or continue a member.  1: some data, 0: end of the file, -1: error. */
static int
read_member(struct in *in, struct span_out *left, struct err *err)
{
	const size_t room = left->n;
	size_t wants;
	const char *why = NULL;
	int more;

	if (in->ready.n > 0) {
		take_ready(in, left);
		return 1;
	}
	if (!in->in_member) {
		more = in->lost ? find_member(in, err) : next_member(in, err);
		if (more <= 0)
			return more;
		more = whole_member(in, left, err);
		if (more != 0)
			return more;
		in->in_member = true;
	}
	wants = decoder_wants(in->decoder);
	if (want(in, wants < CHUNK ? wants : CHUNK, err) < 0)
		return -1;
	more = decoder_step(in->decoder, &in->have, left, &why);
	in->in_member = more > 0;
	if (more < 0)
		return err_set(err, EXIT_DATA,
		    "%s: byte %" PRIu64
		    ": damaged data (%s): copy or regenerate the file",
		    in->name, offset(in), why);
	if (more > 0 && left->n == room && in->have.n == 0 && in->end)
		return bad(in, err, cut_off);
	if (more == 0 || left->n < room)
		in->probing = false;
	return 1;
}

static ptrdiff_t
read_packed(struct in *in, void *p, size_t n, struct err *err)
{
	struct span_out left = { p, n };

	while (left.n == n && !in->failed.code) {
		int rc = read_member(in, &left, &in->failed);

		if (rc == 0)
			return 0;
		if (rc < 0 && in->failed.code == EXIT_DATA && in->probing) {
			in->failed = (struct err){ 0 };
			in_resync(in);
		}
	}
	if (left.n < n)
		return (ptrdiff_t)(n - left.n);
	return err_set(err, in->failed.code, "%s", in->failed.msg);
}

void
in_resync(struct in *in)
{
	if (in->packing == PACK_NONE)
		return;
	in->failed = (struct err){ 0 };
	in->in_member = false;
	in->lost = true;
}

/* Detect the format.  A compressed file has at least the first bytes of one. */
static int
sniff(struct in *in, struct err *err)
{
	if (want(in, BEGIN_MAX, err) < 0)
		return -1;
	in->packing = packing_of(in->have);
	if (in->packing != PACK_NONE)
		in->decoder = decoder_new(in->packing);
	in->sniffed = true;
	if (in->packing == PACK_NONE && in->have.n < BEGIN_MAX &&
	    path_is_packed(in->name) &&
	    (in->have.n == 0 || strchr("\x1f\x28", in->have.p[0])))
		return bad(in, err, cut_off);
	return 0;
}

ptrdiff_t
in_read(struct in *in, void *p, size_t n, struct err *err)
{
	if (n == 0)
		return 0;
	if (!in->sniffed && sniff(in, err) < 0)
		return -1;
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
