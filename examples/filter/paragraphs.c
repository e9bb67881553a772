/* paragraphs.c - an example: a filter that makes several documents of one. */
#include "lib/driver/filter.h"

struct paragraphs {
	uint64_t min; /* bytes of UTF-8 text */
};

static const struct paragraphs defaults = { .min = 1 };

static const struct opt opts[] = {
	OPT_BYTES('m', "min", struct paragraphs, min, "skip paragraphs below BYTES"),
	OPT_END,
};

/* Take the next paragraph off *rest; they end at empty lines. */
static bool
next_paragraph(struct span *rest, struct span *paragraph)
{
	const char *p = rest->p, *end = rest->p + rest->n, *stop;

	while (p < end && *p == '\n')
		p++;
	for (stop = p; stop < end; stop++)
		if (stop[0] == '\n' && (stop + 1 == end || stop[1] == '\n'))
			break;
	*paragraph = (struct span){ p, (size_t)(stop - p) };
	*rest = (struct span){ stop, (size_t)(end - stop) };
	return p < end;
}

static void
paragraphs_map(const void *self, void *scratch, struct doc *d)
{
	const struct paragraphs *o = self;
	struct span rest = doc_text(d), paragraph;
	struct doc *to = d; /* the first paragraph stays in d itself */

	while (next_paragraph(&rest, &paragraph)) {
		if (paragraph.n < o->min)
			continue;
		if (!to)
			to = doc_new(d);
		doc_set_text(to, paragraph);
		to = NULL;
	}
	if (to)
		doc_drop(d, "paragraphs.none");
}

const struct filter filter_paragraphs = {
	.name = "paragraphs",
	.summary = "make a document of each paragraph",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.map = paragraphs_map,
};
