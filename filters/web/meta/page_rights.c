/* page_rights.c - the licences of a web page, and the uses that it reserves. */
#include "filters/web/http.h"
#include "filters/web/meta/page_fields_impl.h"
#include "lib/base/chars.h"

void
page_list_add(struct page_fields *f, struct page_list *l, struct span s)
{
	if (s.n == 0 || l->n == PAGE_LIST_MAX)
		return;
	for (size_t i = 0; i < l->n; i++)
		if (span_eq(l->v[i], s))
			return;
	l->v[l->n++] = (struct span){ arena_copy(&f->mem, s), s.n };
}

/* Remove a prefix, whose case counts not, from *s.  Returns whether s had it. */
static bool
take_prefix(struct span *s, const char *prefix)
{
	const size_t n = strlen(prefix);

	if (s->n < n || !ascii_eq(s->p, prefix, n))
		return false;
	*s = span_from(*s, n);
	return true;
}

/* If a normal address is a licence or dedication of Creative Commons, write its normal
 * form, "https://creativecommons.org/licenses/by/4.0/", without the name of a
 * translation. */
static bool
cc_license(struct span url, struct buf *out)
{
	const char *query = url.n ? memchr(url.p, '?', url.n) : NULL;
	struct span place, path;

	if (query)
		url.n = (size_t)(query - url.p);
	if (!take_prefix(&url, "https://"))
		take_prefix(&url, "http://");
	take_prefix(&url, "www.");
	if (!take_prefix(&url, "creativecommons.org"))
		return false;
	place = url;
	if ((!take_prefix(&place, "/licenses/") &&
		!take_prefix(&place, "/publicdomain/")) ||
	    place.n == 0)
		return false;
	out->n = 0;
	buf_puts(out, "https://creativecommons.org/");
	for (path = span_from(url, 1); path.n > 0;) {
		const char *slash = memchr(path.p, '/', path.n);
		const size_t n = slash ? (size_t)(slash - path.p) : path.n;
		const struct span segment = { path.p, n };

		path = span_from(path, slash ? n + 1 : n);
		/* The summary and the text are of the same licence, in some language. */
		if (n == 0 || span_starts(segment, SPAN("deed")) ||
		    span_starts(segment, SPAN("legalcode")))
			continue;
		for (size_t i = 0; i < n; i++)
			buf_putc(out, ascii_lower(segment.p[i]));
		buf_putc(out, '/');
	}
	return true;
}

static void
add_license(struct page_fields *f, struct span url)
{
	if (cc_license(url, &f->url))
		url = buf_span(&f->url);
	page_list_add(f, &f->licenses, url);
}

/* A statement of rights is a licence if it is, or contains, an address. */
static struct span
address_in(struct span s)
{
	for (size_t i = 0; i + 8 < s.n; i++) {
		struct span url = span_from(s, i);
		size_t n = 0;

		if (!ascii_eq(url.p, "http://", 7) && !ascii_eq(url.p, "https://", 8))
			continue;
		while (n < url.n && !is_space(url.p[n]))
			n++;
		while (n > 0 && strchr(".,;)", url.p[n - 1]))
			n--;
		return (struct span){ url.p, n };
	}
	return (struct span){ s.p, 0 };
}

void
page_choose_licenses(struct page_fields *f)
{
	const struct page_facts *p = &f->facts;
	const struct ld_entity *e = p->ld.main.licenses ? &p->ld.main : &p->ld.page;

	for (size_t i = 0; i < p->licenses; i++) {
		const struct span attr = span_trim(p->license[i]);
		const struct span url = address_in(attr);

		/* Links may be relative, statements of rights are text. */
		if (url.n > 0)
			add_license(f, page_url(f, url));
		else if (attr.n > 0 && !memchr(attr.p, ' ', attr.n) &&
			 memchr(attr.p, '/', attr.n))
			add_license(f, page_url(f, attr));
	}
	for (size_t i = 0; i < e->licenses; i++)
		add_license(f, page_url(f, page_ld_text(f, e->license[i])));
}

