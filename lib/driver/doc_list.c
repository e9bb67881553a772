/* doc_list.c - read a list that names documents by id, URL or domain, and match it. */
#include "lib/driver/doc_list.h"

#include <stdlib.h>

#include "lib/base/chars.h"
#include "lib/io/stream.h"
#include "lib/text/host.h"
#include "lib/text/url.h"

enum { MOST_BYTES = 1 << 30 };

const char *const doc_name_words[3] = { "id", "url", "domain" };

/* Entries of different kinds differ by the seed; ids have that of DOC in shards. */
static struct hash128
key_of(enum doc_name_kind kind, struct span value)
{
	return hash128(value, (uint64_t)kind);
}

/* Append the address in one form for all ways to write it; another text stays as it is.
 */
static void
put_url(struct span url, struct buf *out)
{
	struct buf as = { 0 };
	struct span rest, host;
	const size_t start = out->n;

	if (url_resolve((struct span){ "", 0 }, url, URL_NAME, &as)) {
		rest = buf_span(&as);
		host = host_of(rest);
		buf_put(out, rest.p, (size_t)(host.p - rest.p));
		if (host_put(host, out))
			rest = span_from(rest, (size_t)(host.p - rest.p) + host.n);
		else
			out->n = start;
		buf_put(out, rest.p, rest.n);
	} else {
		buf_put(out, url.p, url.n);
	}
	buf_free(&as);
}

/* Append the domain in the form that hosts have. */
static bool
put_domain(struct span domain, struct buf *out)
{
	while (domain.n > 0 && domain.p[0] == '.')
		domain = span_from(domain, 1);
	for (size_t i = 0; i < domain.n; i++)
		if ((unsigned char)domain.p[i] <= ' ' ||
		    strchr(*domain.p == '[' ? "/@" : "/\\?#@:*", domain.p[i]))
			return false;
	return host_put(domain, out);
}

int
doc_list_add(
    struct doc_list *l, enum doc_name_kind kind, struct span value, struct err *err)
{
	struct buf form = { 0 };
	uint64_t *number;
	bool fresh;

	if (kind == DOC_BY_URL) {
		put_url(value, &form);
	} else if (kind == DOC_BY_ID) {
		buf_put(&form, value.p, value.n);
	} else if (!put_domain(value, &form)) {
		buf_free(&form);
		return err_set(err, EXIT_DATA,
		    "domain '%.*s': not a host: write its name only, as a.example",
		    value.n < 100 ? (int)value.n : 100, value.p);
	}
	number = table_put(&l->index, key_of(kind, buf_span(&form)), &fresh);
	buf_free(&form);
	if (!fresh)
		return 0;
	*number = l->n;
	GROW(l->v, l->n, l->cap);
	l->v[l->n].kind = kind;
	l->v[l->n].value = xmalloc(value.n + 1);
	memcpy(l->v[l->n].value, value.p, value.n);
	l->v[l->n++].value[value.n] = '\0';
	l->by_url |= kind != DOC_BY_ID;
	return 0;
}

/* Take the word of a kind off the front of a line: false if it begins with another. */
static bool
take_kind(struct span *line, enum doc_name_kind *kind)
{
	for (int k = DOC_BY_ID; k <= DOC_BY_DOMAIN; k++) {
		size_t n = strlen(doc_name_words[k]);

		if (!span_starts(*line, span_of(doc_name_words[k])) || line->n <= n ||
		    !is_blank(line->p[n]))
			continue;
		*line = span_trim(span_from(*line, n));
		*kind = (enum doc_name_kind)k;
		return line->n > 0;
	}
	return false;
}

