/* html_names.c - look up tags and attributes by name; the properties of each tag. */
#include "filters/web/html_tree.h"
#include "lib/base/chars.h"

/* The TAG_ bits of each tag that has any, except TAG_PLAIN alone. */
static const struct {
	unsigned short tag, flags;
} kinds[] = {
	{ T_ADDRESS, TAG_BLOCK },
	{ T_ANNOTATION, TAG_NEVER },
	{ T_APPLET, TAG_NEVER },
	{ T_AREA, TAG_VOID },
	{ T_ARTICLE, TAG_BLOCK | TAG_HINTS | TAG_CONTENT },
	{ T_ASIDE, TAG_BLOCK | TAG_BOILER },
	{ T_AUDIO, TAG_NEVER },
	{ T_BASE, TAG_VOID },
	{ T_BLOCKQUOTE, TAG_BLOCK },
	{ T_BR, TAG_VOID },
	{ T_BUTTON, TAG_BOILER },
	{ T_CANVAS, TAG_NEVER },
	{ T_CAPTION, TAG_BLOCK },
	{ T_CENTER, TAG_BLOCK },
	{ T_COL, TAG_VOID },
	{ T_DATALIST, TAG_NEVER },
	{ T_DD, TAG_BLOCK },
	{ T_DETAILS, TAG_BLOCK },
	{ T_DIALOG, TAG_BLOCK | TAG_BOILER },
	{ T_DIR, TAG_BLOCK },
	{ T_DIV, TAG_BLOCK | TAG_HINTS | TAG_CONTENT },
	{ T_DL, TAG_BLOCK | TAG_HINTS },
	{ T_DT, TAG_BLOCK },
	{ T_EMBED, TAG_VOID },
	{ T_FIELDSET, TAG_BLOCK },
	{ T_FIGCAPTION, TAG_BLOCK | TAG_BOILER },
	{ T_FIGURE, TAG_BLOCK },
	{ T_FOOTER, TAG_BLOCK | TAG_BOILER },
	{ T_FORM, TAG_BLOCK },
	{ T_FRAME, TAG_VOID },
	{ T_FRAMESET, TAG_NEVER },
	{ T_H1, TAG_BLOCK },
	{ T_H2, TAG_BLOCK },
	{ T_H3, TAG_BLOCK },
	{ T_H4, TAG_BLOCK },
	{ T_H5, TAG_BLOCK },
	{ T_H6, TAG_BLOCK },
	{ T_HEADER, TAG_BLOCK | TAG_HINTS },
	{ T_HGROUP, TAG_BLOCK },
	{ T_HR, TAG_VOID | TAG_BLOCK },
	{ T_IFRAME, TAG_NEVER },
	{ T_IMG, TAG_VOID },
	{ T_INPUT, TAG_VOID },
	{ T_LABEL, TAG_BOILER },
	{ T_LEGEND, TAG_BLOCK | TAG_BOILER },
	{ T_LI, TAG_BLOCK | TAG_HINTS },
	{ T_LINK, TAG_VOID },
	{ T_LISTING, TAG_BLOCK },
	{ T_MAIN, TAG_BLOCK | TAG_CONTENT },
	{ T_MAP, TAG_NEVER },
	{ T_MARQUEE, TAG_BLOCK | TAG_BOILER },
	{ T_MENU, TAG_BLOCK | TAG_BOILER },
	{ T_META, TAG_VOID },
	{ T_METER, TAG_NEVER },
	{ T_NAV, TAG_BLOCK | TAG_BOILER },
	{ T_NOEMBED, TAG_NEVER },
	{ T_NOFRAMES, TAG_NEVER },
	{ T_NOSCRIPT, TAG_NEVER },
	{ T_OBJECT, TAG_NEVER },
	{ T_OL, TAG_BLOCK | TAG_HINTS },
	{ T_OPTGROUP, TAG_NEVER },
	{ T_OPTION, TAG_NEVER },
	{ T_OUTPUT, TAG_BOILER },
	{ T_P, TAG_BLOCK | TAG_HINTS },
	{ T_PARAM, TAG_VOID },
	{ T_PRE, TAG_BLOCK },
	{ T_PROGRESS, TAG_NEVER },
	{ T_RP, TAG_NEVER },
	{ T_RT, TAG_BOILER },
	{ T_SCRIPT, TAG_NEVER },
	{ T_SEARCH, TAG_BLOCK | TAG_BOILER },
	{ T_SECTION, TAG_BLOCK | TAG_HINTS | TAG_CONTENT },
	{ T_SELECT, TAG_NEVER },
	{ T_SOURCE, TAG_VOID },
	{ T_SPAN, TAG_HINTS },
	{ T_STYLE, TAG_NEVER },
	{ T_SUMMARY, TAG_BLOCK },
	{ T_SVG, TAG_NEVER },
	{ T_TABLE, TAG_BLOCK | TAG_HINTS },
	{ T_TBODY, TAG_BLOCK },
	{ T_TD, TAG_BLOCK | TAG_HINTS },
	{ T_TEMPLATE, TAG_NEVER },
	{ T_TEXTAREA, TAG_NEVER },
	{ T_TFOOT, TAG_BLOCK },
	{ T_TH, TAG_BLOCK },
	{ T_THEAD, TAG_BLOCK },
	{ T_TITLE, TAG_NEVER },
	{ T_TR, TAG_BLOCK | TAG_HINTS },
	{ T_TRACK, TAG_VOID },
	{ T_UL, TAG_BLOCK | TAG_HINTS },
	{ T_VIDEO, TAG_NEVER },
	{ T_WBR, TAG_VOID | TAG_PLAIN },
	{ T_XMP, TAG_BLOCK },
};

