/* page_facts.c - collect from a web page what it states about itself. */
#include "filters/web/meta/page_facts.h"

#include "lib/base/chars.h"

static unsigned
attr_of(struct span name)
{
	static const struct span names[TA_COUNT] = {
		[TA_NAME] = { "name", 4 },
		[TA_PROPERTY] = { "property", 8 },
		[TA_ITEMPROP] = { "itemprop", 8 },
		[TA_HTTP_EQUIV] = { "http-equiv", 10 },
		[TA_CONTENT] = { "content", 7 },
		[TA_LANG] = { "lang", 4 },
		[TA_XML_LANG] = { "xml:lang", 8 },
		[TA_TYPE] = { "type", 4 },
		[TA_DATETIME] = { "datetime", 8 },
	};
	unsigned i = 0;

	while (i < TA_COUNT &&
	       (name.n != names[i].n || !ascii_eq(name.p, names[i].p, name.n)))
		i++;
	return i;
}

void
page_tag_attrs(const struct html_document *d, const struct dom_node *n, struct span *attr)
{
	const struct html_tokenizer *t = d->source;
	struct html_raw_attr a;
	bool self_closing;
	const char *p;

	memset(attr, 0, TA_COUNT * sizeof *attr);
	if (n->at == NO_TAG)
		return;
	p = html_tag_attrs(t, n->at);
	while (html_next_attr(&p, t->end, &a, &self_closing)) {
		const unsigned i = attr_of(a.name);

		if (i < TA_COUNT && !attr[i].p)
			attr[i] = a.value;
	}
}

struct span
page_kept_attr(const struct html_document *d, const struct dom_node *n, unsigned name)
{
	const struct html_attr *a = &d->source->attr[n->attr];

	for (; n->attr; a++) {
		if (a->name == name)
			return (struct span){ d->source->begin + a->at, a->n };
		if (a->last)
			break;
	}
	return (struct span){ "", 0 };
}

bool
page_has_word(struct span list, struct span word)
{
	while (list.n >= word.n) {
		size_t n = 0;

		while (n < list.n && !is_space(list.p[n]))
			n++;
		if (n == word.n && ascii_eq(list.p, word.p, n))
			return true;
		while (n < list.n && is_space(list.p[n]))
			n++;
		list = span_from(list, n);
	}
	return false;
}

enum { NAME_AUTHOR = FACT_COUNT, NAME_LICENSE };

/* The names of <meta>, in lower case.  Of several for one fact, the first in the page
 * counts. */
