/* extract.c - the filter that turns WARC files, HTML pages and text files into documents.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "filters/web/file_format.h"
#include "filters/web/html.h"
#include "filters/web/http_body.h"
#include "filters/web/recode.h"
#include "filters/web/warc.h"
#include "lib/driver/filter.h"
#include "lib/text/utf8.h"

enum { AS_AUTO, AS_WARC, AS_HTML, AS_TEXT };

struct extract {
	unsigned as;
	bool all_text;
	const char *source, *charset;

	struct html_tables *tables;
	struct span id_key, text_key;
};

struct extract_scratch {
	struct html *html;
	struct recoder *recoder;
	struct http_body body;
	struct buf clean;
};

static const struct extract defaults = { .as = AS_AUTO };

static const struct opt opts[] = {
	OPT_ENUM(0, "as", struct extract, as, "auto|warc|html|text",
	    "type of the input files"),
	OPT_BOOL('a', "all-text", struct extract, all_text,
	    "keep all text of a web page, not only the main content"),
	OPT_STR(0, "charset", struct extract, charset, "NAME",
	    "charset of files and pages that are not UTF-8 and declare none"),
	OPT_STR(
	    0, "source", struct extract, source, "NAME", "set field 'source' to NAME"),
	OPT_END,
};

static int
extract_open(void *self, struct setup *setup, struct err *err)
{
	struct extract *x = self;
	const struct common *c = setup->c;

	if (x->source && !utf8_valid(span_of(x->source)))
		return err_set(err, EXIT_USAGE, "--source: value is not valid UTF-8");
	if (c->max_doc >= HTML_MAX)
		return err_set(err, EXIT_USAGE,
		    "--max-doc %" PRIu64 ": must be less than 2Gi", c->max_doc);
	if (x->charset && !recoder_knows(span_of(x->charset)))
		return err_set(err, EXIT_USAGE,
		    "--charset '%s': unknown charset: use a name of the WHATWG Encoding "
		    "Standard, such as windows-1252",
		    x->charset);
	x->id_key = span_of(c->id);
	x->text_key = span_of(c->text);
	x->tables = html_tables_new();
	return 0;
}

static void
extract_close(void *self)
{
	struct extract *x = self;

	html_tables_free(x->tables);
}

static int
extract_open_thread(const void *self, void **scratch, struct err *err)
{
	const struct extract *x = self;
	struct extract_scratch *s = xcalloc(1, sizeof *s);

	s->html = html_new(x->tables);
	s->recoder = recoder_new();
	/* An empty span must not have a null pointer. */
	buf_reserve(&s->clean, 1);
	*scratch = s;
	return 0;
}

static void
extract_close_thread(void *scratch)
{
	struct extract_scratch *s = scratch;

	if (!s)
		return;
	html_free(s->html);
	recoder_free(s->recoder);
	http_body_free(&s->body);
	buf_free(&s->clean);
	free(s);
}

/* The format of a file that begins with `start`; FORMAT_UNKNOWN: more bytes are needed.
 */
static enum file_format
format_of(const struct extract *x, const struct record_scan *scan, struct span start,
    bool at_end)
{
	enum file_format found;

	if (x->as == AS_HTML)
		return FORMAT_HTML;
	if (x->as == AS_TEXT)
		return FORMAT_TEXT;
	found = file_format_of(
	    scan->path, start, at_end, start.n > scan->max_doc, x->text_key);
	return x->as == AS_WARC && found != FORMAT_ARC ? FORMAT_WARC : found;
}

/* The kind of a payload by its media type. */
enum kind { KIND_OTHER, KIND_UNKNOWN, KIND_HTML, KIND_TEXT };

static enum kind
kind_of(struct span type)
{
	if (http_value_is(type, "text/html") ||
	    http_value_is(type, "application/xhtml+xml"))
		return KIND_HTML;
	if (http_value_is(type, "text/plain"))
		return KIND_TEXT;
	if (type.n == 0 || http_value_is(type, "application/octet-stream") ||
	    http_value_is(type, "unknown/unknown") ||
	    http_value_is(type, "application/x-unknown"))
		return KIND_UNKNOWN;
	return KIND_OTHER;
}

/* Whether a record can become a document, judged by its headers: archives hold videos,
 * too. */
static bool
may_be_document(const struct warc_record *r)
{
	const struct span type = http_header_value(r->headers, "warc-type");

	return (http_value_is(type, "response") || http_value_is(type, "conversion") ||
		   http_value_is(type, "resource")) &&
	       kind_of(http_header_value(r->headers, "warc-identified-payload-type")) !=
		   KIND_OTHER;
}

