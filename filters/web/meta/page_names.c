/* page_names.c - choose the title, the author and the site of a web page. */
#include "filters/web/meta/page_fields_impl.h"
#include "lib/base/chars.h"
#include "lib/text/url.h"
#include "lib/text/utf8.h"

/* The length of a mark between a title and the name of its site at the front of s; 0:
 * none.  It is between blanks, except ": " and "|". */
static size_t
separator_length(struct span s)
{
	size_t n = 1;

	if (s.n < 2 || (*s.p != ' ' && *s.p != ':' && *s.p != '|'))
		return 0;
	if (*s.p == ':')
		return s.p[1] == ' ' ? 2 : 0;
	if (*s.p == '|')
		return 1;
	switch (utf8_next(s, &n)) {
	case ':':
		n += n < s.n && s.p[n] == ':';
		break;
	case '|':
	case '-':
	case '/':
	case '~':
	case '<':
	case '>':
	case 0xab: /* guillemets */
	case 0xbb:
	case 0xb7:   /* middle dot */
	case 0x2013: /* dashes */
	case 0x2014:
	case 0x2022: /* bullet */
	case 0x203a: /* single guillemet */
	case 0x2503: /* bars */
	case 0xff5c:
		break;
	default:
		return 0;
	}
	return n < s.n && s.p[n] == ' ' ? n + 1 : 0;
}

/* Append the letters and digits of a name in lower case, to compare names by. */
static void
put_letters(struct span s, struct buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		const char c = ascii_lower(s.p[i]);

		if (is_digit(c) || (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80)
			buf_putc(out, c);
	}
}

/* Whether two names have the same letters and digits.  a's are in f->text. */
static bool
has_same_letters(struct page_fields *f, size_t a, struct span b)
{
	bool same;

	put_letters(b, &f->text);
	same = a > 0 && f->text.n == 2 * a && memcmp(f->text.p, f->text.p + a, a) == 0;
	f->text.n = a;
	return same;
}

/* The host of the page without "www.". */
static struct span
host_of(const struct page_fields *f)
{
	struct span s = f->from.url;
	size_t n = 0;

	for (size_t i = 0; i + 2 < s.n && i < 8; i++) {
		if (memcmp(s.p + i, "://", 3) == 0) {
			s = span_from(s, i + 3);
			break;
		}
	}
	if (s.n > 4 && ascii_eq(s.p, "www.", 4))
		s = span_from(s, 4);
	while (n < s.n && !strchr("/:?#", s.p[n]))
		n++;
	return (struct span){ s.p, n };
}

/* Whether a part of a title is the name of the site, of its host, or of a label of it. */
static bool
is_site(struct page_fields *f, struct span part)
{
	enum { LABEL_MIN = 4, NAME_MAX_BYTES = 256 };
	const struct span names[] = { f->value[PAGE_SITE], f->app, f->ld_site };
	struct span host = host_of(f);
	size_t n;

	if (part.n == 0 || part.n > 100)
		return false;
	f->text.n = 0;
	put_letters(part, &f->text);
	n = f->text.n;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i].n <= NAME_MAX_BYTES && has_same_letters(f, n, names[i]))
			return true;
	if (has_same_letters(f, n, host))
		return true;
	while (host.n > 0) {
		size_t k = 0;

		while (k < host.n && host.p[k] != '.')
			k++;
		if (k >= LABEL_MIN && k < host.n &&
		    has_same_letters(f, n, (struct span){ host.p, k }))
			return true;
		host = span_from(host, k < host.n ? k + 1 : k);
	}
	return false;
}

