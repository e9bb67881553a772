/* payload.c - find the page or text in a record of a web archive, by its media types and
 * its content. */
#include "filters/web/payload.h"

#include "filters/web/binary_data.h"
#include "filters/web/page/html_page.h"
#include "lib/base/chars.h"
#include "lib/text/utf8.h"

enum kind {
	KIND_OTHER,
	KIND_UNKNOWN, /* the server has not stated a type */
	KIND_BYTES,   /* of any format */
	KIND_XML,     /* a page, if it is XHTML */
	KIND_HTML,
	KIND_TEXT,
};

static enum kind
kind_of(struct span type)
{
	static const struct {
		const char *type;
		enum kind kind;
	} rows[] = {
		{ "text/html", KIND_HTML },
		{ "text/htm", KIND_HTML },
		{ "text/xhtml", KIND_HTML },
		{ "application/html", KIND_HTML },
		{ "application/xhtml", KIND_HTML },
		{ "application/xhtml+xml", KIND_HTML },
		{ "application/vnd.wap.xhtml+xml", KIND_HTML },
		{ "application/xml", KIND_XML },
		{ "text/xml", KIND_XML },
		{ "text/plain", KIND_TEXT },
		{ "text/markdown", KIND_TEXT },
		{ "text/x-markdown", KIND_TEXT },
		{ "application/octet-stream", KIND_BYTES },
		{ "unknown/unknown", KIND_UNKNOWN },
		{ "application/unknown", KIND_UNKNOWN },
		{ "application/x-unknown", KIND_UNKNOWN },
		{ "*/*", KIND_UNKNOWN },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (http_value_is(type, rows[i].type))
			return rows[i].kind;
	return type.n > 0 && memchr(type.p, '/', type.n) ? KIND_OTHER : KIND_UNKNOWN;
}

/* Whether browsers read a page of this type as XML. */
static bool
is_xml(struct span type)
{
	return kind_of(type) == KIND_XML ||
	       http_value_is(type, "application/xhtml+xml") ||
	       http_value_is(type, "application/vnd.wap.xhtml+xml");
}

/* The kind by the crawler, else by the server. */
static enum kind
stated_kind(struct span identified, struct span type)
{
	const enum kind kind = kind_of(identified);

	return kind == KIND_UNKNOWN || kind == KIND_BYTES ? kind_of(type) : kind;
}

static struct span
skip_space(struct span s)
{
	while (s.n > 0 && is_space(*s.p))
		s = span_from(s, 1);
	return s;
}

static bool
starts_nocase(struct span s, const char *lower_case)
{
	const size_t n = strlen(lower_case);

	return s.n >= n && http_value_is((struct span){ s.p, n }, lower_case);
}

/* The elements at the beginning of a fragment that browsers take for a page (WHATWG MIME
 * Sniffing, 7.1). */
static bool
is_fragment(struct span s)
{
	static const char *const tags[] = { "<!--", "<script", "<iframe", "<h1", "<div",
		"<font", "<table", "<a", "<style", "<title", "<b", "<br", "<p" };

	s = skip_space(s);
	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
		const size_t n = strlen(tags[i]);

		if (starts_nocase(s, tags[i]) && s.n > n &&
		    (i == 0 || is_space(s.p[n]) || s.p[n] == '>'))
			return true;
	}
	return false;
}

/* Whether a payload without a type is text, and not JSON, a script or a style sheet. */
static bool
is_prose(struct span s)
{
	static const char *const code[] = { "var ", "let ", "const ", "function",
		"window", "document.", "define(", "import ", "export ", "jquery" };

	if (!utf8_valid(s) || text_is_binary(s, s) || text_has_controls(s))
		return false;
	s = skip_space(s);
	for (size_t i = 0; i < sizeof code / sizeof *code; i++)
		if (starts_nocase(s, code[i]))
			return false;
	return s.n > 0 && !strchr("{[<(/#@!.;", *s.p);
}

