/*
 * answer_index.c - find the answer of an id in files of responses, without their texts in
 * memory.
 */
#include "filters/align/answer_index.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/chars.h"
#include "lib/base/num.h"
#include "lib/driver/filter.h"
#include "lib/io/inputs.h"
#include "lib/io/kind.h"
#include "lib/io/unpack.h"
#include "lib/text/directives.h"

enum { CHUNK = 1 << 20, MAX_FILES = UINT16_MAX, MAX_OPEN = 256 };

/* One file as it is read. */
struct answer_scan {
	struct answer_index *x;
	struct response r, other;
	struct buf line; /* of another entry */
	const char *path;
	uint64_t number;       /* of the line */
	struct hasher *hasher; /* of the file */
};

/*
 * A slot has the number of an entry, from 1, and TAG bits of its id, which spare most
 * looks at entries of other ids.
 */
enum { TAG = 4, MAX_ENTRIES = (1 << (32 - TAG)) - 1 };

static uint32_t
slot_of(struct hash128 id, size_t entry)
{
	return (uint32_t)(entry + 1) << TAG | (uint32_t)(id.hi >> (64 - TAG));
}

static void
grow_slots(struct answer_index *x)
{
	const size_t n = x->nslots ? x->nslots * 2 : 1024;

	free(x->slot);
	x->slot = xcalloc(n, sizeof *x->slot);
	x->nslots = n;
	for (size_t i = 0; i < x->n; i++) {
		size_t at = x->v[i].id.lo & (n - 1);

		while (x->slot[at])
			at = (at + 1) & (n - 1);
		x->slot[at] = slot_of(x->v[i].id, i);
	}
}

/* The entry of an id, or NULL.  *at: its slot, or an empty one for it. */
static struct answer_entry *
find_entry(const struct answer_index *x, struct hash128 id, size_t *at)
{
	const uint32_t tag = (uint32_t)(id.hi >> (64 - TAG)), mask = (1 << TAG) - 1;

	for (*at = id.lo & (x->nslots - 1); x->slot[*at];
	     *at = (*at + 1) & (x->nslots - 1)) {
		struct answer_entry *e = &x->v[(x->slot[*at] >> TAG) - 1];

		if ((x->slot[*at] & mask) == tag && hash128_eq(e->id, id))
			return e;
	}
	return NULL;
}

struct answer_entry *
answer_index_get(const struct answer_index *x, struct span id)
{
	struct answer_entry *e;
	size_t at;

	if (!x->nslots)
		return NULL;
	e = find_entry(x, hash128(id, 0), &at);
	if (e)
		e->used = true;
	return e;
}