/* Have the driver skip r, a record at the front of `in` that is longer than --max-doc. */
static void
skip_record(struct record_scan *scan, struct span in, const struct warc_record *r)
{
	scan->skip = r->size;
	scan->skip_as = NULL;
	scan->skip_short = NULL;
	scan->seen = 0;
	if (r->bad)
		return;
	if (!may_be_document(r))
		scan->skip_as = "extract.skipped_long";
	scan->skip_short = warc_wrong_length;
	scan->skip_from = (size_t)(r->headers.p - in.p);
	scan->seen = scan->skip_from + r->headers.n - 1;
}

static void
find_warc(struct record_scan *scan, struct span in, bool at_end, size_t *take,
    uint64_t *records)
{
	struct warc_record r;

	for (;;) {
		const enum warc_result got =
		    warc_next(span_from(in, *take), at_end, scan->max_doc, &r);

		if (got == WARC_MORE || got == WARC_END)
			return;
		++*records;
		if (got == WARC_LONG) {
			skip_record(scan, span_from(in, *take), &r);
			return;
		}
		*take += (size_t)r.size;
	}
}

static void
extract_find(const void *self, struct record_scan *scan, struct span in, bool at_end,
    size_t *take, uint64_t *records)
{
	bool refused;

	*take = 0;
	*records = 0;
	if (in.n == 0) {
		/* An empty file is an empty text, whatever it is called. */
		if (at_end && scan->format == FORMAT_UNKNOWN &&
		    strcmp(scan->path, "-") != 0) {
			scan->format = FORMAT_TEXT;
			*records = 1;
		}
		return;
	}
	if (scan->format == FORMAT_UNKNOWN)
		scan->format = (int)format_of(self, scan, in, at_end);
	if (scan->format == FORMAT_UNKNOWN)
		return;
	if (scan->format == FORMAT_WARC) {
		find_warc(scan, in, at_end, take, records);
		return;
	}
	/* Any other file is one record.  A refused file is so at once, whatever its size.
	 */
	refused = file_format_refused((enum file_format)scan->format);
	if (!refused && in.n > scan->max_doc) {
		*records = 1;
		scan->skip = UINT64_MAX;
	} else if (refused || at_end) {
		*records = 1;
		*take = in.n;
	}
}

static size_t
extract_resync(const void *self, const struct record_scan *scan, struct span in,
    bool at_end, bool *found)
{
	return warc_resync(in, scan->skip, at_end, found);
}

/* Set the text of a document to a copy without line ends at its end. */
static void
set_text(struct doc *d, struct span text)
{
	while (text.n > 0 && (text.p[text.n - 1] == '\n'))
		text.n--;
	doc_set_text(d, doc_copy(d, text));
	if (text.n == 0)
		doc_drop(d, "extract.empty");
}

/* Set the id to the path as given. */
static void
set_path(
    const struct extract *x, struct doc *d, struct extract_scratch *s, const char *path)
{
	s->clean.n = 0;
	utf8_repair(&s->clean, span_of(path));
	doc_set_str(d, x->id_key, buf_span(&s->clean));
}

/* Set a field to a header value, repaired and on one line.  bare: without the "<...>"
 * that old versions of wget write. */
static void
set_header_field(struct doc *d, struct extract_scratch *s, const char *name,
    struct span value, bool bare)
{
	if (bare && value.n > 1 && *value.p == '<' && value.p[value.n - 1] == '>')
		value = (struct span){ value.p + 1, value.n - 2 };
	if (value.n == 0)
		return;
	s->clean.n = 0;
	utf8_repair(&s->clean, value);
	for (size_t i = 0; i < s->clean.n; i++) {
		if ((unsigned char)s->clean.p[i] < 0x20)
			s->clean.p[i] = ' ';
	}
	doc_set_str(d, span_of(name), buf_span(&s->clean));
}

/* Replace each NUL, which documents cannot hold, by U+FFFD. */
static struct span
without_nul(struct extract_scratch *s, struct span text)
{
	if (!memchr(text.p, '\0', text.n))
		return text;
	s->clean.n = 0;
	while (text.n > 0) {
		const char *nul = memchr(text.p, '\0', text.n);
		const size_t n = nul ? (size_t)(nul - text.p) : text.n;

		buf_put(&s->clean, text.p, n);
		if (nul)
			buf_puts(&s->clean, "\xEF\xBF\xBD");
		text = span_from(text, nul ? n + 1 : n);
	}
	return buf_span(&s->clean);
}

