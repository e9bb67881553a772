/* html_link.c - the addresses of links and images, and the alternative text of images. */
#include "filters/web/page/html_link.h"

#include "filters/web/html/byte_scan.h"
#include "lib/base/chars.h"
#include "lib/text/url.h"

/* Replace *out by an attribute with its references decoded, without controls. */
static void
decode(const struct html_tree *t, struct html_raw raw, size_t max, struct buf *out)
{
	const char *p = t->source->begin + raw.at;
	size_t n = raw.n < max ? raw.n : max, to = 0;

	while (n > 0 && n < raw.n && ((unsigned char)p[n] & 0xC0) == 0x80)
		n--;
	out->n = 0;
	html_decode_value(t->source, (struct span){ p, n }, out);
	for (size_t i = 0; i < out->n; i++) {
		if (out->p[i] && !scan_is_control(out->p[i]))
			out->p[to++] = out->p[i];
	}
	out->n = to;
}

void
html_link_base(
    const struct html_tree *t, struct span url, struct buf *scratch, struct buf *out)
{
	out->n = 0;
	if (t->base.n > 0 && t->base.n <= URL_MAX) {
		decode(t, t->base, URL_MAX, scratch);
		url_resolve(url, buf_span(scratch), URL_NAME, out);
	}
	if (out->n == 0)
		url_resolve(SPAN(""), url, URL_NAME, out);
}

/* Whether each '(' of s has its ')' in s. */
static bool
is_balanced(struct span s)
{
	size_t depth = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '(')
			depth++;
		else if (s.p[i] == ')' && depth-- == 0)
			return false;
	}
	return depth == 0;
}

bool
html_link_target(const struct html_tree *t, struct html_raw address, struct span base,
    struct buf *scratch, struct buf *out)
{
	struct span s;

	if (address.n == 0 || address.n > URL_MAX)
		return false;
	decode(t, address, URL_MAX, scratch);
	s = span_trim(buf_span(scratch));
	scratch->n = 0;
	/* Scripts make buttons of links to "#". */
	if (s.n == 0 || span_eq(s, SPAN("#")) || !url_resolve(base, s, URL_LINK, scratch))
		return false;
	s = buf_span(scratch);
	if (is_balanced(s)) {
		buf_put(out, s.p, s.n);
		return true;
	}
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '(' || s.p[i] == ')')
			buf_puts(out, s.p[i] == '(' ? "%28" : "%29");
		else
			buf_putc(out, s.p[i]);
	}
	return true;
}

struct html_image
html_image_of(const struct html_tree *t, const struct html_mark *m)
{
	const char *p = html_tag_attrs(t->source, m->value.at);
	struct html_image image = { 0 };
	struct html_raw_attr a;
	bool self_closing;

	while (html_next_attr(&p, t->source->end, &a, &self_closing)) {
		const struct html_raw value = { (uint32_t)(a.value.p - t->source->begin),
			(uint32_t)a.value.n };
		const bool late =
		    (a.name.n == 8 && ascii_eq(a.name.p, "data-src", 8)) ||
		    (a.name.n == 13 && ascii_eq(a.name.p, "data-original", 13)) ||
		    (a.name.n == 13 && ascii_eq(a.name.p, "data-lazy-src", 13));

		if (late ||
		    (a.name.n == 3 && ascii_eq(a.name.p, "src", 3) && image.src.n == 0))
			image.src = value;
		else if (a.name.n == 3 && ascii_eq(a.name.p, "alt", 3))
			image.alt = value;
		else if ((a.name.n == 5 && ascii_eq(a.name.p, "width", 5)) ||
			 (a.name.n == 6 && ascii_eq(a.name.p, "height", 6)))
			image.dot |=
			    span_eq(a.value, SPAN("0")) || span_eq(a.value, SPAN("1"));
	}
	return image;
}

bool
html_image_alt(const struct html_tree *t, struct html_raw alt, struct buf *out)
{
	enum { ALT_MAX = 1000 };

	decode(t, alt, ALT_MAX, out);
	return span_trim(buf_span(out)).n > 0;
}
