/* page_fields.c - find the fields of a web page and set them in its document. */
#include "filters/web/meta/page_fields.h"

#include <stdlib.h>

#include "filters/web/http.h"
#include "filters/web/meta/lang_tag.h"
#include "filters/web/meta/page_fields_impl.h"
#include "filters/web/meta/web_date.h"
#include "lib/base/chars.h"
#include "lib/base/err.h"
#include "lib/text/json_writer.h"
#include "lib/text/url.h"

static const char *const field_names[PAGE_FIELDS] = {
	[PAGE_TITLE] = "title",
	[PAGE_AUTHOR] = "author",
	[PAGE_PUBLISHED] = "published",
	[PAGE_MODIFIED] = "modified",
	[PAGE_SITE] = "site",
	[PAGE_CANONICAL] = "canonical",
	[PAGE_DESCRIPTION] = "description",
	[PAGE_LANG] = "lang_declared",
	[PAGE_KIND] = "kind",
	[PAGE_LICENSES] = "licenses",
	[PAGE_RESERVATIONS] = "reservations",
};

int
page_fields_parse(const char *list, unsigned *wanted, struct err *err)
{
	struct span item;
	bool none = false;

	*wanted = 0;
	while (list_next(&list, &item)) {
		unsigned i = 0;

		while (i < PAGE_FIELDS && !span_eq(item, span_of(field_names[i])))
			i++;
		if (i < PAGE_FIELDS)
			*wanted |= 1u << i;
		else if (span_eq(item, SPAN("all")))
			*wanted |= (1u << PAGE_FIELDS) - 1;
		else if (span_eq(item, SPAN("none")))
			none = true;
		else
			return err_set(err, EXIT_USAGE,
			    "--fields: unknown field '%.*s': use title, author, "
			    "published, modified, site, canonical, description, "
			    "lang_declared, kind, licenses, reservations, all or none",
			    (int)item.n, item.p);
	}
	if (none && *wanted)
		return err_set(err, EXIT_USAGE,
		    "--fields: 'none' with other fields: use one or the other");
	return 0;
}

struct page_fields *
page_fields_new(unsigned wanted)
{
	struct page_fields *f = xcalloc(1, sizeof *f);

	f->wanted = wanted;
	return f;
}

void
page_fields_free(struct page_fields *f)
{
	if (!f)
		return;
	arena_free(&f->mem);
	buf_free(&f->raw);
	buf_free(&f->text);
	buf_free(&f->url);
	free(f);
}

/* At most max bytes of s, which is valid UTF-8 or was cut from such text, up to the end
 * of a character. */
static struct span
cut(struct span s, size_t max)
{
	size_t n = s.n < max ? s.n : max, k = n;

	/* The last character has 1 to 4 bytes: is it whole? */
	while (k > 0 && n - k < 3 && ((unsigned char)s.p[k - 1] & 0xc0) == 0x80)
		k--;
	if (k > 0 && (unsigned char)s.p[k - 1] >= 0xc0) {
		const unsigned char lead = (unsigned char)s.p[k - 1];
		const size_t size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;

		if (k - 1 + size > n)
			n = k - 1;
	}
	return (struct span){ s.p, n };
}

/* The number of bytes of white space or of a control at the front of s. */
static size_t
blank_length(struct span s)
{
	const unsigned char c = (unsigned char)*s.p;

	if (c <= ' ' || c == 0x7f)
		return 1;
	/* No-break spaces, and the controls of ISO 8859. */
	return c == 0xc2 && s.n > 1 && (unsigned char)s.p[1] <= 0xa0 ? 2 : 0;
}

struct span
page_plain_text(struct page_fields *f, struct span s)
{
	const size_t room = s.n < PAGE_FIELD_MAX ? s.n : PAGE_FIELD_MAX;
	char *out = arena_alloc(&f->mem, room + 1);
	bool blank = false;
	size_t n = 0;

	s = cut(s, s.n);
	while (s.n > 0 && n < room) {
		const size_t k = blank_length(s);

		if (k > 0) {
			blank = n > 0;
			s = span_from(s, k);
			continue;
		}
		if (blank)
			out[n++] = ' ';
		blank = false;
		if (n < room)
			out[n++] = *s.p;
		s = span_from(s, 1);
	}
	arena_trim(&f->mem, out, n);
	s = cut((struct span){ out, n }, n);
	while (s.n > 0 && s.p[s.n - 1] == ' ')
		s.n--;
	return s;
}

/* The longest value that is read, in bytes.  References are longer than their text. */
enum { RAW_MAX = 4 * PAGE_FIELD_MAX };

/* The text of a value with its references decoded `times` times. */
static struct span
decoded_text(struct page_fields *f, struct span s, int times)
{
	s = cut(s, RAW_MAX);
	for (; times > 0 && s.n > 0 && memchr(s.p, '&', s.n); times--) {
		struct buf *b = times % 2 ? &f->text : &f->url;

		b->n = 0;
		html_decode_value(f->d->source, s, b);
		s = b->n ? buf_span(b) : SPAN("");
	}
	return page_plain_text(f, s);
}