/* Drop a text if it is binary data.  Returns whether it is. */
static bool
drop_binary(struct doc *d, bool binary)
{
	if (binary) {
		doc_set_text(d, SPAN(""));
		doc_drop(d, "extract.binary");
	}
	return binary;
}

/*
 * Convert a page, or a text of an archive, where some ill-formed UTF-8 is normal.  Other
 * text without a known charset is converted from --charset, or from windows-1252 if it
 * can be that.  Returns whether none has given it a meaning.
 */
static bool
recode_web(const struct extract *x, struct extract_scratch *s, struct span bytes,
    const struct span names[2], struct recoded *text)
{
	const struct span fallback = span_of(x->charset ? x->charset : "windows-1252");

	recode(s->recoder, bytes, names, 2, text);
	if (text->repaired == 0 || recoder_knows(names[0]) || recoder_knows(names[1]) ||
	    recoded_is_mostly_utf8(text))
		return false;
	if (!x->charset && !can_be_western(bytes))
		return true;
	recode(s->recoder, bytes, &fallback, 1, text);
	return false;
}

/* Count the conversion of a text, or drop it if it is lost. */
static void
count_recoded(struct doc *d, const struct recoded *text, bool repaired, bool lost)
{
	if (lost && !doc_repair(d)) {
		doc_drop(d, "extract.not_utf8");
		return;
	}
	doc_count(d, "extract.converted", text->converted);
	doc_count(d, "extract.repaired", repaired);
}

static void
page_doc(const struct extract *x, struct extract_scratch *s, struct doc *d,
    struct span bytes, struct span charset)
{
	const struct span names[] = { charset, html_declared_charset(bytes) };
	struct recoded text;
	struct html_page page;
	const bool lost = recode_web(x, s, bytes, names, &text);

	if (drop_binary(d, page_is_binary(&text)))
		return;
	count_recoded(d, &text, text.repaired > 0, lost);
	text.text = without_nul(s, text.text);
	/* Conversion and repair can triple the length. */
	if (text.text.n >= HTML_MAX) {
		doc_bad(d, "page is %zu bytes in UTF-8, limit is %zu: split it",
		    text.text.n, HTML_MAX - 1);
		return;
	}
	html_extract(s->html, text.text, !x->all_text, &page);
	if (page.title.n > 0)
		doc_set_str(d, SPAN("title"), page.title);
	set_text(d, page.text);
}

static void
text_doc(const struct extract *x, struct extract_scratch *s, struct doc *d,
    struct span bytes, struct span charset)
{
	const struct span names[] = { charset, text_declared_charset(bytes) };
	struct recoded text;
	const bool lost = recode_web(x, s, bytes, names, &text);

	if (drop_binary(d, text_is_binary(text.text)))
		return;
	count_recoded(d, &text, text.repaired > 0, lost);
	set_text(d, without_nul(s, text.text));
}

/* A text file.  Its text is unchanged if it is UTF-8. */
static void
file_doc(
    const struct extract *x, struct extract_scratch *s, struct doc *d, struct span bytes)
{
	const struct span names[] = { text_declared_charset(bytes),
		span_of(x->charset ? x->charset : "") };
	struct recoded text;
	bool lossy;

	recode(s->recoder, bytes, names, 2, &text);
	if (drop_binary(d, text_is_binary(text.text)))
		return;
	lossy = recoded_is_lossy(&text);
	count_recoded(d, &text, lossy, lossy);
	text.text = without_nul(s, text.text);
	if (text.text.n == 0)
		doc_drop(d, "extract.empty");
	/* The copy in the scratch would not live long enough. */
	if (text.text.p < bytes.p || text.text.p > bytes.p + bytes.n)
		text.text = doc_copy(d, text.text);
	doc_set_text(d, text.text);
}

/* The kind of the payload by the crawler, else by the server, else by its content. */
static enum kind
payload_kind(const struct warc_record *r, struct span type, struct span body)
{
	enum kind kind =
	    kind_of(http_header_value(r->headers, "warc-identified-payload-type"));

	if (kind == KIND_UNKNOWN)
		kind = kind_of(type);
	if (kind == KIND_UNKNOWN && html_looks_like(body))
		kind = KIND_HTML;
	return kind;
}

