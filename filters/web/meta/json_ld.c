/* json_ld.c - read JSON-LD, as damaged as web pages have it, for the main entity. */
#include "filters/web/meta/json_ld.h"

#include "lib/base/chars.h"
#include "lib/text/utf8.h"

/* Objects and arrays nested deeper are skipped. */
enum { LD_DEPTH = 16 };

/* Ranks of entities by their type. */
enum {
	RANK_PART = 0, /* of a page or site */
	RANK_PAGE,     /* the page itself */
	RANK_OTHER,
	RANK_WORK, /* has a text of its own */
};

struct ld_reader {
	const char *p, *end;
	struct json_ld *ld;
};

/* Keys whose values are read. */
enum ld_key {
	LD_OTHER,
	LD_TYPE,
	LD_ID,
	LD_GRAPH,
	LD_MAIN_ENTITY,
	LD_HEADLINE,
	LD_NAME,
	LD_DESCRIPTION,
	LD_LANGUAGE,
	LD_PUBLISHED,
	LD_CREATED,
	LD_MODIFIED,
	LD_AUTHOR,
	LD_PUBLISHER,
	LD_LICENSE,
	LD_URL,
};

static enum ld_key
key_of(struct span s)
{
	static const struct {
		struct span name;
		enum ld_key key;
	} keys[] = {
/* NOLINTBEGIN(bugprone-macro-parentheses): a string and a name */
#define KEY(name, key) { { name, sizeof name - 1 }, key }
		KEY("@type", LD_TYPE), KEY("@id", LD_ID), KEY("@graph", LD_GRAPH),
		KEY("mainEntity", LD_MAIN_ENTITY), KEY("headline", LD_HEADLINE),
		KEY("name", LD_NAME), KEY("description", LD_DESCRIPTION),
		KEY("inLanguage", LD_LANGUAGE), KEY("datePublished", LD_PUBLISHED),
		KEY("dateCreated", LD_CREATED), KEY("uploadDate", LD_CREATED),
		KEY("dateModified", LD_MODIFIED), KEY("author", LD_AUTHOR),
		KEY("creator", LD_AUTHOR), KEY("publisher", LD_PUBLISHER),
		KEY("license", LD_LICENSE), KEY("url", LD_URL),
#undef KEY
		/* NOLINTEND(bugprone-macro-parentheses) */
	};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (span_eq(s, keys[i].name))
			return keys[i].key;
	return LD_OTHER;
}

static bool
ends_with(struct span s, const char *end)
{
	const size_t n = strlen(end);

	return s.n >= n && memcmp(s.p + s.n - n, end, n) == 0;
}

/* The name of a type, without the address of its vocabulary. */
static struct span
type_name(struct span type)
{
	for (size_t i = type.n; i > 0; i--)
		if (strchr("/#:", type.p[i - 1]))
			return span_from(type, i);
	return type;
}

static unsigned
rank_of(struct span type)
{
	static const char *const parts[] = { "WebSite", "Organization", "Corporation",
		"Person", "BreadcrumbList", "ImageObject", "ListItem", "ItemList",
		"SearchAction", "EntryPoint", "ReadAction", "SiteNavigationElement",
		"WPHeader", "WPFooter", "WPSideBar", "Brand", "Place", "PostalAddress",
		"NewsMediaOrganization", "Comment", "Answer", "Rating",
		"AggregateRating" };
	static const char *const works[] = { "Article", "Posting", "Report", "Recipe",
		"Product", "ProductGroup", "QAPage", "Question", "Book", "Movie",
		"Course", "Event", "Review", "Dataset", "SoftwareApplication", "HowTo",
		"Chapter", "LiveBlog", "Thesis", "SocialMediaPosting" };

	if (type.n == 0)
		return RANK_PART;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (span_eq(type, span_of(parts[i])))
			return RANK_PART;
	for (size_t i = 0; i < sizeof works / sizeof *works; i++)
		if (ends_with(type, works[i]))
			return RANK_WORK;
	return ends_with(type, "Page") ? RANK_PAGE : RANK_OTHER;
}

/* Whether a byte separates values or begins a string. */
static inline bool
is_mark(char c)
{
	return c == '"' || c == ',' || c == ':' || c == '{' || c == '}' || c == '[' ||
	       c == ']';
}

