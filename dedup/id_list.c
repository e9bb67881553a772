/* id_list.c - the ids in a file: of documents that a program kept or removed. */
#include "dedup/id_list.h"

#include <inttypes.h>
#include <stdlib.h>

#include "lib/base/chars.h"
#include "lib/io/stream.h"
#include "lib/text/json.h"

struct id_reader {
	struct id_list *list;
	const char *key;
	const char *name; /* of the file, for messages */
	uint64_t line;
	struct json_fields fields;
	struct arena mem;
};

/* As the driver reads ids: a string, or an integer. */
static bool
id_in(struct id_reader *r, const struct json_field *f, struct span *id)
{
	size_t i;

	if (f->value.p[0] == '"') {
		*id = json_unquote(f->value, &r->mem);
		return true;
	}
	*id = f->value;
	for (i = id->p[0] == '-'; i < id->n && is_digit(id->p[i]); i++)
		;
	return i == id->n;
}

static int
id_of_json(struct id_reader *r, struct span line, struct span *id, struct err *err)
{
	struct json_error e;

	if (!utf8_valid(line))
		return err_set(
		    err, EXIT_DATA, "%s:%" PRIu64 ": not UTF-8", r->name, r->line);
	if (json_scan(line, &r->fields, &r->mem, &e) < 0)
		return err_set(err, EXIT_DATA, "%s:%" PRIu64 ": not JSON: %s", r->name,
		    r->line, e.what);
	for (size_t i = 0; i < r->fields.n; i++)
		if (span_eq(r->fields.v[i].key, span_of(r->key)))
			return id_in(r, &r->fields.v[i], id)
				   ? 0
				   : err_set(err, EXIT_DATA,
					 "%s:%" PRIu64
					 ": field '%s' is not a string or integer",
					 r->name, r->line, r->key);
	return err_set(err, EXIT_DATA,
	    "%s:%" PRIu64 ": field '%s' is missing: name the field of the id with --id",
	    r->name, r->line, r->key);
}

static int
add_line(struct id_reader *r, struct span line, struct err *err)
{
	struct span id = line;
	bool fresh;

	r->line++;
	if (span_trim(line).n == 0)
		return 0;
	if (id.p[id.n - 1] == '\r')
		id.n--;
	arena_reset(&r->mem);
	if (r->key && id_of_json(r, line, &id, err) < 0)
		return -1;
	table_put(&r->list->ids, hash128(id, 0), &fresh);
	if (!fresh)
		return err_set(err, EXIT_DATA,
		    "%s:%" PRIu64 ": id '%.*s' is also that of an earlier line: %s",
		    r->name, r->line, (int)(id.n < 200 ? id.n : 200), id.p,
		    r->key ? "give each document its own id" : "remove one of them");
	return 0;
}

static int
too_long(const struct id_reader *r, uint64_t max, struct err *err)
{
	return err_set(err, EXIT_DATA,
	    "%s:%" PRIu64 ": longer than %" PRIu64 " bytes: raise --max-doc", r->name,
	    r->line + 1, max);
}

/* Take the whole lines off b; at the end of the file, also the last one. */
static int
add_lines(struct id_reader *r, struct buf *b, bool end, uint64_t max, struct err *err)
{
	struct span rest = buf_span(b);
	const char *newline;

	while (rest.n && (newline = memchr(rest.p, '\n', rest.n))) {
		const size_t n = (size_t)(newline - rest.p);

		if (n > max)
			return too_long(r, max, err);
		if (add_line(r, (struct span){ rest.p, n }, err) < 0)
			return -1;
		rest = span_from(rest, n + 1);
	}
	if (rest.n > max)
		return too_long(r, max, err);
	if (end && rest.n && add_line(r, rest, err) < 0)
		return -1;
	if (!end && rest.n)
		memmove(b->p, rest.p, rest.n);
	b->n = end ? 0 : rest.n;
	return 0;
}

int
id_list_read(
    struct id_list *l, const char *path, const char *key, uint64_t max, struct err *err)
{
	enum { CHUNK = 1 << 18 };
	struct in *in = in_open(path, err);
	struct id_reader r = { .list = l, .key = key };
	struct buf b = { 0 };
	ptrdiff_t n;
	int rc = 0;

	if (!in)
		return -1;
	l->path = path;
	r.name = in_name(in);
	do {
		const size_t want = b.n > CHUNK ? b.n : CHUNK;

		buf_reserve(&b, want);
		n = in_read(in, b.p + b.n, want, err);
		b.n += n > 0 ? (size_t)n : 0;
		rc = n < 0 ? -1 : add_lines(&r, &b, n == 0, max, err);
	} while (n > 0 && rc == 0);
	in_close(in);
	free(r.fields.v);
	arena_free(&r.mem);
	buf_free(&b);
	return rc;
}

bool
id_list_find(struct id_list *l, struct span id, bool *twice)
{
	const struct hash128 key = hash128(id, 0);
	bool fresh;
	uint64_t *n;

	*twice = false;
	if (!table_get(&l->ids, key))
		return false;
	n = table_put(&l->ids, key, &fresh);
	*twice = *n > 0;
	l->found += *n == 0;
	*n = 1;
	return true;
}
