/* html_tokens.c - cut a page into tags and runs of text, as the HTML standard does
 * (13.2.5). */
#include <stdlib.h>

#include "filters/html_tree.h"
#include "lib/unicode.h"

/* What each tag is, where it is more than a name: T_, TAG_ bits. */
static const struct {
	unsigned short tag, flags;
} kinds[] = {
	{ T_ADDRESS, TAG_BLOCK | TAG_ENDS_P },
	{ T_ANNOTATION, TAG_NEVER },
	{ T_APPLET, TAG_NEVER | TAG_SCOPE },
	{ T_AREA, TAG_VOID },
	{ T_ARTICLE, TAG_BLOCK | TAG_ENDS_P | TAG_CLASSY | TAG_BODY },
	{ T_ASIDE, TAG_BLOCK | TAG_ENDS_P | TAG_BOILER },
	{ T_AUDIO, TAG_NEVER },
	{ T_BASE, TAG_VOID },
	{ T_BLOCKQUOTE, TAG_BLOCK | TAG_ENDS_P },
	{ T_BR, TAG_VOID },
	{ T_BUTTON, TAG_BOILER | TAG_SCOPE },
	{ T_CANVAS, TAG_NEVER },
	{ T_CAPTION, TAG_BLOCK | TAG_SCOPE },
	{ T_CENTER, TAG_BLOCK | TAG_ENDS_P },
	{ T_COL, TAG_VOID },
	{ T_DATALIST, TAG_NEVER },
	{ T_DD, TAG_BLOCK | TAG_ENDS_P },
	{ T_DETAILS, TAG_BLOCK | TAG_ENDS_P },
	{ T_DIALOG, TAG_BLOCK | TAG_ENDS_P | TAG_BOILER },
	{ T_DIR, TAG_BLOCK | TAG_ENDS_P },
	{ T_DIV, TAG_BLOCK | TAG_ENDS_P | TAG_CLASSY | TAG_BODY },
	{ T_DL, TAG_BLOCK | TAG_ENDS_P | TAG_CLASSY },
	{ T_DT, TAG_BLOCK | TAG_ENDS_P },
	{ T_EMBED, TAG_VOID },
	{ T_FIELDSET, TAG_BLOCK | TAG_ENDS_P },
	{ T_FIGCAPTION, TAG_BLOCK | TAG_ENDS_P },
	{ T_FIGURE, TAG_BLOCK | TAG_ENDS_P | TAG_BOILER },
	{ T_FOOTER, TAG_BLOCK | TAG_ENDS_P | TAG_BOILER },
	{ T_FORM, TAG_BLOCK | TAG_ENDS_P },
	{ T_FRAME, TAG_VOID },
	{ T_FRAMESET, TAG_NEVER },
	{ T_H1, TAG_BLOCK | TAG_ENDS_P },
	{ T_H2, TAG_BLOCK | TAG_ENDS_P },
	{ T_H3, TAG_BLOCK | TAG_ENDS_P },
	{ T_H4, TAG_BLOCK | TAG_ENDS_P },
	{ T_H5, TAG_BLOCK | TAG_ENDS_P },
	{ T_H6, TAG_BLOCK | TAG_ENDS_P },
	{ T_HEADER, TAG_BLOCK | TAG_ENDS_P | TAG_CLASSY },
	{ T_HGROUP, TAG_BLOCK | TAG_ENDS_P },
	{ T_HR, TAG_VOID | TAG_BLOCK | TAG_ENDS_P },
	{ T_IFRAME, TAG_NEVER | TAG_RAW },
	{ T_IMG, TAG_VOID },
	{ T_INPUT, TAG_VOID },
	{ T_LABEL, TAG_BOILER },
	{ T_LEGEND, TAG_BLOCK | TAG_BOILER },
	{ T_LI, TAG_BLOCK | TAG_ENDS_P | TAG_CLASSY },
	{ T_LINK, TAG_VOID },
	{ T_LISTING, TAG_BLOCK | TAG_ENDS_P },
	{ T_MAIN, TAG_BLOCK | TAG_ENDS_P | TAG_BODY },
	{ T_MAP, TAG_NEVER },
	{ T_MARQUEE, TAG_BLOCK | TAG_BOILER | TAG_SCOPE },
	{ T_MENU, TAG_BLOCK | TAG_ENDS_P | TAG_BOILER },
	{ T_META, TAG_VOID },
	{ T_METER, TAG_NEVER },
	{ T_NAV, TAG_BLOCK | TAG_ENDS_P | TAG_BOILER },
	{ T_NOEMBED, TAG_NEVER | TAG_RAW },
	{ T_NOFRAMES, TAG_NEVER | TAG_RAW },
	{ T_NOSCRIPT, TAG_NEVER },
	{ T_OBJECT, TAG_NEVER | TAG_SCOPE },
	{ T_OL, TAG_BLOCK | TAG_ENDS_P | TAG_CLASSY },
	{ T_OPTGROUP, TAG_NEVER },
	{ T_OPTION, TAG_NEVER },
	{ T_OUTPUT, TAG_BOILER },
	{ T_P, TAG_BLOCK | TAG_ENDS_P | TAG_CLASSY },
	{ T_PARAM, TAG_VOID },
	{ T_PRE, TAG_BLOCK | TAG_ENDS_P },
	{ T_PROGRESS, TAG_NEVER },
	{ T_RP, TAG_NEVER },
	{ T_RT, TAG_BOILER },
	{ T_SCRIPT, TAG_NEVER | TAG_RAW },
	{ T_SEARCH, TAG_BLOCK | TAG_ENDS_P | TAG_BOILER },
	{ T_SECTION, TAG_BLOCK | TAG_ENDS_P | TAG_CLASSY | TAG_BODY },
	{ T_SELECT, TAG_NEVER },
	{ T_SOURCE, TAG_VOID },
	{ T_SPAN, TAG_CLASSY },
	{ T_STYLE, TAG_NEVER | TAG_RAW },
	{ T_SUMMARY, TAG_BLOCK | TAG_ENDS_P },
	{ T_SVG, TAG_NEVER },
	{ T_TABLE, TAG_BLOCK | TAG_ENDS_P | TAG_SCOPE | TAG_CLASSY },
	{ T_TBODY, TAG_BLOCK },
	{ T_TD, TAG_SCOPE | TAG_BLOCK | TAG_CLASSY },
	{ T_TEMPLATE, TAG_NEVER | TAG_SCOPE },
	{ T_TEXTAREA, TAG_NEVER | TAG_RAW },
	{ T_TFOOT, TAG_BLOCK },
	{ T_TH, TAG_SCOPE | TAG_BLOCK },
	{ T_THEAD, TAG_BLOCK },
	{ T_TITLE, TAG_NEVER | TAG_RAW },
	{ T_TR, TAG_BLOCK | TAG_CLASSY },
	{ T_TRACK, TAG_VOID },
	{ T_UL, TAG_BLOCK | TAG_ENDS_P | TAG_CLASSY },
	{ T_VIDEO, TAG_NEVER },
	{ T_WBR, TAG_VOID | TAG_PLAIN },
	{ T_XMP, TAG_BLOCK | TAG_ENDS_P | TAG_RAW },
};

