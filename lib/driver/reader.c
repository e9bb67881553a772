/* reader.c - cut input files into blocks of whole records. */
#include "lib/driver/reader.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/io/kind.h"
#include "lib/io/stream.h"
#include "lib/text/utf8.h"

enum { BLOCK = 1 << 20, MAX_REPORT = 64 << 20 };

struct reader {
	char *const *path;
	size_t npaths, at;
	const char *name; /* of the input in messages; NULL: its path */
	const struct record_source *source;
	const void *self; /* the filter's struct, for the source */
	uint64_t max_doc;
	bool skip; /* --on-bad=skip */
	struct input *input;
	bool again; /* a pass after the first */

	struct in *in; /* NULL: open the next file */
	struct hasher *hasher;
	struct record_scan scan;
	struct buf carry;    /* bytes of the file after the last block's records */
	size_t used;	     /* of carry, at its front */
	uint64_t offset;     /* of the bytes after those in the file */
	uint64_t file_bytes; /* read of it */
	uint64_t records;    /* of this file */
	uint64_t ordinal;    /* records of the run */
	uint64_t total;	     /* bytes */
	bool file_end;
	bool known;	   /* the kind of the file has been checked */
	bool resumed;	   /* after damage: a record may be cut at the front */
	struct err damage; /* the data ends before it; with skip */
};

struct reader *
reader_new(char *const *paths, size_t n, const struct record_source *source,
    const void *self, uint64_t max_doc, bool skip)
{
	struct reader *r = xcalloc(1, sizeof *r);

	r->path = paths;
	r->npaths = n;
	r->source = source;
	r->self = self;
	r->max_doc = max_doc;
	r->skip = skip;
	r->input = xcalloc(n, sizeof *r->input);
	return r;
}

void
reader_set_name(struct reader *r, const char *name)
{
	r->name = name;
}

bool
report_valid(struct span s)
{
	struct json_fields m = { 0 };
	struct arena mem = { 0 };
	struct json_error e;
	bool ok = utf8_valid(s) && json_scan(s, &m, &mem, &e) >= 0;

	free(m.v);
	arena_free(&mem);
	return ok;
}

/* Whether the report describes the run that wrote the bytes of `in`. */
static bool
describes(struct span report, const struct input *in)
{
	char want[64] = "\"output\":{\"xxh3_128\":\"";
	size_t n = strlen(want), k = n + 32;

	hash128_hex(in->hash, want + n);
	/* Its own output is last, after those in the embedded reports of its inputs. */
	for (size_t i = report.n < k ? 0 : report.n - k + 1; i > 0; i--)
		if (memcmp(report.p + i - 1, want, n) == 0)
			return memcmp(report.p + i - 1, want, k) == 0;
	return false;
}

bool
reader_has_output_of(const struct reader *r, struct span report)
{
	for (size_t i = 0; i < r->at; i++)
		if (strcmp(r->path[i], "-") == 0)
			return describes(report, &r->input[i]);
	return false;
}

void
report_trim(struct buf *b)
{
	while (b->n && (b->p[b->n - 1] == '\n' || b->p[b->n - 1] == ' '))
		b->n--;
	buf_putc(b, '\0');
}

/* Load PATH.report.json, if it describes this file.  Documents that replace their own
 * input replace its report, too; driver.c refuses all other outputs of this name. */
static void
load_report(struct input *in)
{
	struct buf name = { 0 }, b = { 0 };
	struct err err = { 0 };

	if (strcmp(in->path, "-") == 0)
		return;
	buf_putf(&name, "%s.report.json", in->path);
	buf_putc(&name, '\0');
	if (access(name.p, R_OK) < 0)
		goto out;
	if (file_get_unnoted(name.p, MAX_REPORT, &b, &err) < 0) {
		warning("%s: not used as provenance", err.msg);
		goto out;
	}
	if (!report_valid(buf_span(&b)) || !describes(buf_span(&b), in)) {
		warning(
		    "%s does not describe %s: not used as provenance", name.p, in->path);
		goto out;
	}
	report_trim(&b);
	in->report = b.p;
	b = (struct buf){ 0 };
out:
	buf_free(&name);
	buf_free(&b);
}

