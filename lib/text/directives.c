/* directives.c - split plans and rule files into lines of words. */
#include "lib/text/directives.h"

#include <stdlib.h>

#include "lib/base/chars.h"
#include "lib/base/mem.h"

static bool
is_separator(char c)
{
	return is_blank(c) || c == '\r';
}

static void
split_words(struct directives *w, struct span line)
{
	size_t i = 0, start;

	w->n = 0;
	while (i < line.n) {
		if (is_separator(line.p[i])) {
			i++;
			continue;
		}
		if (line.p[i] == '#' && (w->n == 0 || !w->whole_comment))
			return;
		for (start = i; i < line.n && !is_separator(line.p[i]);)
			i++;
		GROW(w->v, w->n, w->cap);
		w->v[w->n++] = (struct span){ line.p + start, i - start };
	}
}

bool
directives_next(struct directives *w)
{
	while (w->text.n > 0) {
		const char *nl = memchr(w->text.p, '\n', w->text.n);

		w->whole =
		    (struct span){ w->text.p, nl ? (size_t)(nl - w->text.p) : w->text.n };
		w->text = span_from(w->text, w->whole.n + (nl != NULL));
		w->line++;
		split_words(w, w->whole);
		if (w->n > 0)
			return true;
	}
	return false;
}

void
directives_free(struct directives *w)
{
	free(w->v);
	*w = (struct directives){ 0 };
}
