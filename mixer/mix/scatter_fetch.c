/* scatter_fetch.c - the second pass of a two-pass shuffle: reads samples from scatter
 * files.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/io/bigfile.h"
#include "mixer/mix/scatter.h"

enum { PIECE = 1 << 20 }; /* largest read */

struct scattered {
	struct buf name;
	int fd, direct; /* direct: opened past the page cache, or -1 */
	struct scatter_tail tail;
};

static int
damaged(const struct scattered *f, struct err *err)
{
	return err_set(err, EXIT_DATA,
	    "%s: damaged, or of another plan: remove it and continue with --resume",
	    f->name.p);
}

static int
read_at(const struct scattered *f, void *p, size_t n, uint64_t at, struct err *err)
{
	unsigned char *to = p;

	while (n > 0) {
		ssize_t got = pread(f->fd, to, n, (off_t)at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_errno(err, "cannot read '%s'", f->name.p);
		if (got == 0)
			return damaged(f, err);
		to += got;
		at += (uint64_t)got;
		n -= (size_t)got;
	}
	return 0;
}

/* Whether the header belongs to job i of p. */
static bool
is_of_job(const struct scatter_header *h, const struct scatter_plan *p, size_t i)
{
	const struct scatter_job *job = &p->job[i];

	return memcmp(h->plan, p->plan, sizeof h->plan) == 0 &&
	       h->job.source == job->source && h->job.len_class == job->len_class &&
	       h->job.part == job->part && h->job.first == job->first &&
	       h->job.n == job->n;
}

/* Read and check the header and the tail of the file of job i. */
static int
check_ends(const struct scatter_plan *p, size_t i, struct scattered *f, struct err *err)
{
	unsigned char header[SCATTER_HEADER], tail[SCATTER_TAIL];
	struct scatter_header h;
	struct stat st;
	uint64_t size;

	if (fstat(f->fd, &st) < 0)
		return err_errno(err, "cannot read '%s'", f->name.p);
	size = (uint64_t)st.st_size;
	if (size < sizeof header + sizeof tail)
		return damaged(f, err);
	if (read_at(f, header, sizeof header, 0, err) < 0 ||
	    read_at(f, tail, sizeof tail, size - sizeof tail, err) < 0)
		return -1;
	if (!scatterfile_get_header(header, &h))
		return damaged(f, err);
	if (h.version != SCATTER_VERSION)
		return err_set(err, EXIT_DATA,
		    "%s: scatter file of format version %" PRIu32
		    ", this tamis reads version %d: remove it and run the first pass "
		    "again",
		    f->name.p, h.version, SCATTER_VERSION);
	if (!is_of_job(&h, p, i) || !scatterfile_get_tail(tail, &f->tail) ||
	    f->tail.entries > h.job.n || f->tail.index > size ||
	    f->tail.index + f->tail.entries * SCATTER_ENTRY + SCATTER_TAIL != size)
		return damaged(f, err);
	return 0;
}

/* Open the file of job i and check its header and tail. */
static int
open_file(const struct scatter_plan *p, size_t i, struct scattered *f, struct err *err)
{
	scatter_name(p, i, &f->name);
	f->fd = open(f->name.p, O_RDONLY | O_CLOEXEC);
	if (f->fd < 0 && errno == ENOENT)
		return err_set(err, EXIT_DATA,
		    "%s: missing: finish the first pass with --scatter all", f->name.p);
	if (f->fd < 0)
		return err_errno(err, "cannot read '%s'", f->name.p);
	return check_ends(p, i, f, err);
}

static void
close_file(struct scattered *f)
{
	if (f->fd >= 0)
		close(f->fd);
	if (f->direct >= 0)
		close(f->direct);
	buf_free(&f->name);
}

bool
scatter_done(const struct scatter_plan *p, size_t i)
{
	struct scattered f = { .fd = -1, .direct = -1 };
	struct err err = { 0 };
	bool done = open_file(p, i, &f, &err) == 0;

	close_file(&f);
	return done;
}

/* The first entry whose number is at least `number`. */
static int
lower_bound(const struct scattered *f, uint64_t number, uint64_t *out, struct err *err)
{
	uint64_t lo = 0, hi = f->tail.entries;

	while (lo < hi) {
		uint64_t mid = lo + (hi - lo) / 2;
		unsigned char raw[SCATTER_ENTRY];
		struct scatter_entry e;

		if (read_at(f, raw, sizeof raw, f->tail.index + mid * sizeof raw, err) <
		    0)
			return -1;
		scatterfile_get_entry(raw, &e);
		if (e.number < number)
			lo = mid + 1;
		else
			hi = mid;
	}
	*out = lo;
	return 0;
}

/*
 * Read entries [lo, hi) of the index.  Their numbers must ascend within [first, first +
 * n).
 */
static int
read_entries(const struct scattered *f, uint64_t lo, uint64_t hi, uint64_t first,
    uint32_t n, struct scatter_entry *e, struct err *err)
{
	size_t bytes = (size_t)(hi - lo) * SCATTER_ENTRY;
	unsigned char *raw = xmalloc(bytes);
	int rc = read_at(f, raw, bytes, f->tail.index + lo * SCATTER_ENTRY, err);

	for (uint64_t i = 0; i < hi - lo && rc == 0; i++) {
		scatterfile_get_entry(raw + i * SCATTER_ENTRY, &e[i]);
		if (e[i].number < first || e[i].number - first >= n ||
		    (i > 0 && e[i].number <= e[i - 1].number))
			rc = damaged(f, err);
	}
	free(raw);
	return rc;
}

/* Read the records of entries e[0..n-1], which are adjacent in the file. */
static int
take_records(const struct scattered *f, const struct scatter_entry *e, uint64_t n,
    uint64_t first, const uint32_t *slot, struct samples *out, struct err *err)
{
	for (uint64_t i = 0, k; i < n; i = k) {
		uint64_t begin = e[i].offset, end = begin + e[i].bytes;
		unsigned char *p;

		for (k = i + 1; k < n && e[k].offset == end && end - begin < PIECE; k++)
			end += e[k].bytes;
		if (end < begin || end > f->tail.index)
			return damaged(f, err);
		p = samples_alloc(out, (size_t)(end - begin) + 2 * (size_t)BIGFILE_BLOCK);
		if (bigfile_read(f->direct, p, (size_t)(end - begin), begin))
			p += begin % BIGFILE_BLOCK;
		else if (read_at(f, p, (size_t)(end - begin), begin, err) < 0)
			return -1;
		for (uint64_t j = i; j < k; j++)
			if (!scatterfile_get_record(p + (e[j].offset - begin), &e[j],
				slot[e[j].number - first], out))
				return damaged(f, err);
	}
	return 0;
}

static int
fetch_from(const struct scattered *f, uint64_t first, uint32_t n, const uint32_t *slot,
    struct samples *out, uint32_t *got, struct err *err)
{
	struct scatter_entry *e;
	uint64_t lo, hi;
	int rc;

	if (lower_bound(f, first, &lo, err) < 0 ||
	    lower_bound(f, first + n, &hi, err) < 0)
		return -1;
	if (hi < lo || hi - lo > n)
		return damaged(f, err);
	e = xcalloc((size_t)(hi - lo) + 1, sizeof *e);
	rc = read_entries(f, lo, hi, first, n, e, err);
	if (rc == 0)
		rc = take_records(f, e, hi - lo, first, slot, out, err);
	*got += (uint32_t)(hi - lo);
	free(e);
	return rc;
}

int
scatter_fetch(const struct scatter_plan *p, uint32_t s, uint32_t len_class,
    uint64_t first, uint32_t n, const uint32_t *slot, struct samples *out,
    struct err *err)
{
	uint64_t from = epoch_part_of(p->rp, s, len_class, first), to;
	uint32_t got = 0;
	int rc = 0;

	to = epoch_part_of(p->rp, s, len_class, first + n - 1);
	for (size_t i = 0; i < p->n && rc == 0; i++) {
		const struct scatter_job *job = &p->job[i];
		struct scattered f = { .fd = -1, .direct = -1 };

		if (job->source != s || job->len_class != len_class || job->part < from ||
		    job->part > to)
			continue;
		rc = open_file(p, i, &f, err);
		f.direct = bigfile_direct(f.name.p);
		if (rc == 0)
			rc = fetch_from(&f, first, n, slot, out, &got, err);
		close_file(&f);
	}
	if (rc == 0 && got != n)
		return err_set(err, EXIT_DATA,
		    "%s: %" PRIu32 " samples of source '%s' are missing: remove the "
		    "directory and continue with --resume",
		    p->dir, n - got, p->rp->source[s].name);
	return rc;
}
