/* rank.c - messages about a field whose number ranks documents. */
#include "dedup/rank.h"

#include "lib/base/chars.h"

void
rank_bad(struct doc *d, const char *option, const char *field)
{
	struct span raw;

	if (!doc_get(d, span_of(field), &raw))
		doc_bad(d, "field '%s' is missing: name a field of numbers with --%s",
		    field, option);
	else if (raw.n && (raw.p[0] == '-' || is_digit(raw.p[0])))
		doc_bad(d,
		    "field '%s' is a number of more than 300 characters: write it with "
		    "fewer digits",
		    field);
	else
		doc_bad(d,
		    "field '%s' is not a number: name a field of numbers with --%s",
		    field, option);
}
