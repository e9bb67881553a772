/* html_doctype.c - read the DOCTYPE of a web page, and tell which mean quirks mode. */
#include "filters/web/html/html_doctype.h"

#include "lib/base/chars.h"

static struct span
skip_space(struct span s)
{
	while (s.n && is_space(s.p[0]))
		s = span_from(s, 1);
	return s;
}

static bool
starts(struct span s, const char *prefix)
{
	const size_t n = strlen(prefix);

	return s.n >= n && ascii_eq(s.p, prefix, n);
}

/* Take an identifier in quotes off the front of *s.  Returns whether its quotes close. */
static bool
take_id(struct span *s, struct span *id)
{
	const char *from = s->p + 1, *to = memchr(from, s->p[0], s->n - 1);

	*id = (struct span){ from, to ? (size_t)(to - from) : s->n - 1 };
	*s = span_from(*s, to ? id->n + 2 : s->n);
	return to != NULL;
}

static bool
is_quote(struct span s)
{
	return s.n && (s.p[0] == '"' || s.p[0] == '\'');
}

/* Read the identifiers.  Returns whether all is well. */
static bool
read_ids(struct html_doctype *d, struct span s, bool closed)
{
	const bool public = starts(s, "public");

	if (s.n == 0)
		return closed;
	if (!public && !starts(s, "system"))
		return false;
	s = skip_space(span_from(s, 6));
	if (public) {
		if (!is_quote(s) || !take_id(&s, &d->public_id))
			return false;
		s = skip_space(s);
		if (s.n == 0)
			return closed;
	}
	if (!is_quote(s) || !take_id(&s, &d->system_id))
		return false;
	/* More after it does no harm. */
	return skip_space(s).n > 0 || closed;
}

struct html_doctype
html_doctype_read(struct span s, bool closed)
{
	struct html_doctype d = { .force_quirks = true };

	s = skip_space(s);
	if (s.n == 0)
		return d;
	d.name = s;
	d.name.n = 0;
	while (d.name.n < s.n && !is_space(s.p[d.name.n]))
		d.name.n++;
	d.force_quirks = !read_ids(&d, skip_space(span_from(s, d.name.n)), closed);
	return d;
}

/* Beginnings of public identifiers of quirks mode. */
static const char *const quirky[] = { "+//Silmaril//dtd html Pro v0r11 19970101//",
	"-//AS//DTD HTML 3.0 asWedit + extensions//",
	"-//AdvaSoft Ltd//DTD HTML 3.0 asWedit + extensions//",
	"-//IETF//DTD HTML 2.0 Level 1//", "-//IETF//DTD HTML 2.0 Level 2//",
	"-//IETF//DTD HTML 2.0 Strict Level 1//",
	"-//IETF//DTD HTML 2.0 Strict Level 2//", "-//IETF//DTD HTML 2.0 Strict//",
	"-//IETF//DTD HTML 2.0//", "-//IETF//DTD HTML 2.1E//", "-//IETF//DTD HTML 3.0//",
	"-//IETF//DTD HTML 3.2 Final//", "-//IETF//DTD HTML 3.2//",
	"-//IETF//DTD HTML 3//", "-//IETF//DTD HTML Level 0//",
	"-//IETF//DTD HTML Level 1//", "-//IETF//DTD HTML Level 2//",
	"-//IETF//DTD HTML Level 3//", "-//IETF//DTD HTML Strict Level 0//",
	"-//IETF//DTD HTML Strict Level 1//", "-//IETF//DTD HTML Strict Level 2//",
	"-//IETF//DTD HTML Strict Level 3//", "-//IETF//DTD HTML Strict//",
	"-//IETF//DTD HTML//", "-//Metrius//DTD Metrius Presentational//",
	"-//Microsoft//DTD Internet Explorer 2.0 HTML Strict//",
	"-//Microsoft//DTD Internet Explorer 2.0 HTML//",
	"-//Microsoft//DTD Internet Explorer 2.0 Tables//",
	"-//Microsoft//DTD Internet Explorer 3.0 HTML Strict//",
	"-//Microsoft//DTD Internet Explorer 3.0 HTML//",
	"-//Microsoft//DTD Internet Explorer 3.0 Tables//",
	"-//Netscape Comm. Corp.//DTD HTML//",
	"-//Netscape Comm. Corp.//DTD Strict HTML//",
	"-//O'Reilly and Associates//DTD HTML 2.0//",
	"-//O'Reilly and Associates//DTD HTML Extended 1.0//",
	"-//O'Reilly and Associates//DTD HTML Extended Relaxed 1.0//",
	"-//SQ//DTD HTML 2.0 HoTMetaL + extensions//",
	"-//SoftQuad Software//DTD HoTMetaL PRO 6.0::19990601::extensions to HTML 4.0//",
	"-//SoftQuad//DTD HoTMetaL PRO 4.0::19971010::extensions to HTML 4.0//",
	"-//Spyglass//DTD HTML 2.0 Extended//",
	"-//Sun Microsystems Corp.//DTD HotJava HTML//",
	"-//Sun Microsystems Corp.//DTD HotJava Strict HTML//",
	"-//W3C//DTD HTML 3 1995-03-24//", "-//W3C//DTD HTML 3.2 Draft//",
	"-//W3C//DTD HTML 3.2 Final//", "-//W3C//DTD HTML 3.2//",
	"-//W3C//DTD HTML 3.2S Draft//", "-//W3C//DTD HTML 4.0 Frameset//",
	"-//W3C//DTD HTML 4.0 Transitional//", "-//W3C//DTD HTML Experimental 19960712//",
	"-//W3C//DTD HTML Experimental 970421//", "-//W3C//DTD W3 HTML//",
	"-//W3O//DTD W3 HTML 3.0//", "-//WebTechs//DTD Mozilla HTML 2.0//",
	"-//WebTechs//DTD Mozilla HTML//" };

static bool
equals(struct span s, const char *text)
{
	return s.p && s.n == strlen(text) && starts(s, text);
}

bool
html_doctype_is_quirky(const struct html_doctype *d)
{
	const struct span id = d->public_id;

	if (d->force_quirks || !equals(d->name, "html") ||
	    equals(id, "-//W3O//DTD W3 HTML Strict 3.0//EN//") ||
	    equals(id, "-/W3C/DTD HTML 4.0 Transitional/EN") || equals(id, "HTML") ||
	    equals(d->system_id,
		"http://www.ibm.com/data/dtd/v11/ibmxhtml1-transitional.dtd"))
		return true;
	if (!id.p)
		return false;
	for (size_t i = 0; i < sizeof quirky / sizeof *quirky; i++)
		if (starts(id, quirky[i]))
			return true;
	return !d->system_id.p && (starts(id, "-//W3C//DTD HTML 4.01 Frameset//") ||
				      starts(id, "-//W3C//DTD HTML 4.01 Transitional//"));
}