static int
open_next(struct reader *r, struct err *err)
{
	const char *path = r->path[r->at];

	r->in = in_open(path, err);
	if (!r->in)
		return -1;
	if (r->name)
		in_set_name(r->in, r->name);
	r->scan = (struct record_scan){ .path = path, .max_doc = r->max_doc };
	r->hasher = hasher_new();
	buf_reserve(&r->carry, 1); /* a null pointer has no offsets */
	r->carry.n = r->used = 0;
	r->offset = r->file_bytes = 0;
	r->records = 0;
	r->file_end = r->known = r->resumed = false;
	return 0;
}

static int
close_file(struct reader *r, struct err *err)
{
	struct input *in = &r->input[r->at];
	struct hash128 h = hasher_sum(r->hasher);

	hasher_free(r->hasher);
	r->hasher = NULL;
	in_close(r->in);
	r->in = NULL;
	if (r->again) {
		if (h.lo != in->hash.lo || h.hi != in->hash.hi)
			return err_set(err, EXIT_DATA,
			    "%s: file changed between two passes: rerun with inputs "
			    "that do not change",
			    in->path);
	} else {
		in->path = r->path[r->at];
		in->hash = h;
		load_report(in);
	}
	r->at++;
	return 0;
}

/* Whether read_more would read nothing. */
static bool
at_end(const struct reader *r)
{
	return r->file_end || r->damage.code;
}

/* Append n bytes of the file to data; fewer at its end, or before damage. */
static int
read_more(struct reader *r, struct buf *data, size_t n, struct err *err)
{
	size_t start = data->n;

	buf_reserve(data, n);
	while (n && !at_end(r)) {
		struct err why = { 0 };
		ptrdiff_t got = in_read(r->in, data->p + data->n, n, &why);

		if (got < 0) {
			if (why.code != EXIT_DATA || !r->skip)
				return err_set(err, why.code, "%s", why.msg);
			r->damage = why;
			break;
		}
		r->file_end = got == 0;
		r->file_bytes += (uint64_t)got;
		data->n += (size_t)got;
		n -= (size_t)got;
	}
	if (data->n > start) {
		struct span s = { data->p + start, data->n - start };

		hasher_add(r->hasher, s);
		r->input[r->at].bytes += r->again ? 0 : s.n;
		r->total += s.n;
	}
	return 0;
}

/* The bytes of the file that are in memory but not in a block. */
static struct span
carried(const struct reader *r)
{
	return (struct span){ r->carry.p + r->used, r->carry.n - r->used };
}

/* Read more bytes to the carry. */
static int
carry_more(struct reader *r, struct err *err)
{
	r->carry.n -= r->used;
	memmove(r->carry.p, r->carry.p + r->used, r->carry.n);
	r->used = 0;
	return read_more(r, &r->carry, BLOCK, err);
}

static bool
skipping(const struct reader *r)
{
	return r->scan.skip || r->scan.skip_line;
}

/* The number of bytes at the front of s to discard; 0: read more to know.  *found: the
 * next record follows them. */
static size_t
skip_some(struct reader *r, struct span s, bool *found)
{
	const char *nl;
	size_t n;

	if (r->scan.skip_line) {
		nl = memchr(s.p, '\n', s.n);
		*found = nl;
		return nl ? (size_t)(nl - s.p) + 1 : s.n;
	}
	if (r->scan.skip_short && r->scan.seen == 0)
		n = r->source->resync(r->self, &r->scan, s, at_end(r), found);
	else
		n = r->scan.seen && r->scan.seen < s.n ? r->scan.seen : s.n;
	if (n > r->scan.skip)
		n = (size_t)r->scan.skip;
	r->scan.seen -= r->scan.seen < n ? r->scan.seen : n;
	r->scan.skip -= n;
	return n;
}

/* Discard the bytes that the source asked for from the carry.  *whole: they were as many
 * as it asked for. */
static int
discard(struct reader *r, bool *whole, struct err *err)
{
	bool found = false;

	while (skipping(r) && !found) {
		size_t n;

		if (carried(r).n == 0 && at_end(r))
			break;
		n = carried(r).n ? skip_some(r, carried(r), &found) : 0;
		r->used += n;
		r->offset += n;
		if (n == 0 && !found && carry_more(r, err) < 0)
			return -1;
	}
	*whole = r->scan.skip == 0;
	r->scan.skip_line = false;
	r->scan.skip = 0;
	return 0;
}