/* A title without the name of the site at one of its ends. */
static struct span
without_site(struct page_fields *f, struct span s)
{
	enum { TITLE_MAX = 512 };
	size_t k;

	if (s.n > TITLE_MAX)
		return s;
	for (size_t i = s.n; i-- > 1;) {
		k = separator_length(span_from(s, i));
		if (k > 0 && is_site(f, span_trim(span_from(s, i + k))))
			return span_trim((struct span){ s.p, i });
	}
	for (size_t i = 1; i < s.n; i++) {
		k = separator_length(span_from(s, i));
		if (k > 0 && i + k < s.n && is_site(f, (struct span){ s.p, i }))
			return span_trim(span_from(s, i + k));
	}
	return s;
}

/* Whether an element contains a link to the front page of the site, as logos do. */
static bool
is_logo(const struct html_document *d, uint32_t at)
{
	const struct dom_node *node = d->dom->node;
	const uint32_t inner = node[at].first, outer = node[at].parent;
	const uint32_t link = inner && node[inner].code == T_A	 ? inner
			      : outer && node[outer].code == T_A ? outer
								 : 0;
	struct span href = { "", 0 };
	size_t slashes = 0;

	if (!link || node[link].at == NO_TAG ||
	    !html_find_attr(d->source, node[link].at, SPAN("href"), &href))
		return false;
	for (size_t i = 0; i < href.n && i < URL_MAX; i++)
		slashes += href.p[i] == '/' && i + 1 < href.n;
	return span_eq(href, SPAN("/")) || (slashes == 2 && href.p[0] != '/');
}

/* Whether a heading is the title up to a separator; or after one, if it is longer than
 * what is before: the name of a site is short, and can be a heading, too. */
static bool
is_part(struct span title, struct span h1)
{
	const size_t rest = title.n - h1.n;

	if (h1.n >= title.n)
		return false;
	if (span_starts(title, h1) && separator_length(span_from(title, h1.n)))
		return true;
	if (h1.n < rest || !span_eq(span_from(title, rest), h1))
		return false;
	for (size_t k = rest < 5 ? rest : 5; k > 0; k--)
		if (separator_length(span_from(title, rest - k)) == k)
			return true;
	return false;
}

/* A title with its references decoded once more; empty: it has none. */
static struct span
decoded_again(struct page_fields *f, struct span title)
{
	if (title.n == 0 || !memchr(title.p, '&', title.n))
		return SPAN("");
	f->raw.n = 0;
	html_decode_value(f->d->source, title, &f->raw);
	return f->raw.n ? page_plain_text(f, buf_span(&f->raw)) : SPAN("");
}

/* The part of a title that a <h1> confirms.  Without a title, the first <h1>. */
static struct span
confirmed(struct page_fields *f, struct span title)
{
	/* Many pages have references to references, but others are about them. */
	const struct span again = decoded_again(f, title);

	for (size_t i = 0; i < f->facts.h1s; i++) {
		struct span h1;

		if (is_logo(f->d, f->facts.h1[i]))
			continue;
		f->raw.n = 0;
		page_element_text(f->d, f->facts.h1[i], PAGE_FIELD_MAX, &f->raw);
		h1 = page_plain_text(f, buf_span(&f->raw));
		if (h1.n > 0 && !is_site(f, h1) &&
		    (title.n == 0 || is_part(title, h1) || span_eq(again, h1) ||
			is_part(again, h1)))
			return h1;
	}
	return title;
}

static bool
contains(struct span s, struct span part)
{
	enum { LOOK_MAX = 512 };

	for (size_t i = 0; i + part.n <= s.n && i < LOOK_MAX; i++)
		if (memcmp(s.p + i, part.p, part.n) == 0)
			return true;
	return false;
}

/* The headline of JSON-LD, if the page shows it: Wikipedia has a description in its
 * place.
 */
static struct span
shown_headline(struct page_fields *f, struct span title)
{
	const struct span s = page_ld_text(f, f->facts.ld.main.headline);
	const size_t n = s.n < 24 ? s.n : 24;

	if (title.n == 0 || contains(title, (struct span){ s.p, n }))
		return s;
	for (size_t i = 0; i < f->facts.h1s; i++) {
		f->raw.n = 0;
		page_element_text(f->d, f->facts.h1[i], PAGE_FIELD_MAX, &f->raw);
		if (contains(
			page_plain_text(f, buf_span(&f->raw)), (struct span){ s.p, n }))
			return s;
	}
	return SPAN("");
}