struct span
page_text(struct page_fields *f, struct span attr)
{
	/* Many pages have references to references, such as "&amp;#8217;". */
	return decoded_text(f, attr, 2);
}

struct span
page_ld_text(struct page_fields *f, struct span string)
{
	f->raw.n = 0;
	json_ld_decode(cut(string, RAW_MAX), &f->raw);
	return f->raw.n ? page_text(f, buf_span(&f->raw)) : SPAN("");
}

struct span
page_url(struct page_fields *f, struct span attr)
{
	const struct span s = decoded_text(f, attr, 1);

	f->url.n = 0;
	/* An address that was cut is another one. */
	if (attr.n > RAW_MAX || s.n == 0 || s.n >= PAGE_FIELD_MAX ||
	    !url_resolve(f->base, s, URL_NAME, &f->url))
		return SPAN("");
	return (struct span){ arena_copy(&f->mem, buf_span(&f->url)), f->url.n };
}

const struct page_body_facts *
page_body(struct page_fields *f, bool bylines)
{
	if (!f->searched)
		page_body_facts_find(f->d, bylines, &f->body);
	f->searched = true;
	return &f->body;
}

/* Set a date, unless it is set already, or s is not one. */
static void
try_date(struct page_fields *f, enum page_field field, struct span s)
{
	char date[WEB_DATE_SIZE];

	if (f->value[field].n == 0 && web_date(s, f->from.date, date))
		f->value[field] =
		    (struct span){ arena_copy(&f->mem, span_of(date)), strlen(date) };
}

/* Whether a page states the date of publication in an ambiguous form. */
static bool
is_date_ambiguous(struct page_fields *f)
{
	const struct page_facts *p = &f->facts;

	return web_date_is_ambiguous(page_text(f, p->fact[FACT_PUBLISHED])) ||
	       web_date_is_ambiguous(page_text(f, p->fact[FACT_PUBLISHED_OTHER])) ||
	       web_date_is_ambiguous(page_ld_text(f, p->ld.main.published)) ||
	       web_date_is_ambiguous(page_ld_text(f, p->ld.page.published)) ||
	       web_date_is_ambiguous(page_ld_text(f, p->ld.main.created));
}

static void
choose_published(struct page_fields *f)
{
	const struct page_facts *p = &f->facts;
	const struct page_body_facts *body;
	char date[WEB_DATE_SIZE];

	try_date(f, PAGE_PUBLISHED, page_ld_text(f, p->ld.main.published));
	try_date(f, PAGE_PUBLISHED, page_text(f, p->fact[FACT_PUBLISHED]));
	try_date(f, PAGE_PUBLISHED, page_ld_text(f, p->ld.page.published));
	try_date(f, PAGE_PUBLISHED, page_ld_text(f, p->ld.main.created));
	try_date(f, PAGE_PUBLISHED, page_text(f, p->fact[FACT_PUBLISHED_OTHER]));
	if (f->value[PAGE_PUBLISHED].n > 0)
		return;
	/* The author was searched before, or is known. */
	body = page_body(f, false);
	try_date(f, PAGE_PUBLISHED, page_text(f, body->published));
	if (web_date_of_url(f->from.url, f->from.date, date))
		try_date(f, PAGE_PUBLISHED, span_of(date));
	/* Any time in the text may be that of something else. */
	if (!is_date_ambiguous(f))
		try_date(f, PAGE_PUBLISHED, page_text(f, body->time));
}

static void
choose_modified(struct page_fields *f)
{
	const struct page_facts *p = &f->facts;

	try_date(f, PAGE_MODIFIED, page_ld_text(f, p->ld.main.modified));
	try_date(f, PAGE_MODIFIED, page_text(f, p->fact[FACT_MODIFIED]));
	try_date(f, PAGE_MODIFIED, page_ld_text(f, p->ld.page.modified));
	try_date(f, PAGE_MODIFIED, page_text(f, p->fact[FACT_MODIFIED_OTHER]));
}

static void
choose_canonical(struct page_fields *f)
{
	struct span s = page_url(f, f->facts.fact[FACT_CANONICAL]);

	f->value[PAGE_CANONICAL] = s.n ? s : page_url(f, f->facts.fact[FACT_URL_OG]);
}

static void
choose_description(struct page_fields *f)
{
	struct span s = { "", 0 };

	for (unsigned i = FACT_DESCRIPTION_OG; i <= FACT_DESCRIPTION_OTHER && !s.n; i++)
		s = page_text(f, f->facts.fact[i]);
	f->value[PAGE_DESCRIPTION] =
	    s.n ? s : page_ld_text(f, f->facts.ld.main.description);
}