static void
add_slice(struct reader *r, struct block *b, size_t from, size_t take)
{
	struct file_slice *s;

	GROW(b->slice, b->nslices, b->slice_cap);
	s = &b->slice[b->nslices++];
	*s = (struct file_slice){ .from = from, .to = from + take };
	s->range = (struct record_range){ .path = r->scan.path,
		.format = r->scan.format,
		.offset = r->offset,
		.ordinal = r->records,
		.max_doc = r->max_doc };
}

/* Skip the record that follows slice i, and state in the slice what it was. */
static int
skip_record(struct reader *r, struct block *b, size_t i, struct err *err)
{
	struct file_slice *s = &b->slice[i];
	const uint64_t at = r->offset + r->scan.skip_from;
	bool whole;

	if (discard(r, &whole, err) < 0)
		return -1;
	if (!whole && r->damage.code && carried(r).n == 0)
		return 0; /* the damage is the bad record */
	if (r->scan.skip_short && !whole) {
		s->bad = r->scan.skip_short;
		s->bad_at = at;
		s->bad_as = r->scan.skip_as;
	} else if (r->scan.skip_as) {
		counts_add(&b->counts, r->scan.skip_as, 1);
	} else {
		s->overlong = true;
	}
	return 0;
}

/* Add a bad document in place of data that cannot be read.  why: the message. */
static void
add_bad(struct reader *r, struct block *b, size_t start, const char *why)
{
	add_slice(r, b, start, 0);
	b->slice[b->nslices - 1].damage = arena_copy(&b->mem, span_of(why));
	r->offset += b->data.n - start;
	b->data.n = start;
	r->records++;
	r->ordinal++;
}

/* All records before the damage have been taken: continue after it. */
static void
resume(struct reader *r, struct block *b, size_t start)
{
	add_bad(r, b, start, r->damage.msg);
	r->damage = (struct err){ 0 };
	r->resumed = true;
	in_resync(r->in);
}

/* Discard the rest of a line in which data resumes.  Other sources find their records. */
static int
discard_cut(struct reader *r, struct err *err)
{
	bool whole;

	r->resumed = false;
	if (r->source != &jsonl_source)
		return 0;
	if (carry_more(r, err) < 0)
		return -1;
	r->scan.skip_line = carried(r).n && *carried(r).p != '{';
	return discard(r, &whole, err);
}

/*
 * At the start of a file: see whether it can hold JSON lines.  0: yes; 1: no, and a bad
 * document stands for all of it; -1: an error.
 */
static int
check_kind(struct reader *r, struct block *b, size_t start, struct err *err)
{
	struct buf why = { 0 };
	int rc = 0;

	r->known = true;
	if (r->source != &jsonl_source)
		return 0;
	if (b->data.n == start && read_more(r, &b->data, BLOCK, err) < 0)
		return -1;
	buf_putf(&why, "%s: ", in_name(r->in));
	if (!kind_problem(r->path[r->at], span_from(buf_span(&b->data), start), &why))
		goto out;
	buf_putc(&why, '\0');
	if (!r->skip) {
		rc = err_set(err, EXIT_DATA, "%s", why.p);
		goto out;
	}
	if (!r->again)
		warning("%s", why.p);
	add_bad(r, b, start, why.p);
	r->file_end = true;
	r->damage = (struct err){ 0 };
	rc = 1;
out:
	buf_free(&why);
	return rc;
}

/* Have the source find records at the front of `in`.  Returns whether there is something
 * to do: to take or to skip. */
static bool
find_records(struct reader *r, struct span in, size_t *take, uint64_t *records)
{
	r->scan.damaged = r->damage.code;
	r->source->find(r->self, &r->scan, in, r->file_end, take, records);
	return *take || *records || skipping(r);
}

/* Add the records that were found at offset start of the block's data. */
static int
add_records(struct reader *r, struct block *b, size_t start, size_t take,
    uint64_t records, struct err *err)
{
	add_slice(r, b, start, take);
	b->slice[b->nslices - 1].empty = take == 0 && records > 0 && !skipping(r);
	r->records += records;
	r->ordinal += records;
	r->offset += take;
	return skipping(r) ? skip_record(r, b, b->nslices - 1, err) : 0;
}

/*
 * Add records from the carry, without a move of the bytes after them: a file can have a
 * record every few bytes after which the search ends.  *found: there were some.
 */
static int
fill_from_carry(struct reader *r, struct block *b, bool *found, struct err *err)
{
	const size_t start = b->data.n;
	uint64_t records = 0;
	size_t take = 0;

	*found = find_records(r, carried(r), &take, &records);
	if (!*found)
		return 0;
	buf_put(&b->data, carried(r).p, take);
	r->used += take;
	return add_records(r, b, start, take, records, err);
}

