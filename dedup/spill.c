/*
 * spill.c - records in partitions: in memory, and beyond a limit in a temporary file.
 *
 * A partition is a list of extents in the file, then of chunks in memory.  When memory is
 * short, the spill at hand writes all its chunks, those of one partition side by side.
 * The file loses its name on creation, so a kill leaves nothing.
 */
#include "dedup/spill.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/io/publish.h"

enum { CHUNK_MIN = 4 << 10, CHUNK_MAX = 256 << 10, EXTENT_MAX = 1 << 20 };

struct spill_chunk {
	struct spill_chunk *next;
	size_t n, cap;
	char p[];
};

struct extent {
	uint64_t at, n; /* bytes of the file */
};

struct part {
	struct spill_chunk *head, *tail;
	struct extent *extent;
	size_t nextents, cap;
	uint64_t bytes;
};

struct spill {
	struct spill_pool *pool;
	struct part *part;
	size_t nparts;
	uint64_t memory; /* held by its chunks */
	int fd;		 /* -1: no file yet */
	uint64_t end;	 /* of the file */
	char *map;	 /* of the whole file, by spill_pin */
};

int
spill_pool_init(
    struct spill_pool *pool, uint64_t memory, const char *tmp, struct err *err)
{
	enum { MEMORY_MIN = 1 << 20 };

	if (!tmp)
		tmp = getenv("TMPDIR");
	if (!memory)
		memory = (uint64_t)sysconf(_SC_PHYS_PAGES) / 4 *
			 (uint64_t)sysconf(_SC_PAGESIZE);
	*pool = (struct spill_pool){
		.dir = tmp && *tmp ? tmp : "/tmp", .memory = memory, .limit = memory / 2
	};
	if (memory < MEMORY_MIN)
		return err_set(err, EXIT_USAGE, "--memory %llu: must be at least 1Mi",
		    (unsigned long long)memory);
	return temporary_dir_check(pool->dir, err);
}

struct spill *
spill_new(struct spill_pool *pool, size_t parts)
{
	struct spill *s = xcalloc(1, sizeof *s);

	*s = (struct spill){ .pool = pool,
		.part = xcalloc(parts, sizeof *s->part),
		.nparts = parts,
		.fd = -1 };
	return s;
}

static int
open_file(struct spill *s, struct err *err)
{
	struct buf name = { 0 };

	buf_path(&name, s->pool->dir, "tamis-near.XXXXXX");
	s->fd = mkstemp(name.p);
	if (s->fd < 0)
		err_errno(err, "cannot create a temporary file in directory '%s' (--tmp)",
		    s->pool->dir);
	else
		unlink(name.p);
	buf_free(&name);
	return s->fd < 0 ? -1 : 0;
}

static int
write_all(struct spill *s, const char *p, size_t n, struct err *err)
{
	for (ssize_t w; n; p += w, n -= (size_t)w) {
		w = pwrite(s->fd, p, n, (off_t)s->end);
		if (w < 0 && errno == EINTR)
			w = 0;
		if (w < 0)
			return err_errno(err,
			    "cannot write a temporary file in directory '%s' (--tmp)",
			    s->pool->dir);
		s->end += (uint64_t)w;
		s->pool->file += (uint64_t)w;
	}
	if (s->pool->file > s->pool->file_max)
		s->pool->file_max = s->pool->file;
	return 0;
}

static void
note_extent(struct part *p, uint64_t at, uint64_t n)
{
	struct extent *last =
	    p->extent && p->nextents ? &p->extent[p->nextents - 1] : NULL;

	if (last && last->at + last->n == at && last->n + n <= EXTENT_MAX) {
		last->n += n;
		return;
	}
	if (!p->extent || p->nextents == p->cap) {
		p->cap = p->cap ? 2 * p->cap : 16;
		p->extent = xrealloc(p->extent, p->cap, sizeof *p->extent);
	}
	p->extent[p->nextents++] = (struct extent){ at, n };
}

static void
drop_chunk(struct spill *s, struct spill_chunk *c)
{
	s->memory -= c->cap;
	s->pool->used -= c->cap;
	free(c);
}

/* Write the chunks of one partition to the file. */
static int
flush_part(struct spill *s, struct part *p, struct err *err)
{
	while (p->head) {
		struct spill_chunk *c = p->head;
		const uint64_t at = s->end;

		if (write_all(s, c->p, c->n, err) < 0)
			return -1;
		note_extent(p, at, c->n);
		p->head = c->next;
		drop_chunk(s, c);
	}
	p->tail = NULL;
	return 0;
}

static int
flush(struct spill *s, struct err *err)
{
	if (s->fd < 0 && open_file(s, err) < 0)
		return -1;
	for (size_t i = 0; i < s->nparts; i++)
		if (flush_part(s, &s->part[i], err) < 0)
			return -1;
	return 0;
}

