/* html_furniture.c - recognize parts of a page that are not text: line numbers. */
#include "filters/web/page/html_tree.h"
#include "lib/base/chars.h"

/* Take the next name off a class attribute.  Returns false after the last one. */
static bool
next_class(struct span *rest, struct span *name)
{
	size_t n = 0;

	while (rest->n && is_space(rest->p[0]))
		*rest = span_from(*rest, 1);
	while (n < rest->n && !is_space(rest->p[n]))
		n++;
	*name = (struct span){ rest->p, n };
	*rest = span_from(*rest, n);
	return n > 0;
}

bool
html_has_class(struct span value, struct span name)
{
	struct span s;

	while (next_class(&value, &s)) {
		if (span_eq(s, name))
			return true;
	}
	return false;
}

/* Whether a class attribute has one of the names, of which the last is empty. */
static bool
has_class_of(struct span value, const struct span *names)
{
	struct span s;

	while (next_class(&value, &s)) {
		for (const struct span *name = names; name->n; name++) {
			if (span_eq(s, *name))
				return true;
		}
	}
	return false;
}

#define NAME(s)                                                                          \
	{                                                                                \
		s, sizeof(s) - 1                                                         \
	}

bool
html_may_be_gutter(const struct html_tokenizer *source, const struct start_tag *s)
{
	static const struct span names[] = { NAME("linenos"), NAME("linenodiv"),
		NAME("lineno"), NAME("linenumber"), NAME("line-number"),
		NAME("line-numbers"), NAME("code-line-number"), NAME("gutter"),
		NAME("rouge-gutter"), NAME("blob-num"), NAME("hljs-ln-numbers"),
		NAME("") };
	struct span value;

	if (s->tag != T_TD && s->tag != T_SPAN && s->tag != T_DIV)
		return false;
	if (s->has & 1u << A_CLASS && has_class_of(s->attr[A_CLASS], names))
		return true;
	return s->tag == T_TD && s->at != NO_TAG &&
	       html_find_attr(source, s->at, SPAN("data-line-number"), &value);
}
