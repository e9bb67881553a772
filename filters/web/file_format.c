/* file_format.c - detect the format of a file, and the charset that a text declares. */
#include "filters/web/file_format.h"

#include <stdlib.h>

#include "filters/web/html.h"
#include "filters/web/http.h"
#include "lib/base/chars.h"
#include "lib/text/json.h"

/* Bytes of a line in which a charset may be declared. */
enum { LINE_MAX = 1024 };

static bool
has_suffix(const char *path, const char *lower_case)
{
	const size_t n = strlen(path), k = strlen(lower_case);

	return n > k && http_value_is((struct span){ path + n - k, k }, lower_case);
}

/* Whether a path has a suffix of HTML, also before .gz or .zst: the driver decompresses.
 */
static bool
named_html(const char *path)
{
	static const char *const suffixes[] = { ".html", ".htm", ".xhtml", ".html.gz",
		".htm.gz", ".xhtml.gz", ".html.zst", ".htm.zst", ".xhtml.zst" };

	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
		if (has_suffix(path, suffixes[i]))
			return true;
	}
	return false;
}

/* Whether the first line is a document: a JSON object with a text. */
static bool
is_document(struct span start, struct span text_key)
{
	const char *nl = memchr(start.p, '\n', start.n);
	struct json_fields fields = { 0 };
	struct arena mem = { 0 };
	struct json_error e;
	bool found = false;

	if (nl)
		start.n = (size_t)(nl - start.p);
	if (span_starts(start, SPAN("{")) && utf8_valid(start) &&
	    json_scan(start, &fields, &mem, &e) > 0)
		for (size_t i = 0; i < fields.n; i++)
			found |= span_eq(fields.v[i].key, text_key) &&
				 *fields.v[i].value.p == '"';
	free(fields.v);
	arena_free(&mem);
	return found;
}

enum file_format
file_format_of(const char *path, struct span start, struct span text_key)
{
	if (span_starts(start, SPAN("filedesc://")))
		return FORMAT_ARC;
	if (span_starts(start, SPAN("WARC/")))
		return FORMAT_WARC;
	if (is_document(start, text_key))
		return FORMAT_DOCUMENTS;
	return named_html(path) || html_looks_like(start) ? FORMAT_HTML : FORMAT_TEXT;
}

const char *
file_format_refused(enum file_format f)
{
	if (f == FORMAT_ARC)
		return "ARC files are not supported: convert the file to WARC, for "
		       "example with 'warcio recompress'";
	if (f == FORMAT_DOCUMENTS)
		return "file consists of documents already: give it to another filter, "
		       "such as norm, or read it with --as text";
	return NULL;
}

/* The value after `name` in line, if ':', '=' or a blank follows it; else empty. */
static struct span
value_after(struct span line, struct span name)
{
	const struct span none = { line.p, 0 };

	for (; line.n > name.n; line = span_from(line, 1)) {
		struct span v = span_from(line, name.n);
		size_t n = 0;

		if (!span_starts(line, name) || !strchr(":= ", *v.p))
			continue;
		v = span_from(v, 1);
		while (v.n > 0 && (is_blank(*v.p) || *v.p == '"' || *v.p == '\''))
			v = span_from(v, 1);
		while (n < v.n &&
		       (is_digit(v.p[n]) || strchr("-_.", v.p[n]) ||
			   (ascii_lower(v.p[n]) >= 'a' && ascii_lower(v.p[n]) <= 'z')))
			n++;
		return (struct span){ v.p, n };
	}
	return none;
}

/* Python and Emacs have names of their own for two charsets. */
static struct span
standard_name(struct span name)
{
	static const struct {
		const char *name;
		struct span label;
	} row[] = { { "latin-1", { "latin1", 6 } }, { "iso-latin-1", { "latin1", 6 } },
		{ "latin-1-unix", { "latin1", 6 } },
		{ "iso-latin-1-unix", { "latin1", 6 } }, { "latin-9", { "l9", 2 } } };

	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		if (http_value_is(name, row[i].name))
			return row[i].label;
	return name;
}

struct span
text_declared_charset(struct span text)
{
	struct span name = { text.p, 0 };

	for (int i = 0; i < 2 && name.n == 0 && text.n > 0; i++) {
		const char *nl = memchr(text.p, '\n', text.n);
		const size_t n = nl ? (size_t)(nl - text.p) : text.n;
		const struct span line = { text.p, n < LINE_MAX ? n : LINE_MAX };

		name = value_after(line, SPAN("coding"));
		if (name.n == 0 && span_starts(line, SPAN("@charset")))
			name = value_after(line, SPAN("@charset"));
		text = span_from(text, nl ? n + 1 : n);
	}
	return standard_name(name);
}