void
page_choose_title(struct page_fields *f, struct span title)
{
	const struct page_facts *p = &f->facts;
	struct span s = page_text(f, p->fact[FACT_TITLE_OG]);

	if (s.n == 0)
		s = shown_headline(f, title);
	if (s.n == 0)
		s = page_text(f, p->fact[FACT_TITLE_TWITTER]);
	if (s.n == 0)
		s = page_text(f, p->fact[FACT_TITLE_OTHER]);
	if (s.n == 0 || is_site(f, s))
		s = confirmed(f, page_plain_text(f, title));
	f->value[PAGE_TITLE] = without_site(f, s);
}

static bool
is_address(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '@' || (i + 2 < s.n && memcmp(s.p + i, "://", 3) == 0))
			return true;
	return s.n > 0 && (*s.p == '/' || (s.n > 4 && ascii_eq(s.p, "www.", 4)));
}

/* Whether a text is the label of a name. */
static bool
is_label(struct span s)
{
	static const char *const labels[] = { "author", "autor", "autorin", "auteur",
		"name", "authors", "about the author", "\u00fcber den autor", "follow",
		"by", "von", "par", "por", "publiziert am", "posted" };

	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
		if (s.n == strlen(labels[i]) && ascii_eq(s.p, labels[i], s.n))
			return true;
	return false;
}

/* Whether a text near a name is the credit of a picture. */
static bool
is_credit(struct span s)
{
	static const char *const credits[] = { "foto:", "photo:", "bild:", "image:" };

	for (size_t i = 0; i < sizeof credits / sizeof *credits; i++)
		if (s.n >= strlen(credits[i]) &&
		    ascii_eq(s.p, credits[i], strlen(credits[i])))
			return true;
	return false;
}

/* A name without "by" before it. */
static struct span
without_by(struct span s)
{
	static const char *const words[] = { "written by", "posted by", "by",
		"eingestellt von", "ver\u00f6ffentlicht von", "erstellt von", "recipe by",
		"von", "par", "por", "author:", "autor:" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t n = strlen(words[i]);

		/* "von Neumann, John" is a name. */
		if (s.n <= n + 1 || !ascii_eq(s.p, words[i], n) ||
		    (span_starts(s, SPAN("von ")) && memchr(s.p, ',', s.n)))
			continue;
		n += s.p[n] == ':';
		if (s.p[n] == ' ')
			return span_trim(span_from(s, n));
	}
	return s;
}

/* Append s without tags, which some JSON-LD has in names. */
static struct span
without_tags(struct page_fields *f, struct span s)
{
	bool tag = false;

	if (s.n == 0 || *s.p != '<')
		return s;
	f->raw.n = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '<' || s.p[i] == '>')
			tag = s.p[i] == '<';
		else if (!tag)
			buf_putc(&f->raw, s.p[i]);
	}
	return f->raw.n ? page_plain_text(f, buf_span(&f->raw)) : SPAN("");
}

/* Names of authors: those of the site itself count if there are no others. */
struct byline {
	struct page_list names, sites;
};

static void
add_author(struct page_fields *f, struct byline *b, struct span s)
{
	enum { AUTHOR_MAX = 200 };

	s = without_site(f, without_by(without_tags(f, s)));
	if (s.n < 2 || is_label(s) || s.n > AUTHOR_MAX || is_address(s) ||
	    (s.n > 9 && ascii_eq(s.p, "copyright", 9)))
		return;
	page_list_add(f, is_site(f, s) ? &b->sites : &b->names, s);
}

static void
add_ld_authors(struct page_fields *f, struct byline *b, const struct ld_entity *e)
{
	for (size_t i = 0; i < e->authors; i++)
		add_author(
		    f, b, page_ld_text(f, json_ld_name(&f->facts.ld, e->author[i])));
}