/* Tags that only dress their text up. */
static const unsigned short plain[] = { T_ABBR, T_ACRONYM, T_B, T_BDI, T_BDO, T_BIG,
	T_CITE, T_CODE, T_DEL, T_DFN, T_EM, T_FONT, T_I, T_INS, T_KBD, T_MARK, T_NOBR,
	T_Q, T_S, T_SAMP, T_SMALL, T_STRIKE, T_STRONG, T_SUB, T_SUP, T_TIME, T_TT, T_U,
	T_VAR };

static inline char
lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

static inline bool
is_letter(char c)
{
	return (unsigned char)((c | 0x20) - 'a') < 26;
}

static inline bool
is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

/* FNV-1a of a name in lower case. */
static uint32_t
hash_name(const char *p, size_t n)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)lower(p[i])) * 16777619u;
	return h;
}

/* The same, case kept: "AElig" is not "aelig". */
static uint32_t
hash_exact(const char *p, size_t n)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)p[i]) * 16777619u;
	return h ^ h >> 15;
}

static uint32_t
hex(const char **p)
{
	uint32_t v = 0;

	for (; (**p >= '0' && **p <= '9') || (**p >= 'a' && **p <= 'f'); ++*p)
		v = v * 16 + (uint32_t)(**p <= '9' ? **p - '0' : **p - 'a' + 10);
	return v;
}