/* The count to which a skipped record is added. */
static const char *
skipped_type(struct span type)
{
	static const struct {
		const char *type, *count;
	} known[] = {
		{ "warcinfo", "extract.skipped_warcinfo" },
		{ "request", "extract.skipped_request" },
		{ "metadata", "extract.skipped_metadata" },
		{ "revisit", "extract.skipped_revisit" },
		{ "continuation", "extract.skipped_continuation" },
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (http_value_is(type, known[i].type))
			return known[i].count;
	}
	return "extract.skipped_type";
}

/* Fill in d from a record.  Returns false if the record is not a document. */
static bool
record_doc(const struct extract *x, struct extract_scratch *s, uint64_t max_doc,
    const struct warc_record *r, struct doc *d)
{
	const struct span type = http_header_value(r->headers, "warc-type");
	struct span body = r->body, mime, charset;
	bool cut = false;
	enum kind kind;
	struct http_response h;

	http_content_type(http_header_value(r->headers, "content-type"), &mime, &charset);
	if (http_value_is(type, "response")) {
		if (!http_parse(body, &h)) {
			doc_count(d, "extract.skipped_not_http", 1);
			return false;
		}
		if (h.status < 200 || h.status > 299) {
			doc_count(d, "extract.skipped_status", 1);
			return false;
		}
		http_content_type(
		    http_header_value(h.headers, "content-type"), &mime, &charset);
		if (!http_body_decode(&s->body, &h, (size_t)max_doc, &body, &cut)) {
			doc_count(d, "extract.skipped_encoding", 1);
			return false;
		}
	} else if (!http_value_is(type, "conversion") &&
		   !http_value_is(type, "resource")) {
		doc_count(d, skipped_type(type), 1);
		return false;
	}
	kind = payload_kind(r, mime, body);
	if (kind == KIND_OTHER || kind == KIND_UNKNOWN) {
		doc_count(d, "extract.skipped_content_type", 1);
		return false;
	}
	set_header_field(
	    d, s, "url", http_header_value(r->headers, "warc-target-uri"), true);
	set_header_field(d, s, "date", http_header_value(r->headers, "warc-date"), false);
	cut = cut || http_header_value(r->headers, "warc-truncated").n > 0;
	doc_count(d, "extract.truncated", cut);
	if (kind == KIND_HTML)
		page_doc(x, s, d, body, charset);
	else
		text_doc(x, s, d, body, charset);
	return true;
}

static bool
next_warc(const struct extract *x, struct extract_scratch *s, struct record_range *range,
    struct doc *d)
{
	struct warc_record r;
	const enum warc_result got = warc_next(range->rest, true, range->max_doc, &r);
	const uint64_t at = range->offset;

	if (got != WARC_RECORD && got != WARC_BAD)
		BUG("find() and next() disagree");
	range->rest = span_from(range->rest, (size_t)r.size);
	range->offset += r.size;
	if (got == WARC_BAD && (r.headers.n == 0 || !doc_repair(d))) {
		doc_bad(d, "byte %" PRIu64 ": %s", at + r.at, r.bad);
		return true;
	}
	set_header_field(
	    d, s, x->id_key.p, http_header_value(r.headers, "warc-record-id"), false);
	if (x->source)
		doc_set_str(d, SPAN("source"), span_of(x->source));
	return record_doc(x, s, range->max_doc, &r, d);
}

static bool
extract_next(const void *self, void *scratch, struct record_range *range, struct doc *d)
{
	const struct extract *x = self;
	const struct span none = { "", 0 };
	struct span bytes = range->rest;
	const char *refused;

	range->ordinal++;
	if (range->format == FORMAT_WARC)
		return next_warc(x, scratch, range, d);
	range->rest = span_from(range->rest, range->rest.n);
	refused = file_format_refused((enum file_format)range->format);
	if (refused) {
		if (range->offset > 0)
			return false;
		doc_bad(d, "%s", refused);
		return true;
	}
	if (strcmp(range->path, "-") != 0)
		set_path(x, d, scratch, range->path);
	if (x->source)
		doc_set_str(d, SPAN("source"), span_of(x->source));
	if (range->format == FORMAT_HTML)
		page_doc(x, scratch, d, bytes, none);
	else
		file_doc(x, scratch, d, bytes);
	return true;
}

static const struct record_source extract_source = {
	.find = extract_find,
	.resync = extract_resync,
	.next = extract_next,
};

const struct filter filter_extract = {
	.name = "extract",
	.summary = "turn WARC files, HTML pages and text files into documents",
	.example = "tamis extract -o pages.jsonl.zst crawl.warc.gz",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.open = extract_open,
	.close = extract_close,
	.open_thread = extract_open_thread,
	.close_thread = extract_close_thread,
	.source = &extract_source,
};