/* The kind by the content of the payload: KIND_HTML, KIND_TEXT or KIND_OTHER. */
static enum kind
real_kind(enum kind stated, const struct web_record *w, struct span bytes)
{
	switch (stated) {
	case KIND_TEXT:
		/* The text of a conversion may be about HTML. */
		return !http_value_is(w->type, "conversion") && html_looks_like(bytes)
			   ? KIND_HTML
			   : KIND_TEXT;
	case KIND_XML:
	case KIND_BYTES:
		return html_looks_like(bytes) ? KIND_HTML : KIND_OTHER;
	case KIND_UNKNOWN:
		return html_looks_like(bytes) || is_fragment(bytes) ? KIND_HTML
		       : is_prose(bytes)			    ? KIND_TEXT
								    : KIND_OTHER;
	default:
		return stated;
	}
}

/* The count to which a record is added that is skipped for its type. */
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

void
payload_warc_fields(const struct warc_record *r, struct web_record *w)
{
	*w = (struct web_record){
		.type = http_header_value(r->headers, "warc-type"),
		.id = http_header_value(r->headers, "warc-record-id"),
		.url = http_header_value(r->headers, "warc-target-uri"),
		.date = http_header_value(r->headers, "warc-date"),
		.mime = http_header_value(r->headers, "content-type"),
		.identified =
		    http_header_value(r->headers, "warc-identified-payload-type"),
		.truncated = http_header_value(r->headers, "warc-truncated"),
		.body = r->body,
	};
	/* The rest is in continuation records, which are skipped. */
	if (w->truncated.n == 0 &&
	    http_header_value(r->headers, "warc-segment-number").n > 0)
		w->truncated = SPAN("segment");
}

/* What the headers tell about a payload. */
struct headers {
	enum kind kind;
	bool xml;
	struct span charset;
	struct http_response http;
};

/* Read the headers.  Returns the count for a record that they show not to be a document,
 * or NULL. */
static const char *
read_headers(const struct web_record *w, struct headers *h)
{
	const bool response = http_value_is(w->type, "response");
	struct span mime;
	bool has_head;

	if (!response && !http_value_is(w->type, "conversion") &&
	    !http_value_is(w->type, "resource"))
		return skipped_type(w->type);
	http_content_type(w->mime, &mime, &h->charset);
	has_head = http_parse(w->body, &h->http) && response;
	if (has_head) {
		if (h->http.status < 200 || h->http.status > 299)
			return "extract.skipped_status";
		http_content_type(http_header_value(h->http.headers, "content-type"),
		    &mime, &h->charset);
	} else {
		h->http = (struct http_response){ .headers = { w->body.p, 0 },
			.body = w->body };
		if (response && http_value_is(mime, "application/http"))
			mime.n = 0;
	}
	h->kind = stated_kind(w->identified, mime);
	/* Crawlers find XHTML in pages that browsers read as HTML. */
	h->xml = is_xml(mime);
	/* Such a response may begin with a damaged head: only a page is sure. */
	if (response && !has_head && h->kind == KIND_UNKNOWN)
		h->kind = KIND_BYTES;
	if (h->kind != KIND_OTHER)
		return NULL;
	return response && !has_head ? "extract.skipped_not_http"
				     : "extract.skipped_content_type";
}

const char *
payload_refused(const struct web_record *w)
{
	struct headers h = { .kind = KIND_OTHER };

	return read_headers(w, &h);
}

const char *
payload_read(
    struct http_body *b, const struct web_record *w, size_t max, struct web_payload *p)
{
	struct headers h = { .kind = KIND_OTHER };
	struct http_payload body = { .bytes = w->body };
	const char *skipped = read_headers(w, &h);
	enum kind kind;

	if (skipped)
		return skipped;
	if (http_value_is(w->type, "response")) {
		const enum http_decoded got = http_body_decode(b, &h.http, max, &body);

		if (got == HTTP_LONG)
			return "extract.skipped_long";
		if (got == HTTP_CODED)
			return "extract.skipped_encoding";
	}
	kind = real_kind(h.kind, w, body.bytes);
	if (kind == KIND_OTHER)
		return h.http.headers.n == 0 && http_value_is(w->type, "response")
			   ? "extract.skipped_not_http"
			   : "extract.skipped_content_type";
	*p = (struct web_payload){
		.html = kind == KIND_HTML,
		.xml = h.xml,
		.bytes = body.bytes,
		.charset = h.charset,
		.headers = h.http.headers,
		.truncated = body.damaged	  ? SPAN("damaged")
			     : w->truncated.n > 0 ? w->truncated
			     : body.cut		  ? SPAN("body")
						  : SPAN(""),
		.damaged = body.damaged,
	};
	return NULL;
}