static void
add_entity(struct html_names *names, const char **p)
{
	struct entity e = { .bare = **p == '*' };
	const size_t mask = sizeof names->entity / sizeof *names->entity - 1;
	size_t i;

	*p += e.bare;
	e.name = *p;
	*p += strcspn(*p, ":");
	e.n = (unsigned char)(*p - e.name);
	++*p;
	e.c[0] = hex(p);
	if (**p == '+') {
		++*p;
		e.c[1] = hex(p);
	}
	*p += **p == ' ';
	for (i = hash_exact(e.name, e.n) & mask; names->entity[i].n; i = (i + 1) & mask)
		;
	names->entity[i] = e;
}

static void
add_tag(struct html_names *names, const char *name, unsigned tag)
{
	const size_t mask = sizeof names->tag / sizeof *names->tag - 1;
	struct tag_row row = { .n = (unsigned char)strlen(name),
		.tag = (unsigned short)tag };
	size_t i;

	for (i = 0; i < row.n; i++)
		row.name[i] = lower(name[i]);
	row.flags = names->flags[tag];
	i = hash_name(name, row.n) & mask;
	while (names->tag[i].n)
		i = (i + 1) & mask;
	names->tag[i] = row;
}

void
html_names_init(struct html_names *names)
{
	static const char *const name[] = {
#define X(t) #t,
		HTML_TAGS(X)
#undef X
	};

	memset(names, 0, sizeof *names);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		names->flags[kinds[i].tag] = kinds[i].flags;
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		names->flags[plain[i]] = TAG_PLAIN;
	for (unsigned t = 0; t < T_KNOWN; t++)
		add_tag(names, name[t], t);
	for (const char *const *line = html_entities; *line; line++) {
		for (const char *p = *line; *p;)
			add_entity(names, &p);
	}
}

static const struct entity *
find_entity(const struct html_names *names, const char *p, size_t n)
{
	const size_t mask = sizeof names->entity / sizeof *names->entity - 1;

	for (size_t i = hash_exact(p, n) & mask; names->entity[i].n; i = (i + 1) & mask) {
		if (names->entity[i].n == n && memcmp(names->entity[i].name, p, n) == 0)
			return &names->entity[i];
	}
	return NULL;
}