/* Whether a byte begins a number or word. */
static inline bool
is_word(char c)
{
	return is_digit(c) || c == '-' ||
	       (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z');
}

/* Skip to a byte that begins or ends a value.  Returns it, or 0 at the end. */
static char
next_byte(struct ld_reader *r)
{
	while (r->p < r->end && !is_mark(*r->p) && !is_word(*r->p))
		r->p++;
	return r->p < r->end ? *r->p : '\0';
}

/* The string that begins at r->p, without its quotes. */
static struct span
read_string(struct ld_reader *r)
{
	const char *from = ++r->p;

	for (;;) {
		const char *q = memchr(r->p, '"', (size_t)(r->end - r->p)), *b;

		if (!q) {
			r->p = r->end;
			return (struct span){ from, 0 };
		}
		/* An even number of backslashes escapes each other. */
		for (b = q; b > r->p && b[-1] == '\\'; b--)
			;
		r->p = q + 1;
		if ((q - b) % 2 == 0)
			return (struct span){ from, (size_t)(q - from) };
	}
}

/* Skip a value: a string, all of an object or array, or a number or word. */
static void
skip_value(struct ld_reader *r)
{
	size_t depth = 0;
	char c;

	do {
		c = next_byte(r);
		if (c == '"') {
			read_string(r);
		} else if (c == '{' || c == '[') {
			depth++;
			r->p++;
		} else if (c == '}' || c == ']') {
			if (depth == 0)
				return;
			depth--;
			r->p++;
		} else if (c == ',' || c == ':') {
			if (depth == 0)
				return;
			r->p++;
		} else {
			while (r->p < r->end && !is_mark(*r->p))
				r->p++;
		}
	} while (depth > 0 && r->p < r->end);
}

/*
 * Take the next key off an object, or the next value of an array, whose opening bracket
 * the caller has read.  Returns false after its closing bracket, and at the end.
 */
static bool
next_item(struct ld_reader *r, struct span *key)
{
	for (;;) {
		const char c = next_byte(r);

		if (c == '}' || c == ']' || c == '\0') {
			r->p += c != '\0';
			return false;
		}
		if (c == ',' || c == ':') {
			r->p++;
			continue;
		}
		if (!key)
			return true;
		if (c != '"') {
			skip_value(r);
			continue;
		}
		*key = read_string(r);
		if (next_byte(r) != ':')
			continue;
		r->p++;
		return true;
	}
}

/* NOLINTBEGIN(misc-no-recursion): at most LD_DEPTH levels */

/* The string of a value: itself, the first of an array, or the `key` of an object. */
static struct span
read_text(struct ld_reader *r, unsigned depth)
{
	const char c = next_byte(r);
	struct span key, value = { "", 0 };

	if (c == '"')
		return read_string(r);
	if ((c != '{' && c != '[') || depth >= LD_DEPTH) {
		skip_value(r);
		return value;
	}
	r->p++;
	while (next_item(r, c == '{' ? &key : NULL)) {
		const bool wanted = c == '[' || span_eq(key, SPAN("@value"));

		if (wanted && value.n == 0)
			value = read_text(r, depth + 1);
		else
			skip_value(r);
	}
	return value;
}

static void
add_span(struct span *v, size_t *n, size_t max, struct span s)
{
	if (s.n > 0 && *n < max)
		v[(*n)++] = s;
}

/* Note that an object with an @id has a name. */
static void
note_name(struct json_ld *ld, struct span id, struct span name)
{
	if (id.n > 0 && name.n > 0 && ld->names < LD_NAMES)
		ld->name[ld->names++] = (struct ld_name){ id, name };
}

/* Read a person, organisation or licence, or an array of them: of each its name, or else
 * its @id, or else its address. */
static void
read_names(struct ld_reader *r, unsigned depth, struct span *v, size_t *n, size_t max)
{
	struct span id = { "", 0 }, name = id, url = id, key;
	const char c = next_byte(r);

	if (c == '"') {
		add_span(v, n, max, read_string(r));
		return;
	}
	if ((c != '{' && c != '[') || depth >= LD_DEPTH) {
		skip_value(r);
		return;
	}
	r->p++;
	if (c == '[') {
		while (next_item(r, NULL))
			read_names(r, depth + 1, v, n, max);
		return;
	}
	while (next_item(r, &key)) {
		const enum ld_key k = key_of(key);

		if (k == LD_NAME)
			name = read_text(r, depth + 1);
		else if (k == LD_ID)
			id = read_text(r, depth + 1);
		else if (k == LD_URL)
			url = read_text(r, depth + 1);
		else
			skip_value(r);
	}
	note_name(r->ld, id, name);
	add_span(v, n, max, name.n ? name : id.n ? id : url);
}

static void
read_license(struct ld_reader *r, unsigned depth, struct ld_entity *e)
{
	struct span v[LD_LICENSES];
	size_t n = 0;

	read_names(r, depth, v, &n, LD_LICENSES);
	for (size_t i = 0; i < n; i++)
		add_span(e->license, &e->licenses, LD_LICENSES, v[i]);
}

static void
set_first(struct span *to, struct span s)
{
	if (to->n == 0)
		*to = s;
}

/* Keep an entity that is complete. */
static void
keep_entity(struct json_ld *ld, struct ld_entity *e, struct span id)
{
	e->type = type_name(e->type);
	e->rank = rank_of(e->type);
	note_name(ld, id, e->name);
	if (span_eq(e->type, SPAN("WebSite")))
		set_first(&ld->site, e->name);
	if (ends_with(e->type, "Page") && ld->page.rank == 0) {
		ld->page = *e;
		ld->page.rank = RANK_PAGE;
	}
	if (e->rank > ld->main.rank)
		ld->main = *e;
}

static void read_entities(struct ld_reader *r, unsigned depth);

/* Read the value of a key of an entity. */
static void
read_property(struct ld_reader *r, unsigned depth, enum ld_key key, struct ld_entity *e,
    struct span *id)
{
	struct span *const to[] = {
		[LD_TYPE] = &e->type,
		[LD_ID] = id,
		[LD_HEADLINE] = &e->headline,
		[LD_NAME] = &e->name,
		[LD_DESCRIPTION] = &e->description,
		[LD_LANGUAGE] = &e->language,
		[LD_PUBLISHED] = &e->published,
		[LD_CREATED] = &e->created,
		[LD_MODIFIED] = &e->modified,
		[LD_URL] = NULL,
	};
	size_t n = 0;

	/* The questions of an FAQPage are often next to an article. */
	if (key == LD_GRAPH ||
	    (key == LD_MAIN_ENTITY && !ends_with(e->type, "FAQPage"))) {
		read_entities(r, depth);
	} else if (key == LD_AUTHOR) {
		read_names(r, depth, e->author, &e->authors, LD_AUTHORS);
	} else if (key == LD_PUBLISHER) {
		read_names(r, depth, &e->publisher, &n, 1);
	} else if (key == LD_LICENSE) {
		read_license(r, depth, e);
	} else if (to[key]) {
		set_first(to[key], read_text(r, depth));
	} else {
		skip_value(r);
	}
}

/* Read an entity, or an array of them. */
static void
read_entities(struct ld_reader *r, unsigned depth)
{
	struct ld_entity e;
	struct span id = { "", 0 }, key;
	const char c = next_byte(r);

	if ((c != '{' && c != '[') || depth >= LD_DEPTH) {
		skip_value(r);
		return;
	}
	r->p++;
	if (c == '[') {
		while (next_item(r, NULL))
			read_entities(r, depth + 1);
		return;
	}
	memset(&e, 0, sizeof e);
	while (next_item(r, &key))
		read_property(r, depth + 1, key_of(key), &e, &id);
	keep_entity(r->ld, &e, id);
}

/* NOLINTEND(misc-no-recursion) */

void
json_ld_read(struct json_ld *ld, struct span s)
{
	struct ld_reader r = { s.p, s.p + s.n, ld };

	while (r.p < r.end) {
		const char *p = r.p;

		/* What is before the first bracket may be a comment. */
		while (p < r.end && *p != '{' && *p != '[')
			p++;
		/* As in "<![CDATA[", which is not an array. */
		if (p < r.end && *p == '[' && p > r.p && p[-1] != '\n' &&
		    (p[-1] == '!' || p[-1] == 'A')) {
			r.p = p + 1;
			continue;
		}
		r.p = p;
		if (p < r.end)
			read_entities(&r, 0);
	}
}

struct span
json_ld_name(const struct json_ld *ld, struct span name_or_id)
{
	for (size_t i = 0; i < ld->names; i++)
		if (span_eq(ld->name[i].id, name_or_id))
			return ld->name[i].name;
	return name_or_id;
}

/* The code unit of the "\uXXXX" at the front of s, or -1. */
static int32_t
code_unit(struct span s)
{
	int32_t v = 0;

	if (s.n < 6 || s.p[0] != '\\' || s.p[1] != 'u')
		return -1;
	for (size_t i = 2; i < 6; i++) {
		if (hex_digit(s.p[i]) < 0)
			return -1;
		v = v * 16 + hex_digit(s.p[i]);
	}
	return v;
}

/* Append the escape at the front of s.  Returns its length. */
static size_t
put_escape(struct span s, struct buf *out)
{
	const int32_t high = code_unit(s);
	const char c = s.n > 1 ? s.p[1] : '\0';
	int32_t low;

	if (high < 0) {
		if (c && strchr("bfnrt", c))
			buf_putc(out, ' ');
		else if (c)
			return 1;
		return s.n > 1 ? 2 : 1;
	}
	low = code_unit(span_from(s, 6));
	if (high >= 0xd800 && high < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
		utf8_put(out, 0x10000u + (((uint32_t)high & 0x3ff) << 10 |
					     ((uint32_t)low & 0x3ff)));
		return 12;
	}
	utf8_put(out,
	    high == 0 || (high >= 0xd800 && high < 0xe000) ? 0xfffd : (uint32_t)high);
	return 6;
}

void
json_ld_decode(struct span s, struct buf *out)
{
	while (s.n > 0) {
		const char *b = memchr(s.p, '\\', s.n);
		const size_t n = b ? (size_t)(b - s.p) : s.n;
		size_t escape;

		buf_put(out, s.p, n);
		s = span_from(s, n);
		if (s.n == 0)
			return;
		escape = put_escape(s, out);
		/* Of an escape such as "\/" or "\é", the byte after it remains. */
		if (escape == 1 && s.n > 1) {
			size_t at = 1;

			utf8_next(s, &at);
			buf_put(out, s.p + 1, at - 1);
			escape = at;
		}
		s = span_from(s, escape);
	}
}
