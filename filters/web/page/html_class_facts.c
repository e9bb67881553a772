/* html_class_facts.c - find what a class says, and keep it for the rest of the page. */
#include "filters/web/page/html_class_facts.h"

#include "filters/web/page/html_class_words.h"
#include "lib/base/chars.h"

#define NAME(s)                                                                          \
	{                                                                                \
		s, sizeof(s) - 1                                                         \
	}

static const struct {
	struct span name;
	unsigned bit;
} names[] = {
	{ NAME("sr-only"), CLASS_FURNITURE },
	{ NAME("visually-hidden"), CLASS_FURNITURE },
	{ NAME("visuallyhidden"), CLASS_FURNITURE },
	{ NAME("screen-reader-text"), CLASS_FURNITURE },
	{ NAME("screen-reader-only"), CLASS_FURNITURE },
	{ NAME("screenreader-only"), CLASS_FURNITURE },
	{ NAME("element-invisible"), CLASS_FURNITURE },
	{ NAME("assistive-text"), CLASS_FURNITURE },
	{ NAME("skip-link"), CLASS_FURNITURE },
	{ NAME("skiplink"), CLASS_FURNITURE },
	{ NAME("skip-nav"), CLASS_FURNITURE },
	{ NAME("skip-to-content"), CLASS_FURNITURE },
	{ NAME("mw-editsection"), CLASS_FURNITURE },
	{ NAME("Inline-Template"), CLASS_FURNITURE },
	{ NAME("headerlink"), CLASS_FURNITURE },
	{ NAME("ltx_note_mark"), CLASS_FURNITURE },
	{ NAME("admonition"), CLASS_ADMONITION },
	{ NAME("callout"), CLASS_CALLOUT },
	{ NAME("starlight-aside"), CLASS_CALLOUT },
	{ NAME("katex-html"), CLASS_KATEX },
};

/* The CLASS_ bits of the names in a list. */
static unsigned
names_in(struct span value)
{
	enum { SHORTEST = 7 };
	const char *p = value.p, *const end = p + value.n;
	unsigned found = 0;

	while (p < end) {
		const char *from = p;
		size_t n;

		while (p < end && !is_space(*p))
			p++;
		n = (size_t)(p++ - from);
		for (size_t i = 0; n >= SHORTEST && i < sizeof names / sizeof *names; i++)
			if (names[i].name.n == n && names[i].name.p[0] == *from &&
			    memcmp(names[i].name.p, from, n) == 0)
				found |= names[i].bit;
	}
	return found;
}

/* The CLASS_ bits of a class.  named: it may have one of the names. */
static unsigned
find_names(struct span value, bool named)
{
	/* Links are copied into each block that they span. */
	enum { FURNITURE_MAX = 256 };
	unsigned found = named ? names_in(value) : 0;

	if (value.n > FURNITURE_MAX)
		found =
		    (found & ~(unsigned)CLASS_FURNITURE) |
		    (names_in((struct span){ value.p, FURNITURE_MAX }) & CLASS_FURNITURE);
	if (span_starts(value, SPAN("MathJax")))
		found |= CLASS_MATHJAX;
	if (span_starts(value, SPAN("mjx-")))
		found |= CLASS_MJX;
	return found;
}

/* The row of a value, by its length, beginning and end. */
static size_t
row_of(struct span value)
{
	const char *p = value.p, *const end = p + value.n;
	uint64_t first = 0, last = 0;

	if (value.n >= 8) {
		memcpy(&first, p, 8);
		memcpy(&last, end - 8, 8);
	} else if (value.n >= 4) {
		memcpy(&first, p, 4);
		memcpy(&last, end - 4, 4);
	} else if (value.n > 0) {
		first = (unsigned char)p[0];
		last =
		    (unsigned)(unsigned char)p[value.n / 2] << 8 | (unsigned char)end[-1];
	}
	first = (first ^ (last << 1) ^ value.n) * 0x9E3779B97F4A7C15;
	return (size_t)(first >> 32) % CLASS_MEMO;
}

struct html_class_facts *
html_class_facts_of(
    struct html_class_memo *memo, struct span value, bool stays, bool *known)
{
	struct html_class_facts *f = stays ? &memo->row[row_of(value)] : &memo->other;

	*known = stays && f->value.p && span_eq(f->value, value);
	if (!*known)
		*f = (struct html_class_facts){ .value = value };
	return f;
}

void
html_class_set_hints(struct html_class_facts *f, uint32_t hints, bool named)
{
	f->hints = hints;
	f->names = (uint8_t)find_names(f->value, named);
}

void
html_class_weigh(struct html_class_facts *f, const int8_t *weights)
{
	if (f->weighed)
		return;
	f->hash = html_class_letters(f->value);
	f->weight = html_class_weight(weights, f->value);
	f->weighed = true;
}