static int
read_at(int fd, char *p, size_t n, uint64_t at)
{
	while (n) {
		const ssize_t got = pread(fd, p, n, (off_t)at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return -1;
		p += got;
		n -= (size_t)got;
		at += (uint64_t)got;
	}
	return 0;
}

int
answer_index_load(const struct answer_index *x, const struct answer_entry *e,
    struct buf *line, struct response *r, char why[200])
{
	const struct answer_file *f = &x->file[e->file];
	const int fd = f->fd < 0 ? open(f->path, O_RDONLY | O_CLOEXEC) : f->fd;
	int rc;

	line->n = 0;
	buf_reserve(line, e->length + 64);
	line->n = e->length;
	rc = fd < 0 ? -1 : read_at(fd, line->p, e->length, e->at);
	if (fd >= 0 && fd != f->fd)
		close(fd);
	if (rc == 0 && response_parse(r, buf_span(line), &x->rules, why) == 0 &&
	    hash128_eq(hash128(r->key, 0), e->id))
		return 0;
	snprintf(why, 200, "%.150s has changed during this run: start it again", f->path);
	return -1;
}

/* Whether the response of s replaces that of e, which has the same id. */
static int
is_better(struct answer_scan *s, struct answer_entry *e, enum answer_state state,
    bool *better, struct err *err)
{
	struct answer_index *x = s->x;
	struct hash128 new = response_content(&s->r), old;
	char why[200];

	if (answer_index_load(x, e, &s->line, &s->other, why) < 0)
		return err_set(err, EXIT_DATA, "%s", why);
	old = response_content(&s->other);
	*better = state < e->state;
	if (hash128_eq(new, old)) {
		*better = false;
		return 0;
	}
	if (state != e->state || state != ANSWER_GOOD) {
		/* Of two failures the choice matters to nothing but must not depend on
		 * their order. */
		if (state == e->state)
			*better = new.hi < old.hi;
		return 0;
	}
	x->conflicting = true;
	if (x->dup == DUP_ERROR)
		return err_set(err, EXIT_DATA,
		    "%s:%" PRIu64 ": a second, different answer for the id '%.*s' of %s: "
		    "remove one, or use --dup best",
		    s->path, s->number, quoted(s->r.key), s->r.key.p,
		    x->file[e->file].path);
	/* Neither the order of lines nor of files may decide. */
	if (x->dup == DUP_BEST)
		*better = s->r.nchoices != s->other.nchoices
			      ? s->r.nchoices > s->other.nchoices
			      : new.hi < old.hi || (new.hi == old.hi &&new.lo < old.lo);
	return 0;
}

static void
count_model(struct answer_index *x, struct span name)
{
	const struct hash128 h = hash128(name, 0);

	for (size_t i = 0; i < x->nmodels; i++)
		if (hash128_eq(x->model[i].name, h)) {
			x->model[i].n++;
			return;
		}
	if (!name.p || x->nmodels == sizeof x->model / sizeof *x->model)
		return;
	x->model[x->nmodels] = (struct model_count){
		.name = h, .n = 1, .text = memcpy(xcalloc(1, name.n + 1), name.p, name.n)
	};
	x->nmodels++;
}

static int
add_response(struct answer_scan *s, uint64_t at, size_t length, struct err *err)
{
	struct answer_index *x = s->x;
	const enum answer_state state = response_state(&s->r, &x->rules);
	const struct answer_entry e = { .id = hash128(s->r.key, 0),
		.at = at,
		.length = (uint32_t)length,
		.file = (uint16_t)(x->nfiles - 1),
		.state = (uint8_t)state };
	struct answer_entry *old;
	bool better = false;
	size_t at_slot;

	if (x->n >= x->nslots / 4 * 3)
		grow_slots(x);
	if (state == ANSWER_GOOD)
		count_model(x, s->r.model);
	old = find_entry(x, e.id, &at_slot);
	if (old) {
		x->repeated++;
		if (is_better(s, old, state, &better, err) < 0)
			return -1;
		if (better)
			*old = e;
		return 0;
	}
	if (x->n == MAX_ENTRIES)
		return err_set(
		    err, EXIT_DATA, "%s: more than %d ids", s->path, MAX_ENTRIES);
	GROW(x->v, x->n, x->cap);
	x->slot[at_slot] = slot_of(e.id, x->n);
	x->v[x->n++] = e;
	return 0;
}

/* last: without a line feed. */
static int
add_line(struct answer_scan *s, struct span line, uint64_t at, bool last, struct err *err)
{
	struct answer_index *x = s->x;
	char why[200];

	s->number++;
	if (span_trim(line).n == 0)
		return 0;
	x->lines++;
	if (line.n > x->c->max_doc || line.n > UINT32_MAX)
		snprintf(why, sizeof why,
		    "the line exceeds --max-doc %" PRIu64 " bytes: raise it",
		    x->c->max_doc);
	else if (response_parse(&s->r, line, &x->rules, why) == 0)
		return add_response(s, at, line.n, err);
	else if (last) {
		/* A server that was killed while it wrote. */
		x->truncated++;
		return 0;
	}
	if (x->c->on_bad != ON_BAD_SKIP && x->c->on_bad != ON_BAD_REPAIR_SKIP)
		return err_set(
		    err, EXIT_DATA, "%s:%" PRIu64 ": %s", s->path, s->number, why);
	x->bad++;
	return 0;
}

/* The start of a file.  0, or -1 if it is not one of lines. */
static int
check_head(const char *path, struct span head, struct err *err)
{
	struct buf why = { 0 };
	int rc = 0;

	if (unpack_is_gzip(head) || unpack_is_zstd(head)) {
		rc = err_set(err, EXIT_DATA,
		    "%s: compressed: answers are read again by their offsets: "
		    "decompress the file",
		    path);
	} else if (kind_problem(path, head, &why)) {
		buf_putc(&why, '\0');
		rc = err_set(err, EXIT_DATA, "%s: %s", path, why.p);
	}
	buf_free(&why);
	return rc;
}

/* Add the whole lines of b, which begins at *at of the file, and remove them. */
static int
add_lines(
    struct answer_scan *s, struct buf *b, uint64_t *at, size_t seen, struct err *err)
{
	size_t from = 0;
	const char *end;

	while ((end = memchr(b->p + (from > seen ? from : seen), '\n',
		    b->n - (from > seen ? from : seen)))) {
		const size_t n = (size_t)(end - b->p) - from;

		if (add_line(s, (struct span){ b->p + from, n }, *at + from, false, err) <
		    0)
			return -1;
		from += n + 1;
	}
	memmove(b->p, b->p + from, b->n - from);
	b->n -= from;
	*at += from;
	return 0;
}

static int
read_lines(struct answer_scan *s, int fd, struct buf *b, struct err *err)
{
	uint64_t at = 0, read_to = 0;
	ssize_t got;

	for (b->n = 0;; read_to += (uint64_t)got) {
		const size_t seen = b->n;

		if (b->n > s->x->c->max_doc)
			return err_set(err, EXIT_DATA,
			    "%s:%" PRIu64 ": the line exceeds --max-doc %" PRIu64
			    " bytes: raise it",
			    s->path, s->number + 1, s->x->c->max_doc);
		buf_reserve(b, CHUNK);
		got = pread(fd, b->p + b->n, CHUNK, (off_t)read_to);
		if (got < 0)
			return err_errno(err, "cannot read '%s'", s->path);
		if (read_to == 0 &&
		    check_head(s->path, (struct span){ b->p, (size_t)got }, err) < 0)
			return -1;
		if (got == 0)
			break;
		hasher_add(s->hasher, (struct span){ b->p + b->n, (size_t)got });
		b->n += (size_t)got;
		if (add_lines(s, b, &at, seen, err) < 0)
			return -1;
	}
	return b->n ? add_line(s, buf_span(b), at, true, err) : 0;
}

static int
read_file(struct answer_index *x, const char *path, struct err *err)
{
	struct answer_scan s = { .x = x, .path = path };
	struct buf b = { 0 };
	struct stat st;
	/* The open of a pipe must not wait. */
	int rc = -1, fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 || fstat(fd, &st) < 0) {
		err_errno(err, "cannot open '%s'", path);
	} else if (!S_ISREG(st.st_mode)) {
		err_set(err, EXIT_USAGE,
		    "'%s' is not a regular file: answers are read again by their "
		    "offsets: write them to a file",
		    path);
	} else if (x->nfiles == MAX_FILES) {
		err_set(err, EXIT_USAGE, "more than %d files of answers", MAX_FILES);
	} else if (inputs_note(&st, path, err) == 0) {
		const bool keep = x->nfiles < MAX_OPEN;

		GROW(x->file, x->nfiles, x->file_cap);
		x->file[x->nfiles++] =
		    (struct answer_file){ .path = xstrdup(path), .fd = keep ? fd : -1 };
		s.hasher = hasher_new();
		rc = read_lines(&s, fd, &b, err);
		x->file[x->nfiles - 1].hash = hasher_sum(s.hasher);
		hasher_free(s.hasher);
		fd = keep ? -1 : fd;
	}
	if (fd >= 0)
		close(fd);
	response_free(&s.r);
	response_free(&s.other);
	buf_free(&s.line);
	buf_free(&b);
	return rc;
}