/* "&#8217;" and the like; p: behind "&#".  Returns where it ends, or NULL: it is none. */
static const char *
number_reference(const char *p, const char *end, struct buf *out)
{
	/* What windows-1252 has at 0x80: such numbers are its bytes, not C1 controls. */
	static const unsigned short c1[32] = { 0x20AC, 0x81, 0x201A, 0x192, 0x201E,
		0x2026, 0x2020, 0x2021, 0x2C6, 0x2030, 0x160, 0x2039, 0x152, 0x8D, 0x17D,
		0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x2DC,
		0x2122, 0x161, 0x203A, 0x153, 0x9D, 0x17E, 0x178 };
	uint32_t base = 10, c = 0;
	const char *first;

	if (p < end && lower(*p) == 'x') {
		base = 16;
		p++;
	}
	for (first = p; p < end; p++) {
		uint32_t digit = *p >= '0' && *p <= '9' ? (uint32_t)(*p - '0')
				 : lower(*p) >= 'a' && lower(*p) <= 'f'
				     ? (uint32_t)(lower(*p) - 'a' + 10)
				     : 99;

		if (digit >= base)
			break;
		if (c <= 0x10FFFF)
			c = c * base + digit;
	}
	if (p == first)
		return NULL;
	if (c >= 0x80 && c < 0xA0)
		c = c1[c - 0x80];
	if (c == 0 || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
		c = 0xFFFD;
	utf8_put(out, c);
	return p < end && *p == ';' ? p + 1 : p;
}

/* "&eacute;" and the like; p: behind '&'.  Returns where it ends, or NULL: it is none. */
static const char *
named_reference(
    const struct html_names *names, const char *p, const char *end, struct buf *out)
{
	enum { LONGEST = 31, LONGEST_BARE = 6 };
	const struct entity *e = NULL;
	size_t n = 0;

	while (n < LONGEST && p + n < end &&
	       (is_letter(p[n]) || (p[n] >= '0' && p[n] <= '9')))
		n++;
	if (p + n < end && p[n] == ';')
		e = find_entity(names, p, n);
	if (e) {
		p += n + 1;
	} else {
		for (n = n < LONGEST_BARE ? n : LONGEST_BARE; n >= 2 && !e; n--) {
			e = find_entity(names, p, n);
			if (e && !e->bare)
				e = NULL;
			if (e)
				p += n;
		}
	}
	if (!e)
		return NULL;
	utf8_put(out, e->c[0]);
	if (e->c[1])
		utf8_put(out, e->c[1]);
	return p;
}

void
html_unescape(const struct html_names *names, struct span s, struct buf *out)
{
	const char *p = s.p, *end = s.p + s.n;

	while (p < end) {
		const char *amp = memchr(p, '&', (size_t)(end - p)), *after;

		if (!amp) {
			buf_put(out, p, (size_t)(end - p));
			return;
		}
		buf_put(out, p, (size_t)(amp - p));
		p = amp + 1;
		after = p < end && *p == '#' ? number_reference(p + 1, end, out)
					     : named_reference(names, p, end, out);
		if (after)
			p = after;
		else
			buf_putc(out, '&');
	}
}

static void
name_tag(const struct html_names *names, const char *p, size_t n, struct token *t)
{
	const size_t mask = sizeof names->tag / sizeof *names->tag - 1;
	const uint32_t h = hash_name(p, n);

	t->hash = h;
	for (size_t i = h & mask; names->tag[i].n; i = (i + 1) & mask) {
		const struct tag_row *row = &names->tag[i];
		size_t k = 0;

		if (row->n != n)
			continue;
		while (k < n && lower(p[k]) == row->name[k])
			k++;
		if (k == n) {
			t->tag = row->tag;
			return;
		}
	}
	t->tag = T_OTHER + h % (T_COUNT - T_OTHER);
}

/* Which of the attributes that we read a name is, or A_COUNT. */
static unsigned
name_attr(const char *p, size_t n)
{
	static const struct span names[A_COUNT] = {
		[A_CLASS] = { "class", 5 },
		[A_ID] = { "id", 2 },
		[A_ROLE] = { "role", 4 },
		[A_STYLE] = { "style", 5 },
		[A_ITEMPROP] = { "itemprop", 8 },
		[A_HIDDEN] = { "hidden", 6 },
		[A_ARIA_HIDDEN] = { "aria-hidden", 11 },
		[A_HREF] = { "href", 4 },
	};

	for (unsigned a = 0; a < A_COUNT; a++) {
		size_t k = 0;

		if (names[a].n != n)
			continue;
		while (k < n && lower(p[k]) == names[a].p[k])
			k++;
		if (k == n)
			return a;
	}
	return A_COUNT;
}

/* The value behind "name="; returns where it ends. */
static const char *
attr_value(const char *p, const char *end, struct span *value)
{
	const char *q;

	if (p < end && (*p == '"' || *p == '\'')) {
		q = memchr(p + 1, *p, (size_t)(end - p - 1));
		q = q ? q : end;
		*value = (struct span){ p + 1, (size_t)(q - p - 1) };
		return q < end ? q + 1 : end;
	}
	for (q = p; q < end && !is_space(*q) && *q != '>'; q++)
		;
	*value = (struct span){ p, (size_t)(q - p) };
	return q;
}

static const char *
skip_space(const char *p, const char *end)
{
	while (p < end && is_space(*p))
		p++;
	return p;
}

/* Attributes up to and with '>'; the first of a name counts.  NULL: the page ends here.
 */
static const char *
attributes(const char *p, const char *end, struct token *t)
{
	while (p < end) {
		const char *name;
		struct span value = { "", 0 };
		unsigned a;
		size_t n;

		while (p < end && (is_space(*p) || *p == '/'))
			p++;
		if (p < end && *p == '>') {
			t->closed = p[-1] == '/';
			return p + 1;
		}
		name = p;
		p += p < end; /* a first '=' is part of the name */
		while (p < end && !is_space(*p) && *p != '/' && *p != '>' && *p != '=')
			p++;
		n = (size_t)(p - name);
		p = skip_space(p, end);
		if (p < end && *p == '=')
			p = attr_value(skip_space(p + 1, end), end, &value);
		a = n >= 2 && n <= 11 ? name_attr(name, n) : A_COUNT;
		if (a < A_COUNT && !(t->has & 1u << a)) {
			t->has |= 1u << a;
			t->attr[a] = value;
		}
	}
	return NULL;
}

/* A tag at p, "<name" or "</name".  Returns what is behind it. */
static const char *
read_tag(struct lexer *l, const char *p, struct token *t)
{
	const char *name = p + 1;

	t->kind = TOKEN_START;
	if (*name == '/') {
		t->kind = TOKEN_END;
		name++;
	}
	for (p = name; p < l->end && !is_space(*p) && *p != '/' && *p != '>'; p++)
		;
	name_tag(l->names, name, (size_t)(p - name), t);
	p = attributes(p, l->end, t);
	if (!p)
		t->kind = TOKEN_EOF;
	else if (t->kind == TOKEN_START && !t->closed &&
		 l->names->flags[t->tag] & TAG_RAW)
		l->raw = t->tag + 1;
	return p ? p : l->end;
}

/* "<!" or "<?" or "</" without a name: a comment of some kind.  Returns what is behind
 * it. */
static const char *
skip_comment(const char *p, const char *end)
{
	const char *q;

	if (end - p >= 4 && memcmp(p, "<!--", 4) == 0) {
		/* "<!-->" and "<!--->" are whole comments. */
		for (q = p + 4; (q = memchr(q, '>', (size_t)(end - q))) != NULL; q++) {
			if (q[-1] == '-' && q[-2] == '-')
				return q + 1;
			if (q - p >= 7 && q[-1] == '!' && q[-2] == '-' && q[-3] == '-')
				return q + 1;
		}
		return end;
	}
	q = memchr(p, '>', (size_t)(end - p));
	return q ? q + 1 : end;
}

/* Where the text of a raw element ends: at its end tag, or with the page. */
static const char *
raw_end(const struct lexer *l)
{
	const char *p = l->p;

	for (; (p = memchr(p, '<', (size_t)(l->end - p))) != NULL; p++) {
		const char *q = p + 2;
		struct token t = { .tag = T_COUNT };

		if (l->end - p < 3 || p[1] != '/' || !is_letter(*q))
			continue;
		while (q < l->end && q - p <= 12 && is_letter(*q))
			q++;
		if (q < l->end && !is_space(*q) && *q != '/' && *q != '>')
			continue;
		name_tag(l->names, p + 2, (size_t)(q - p - 2), &t);
		if (t.tag + 1 == l->raw)
			return p;
	}
	return l->end;
}

static bool
begins_markup(const char *p, const char *end)
{
	if (end - p < 2)
		return false;
	if (p[1] == '/')
		return end - p > 2;
	return is_letter(p[1]) || p[1] == '!' || p[1] == '?';
}

void
html_next(struct lexer *l, struct token *t)
{
	const char *p = l->p;

	t->has = 0;
	t->closed = false;
	t->kind = TOKEN_TEXT;
	if (l->raw) {
		l->p = raw_end(l);
		l->raw = 0;
		t->text = (struct span){ p, (size_t)(l->p - p) };
		return;
	}
	while (p < l->end) {
		const char *q = p;

		if (*q == '<' && begins_markup(q, l->end)) {
			if (is_letter(q[1]) || (q[1] == '/' && is_letter(q[2]))) {
				l->p = read_tag(l, q, t);
				return;
			}
			p = skip_comment(q, l->end);
			continue;
		}
		do {
			q = memchr(q + 1, '<', (size_t)(l->end - q - 1));
		} while (q && !begins_markup(q, l->end));
		l->p = q ? q : l->end;
		t->text = (struct span){ p, (size_t)(l->p - p) };
		return;
	}
	l->p = p;
	t->kind = TOKEN_EOF;
}
