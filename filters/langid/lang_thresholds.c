/* lang_thresholds.c - read the file of --thresholds: a probability per language. */
#include "filters/langid/lang_thresholds.h"

#include <stdlib.h>

#include "lib/base/num.h"
#include "lib/text/directives.h"

enum { NUMBER_MAX = 63 /* characters */ };

static int
read_probability(struct span s, double *p)
{
	char text[NUMBER_MAX + 1];

	if (s.n > NUMBER_MAX || memchr(s.p, '\0', s.n))
		return -1;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	return num_double(text, p) || !(*p >= 0 && *p <= 1) ? -1 : 0;
}

/* Use one line. */
static int
set_language(const struct langid_model *m, const struct directives *line,
    const char *name, bool *seen, double *p, struct err *err)
{
	const struct span lang = line->v[0];
	const struct span value = line->n > 1 ? line->v[1] : SPAN("");
	const int group = langid_model_find(m, lang);
	double v;

	if (line->n > 2 || read_probability(value, &v) < 0)
		return err_set(err, EXIT_DATA,
		    "%s:%u: '%.*s' is not a probability: write 'LANG P' with P from 0 to "
		    "1",
		    name, line->line, quoted(value), value.p);
	if (group == NO_LABEL)
		return err_set(err, EXIT_DATA,
		    "%s:%u: language '%.*s' is not in the model", name, line->line,
		    quoted(lang), lang.p);
	if (seen[group])
		return err_set(err, EXIT_DATA, "%s:%u: language '%s' is listed twice",
		    name, line->line, m->label[group].lang);
	seen[group] = true;
	for (int i = group; i != NO_LABEL; i = m->label[i].next)
		p[i] = v;
	return 0;
}

int
lang_thresholds_parse(const struct langid_model *m, struct span text, const char *name,
    double *p, struct err *err)
{
	struct directives line = { .text = text };
	bool *seen;
	int rc = 0;

	if (text.n > 0 && memchr(text.p, '\0', text.n))
		return err_set(err, EXIT_DATA,
		    "%s: contains a NUL byte: expected lines 'LANG P'", name);
	if (span_starts(text, SPAN("\xEF\xBB\xBF")))
		line.text = span_from(text, 3);
	seen = xcalloc(m->labels, sizeof *seen);
	while (rc == 0 && directives_next(&line))
		rc = set_language(m, &line, name, seen, p, err);
	directives_free(&line);
	free(seen);
	return rc;
}