/* Tags with TAG_PLAIN alone. */
static const unsigned short plain[] = { T_ABBR, T_ACRONYM, T_B, T_BDI, T_BDO, T_BIG,
	T_CITE, T_CODE, T_DEL, T_DFN, T_EM, T_FONT, T_I, T_INS, T_KBD, T_MARK, T_NOBR,
	T_Q, T_S, T_SAMP, T_SMALL, T_STRIKE, T_STRONG, T_SUB, T_SUP, T_TIME, T_TT, T_U,
	T_VAR };

/* FNV-1a, 32 bits. */
static uint32_t
hash_name(const char *p, size_t n)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)p[i]) * 16777619u;
	return h;
}

static void
add_tag(struct html_names *names, const char *name, unsigned tag)
{
	const size_t mask = sizeof names->tag / sizeof *names->tag - 1;
	struct tag_row row = { .n = (unsigned char)strlen(name),
		.tag = (unsigned short)tag };
	size_t i;

	for (i = 0; i < row.n; i++)
		row.name[i] = ascii_lower(name[i]);
	i = hash_name(row.name, row.n) & mask;
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
}

unsigned
html_tag(const struct html_names *names, const char *name)
{
	const size_t mask = sizeof names->tag / sizeof *names->tag - 1, n = strlen(name);

	for (size_t i = hash_name(name, n) & mask; names->tag[i].n; i = (i + 1) & mask)
		if (names->tag[i].n == n && memcmp(names->tag[i].name, name, n) == 0)
			return names->tag[i].tag;
	return T_OTHER;
}

unsigned
html_attr(const char *name)
{
	static const char *const names[A_COUNT] = {
		[A_CLASS] = "class",
		[A_ID] = "id",
		[A_ROLE] = "role",
		[A_STYLE] = "style",
		[A_ITEMPROP] = "itemprop",
		[A_HIDDEN] = "hidden",
		[A_ARIA_HIDDEN] = "aria-hidden",
		[A_HREF] = "href",
	};
	unsigned a = 0;

	while (a < A_COUNT && strcmp(name, names[a]) != 0)
		a++;
	return a;
}