/* The authors of all <meta> with the name of the first one that has any. */
static void
add_meta_authors(struct page_fields *f, struct byline *b)
{
	const struct page_facts *p = &f->facts;
	unsigned name = 0;

	for (size_t i = 0; i < p->authors; i++) {
		if (b->names.n > 0 && p->author_name[i] != name)
			continue;
		add_author(f, b, page_text(f, p->author[i]));
		name = p->author_name[i];
	}
}

/* The name in a byline; empty if it cannot be one, as if it is long or has a digit. */
static struct span
byline_name(struct page_fields *f, uint32_t node)
{
	enum { BYLINE_MIN = 3, BYLINE_MAX = 60, LOOK_MAX = 240 };
	struct span s;

	f->raw.n = 0;
	page_element_text(f->d, node, LOOK_MAX, &f->raw);
	s = without_by(page_plain_text(f, buf_span(&f->raw)));
	while (s.n > 0 && strchr("-|,:", s.p[s.n - 1]))
		s = span_trim((struct span){ s.p, s.n - 1 });
	if (s.n > 3 && (span_eq(span_from(s, s.n - 3), SPAN("\u2013")) ||
			   span_eq(span_from(s, s.n - 3), SPAN("\u2014"))))
		s = span_trim((struct span){ s.p, s.n - 3 });
	if (s.n < BYLINE_MIN || s.n > BYLINE_MAX || is_label(s) || is_credit(s))
		return SPAN("");
	for (size_t i = 0; i < s.n; i++)
		if (is_digit(s.p[i]) || s.p[i] == '|')
			return SPAN("");
	return s;
}

/* The first name in the body.  A class counts only if nothing else names an author. */
static void
add_bylines(struct page_fields *f, struct byline *b)
{
	const struct page_body_facts *body = page_body(f, true);
	const bool any = b->sites.n == 0;

	for (size_t i = 0; i < body->authors && b->names.n == 0; i++)
		if (any || body->marked[i])
			add_author(f, b, byline_name(f, body->author[i]));
}

void
page_choose_author(struct page_fields *f)
{
	const struct page_facts *p = &f->facts;
	struct byline b = { .names.n = 0 };
	const struct page_list *l = &b.names;

	add_ld_authors(f, &b, &p->ld.main);
	if (b.names.n == 0)
		add_meta_authors(f, &b);
	if (b.names.n == 0)
		add_bylines(f, &b);
	if (b.names.n == 0)
		add_ld_authors(f, &b, &p->ld.page);
	if (b.names.n == 0)
		l = &b.sites;
	f->raw.n = 0;
	for (size_t i = 0; i < l->n; i++) {
		if (i > 0)
			buf_puts(&f->raw, "; ");
		buf_put(&f->raw, l->v[i].p, l->v[i].n);
	}
	if (l->n > 0)
		f->value[PAGE_AUTHOR] = page_plain_text(f, buf_span(&f->raw));
}

void
page_choose_site(struct page_fields *f)
{
	const struct page_facts *p = &f->facts;
	const struct json_ld *ld = &p->ld;
	struct span s = page_text(f, p->fact[FACT_SITE_OG]);

	f->app = page_text(f, p->fact[FACT_SITE_APP]);
	f->ld_site = page_ld_text(f, ld->site);
	if (s.n == 0 || is_address(s))
		s = page_ld_text(f, json_ld_name(ld, ld->main.publisher));
	if (s.n == 0 || is_address(s))
		s = f->ld_site;
	if (s.n == 0 || is_address(s))
		s = page_ld_text(f, json_ld_name(ld, ld->page.publisher));
	if (s.n == 0 || is_address(s))
		s = f->app;
	if (s.n == 0 || is_address(s))
		s = page_text(f, p->fact[FACT_SITE_PUBLISHER]);
	if (!is_address(s))
		f->value[PAGE_SITE] = s;
}
