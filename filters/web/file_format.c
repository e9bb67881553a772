/* file_format.c - detect the format of a file, and the charset that a text declares. */
#include "filters/web/file_format.h"

#include <stdlib.h>

#include "filters/web/arc.h"
#include "filters/web/http.h"
#include "filters/web/page/html_page.h"
#include "filters/web/warc.h"
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

bool
file_is_xhtml(const char *path)
{
	return has_suffix(path, ".xhtml") || has_suffix(path, ".xhtml.gz") ||
	       has_suffix(path, ".xhtml.zst");
}

/* Whether a path has a suffix of HTML, also before .gz or .zst: the driver decompresses.
 */
static bool
named_html(const char *path)
{
	static const char *const suffixes[] = { ".html", ".htm", ".html.gz", ".htm.gz",
		".html.zst", ".htm.zst" };

	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
		if (has_suffix(path, suffixes[i]))
			return true;
	}
	return file_is_xhtml(path);
}

/* Whether a whole line is a document: a JSON object with a text. */
static bool
is_document(struct span line, struct span text_key)
{
	struct json_fields fields = { 0 };
	struct arena mem = { 0 };
	struct json_error e;
	bool found = false;

	if (utf8_valid(line) && json_scan(line, &fields, &mem, &e) > 0)
		for (size_t i = 0; i < fields.n; i++)
			found |= span_eq(fields.v[i].key, text_key) &&
				 *fields.v[i].value.p == '"';
	free(fields.v);
	arena_free(&mem);
	return found;
}

static struct span
skip_space(struct span s)
{
	while (s.n > 0 && is_space(*s.p))
		s = span_from(s, 1);
	return s;
}

/* The length of the JSON string at the beginning of s, quotes included; 0: it is cut. */
static size_t
string_length(struct span s)
{
	for (size_t i = 1; i < s.n; i++) {
		if (s.p[i] == '"')
			return i + 1;
		i += s.p[i] == '\\';
	}
	return 0;
}

/* Whether a line that is cut has the text of a document: the field, and a string after
 * it. */
static bool
begins_document(struct span s, struct span text_key)
{
	unsigned depth = 0;
	bool key = false; /* the next string is the name of a field of the document */

	for (; s.n > 0; s = span_from(s, 1)) {
		struct span name = s, value;

		if (*s.p == '{' || *s.p == '[')
			depth++;
		else if ((*s.p == '}' || *s.p == ']') && --depth == 0)
			return false;
		if (*s.p != '"') {
			key = depth == 1 &&
			      (*s.p == '{' || *s.p == ',' || (key && is_space(*s.p)));
			continue;
		}
		name.n = string_length(s);
		if (name.n == 0)
			return false;
		value = skip_space(span_from(s, name.n));
		name = (struct span){ name.p + 1, name.n - 2 };
		if (key && span_eq(name, text_key) && span_starts(value, SPAN(":")))
			return span_starts(skip_space(span_from(value, 1)), SPAN("\""));
		key = false;
		s = span_from(s, name.n + 1);
	}
	return false;
}

enum file_format
file_format_of(
    const char *path, struct span start, bool whole, bool enough, struct span text_key)
{
	const struct span brace = SPAN("{"), quote = SPAN("\"");
	bool more;

	if (span_starts(start, SPAN("filedesc://")) || arc_starts(start))
		return FORMAT_ARC;
	if (warc_starts(start, &more))
		return FORMAT_WARC;
	if (more && !whole && !enough)
		return FORMAT_UNKNOWN;
	if (span_starts(start, brace) &&
	    span_starts(skip_space(span_from(start, 1)), quote)) {
		const char *nl = memchr(start.p, '\n', start.n);
		const struct span line = { start.p,
			nl ? (size_t)(nl - start.p) : start.n };

		if (!nl && !whole && !enough)
			return FORMAT_UNKNOWN;
		if (nl || whole ? is_document(line, text_key)
				: begins_document(line, text_key))
			return FORMAT_DOCUMENTS;
	}
	return named_html(path) || html_looks_like(start) ? FORMAT_HTML : FORMAT_TEXT;
}

const char *
file_format_refused(enum file_format f)
{
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