/* Read the files that match a pattern.  Returns how many, or -1 with *err. */
static int
read_glob(struct answer_index *x, const char *pattern, struct err *err)
{
	glob_t g = { 0 };
	const int failed = glob(pattern, 0, NULL, &g);
	int n = 0;

	if (failed == GLOB_NOSPACE)
		die_no_memory(" for file names");
	for (size_t i = 0; failed == 0 && n >= 0 && i < g.gl_pathc; i++)
		n = read_file(x, g.gl_pathv[i], err) < 0 ? -1 : n + 1;
	globfree(&g);
	return n;
}

static int
read_name(struct answer_index *x, const char *name, const char *option, bool optional,
    struct err *err)
{
	struct buf pattern = { 0 };
	struct stat st;
	int n;

	if (stat(name, &st) < 0 && !strpbrk(name, "*?["))
		return err_errno(err, "cannot open '%s'", name);
	if (stat(name, &st) == 0 && !S_ISDIR(st.st_mode))
		return read_file(x, name, err);
	buf_puts(&pattern, name);
	if (stat(name, &st) == 0)
		buf_puts(&pattern, "/*.jsonl");
	buf_putc(&pattern, '\0');
	n = read_glob(x, pattern.p, err);
	buf_free(&pattern);
	if (n == 0 && !optional)
		return err_set(err, EXIT_USAGE, "%s '%s': no file matches", option, name);
	return n < 0 ? -1 : 0;
}