/* Add about BLOCK bytes of whole records.  1: added; 0: end of the file; -1: error. */
static int
fill_slice(struct reader *r, struct block *b, struct err *err)
{
	size_t start = b->data.n, want = BLOCK, take = 0;
	uint64_t records = 0;

	if (r->resumed && discard_cut(r, err) < 0)
		return -1;
	r->scan.seen = 0;
	r->scan.bad = false;
	if (r->known && (carried(r).n >= BLOCK / 2 || (carried(r).n && at_end(r)))) {
		bool found;

		if (fill_from_carry(r, b, &found, err) < 0)
			return -1;
		if (found)
			return 1;
		want = 2 * carried(r).n;
	}
	buf_put(&b->data, carried(r).p, carried(r).n);
	r->carry.n = r->used = 0;
	if (!r->known) {
		int rc = check_kind(r, b, start, err);

		if (rc)
			return rc;
	}
	for (;; want *= 2) {
		const size_t have = b->data.n - start;

		if (have < want && !at_end(r) &&
		    read_more(r, &b->data, want - have, err) < 0)
			return -1;
		if (find_records(
			r, span_from(buf_span(&b->data), start), &take, &records))
			break;
		if (r->damage.code) {
			resume(r, b, start);
			return 1;
		}
		if (r->file_end)
			return 0;
	}
	buf_put(&r->carry, b->data.p + start + take, b->data.n - start - take);
	b->data.n = start + take;
	return add_records(r, b, start, take, records, err) < 0 ? -1 : 1;
}

/* Add slices of one file after another until the block is full.  0, or -1 with *err. */
static int
fill_slices(struct reader *r, struct block *b, struct err *err)
{
	bool bad = false;

	/* Without skip, a bad document is the last one. */
	while (b->data.n < BLOCK && !bad && (r->in || r->at < r->npaths)) {
		int more;

		if (!r->in && open_next(r, err) < 0)
			return -1;
		more = fill_slice(r, b, err);
		if (more < 0)
			return -1;
		bad = r->scan.bad && !r->skip;
		if (more == 0 || (r->file_end && carried(r).n == 0))
			if (close_file(r, err) < 0)
				return -1;
	}
	return 0;
}

int
reader_fill(struct reader *r, struct block *b, struct err *err)
{
	int rc;

	arena_reset(&b->mem);
	b->data.n = 0;
	b->nslices = b->ndocs = b->nrecords = 0;
	b->counts.n = 0;
	b->first = r->ordinal;
	rc = fill_slices(r, b, err);
	for (size_t i = 0; i < b->nslices; i++) {
		struct file_slice *s = &b->slice[i];

		s->range.rest = (struct span){ b->data.p + s->from, s->to - s->from };
	}
	return rc < 0 ? -1 : b->nslices > 0;
}

bool
reader_damaged(struct reader *r, const char *path, uint64_t offset, struct err *err)
{
	enum { LOOK = 64 << 20 };
	const uint64_t limit = offset + LOOK;
	ptrdiff_t got = 1;
	struct buf b = { 0 };

	if (!r->in || r->path[r->at] != path || !in_packed(r->in))
		return false;
	buf_reserve(&b, BLOCK);
	while (got > 0 && r->file_bytes < limit) {
		got = in_read(r->in, b.p, BLOCK, err);
		r->file_bytes += got > 0 ? (uint64_t)got : 0;
	}
	buf_free(&b);
	return got < 0 && err->code == EXIT_DATA;
}

void
reader_rewind(struct reader *r)
{
	r->again = true;
	r->at = 0;
	r->ordinal = 0;
	r->total = 0;
}

const struct input *
reader_inputs(const struct reader *r, size_t *n)
{
	*n = r->at;
	return r->input;
}

uint64_t
reader_bytes(const struct reader *r)
{
	return r->total;
}

uint64_t
reader_position(const struct reader *r)
{
	return r->in ? in_position(r->in) : 0;
}

void
reader_free(struct reader *r)
{
	if (!r)
		return;
	in_close(r->in);
	hasher_free(r->hasher);
	for (size_t i = 0; i < r->npaths; i++)
		free(r->input[i].report);
	free(r->input);
	buf_free(&r->carry);
	free(r);
}
