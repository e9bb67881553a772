/* extract.c - the filter that turns WARC files, HTML pages and text files into documents.
 */
#include "filters/web/extract.h"

#include <inttypes.h>
#include <stdlib.h>

#include "filters/web/archive.h"
#include "filters/web/binary_data.h"
#include "filters/web/charset/recode.h"
#include "filters/web/file_format.h"
#include "filters/web/meta/page_fields.h"
#include "filters/web/page/html_page.h"
#include "filters/web/page_explain.h"
#include "filters/web/payload.h"
#include "lib/driver/filter.h"
#include "lib/text/utf8.h"

struct extract_scratch {
	struct html *html;
	struct recoder *recoder;
	struct http_body body;
	struct page_fields *fields; /* NULL: none are wanted */
	struct page_origin origin;
	struct buf clean;
};

static const struct extract defaults = { .as = AS_AUTO, .engine.kind = ENGINE_MODEL };

static const struct opt opts[] = {
	OPT_ENUM(0, "as", struct extract, as, AS_CHOICES, "type of the input files"),
	OPT_BOOL('a', "all-text", struct extract, all_text,
	    "keep all text of a web page, not only the main content"),
	OPT_STR(0, "charset", struct extract, charset, "NAME",
	    "charset of files and pages that are not UTF-8 and declare none, or auto"),
	OPT_ENUM(0, "engine", struct extract, engine.kind, ENGINE_CHOICES,
	    "what finds the main content of web pages"),
	OPT_STR(0, "fields", struct extract, fields, "LIST",
	    "add fields that web pages state, such as author,published, or all"),
	OPT_ENUM(0, "format", struct extract, format, "text|markdown",
	    "format of the text of web pages"),
	OPT_BOOL(0, "images", struct extract, images,
	    "keep the alternative texts of images, and with markdown their addresses"),
	OPT_BOOL(0, "links", struct extract, links,
	    "keep the addresses of links, with --format=markdown"),
	OPT_STR(0, "model", struct extract, engine.path, "FILE",
	    "model to use instead of the built-in one"),
	OPT_STR(
	    0, "source", struct extract, source, "NAME", "set field 'source' to NAME"),
	OPT_END,
};

/* Whether the charset of text files is detected. */
static bool
detects(const struct extract *x)
{
	return x->charset && strcmp(x->charset, "auto") == 0;
}

int
extract_open(void *self, struct setup *setup, struct err *err)
{
	struct extract *x = self;
	const struct common *c = setup->c;

	if (x->fields && page_fields_parse(x->fields, &x->wanted, err) < 0)
		return -1;
	if (x->source && !utf8_valid(span_of(x->source)))
		return err_set(err, EXIT_USAGE, "--source: value is not valid UTF-8");
	if (c->max_doc >= HTML_MAX)
		return err_set(err, EXIT_USAGE,
		    "--max-doc %" PRIu64 ": must be less than 2Gi", c->max_doc);
	if (x->charset && !detects(x) && !recoder_knows(span_of(x->charset)))
		return err_set(err, EXIT_USAGE,
		    "--charset '%s': unknown charset: use auto, or a name of the WHATWG "
		    "Encoding Standard, such as windows-1252",
		    x->charset);
	if (x->links && x->format != FORMAT_AS_MARKDOWN)
		return err_set(err, EXIT_USAGE,
		    "--links: plain text has no links: add --format=markdown");
	if (page_engine_open(&x->engine, setup, err) < 0)
		return -1;
	x->repair = c->on_bad == ON_BAD_REPAIR || c->on_bad == ON_BAD_REPAIR_SKIP;
	x->id_key = span_of(c->id);
	x->text_key = span_of(c->text);
	x->tables = html_tables_new();
	return 0;
}

void
extract_close(void *self)
{
	struct extract *x = self;

	html_tables_free(x->tables);
	page_engine_close(&x->engine);
}

static void
see_page(void *scratch, const struct html_document *document, struct span title)
{
	struct extract_scratch *s = scratch;

	page_fields_find(s->fields, document, title, &s->origin);
}

int
extract_open_thread(const void *self, void **scratch, struct err *err)
{
	const struct extract *x = self;
	struct extract_scratch *s = xcalloc(1, sizeof *s);

	s->html = html_new(x->tables);
	page_engine_use(&x->engine, s->html);
	if (x->wanted) {
		s->fields = page_fields_new(x->wanted);
		html_watch(s->html, see_page, s);
	}
	s->recoder = recoder_new();
	/* An empty span must not have a null pointer. */
	buf_reserve(&s->clean, 1);
	*scratch = s;
	return 0;
}