int
answer_index_read(struct answer_index *x, const struct opt_list *names,
    const char *option, bool optional, struct setup *setup, struct err *err)
{
	char hex[33];

	for (size_t i = 0; i < names->n; i++)
		if (read_name(x, names->v[i], option, optional, err) < 0)
			return -1;
	for (size_t i = 0; i < x->nfiles; i++) {
		hash128_hex(x->file[i].hash, hex);
		setup_uses(setup, span_of(path_base(x->file[i].path)), span_of(hex));
	}
	return 0;
}

/* Warn of the answers that no document has. */
static void
remark_unused(const struct answer_index *x)
{
	const struct answer_entry *first = NULL;
	struct response r = { 0 };
	struct buf line = { 0 };
	uint64_t unused = 0;
	char why[200];

	for (size_t i = 0; i < x->n; i++)
		if (!x->v[i].used) {
			first = first ? first : &x->v[i];
			unused++;
		}
	if (first && answer_index_load(x, first, &line, &r, why) == 0)
		warning("%" PRIu64 " answer%s without a document, such as '%.*s' in %s",
		    unused, plural(unused), quoted(r.key), r.key.p,
		    x->file[first->file].path);
	response_free(&r);
	buf_free(&line);
}

void
answer_index_remark(const struct answer_index *x)
{
	struct buf b = { 0 };

	if (x->truncated && !x->c->quiet)
		msg("%" PRIu64 " truncated last line%s of files of answers ignored",
		    x->truncated, plural(x->truncated));
	if (x->bad)
		warning("skipped %" PRIu64 " bad line%s of files of answers", x->bad,
		    plural(x->bad));
	if (x->conflicting)
		warning("ids have several, different answers: one of each is used");
	if (x->nmodels > 1) {
		for (size_t i = 0; i < x->nmodels; i++)
			buf_putf(&b, "%s%.60s (%" PRIu64 ")", i ? ", " : "",
			    x->model[i].text, x->model[i].n);
		buf_putc(&b, '\0');
		warning("answers of several models: %s", b.p);
	}
	buf_free(&b);
	remark_unused(x);
}

void
answer_index_put(const struct answer_index *x, struct json_writer *w)
{
	jw_u64(jw_key(w, "lines"), x->lines);
	jw_u64(jw_key(w, "ids"), x->n);
	jw_u64(jw_key(w, "truncated"), x->truncated);
	jw_u64(jw_key(w, "bad"), x->bad);
	jw_u64(jw_key(w, "repeated"), x->repeated);
	jw_bool(jw_key(w, "conflicting"), x->conflicting);
}

void
answer_index_free(struct answer_index *x)
{
	for (size_t i = 0; i < x->nfiles; i++) {
		if (x->file[i].fd >= 0)
			close(x->file[i].fd);
		free(x->file[i].path);
	}
	for (size_t i = 0; i < x->nmodels; i++)
		free(x->model[i].text);
	free(x->file);
	free(x->v);
	free(x->slot);
}