static const struct {
	struct span name;
	unsigned fact;
} meta_names[] = {
/* NOLINTBEGIN(bugprone-macro-parentheses): a string and a name */
#define META(name, fact)                                                                 \
	{                                                                                \
		{ name, sizeof name - 1 }, fact                                          \
	}
	META("og:title", FACT_TITLE_OG), META("twitter:title", FACT_TITLE_TWITTER),
	META("citation_title", FACT_TITLE_OTHER), META("dc.title", FACT_TITLE_OTHER),
	META("dcterms.title", FACT_TITLE_OTHER), META("headline", FACT_TITLE_OTHER),
	META("parsely-title", FACT_TITLE_OTHER), META("sailthru.title", FACT_TITLE_OTHER),
	META("og:description", FACT_DESCRIPTION_OG),
	META("description", FACT_DESCRIPTION),
	META("twitter:description", FACT_DESCRIPTION_TWITTER),
	META("dc.description", FACT_DESCRIPTION_OTHER),
	META("dcterms.description", FACT_DESCRIPTION_OTHER),
	META("dcterms.abstract", FACT_DESCRIPTION_OTHER),
	META("sailthru.description", FACT_DESCRIPTION_OTHER),
	META("og:site_name", FACT_SITE_OG), META("application-name", FACT_SITE_APP),
	META("apple-mobile-web-app-title", FACT_SITE_APP),
	META("dc.publisher", FACT_SITE_PUBLISHER),
	META("dcterms.publisher", FACT_SITE_PUBLISHER),
	META("publisher", FACT_SITE_PUBLISHER),
	META("article:published_time", FACT_PUBLISHED),
	META("og:article:published_time", FACT_PUBLISHED),
	META("og:published_time", FACT_PUBLISHED), META("datepublished", FACT_PUBLISHED),
	META("parsely-pub-date", FACT_PUBLISHED), META("sailthru.date", FACT_PUBLISHED),
	META("cxenseparse:recs:publishtime", FACT_PUBLISHED),
	META("originalpublicationdate", FACT_PUBLISHED),
	META("citation_publication_date", FACT_PUBLISHED),
	META("citation_online_date", FACT_PUBLISHED),
	META("citation_date", FACT_PUBLISHED), META("dc.date.issued", FACT_PUBLISHED),
	META("dcterms.issued", FACT_PUBLISHED), META("article.published", FACT_PUBLISHED),
	META("date", FACT_PUBLISHED_OTHER), META("dc.date", FACT_PUBLISHED_OTHER),
	META("dc.date.created", FACT_PUBLISHED_OTHER),
	META("dcterms.date", FACT_PUBLISHED_OTHER),
	META("dcterms.created", FACT_PUBLISHED_OTHER),
	META("datecreated", FACT_PUBLISHED_OTHER), META("pubdate", FACT_PUBLISHED_OTHER),
	META("publish-date", FACT_PUBLISHED_OTHER),
	META("publish_date", FACT_PUBLISHED_OTHER),
	META("publishdate", FACT_PUBLISHED_OTHER),
	META("publication_date", FACT_PUBLISHED_OTHER),
	META("article:modified_time", FACT_MODIFIED),
	META("og:article:modified_time", FACT_MODIFIED),
	META("og:updated_time", FACT_MODIFIED), META("og:modified_time", FACT_MODIFIED),
	META("datemodified", FACT_MODIFIED),
	META("dc.date.modified", FACT_MODIFIED_OTHER),
	META("dcterms.modified", FACT_MODIFIED_OTHER),
	META("last-modified", FACT_MODIFIED_OTHER), META("lastmod", FACT_MODIFIED_OTHER),
	META("content-language", FACT_LANG_HTTP), META("og:locale", FACT_LANG_OG),
	META("dc.language", FACT_LANG_OTHER), META("dcterms.language", FACT_LANG_OTHER),
	META("language", FACT_LANG_OTHER), META("inlanguage", FACT_LANG_OTHER),
	META("og:type", FACT_TYPE_OG), META("og:url", FACT_URL_OG),
	META("tdm-reservation", FACT_TDM_RESERVATION),
	META("tdm-policy", FACT_TDM_POLICY), META("author", NAME_AUTHOR),
	META("article:author", NAME_AUTHOR), META("og:article:author", NAME_AUTHOR),
	META("article:author_name", NAME_AUTHOR), META("citation_author", NAME_AUTHOR),
	META("creator", NAME_AUTHOR), META("dc.creator", NAME_AUTHOR),
	META("dcterms.creator", NAME_AUTHOR), META("parsely-author", NAME_AUTHOR),
	META("sailthru.author", NAME_AUTHOR), META("byl", NAME_AUTHOR),
	META("dc.rights", NAME_LICENSE), META("dc.rights.license", NAME_LICENSE),
	META("dcterms.rights", NAME_LICENSE), META("dcterms.license", NAME_LICENSE),
	META("license", NAME_LICENSE),
#undef META
	/* NOLINTEND(bugprone-macro-parentheses) */
};

static void
add_fact(struct span *v, size_t *n, size_t max, struct span s)
{
	if (*n < max)
		v[(*n)++] = s;
}