static void
choose_lang(struct page_fields *f)
{
	const struct page_facts *p = &f->facts;
	const struct span sources[] = {
		page_text(f, p->fact[FACT_LANG_HTML]),
		page_text(f, p->fact[FACT_LANG_XML]),
		page_text(f, p->fact[FACT_LANG_HTTP]),
		http_header_value(f->from.headers, "content-language"),
		page_text(f, p->fact[FACT_LANG_OG]),
		page_ld_text(f, p->ld.main.language),
		page_ld_text(f, p->ld.page.language),
		page_text(f, p->fact[FACT_LANG_OTHER]),
	};
	char tag[LANG_TAG_SIZE];

	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
		if (lang_tag(sources[i], tag)) {
			f->value[PAGE_LANG] =
			    (struct span){ arena_copy(&f->mem, span_of(tag)),
				    strlen(tag) };
			return;
		}
	}
}

static bool
is_kind(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_digit(s.p[i]) && !strchr("._-:", s.p[i]) &&
		    (ascii_lower(s.p[i]) < 'a' || ascii_lower(s.p[i]) > 'z'))
			return false;
	return s.n > 0 && s.n <= 64;
}

/* The type of the main entity.  "website" and types of pages tell least. */
static void
choose_kind(struct page_fields *f)
{
	const struct ld_entity *e = &f->facts.ld.main, *page = &f->facts.ld.page;
	const struct span og = page_text(f, f->facts.fact[FACT_TYPE_OG]);
	const bool web = og.n == 7 && ascii_eq(og.p, "website", 7);
	struct span s = e->rank > page->rank ? page_ld_text(f, e->type) : og;

	if (e->rank <= page->rank && (og.n == 0 || web) && page->rank > 0)
		s = page_ld_text(f, page->type);
	if (is_kind(s))
		f->value[PAGE_KIND] = s;
	else if (is_kind(og))
		f->value[PAGE_KIND] = og;
}

static bool
wants(const struct page_fields *f, enum page_field field)
{
	return f->wanted & 1u << field;
}

/* s, which may have a null pointer if it is empty. */
static struct span
known(struct span s)
{
	return s.n > 0 ? s : SPAN("");
}

static void
begin(
    struct page_fields *f, const struct html_document *d, const struct page_origin *from)
{
	arena_reset(&f->mem);
	memset(f->value, 0, sizeof f->value);
	f->licenses.n = f->reservations.n = 0;
	f->tdm_policy.n = 0;
	f->searched = false;
	f->d = d;
	f->from = (struct page_origin){ known(from->url), known(from->date),
		known(from->headers) };
	f->base = f->from.url;
	page_facts_find(d, &f->facts);
	if (f->facts.fact[FACT_BASE].n > 0) {
		const struct span base = page_url(f, f->facts.fact[FACT_BASE]);

		if (base.n > 0)
			f->base = base;
	}
}

void
page_fields_find(struct page_fields *f, const struct html_document *d, struct span title,
    const struct page_origin *from)
{
	begin(f, d, from);
	/* Title and author are compared with the site. */
	if (wants(f, PAGE_SITE) || wants(f, PAGE_TITLE) || wants(f, PAGE_AUTHOR))
		page_choose_site(f);
	if (wants(f, PAGE_TITLE))
		page_choose_title(f, title);
	if (wants(f, PAGE_AUTHOR))
		page_choose_author(f);
	if (wants(f, PAGE_PUBLISHED))
		choose_published(f);
	if (wants(f, PAGE_MODIFIED))
		choose_modified(f);
	if (wants(f, PAGE_CANONICAL))
		choose_canonical(f);
	if (wants(f, PAGE_DESCRIPTION))
		choose_description(f);
	if (wants(f, PAGE_LANG))
		choose_lang(f);
	if (wants(f, PAGE_KIND))
		choose_kind(f);
	if (wants(f, PAGE_LICENSES))
		page_choose_licenses(f);
	if (wants(f, PAGE_RESERVATIONS))
		page_choose_reservations(f);
}

static void
set_list(struct doc *d, const char *name, const struct page_list *l)
{
	struct buf b = { 0 };
	struct json_writer w = { .out = &b };

	if (l->n == 0)
		return;
	jw_array(&w);
	for (size_t i = 0; i < l->n; i++)
		jw_str(&w, l->v[i]);
	jw_end(&w);
	doc_set_raw(d, span_of(name), doc_copy(d, buf_span(&b)));
	buf_free(&b);
}

void
page_fields_set(const struct page_fields *f, struct doc *d)
{
	for (unsigned i = 0; i < PAGE_FIELDS; i++)
		if (wants(f, i) && f->value[i].n > 0)
			doc_set_str(d, span_of(field_names[i]), f->value[i]);
	set_list(d, "licenses", &f->licenses);
	set_list(d, "reservations", &f->reservations);
	if (f->tdm_policy.n > 0)
		doc_set_str(d, SPAN("tdm_policy"), f->tdm_policy);
}