static int
add_line(struct doc_list *l, struct span line, enum doc_name_kind kind, struct err *err)
{
	if (line.n == 0 || (kind == DOC_BY_LINE && *line.p == '#'))
		return 0;
	if (memchr(line.p, '\0', line.n))
		return err_set(err, EXIT_DATA, "a NUL byte: remove it");
	if (kind == DOC_BY_LINE && !take_kind(&line, &kind))
		return err_set(err, EXIT_DATA,
		    "'%.*s' does not name a document: write 'id ID', 'url URL' or "
		    "'domain DOMAIN', or set the kind of all lines with --kind",
		    line.n < 100 ? (int)line.n : 100, line.p);
	return doc_list_add(l, kind, line, err);
}

int
doc_list_read(
    struct doc_list *l, const char *path, enum doc_name_kind kind, struct err *err)
{
	const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
	struct buf text = { 0 }, place = { 0 };
	struct span rest;
	int rc = file_get(path, MOST_BYTES, &text, err);

	rest = buf_span(&text);
	if (span_starts(rest, SPAN("\xef\xbb\xbf"))) /* of editors on Windows */
		rest = span_from(rest, 3);
	l->sum = hash128(rest, 0);
	for (size_t no = 1; rc == 0 && rest.n > 0; no++) {
		const char *end = memchr(rest.p, '\n', rest.n);
		size_t n = end ? (size_t)(end - rest.p) : rest.n;
		struct span line = { rest.p, n };

		if (n > 0 && line.p[n - 1] == '\r')
			line.n--;
		rest = span_from(rest, end ? n + 1 : n);
		rc = add_line(l, line, kind, err);
		if (rc < 0) {
			buf_putf(&place, "%s:%zu", name, no);
			buf_putc(&place, '\0');
			err_prefix(err, place.p);
		}
	}
	buf_free(&text);
	buf_free(&place);
	return rc;
}

size_t
doc_list_match(const struct doc_list *l, struct hash128 id, struct span url,
    void (*found)(void *ctx, size_t entry), void *ctx)
{
	const uint64_t *number = table_get(&l->index, id);
	struct buf form = { 0 }, name = { 0 };
	size_t matches = 0;
	struct span host;

	if (number && l->v[*number].kind == DOC_BY_ID && ++matches && found)
		found(ctx, (size_t)*number);
	if (!l->by_url || url.n == 0)
		return matches;
	put_url(url, &form);
	number = table_get(&l->index, key_of(DOC_BY_URL, buf_span(&form)));
	if (number && ++matches && found)
		found(ctx, (size_t)*number);
	host_put(host_of(url), &name);
	host = buf_span(&name);
	while (host.n > 0) {
		const char *dot =
		    host_is_address(host) ? NULL : memchr(host.p, '.', host.n);

		number = table_get(&l->index, key_of(DOC_BY_DOMAIN, host));
		if (number && ++matches && found)
			found(ctx, (size_t)*number);
		host = span_from(host, dot ? (size_t)(dot - host.p) + 1 : host.n);
	}
	buf_free(&form);
	buf_free(&name);
	return matches;
}

bool
doc_list_covers(const struct doc_list *l, const struct doc_name *entry)
{
	const struct hash128 none = { 0 };
	struct span value = span_of(entry->value);
	struct buf url = { 0 };
	bool covers;

	if (entry->kind == DOC_BY_ID)
		return doc_list_match(l, key_of(DOC_BY_ID, value), (struct span){ "", 0 },
			   NULL, NULL) > 0;
	if (entry->kind == DOC_BY_DOMAIN) {
		while (value.n > 0 && *value.p == '.')
			value = span_from(value, 1);
		buf_puts(&url, "http://");
	}
	buf_put(&url, value.p, value.n);
	covers = doc_list_match(l, none, buf_span(&url), NULL, NULL) > 0;
	buf_free(&url);
	return covers;
}

void
doc_list_put(const struct doc_list *l, struct buf *out)
{
	for (size_t i = 0; i < l->n; i++)
		buf_putf(out, "%s %s\n", doc_name_words[l->v[i].kind], l->v[i].value);
}

void
doc_list_free(struct doc_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->v[i].value);
	free(l->v);
	table_free(&l->index);
}