/* Append a chunk with room for n bytes; chunks grow with their partition. */
static struct spill_chunk *
add_chunk(struct spill *s, struct part *p, size_t n)
{
	size_t cap = p->bytes < CHUNK_MIN   ? CHUNK_MIN
		     : p->bytes < CHUNK_MAX ? (size_t)p->bytes
					    : CHUNK_MAX;
	struct spill_chunk *c;

	cap = n > cap ? n : cap;
	c = xmalloc(xadd(sizeof *c, cap));
	*c = (struct spill_chunk){ .cap = cap };
	if (p->tail)
		p->tail->next = c;
	else
		p->head = c;
	p->tail = c;
	s->memory += cap;
	s->pool->used += cap;
	return c;
}

char *
spill_room(struct spill *s, size_t part, size_t n, struct err *err)
{
	struct part *p = &s->part[part];
	struct spill_chunk *c = p->tail;

	if (!c || c->cap - c->n < n) {
		/* A spill that holds little gains nothing by giving that up. */
		if (s->pool->used > s->pool->limit && s->memory > s->pool->limit / 8 &&
		    flush(s, err) < 0)
			return NULL;
		c = add_chunk(s, p, n);
	}
	c->n += n;
	p->bytes += n;
	return c->p + c->n - n;
}

int
spill_put(struct spill *s, size_t part, const void *record, size_t n, struct err *err)
{
	char *p = spill_room(s, part, n, err);

	if (!p)
		return -1;
	memcpy(p, record, n);
	return 0;
}

uint64_t
spill_bytes(const struct spill *s, size_t part)
{
	return s->part[part].bytes;
}

static int
read_extent(const struct spill *s, struct extent e, char *to, struct err *err)
{
	while (e.n) {
		const ssize_t r = pread(s->fd, to, (size_t)e.n, (off_t)e.at);

		if (r < 0 && errno == EINTR)
			continue;
		if (r == 0)
			errno = EIO;
		if (r <= 0)
			return err_errno(err,
			    "cannot read a temporary file in directory '%s' (--tmp)",
			    s->pool->dir);
		to += r;
		e.at += (uint64_t)r;
		e.n -= (uint64_t)r;
	}
	return 0;
}

int
spill_read(const struct spill *s, size_t part,
    int (*each)(void *arg, struct span records, struct err *err), void *arg,
    struct err *err)
{
	const struct part *p = &s->part[part];
	struct buf b = { 0 };
	int rc = 0;

	for (size_t i = 0; i < p->nextents && rc == 0; i++) {
		b.n = 0;
		buf_reserve(&b, (size_t)p->extent[i].n);
		rc = read_extent(s, p->extent[i], b.p, err);
		if (rc == 0)
			rc = each(arg, (struct span){ b.p, (size_t)p->extent[i].n }, err);
	}
	for (const struct spill_chunk *c = p->head; c && rc == 0; c = c->next)
		rc = each(arg, (struct span){ c->p, c->n }, err);
	buf_free(&b);
	return rc;
}

int
spill_pin(struct spill *s, size_t part,
    int (*each)(void *arg, struct span records, struct err *err), void *arg,
    struct err *err)
{
	const struct part *p = &s->part[part];
	int rc = 0;

	if (p->nextents) {
		s->map = mmap(NULL, (size_t)s->end, PROT_READ, MAP_SHARED, s->fd, 0);
		if (s->map == MAP_FAILED) {
			s->map = NULL;
			return err_errno(err,
			    "cannot map a temporary file in directory '%s' (--tmp)",
			    s->pool->dir);
		}
	}
	for (size_t i = 0; i < p->nextents && rc == 0; i++)
		rc = each(arg,
		    (struct span){ s->map + p->extent[i].at, (size_t)p->extent[i].n },
		    err);
	for (const struct spill_chunk *c = p->head; c && rc == 0; c = c->next)
		rc = each(arg, (struct span){ c->p, c->n }, err);
	return rc;
}

void
spill_unpin(struct spill *s)
{
	if (s->map)
		munmap(s->map, (size_t)s->end);
	s->map = NULL;
}

void
spill_free(struct spill *s)
{
	if (!s)
		return;
	spill_unpin(s);
	for (size_t i = 0; i < s->nparts; i++) {
		while (s->part[i].head) {
			struct spill_chunk *c = s->part[i].head;

			s->part[i].head = c->next;
			drop_chunk(s, c);
		}
		free(s->part[i].extent);
	}
	if (s->fd >= 0)
		close(s->fd);
	s->pool->file -= s->end;
	free(s->part);
	free(s);
}