static void
note_meta(struct page_facts *f, struct span name, struct span content)
{
	for (size_t i = 0; i < sizeof meta_names / sizeof *meta_names; i++) {
		const unsigned fact = meta_names[i].fact;

		if (meta_names[i].name.n != name.n ||
		    !ascii_eq(name.p, meta_names[i].name.p, name.n))
			continue;
		if (fact == NAME_AUTHOR && f->authors < FACT_AUTHORS)
			f->author_name[f->authors] = (unsigned)i;
		if (fact == NAME_AUTHOR)
			add_fact(f->author, &f->authors, FACT_AUTHORS, content);
		else if (fact == NAME_LICENSE)
			add_fact(f->license, &f->licenses, FACT_LICENSES, content);
		else if (f->fact[fact].n == 0)
			f->fact[fact] = content;
		return;
	}
}

static bool
is_robot(struct span name)
{
	return (name.n == 6 && ascii_eq(name.p, "robots", 6)) ||
	       (name.n > 3 && ascii_eq(name.p + name.n - 3, "bot", 3));
}

/* Note a name whose letters may be references, as in "article&#x3A;author". */
static void
note_coded_meta(const struct html_document *d, struct page_facts *f, struct span name,
    struct span content)
{
	struct buf b = { 0 };

	if (!memchr(name.p, '&', name.n)) {
		note_meta(f, name, content);
		return;
	}
	html_decode_value(d->source, name, &b);
	if (b.n > 0)
		note_meta(f, buf_span(&b), content);
	buf_free(&b);
}

static void
read_meta(const struct html_document *d, const struct dom_node *n, struct page_facts *f)
{
	struct span attr[TA_COUNT], name;

	page_tag_attrs(d, n, attr);
	attr[TA_CONTENT] = span_trim(attr[TA_CONTENT]);
	if (attr[TA_CONTENT].n == 0)
		return;
	for (unsigned a = TA_NAME; a <= TA_HTTP_EQUIV; a++) {
		name = span_trim(attr[a]);
		if (name.n == 0)
			continue;
		if (a == TA_NAME && is_robot(name) && f->nrobots < FACT_ROBOTS) {
			f->robots_name[f->nrobots] = name;
			f->robots[f->nrobots++] = attr[TA_CONTENT];
		}
		note_coded_meta(d, f, name, attr[TA_CONTENT]);
	}
}

static void
read_link(const struct html_document *d, const struct dom_node *n, struct page_facts *f)
{
	const struct span rel = page_kept_attr(d, n, A_REL);
	const struct span href = page_kept_attr(d, n, A_HREF);

	if (href.n == 0)
		return;
	if (page_has_word(rel, SPAN("canonical")) && f->fact[FACT_CANONICAL].n == 0)
		f->fact[FACT_CANONICAL] = href;
	if (page_has_word(rel, SPAN("license")))
		add_fact(f->license, &f->licenses, FACT_LICENSES, href);
}

/* Whether the class or id of an element contains one of the words, in lower case. */
static bool
is_named(const struct html_document *d, const struct dom_node *n,
    const char *const words[], size_t nwords)
{
	enum { NAME_MAX_BYTES = 200 };

	for (unsigned a = A_CLASS; a <= A_ID; a++) {
		const struct span v = page_kept_attr(d, n, a);

		for (size_t i = 0; i < v.n && i < NAME_MAX_BYTES; i++)
			for (size_t w = 0; w < nwords; w++)
				if (v.n - i >= strlen(words[w]) &&
				    ascii_eq(v.p + i, words[w], strlen(words[w])))
					return true;
	}
	return false;
}

/* Whether an element is at the foot of the page, or about the rights to it. */
static bool
is_imprint(const struct html_document *d, const struct dom_node *n)
{
	static const char *const words[] = { "foot", "licen", "copyright" };

	return html_tag_of(n->code) == T_FOOTER ||
	       is_named(d, n, words, sizeof words / sizeof *words);
}

/* Whether an address is a licence of Creative Commons, whose host and scheme have lower
 * case in practice. */