/* The directives of robots that restrict the use of a page (robots meta tag; noai and
 * noimageai are DeviantArt's). */
static struct span
reservation_of(struct span s)
{
	static const struct {
		const char *directive, *reservation;
	} rows[] = {
		{ "noindex", "noindex" },
		{ "none", "noindex" },
		{ "noarchive", "noarchive" },
		{ "nocache", "nocache" },
		{ "nosnippet", "nosnippet" },
		{ "noai", "noai" },
		{ "noimageai", "noimageai" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (http_value_is(s, rows[i].directive))
			return span_of(rows[i].reservation);
	return (struct span){ "", 0 };
}

/* Whether a word before a colon is the name of a robot: "otherbot: noindex", but
 * "max-snippet:5" and "unavailable_after: 25 Jun 2026 15:00:00 PST". */
static bool
is_robot_name(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || (unsigned char)s.p[i] >= 0x7f)
			return false;
	return s.n > 0 && s.n < 64 && !is_digit(*s.p) && !span_starts(s, SPAN("max-")) &&
	       !span_starts(s, SPAN("unavailable"));
}

/* Add the directives of a list, with the name of the robot they are for; empty: all. */
static void
add_directives(struct page_fields *f, struct span robot, struct span list)
{
	while (list.n > 0) {
		struct span one, found;
		size_t n = 0, colon;

		while (n < list.n && list.p[n] != ',' && list.p[n] != ';' &&
		       !is_space(list.p[n]))
			n++;
		one = (struct span){ list.p, n };
		list = span_from(list, n < list.n ? n + 1 : n);
		for (colon = 0; colon < n && one.p[colon] != ':'; colon++)
			;
		if (colon < n && is_robot_name((struct span){ one.p, colon })) {
			robot = (struct span){ one.p, colon };
			one = span_from(one, colon + 1);
		}
		found = reservation_of(one);
		if (found.n == 0)
			continue;
		f->text.n = 0;
		for (size_t i = 0; i < robot.n; i++)
			buf_putc(&f->text, ascii_lower(robot.p[i]));
		if (robot.n > 0)
			buf_putc(&f->text, ':');
		buf_put(&f->text, found.p, found.n);
		page_list_add(f, &f->reservations, buf_span(&f->text));
	}
}

/* 1 or 0, or -1 if a value of tdm-reservation is neither. */
static int
tdm_value(struct span s)
{
	s = span_trim(s);
	return s.n == 1 && (*s.p == '0' || *s.p == '1') ? *s.p - '0' : -1;
}

/* The protocol of the TDM Reservation Protocol community group, W3C, 2024: the page
 * overrides the header. */
static void
choose_tdm(struct page_fields *f)
{
	const struct page_facts *p = &f->facts;
	const struct span header = http_header_value(f->from.headers, "tdm-reservation");
	struct span policy = p->fact[FACT_TDM_POLICY];
	int value = tdm_value(p->fact[FACT_TDM_RESERVATION]);

	if (value < 0)
		value = tdm_value(header);
	if (value != 1)
		return;
	page_list_add(f, &f->reservations, SPAN("tdm"));
	if (policy.n == 0)
		policy = http_header_value(f->from.headers, "tdm-policy");
	f->tdm_policy = page_url(f, policy);
}

void
page_choose_reservations(struct page_fields *f)
{
	const struct page_facts *p = &f->facts;
	struct span headers = f->from.headers, value;

	for (size_t i = 0; i < p->nrobots; i++) {
		const struct span name = p->robots_name[i];

		if (http_value_is(name, "robots"))
			add_directives(f, SPAN(""), page_text(f, p->robots[i]));
		else if (is_robot_name(name))
			add_directives(f, name, page_text(f, p->robots[i]));
	}
	while (http_next_value(&headers, "x-robots-tag", &value))
		add_directives(f, SPAN(""), value);
	choose_tdm(f);
}
