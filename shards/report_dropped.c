/* report_dropped.c - count the documents in files of rejects, by rule and source. */
#include "shards/report_dropped.h"

#include <inttypes.h>
#include <stdlib.h>

#include "lib/io/stream.h"
#include "lib/text/json.h"
#include "shards/json_elements.h"

enum { LINE_MOST = 1 << 28, PIECE = 1 << 16, TEXT_MOST = 240 };

/* The fields of a document that are read. */
struct dropped_document {
	struct span id, source, text, drop;
};

static struct dropped_by_rule *
rule_of(struct report_page *p, struct span name)
{
	for (size_t i = 0; i < p->ndropped; i++)
		if (span_eq(span_of(p->dropped[i].rule), name))
			return &p->dropped[i];
	GROW(p->dropped, p->ndropped, p->dropped_cap);
	p->dropped[p->ndropped] = (struct dropped_by_rule){ .rule = span_copy(name) };
	return &p->dropped[p->ndropped++];
}

static void
count_source(struct dropped_by_rule *d, struct span name)
{
	for (size_t i = 0; i < d->nsources; i++)
		if (span_eq(span_of(d->source[i].source), name)) {
			d->source[i].documents++;
			return;
		}
	GROW(d->source, d->nsources, d->cap);
	d->source[d->nsources++] = (struct dropped_of_source){ span_copy(name), 1 };
}

/* The front of a text, up to a whole character. */
static struct span
front(struct span s)
{
	size_t n = s.n < TEXT_MOST ? s.n : TEXT_MOST;

	while (n < s.n && n > 0 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n--;
	return (struct span){ s.p, n };
}

static void
add_document(struct report_page *p, const struct dropped_document *doc, struct arena *mem)
{
	struct span rest = doc->drop, one;

	while (rest.n > 0 && json_element(&rest, &one)) {
		struct json_fields f = { 0 };
		struct json_error e;
		struct span name = { NULL, 0 };
		struct dropped_by_rule *d;

		if (json_scan(one, &f, mem, &e) >= 0)
			for (size_t i = 0; i < f.n; i++)
				if (span_eq(f.v[i].key, SPAN("rule")))
					name = json_unquote(f.v[i].value, mem);
		free(f.v);
		d = rule_of(p, name.n > 0 ? name : SPAN("unknown"));
		d->documents++;
		count_source(d, doc->source.n > 0 ? doc->source : SPAN("unknown"));
		if (d->nexamples < REPORT_EXAMPLES)
			d->example[d->nexamples++] =
			    (struct dropped_example){ span_copy(doc->id),
				    span_copy(front(doc->text)) };
	}
}

static int
add_line(struct report_page *p, struct span line, struct in *in, uint64_t number,
    struct err *err)
{
	struct dropped_document doc = { .id = SPAN("") };
	struct json_fields f = { 0 };
	struct arena mem = { 0 };
	struct json_error e;
	int rc = 0;

	if (!utf8_valid(line) || json_scan(line, &f, &mem, &e) < 0)
		rc = err_set(err, EXIT_DATA,
		    "%s:%" PRIu64 ": not a document of a file of rejects", in_name(in),
		    number);
	for (size_t i = 0; i < f.n && rc == 0; i++) {
		const struct span key = f.v[i].key, v = f.v[i].value;
		struct span *to = span_eq(key, SPAN("id"))	 ? &doc.id
				  : span_eq(key, SPAN("source")) ? &doc.source
				  : span_eq(key, SPAN("text"))	 ? &doc.text
								 : NULL;

		if (to && v.n > 0)
			*to = v.p[0] == '"' ? json_unquote(v, &mem) : v;
		else if (span_eq(key, SPAN("drop")) && v.n > 0 && v.p[0] == '[')
			doc.drop = v;
	}
	if (rc == 0 && doc.drop.n == 0)
		rc = err_set(err, EXIT_DATA,
		    "%s:%" PRIu64
		    ": no field 'drop': name a file that --rejects has written",
		    in_name(in), number);
	if (rc == 0)
		add_document(p, &doc, &mem);
	free(f.v);
	arena_free(&mem);
	return rc;
}

int
report_dropped_add(
    struct report_page *p, struct in *in, struct span head, struct err *err)
{
	struct buf text = { 0 };
	uint64_t number = 0;
	ptrdiff_t got = 1;
	int rc = 0;

	buf_put(&text, head.p, head.n);
	while (rc == 0 && got > 0) {
		size_t used = 0;
		char *end;

		while (rc == 0 && text.n > used &&
		       (end = memchr(text.p + used, '\n', text.n - used))) {
			struct span line = { text.p + used,
				(size_t)(end - text.p) - used };

			used += line.n + 1;
			number++;
			if (line.n > 0)
				rc = add_line(p, line, in, number, err);
		}
		if (used > 0)
			memmove(text.p, text.p + used, text.n - used);
		text.n -= used;
		if (rc == 0 && text.n > LINE_MOST)
			rc = err_set(err, EXIT_DATA,
			    "%s:%" PRIu64 ": line exceeds %d bytes", in_name(in),
			    number + 1, LINE_MOST);
		buf_reserve(&text, text.n < PIECE ? PIECE : text.n);
		got = in_read(in, text.p + text.n, PIECE, err);
		if (got < 0)
			rc = -1;
		else
			text.n += (size_t)got;
	}
	if (rc == 0 && text.n > 0)
		rc = add_line(p, buf_span(&text), in, number + 1, err);
	buf_free(&text);
	return rc;
}

static int
by_documents(const void *a, const void *b)
{
	const struct dropped_by_rule *x = a, *y = b;

	if (x->documents != y->documents)
		return x->documents > y->documents ? -1 : 1;
	return strcmp(x->rule, y->rule);
}

static int
sources_by_documents(const void *a, const void *b)
{
	const struct dropped_of_source *x = a, *y = b;

	if (x->documents != y->documents)
		return x->documents > y->documents ? -1 : 1;
	return strcmp(x->source, y->source);
}

void
report_dropped_sort(struct report_page *p)
{
	if (p->ndropped > 0)
		qsort(p->dropped, p->ndropped, sizeof *p->dropped, by_documents);
	for (size_t i = 0; i < p->ndropped; i++)
		qsort(p->dropped[i].source, p->dropped[i].nsources,
		    sizeof *p->dropped[i].source, sources_by_documents);
}

void
report_dropped_free(struct report_page *p)
{
	for (size_t i = 0; i < p->ndropped; i++) {
		struct dropped_by_rule *d = &p->dropped[i];

		for (size_t k = 0; k < d->nsources; k++)
			free(d->source[k].source);
		for (size_t k = 0; k < d->nexamples; k++) {
			free(d->example[k].id);
			free(d->example[k].text);
		}
		free(d->source);
		free(d->rule);
	}
	free(p->dropped);
}