static bool
is_cc_license(struct span href)
{
	const struct span host = SPAN("creativecommons.org/");
	size_t at = 0;

	if (href.n < host.n + 8)
		return false;
	/* The comparison comes last: a page has many links. */
	while (at < 8 && href.p[at] != '/')
		at++;
	if (href.p[at] != '/' || href.p[at + 1] != '/')
		return false;
	href = span_from(href, at + 2);
	if (*href.p == 'w' && span_starts(href, SPAN("www.")))
		href = span_from(href, 4);
	if (*href.p != 'c' || !span_starts(href, host))
		return false;
	href = span_from(href, host.n);
	return span_starts(href, SPAN("licenses/")) ||
	       span_starts(href, SPAN("publicdomain/"));
}

/* Note a link to a licence: one that is marked, or one to Creative Commons at the foot of
 * the page.  Others may be about works that the page mentions. */
static void
read_anchor(const struct html_document *d, uint32_t at, struct page_facts *f)
{
	const struct dom_node *node = d->dom->node;
	const struct html_attr *a = &d->source->attr[node[at].attr];
	struct span href = { "", 0 };
	bool found = false;

	for (bool last = !node[at].attr; !last; last = a++->last) {
		const struct span v = { d->source->begin + a->at, a->n };

		if (a->name == A_HREF)
			href = v;
		else if (a->name == A_REL)
			found = page_has_word(v, SPAN("license"));
	}

	if (f->licenses == FACT_LICENSES || href.n == 0)
		return;
	if (!found) {
		if (!is_cc_license(href))
			return;
		for (uint32_t up = at; up && !found && f->steps < FACT_STEPS;
		     f->steps++) {
			found = dom_is_element(&node[up]) && is_imprint(d, &node[up]);
			up = node[up].parent;
		}
	}
	if (found)
		add_fact(f->license, &f->licenses, FACT_LICENSES, href);
}

static void
read_script(const struct html_document *d, const struct dom_node *n, struct page_facts *f)
{
	const struct dom_node *text = &d->dom->node[n->first];
	struct span attr[TA_COUNT], type;

	if (!n->first || text->code != DOM_TEXT)
		return;
	page_tag_attrs(d, n, attr);
	type = span_trim(attr[TA_TYPE]);
	if (type.n >= 19 && ascii_eq(type.p, "application/ld+json", 19))
		json_ld_read(&f->ld, html_text_span(d->source, text->text));
}

void
page_facts_find(const struct html_document *d, struct page_facts *f)
{
	/* Most nodes are others, and the branches of the switch are hard to predict. */
	static const bool is_read[T_COUNT] = {
		[T_META] = true,
		[T_LINK] = true,
		[T_A] = true,
		[T_SCRIPT] = true,
		[T_BASE] = true,
		[T_HTML] = true,
		[T_H1] = true,
	};
	const struct dom_node *node = d->dom->node;
	struct span attr[TA_COUNT];

	memset(f, 0, sizeof *f);
	for (uint32_t i = 1; i < d->dom->n; i++) {
		if (node[i].code >= T_COUNT || !is_read[node[i].code])
			continue;
		switch (node[i].code) {
		case T_META:
			read_meta(d, &node[i], f);
			break;
		case T_LINK:
			read_link(d, &node[i], f);
			break;
		case T_A:
			read_anchor(d, i, f);
			break;
		case T_SCRIPT:
			read_script(d, &node[i], f);
			break;
		case T_BASE:
			if (f->fact[FACT_BASE].n == 0)
				f->fact[FACT_BASE] = page_kept_attr(d, &node[i], A_HREF);
			break;
		case T_HTML:
			page_tag_attrs(d, &node[i], attr);
			f->fact[FACT_LANG_HTML] = attr[TA_LANG];
			f->fact[FACT_LANG_XML] = attr[TA_XML_LANG];
			break;
		case T_H1:
			if (f->h1s < FACT_H1S)
				f->h1[f->h1s++] = i;
			break;
		default:
			break;
		}
	}
}