void
extract_close_thread(void *scratch)
{
	struct extract_scratch *s = scratch;

	if (!s)
		return;
	html_free(s->html);
	recoder_free(s->recoder);
	http_body_free(&s->body);
	page_fields_free(s->fields);
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

static void
extract_find(const void *self, struct record_scan *scan, struct span in, bool at_end,
    size_t *take, uint64_t *records)
{
	const struct extract *x = self;
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
	if (scan->format == FORMAT_WARC || scan->format == FORMAT_ARC) {
		archive_find(scan, in, at_end, x->repair, take, records);
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
	return archive_resync(scan, in, at_end, found);
}

/* The share of U+FFFD above which a text is garbled: most of its letters are lost, if
 * some of the rest are spaces and digits. */
static const double GARBLED = .1;

static void
drop_garbled(struct doc *d, struct span text)
{
	const double share = recoded_lost_share(text);

	if (share > GARBLED)
		doc_drop_value(d, "extract.garbled", share, GARBLED);
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
	drop_garbled(d, text);
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

/* A URL without the "<...>" that old versions of wget write. */
static struct span
bare_url(struct span value)
{
	if (value.n > 1 && *value.p == '<' && value.p[value.n - 1] == '>')
		value = (struct span){ value.p + 1, value.n - 2 };
	return value;
}

/* Set a field to a header value, repaired and on one line. */
static void
set_header_field(
    struct doc *d, struct extract_scratch *s, const char *name, struct span value)
{
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

/* Drop a text that is to be explained: only pages have blocks.  Returns whether it is. */
static bool
drop_unexplained(const struct extract *x, struct doc *d)
{
	if (x->explains)
		doc_drop(d, "extract-explain.not_html");
	return x->explains;
}

/* Convert a page or a text whose labels may be wrong.  declared: finds the one in it. */
static void
recode_web(const struct extract *x, struct extract_scratch *s, struct span bytes,
    struct span http, struct span (*declared)(struct span), struct recoded *text)
{
	const struct charset_hints hints = { http, declared,
		detects(x) ? NULL : x->charset, declared == html_declared_charset };

	recode_guess(s->recoder, bytes, &hints, text);
}

/* Count the conversion of a text, or drop it if it is lost. */
static void
count_recoded(struct doc *d, const struct recoded *text, bool repaired, bool lost)
{
	static const char *const sources[] = {
		[CHARSET_BOM] = "extract.charset_bom",
		[CHARSET_HTTP] = "extract.charset_http",
		[CHARSET_META] = "extract.charset_meta",
		[CHARSET_OPTION] = "extract.charset_option",
		[CHARSET_DETECTED] = "extract.charset_detected",
	};

	if (lost && !doc_repair(d)) {
		doc_drop(d, "extract.not_utf8");
		return;
	}
	if (sources[text->source])
		doc_count(d, sources[text->source], 1);
	doc_count(d, "extract.converted", text->converted);
	doc_count(d, "extract.repaired", repaired);
}

/* Hand the blocks of the page to the sink of extract-explain. */
static void
set_explanation(const struct extract *x, struct extract_scratch *s, struct doc *d)
{
	struct span *text = doc_alloc(d, sizeof *text), url;

	s->clean.n = 0;
	page_explain(s->html, x->as_html, doc_str(d, SPAN("url"), &url) ? url : doc_id(d),
	    &s->clean);
	*text = doc_copy(d, buf_span(&s->clean));
	doc_state_set(d, text);
}

static void
page_doc(const struct extract *x, struct extract_scratch *s, struct doc *d,
    const struct web_payload *p, struct span url)
{
	const struct html_options options = { !x->all_text,
		x->format == FORMAT_AS_MARKDOWN, x->links, x->images, p->xml, url };
	struct recoded text;
	struct html_page page;

	recode_web(x, s, p->bytes, p->charset, html_declared_charset, &text);
	if (drop_binary(d, page_is_binary(p->bytes, &text)))
		return;
	count_recoded(d, &text, text.repaired > 0, text.lost);
	text.text = without_nul(s, text.text);
	/* Conversion and repair can triple the length. */
	if (text.text.n >= HTML_MAX) {
		doc_bad(d, "page is %zu bytes in UTF-8, limit is %zu: split it",
		    text.text.n, HTML_MAX - 1);
		return;
	}
	html_extract(s->html, text.text, &options, &page);
	if (x->explains) {
		set_explanation(x, s, d);
		return;
	}
	page_engine_tag(&x->engine, s->html, d);
	if (page.title.n > 0)
		doc_set_str(d, SPAN("title"), page.title);
	if (s->fields)
		page_fields_set(s->fields, d);
	set_text(d, page.text);
}

static void
text_doc(const struct extract *x, struct extract_scratch *s, struct doc *d,
    struct span bytes, struct span charset)
{
	struct recoded text;

	if (drop_unexplained(x, d))
		return;
	recode_web(x, s, bytes, charset, text_declared_charset, &text);
	if (drop_binary(d, text_is_binary(bytes, text.text)))
		return;
	count_recoded(d, &text, text.repaired > 0, text.lost);
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

	if (drop_unexplained(x, d))
		return;
	if (detects(x))
		recode_web(x, s, bytes, SPAN(""), text_declared_charset, &text);
	else
		recode(s->recoder, bytes, names, 2, &text);
	if (drop_binary(d, text_is_binary(bytes, text.text)))
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

/* Fill in d from a record.  Returns false if the record is not a document. */
static bool
record_doc(const struct extract *x, struct extract_scratch *s, uint64_t max_doc,
    const struct web_record *w, struct doc *d)
{
	struct web_payload p;
	const char *skipped = payload_read(&s->body, w, (size_t)max_doc, &p);

	if (skipped) {
		doc_count(d, skipped, 1);
		return false;
	}
	s->origin = (struct page_origin){ w->url, w->date, p.headers };
	set_header_field(d, s, "url", bare_url(w->url));
	set_header_field(d, s, "date", w->date);
	set_header_field(d, s, "truncated", p.truncated);
	doc_count(d, "extract.truncated", p.truncated.n > 0 && !p.damaged);
	doc_count(d, "extract.damaged", p.damaged);
	if (p.html)
		page_doc(x, s, d, &p, bare_url(w->url));
	else
		text_doc(x, s, d, p.bytes, p.charset);
	return true;
}

/* ARC records have no id: make one of the name of the file and the place in it. */
static void
set_place(const struct extract *x, struct doc *d, struct extract_scratch *s,
    const char *path, uint64_t at)
{
	const char *slash = strrchr(path, '/');

	if (strcmp(path, "-") == 0)
		return;
	s->clean.n = 0;
	utf8_repair(&s->clean, span_of(slash ? slash + 1 : path));
	buf_putf(&s->clean, ":%" PRIu64, at);
	doc_set_str(d, x->id_key, buf_span(&s->clean));
}

static bool
next_web_record(const struct extract *x, struct extract_scratch *s,
    struct record_range *range, struct doc *d)
{
	struct warc_record r;
	const enum warc_result got =
	    archive_next(range->format, range->rest, true, range->max_doc, &r);
	const uint64_t at = range->offset;
	char date[ARC_DATE_SIZE];
	struct web_record w;

	if (got != WARC_RECORD && got != WARC_BAD)
		BUG("find() and next() disagree");
	if (range->format == FORMAT_ARC && r.headers.n > 0)
		set_place(
		    x, d, s, range->path, at + (size_t)(r.headers.p - range->rest.p));
	range->rest = span_from(range->rest, (size_t)r.size);
	range->offset += r.size;
	if (got == WARC_BAD && (r.headers.n == 0 || !doc_repair(d))) {
		doc_bad(d, "byte %" PRIu64 ": %s", at + r.at, r.bad);
		return true;
	}
	archive_fields(range->format, &r, date, &w);
	if (got == WARC_BAD && w.truncated.n == 0)
		w.truncated = SPAN("record");
	set_header_field(d, s, x->id_key.p, w.id);
	if (x->source)
		doc_set_str(d, SPAN("source"), span_of(x->source));
	return record_doc(x, s, range->max_doc, &w, d);
}

static bool
extract_next(const void *self, void *scratch, struct record_range *range, struct doc *d)
{
	const struct extract *x = self;
	struct web_payload page = { .charset = SPAN("") };
	struct span bytes = range->rest;
	const char *refused;

	range->ordinal++;
	if (range->format == FORMAT_WARC || range->format == FORMAT_ARC)
		return next_web_record(x, scratch, range, d);
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
	page.bytes = bytes;
	page.xml = file_is_xhtml(range->path);
	if (range->format == FORMAT_HTML)
		page_doc(x, scratch, d, &page, SPAN(""));
	else
		file_doc(x, scratch, d, bytes);
	return true;
}

const struct record_source extract_source = {
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
