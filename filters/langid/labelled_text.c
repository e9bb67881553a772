/* labelled_text.c - collect training text by label and source, and compute their shares.
 */
#include "filters/langid/labelled_text.h"

#include <stdio.h>
#include <stdlib.h>

#include "lib/base/chars.h"
#include "lib/base/num.h"
#include "lib/text/unicode.h"
#include "lib/text/utf8.h"

enum { LINE_MIN = 8 /* bytes: shorter lines are skipped */ };

static int
label_name(
    const struct langid_source *s, char name[LINEAR_LABEL_MAX + 1], struct err *err)
{
	const int n = snprintf(name, LINEAR_LABEL_MAX + 1, "%.*s%s%.*s", (int)s->lang.n,
	    s->lang.p, s->script.n ? "-" : "", (int)s->script.n, s->script.p);

	/* Leave room for the script that name_scripts() appends. */
	if (s->lang.n == 0 || s->lang.p[0] == '-' ||
	    n > LINEAR_LABEL_MAX - (s->script.n ? 0 : 5) ||
	    strspn(name,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") !=
		(size_t)n)
		return err_set(err, EXIT_DATA,
		    "field 'lang': '%s' is not a code of at most %d letters, digits and "
		    "'-'",
		    name, LINEAR_LABEL_MAX - 5);
	return 0;
}

static struct corpus_label *
find_label(struct langid_corpus *c, const char *name)
{
	struct corpus_label *l;

	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->label[i].name, name) == 0)
			return &c->label[i];
	c->label = xrealloc(c->label, c->n + 1, sizeof *c->label);
	l = &c->label[c->n++];
	*l = (struct corpus_label){ .script_chars = xcalloc(
					UNICODE_SCRIPTS, sizeof *l->script_chars) };
	memcpy(l->name, name, strlen(name) + 1);
	return l;
}

static struct corpus_source *
find_source(struct corpus_label *l, struct span name)
{
	struct corpus_source *s;

	for (size_t i = 0; i < l->n; i++)
		if (span_eq(span_of(l->source[i].name), name))
			return &l->source[i];
	l->source = xrealloc(l->source, l->n + 1, sizeof *l->source);
	s = &l->source[l->n++];
	*s = (struct corpus_source){ .name = xmalloc(name.n + 1) };
	memcpy(s->name, name.p ? name.p : "", name.n);
	s->name[name.n] = '\0';
	return s;
}

static void
count_scripts(uint64_t *script_chars, struct span line)
{
	for (size_t i = 0; i < line.n;)
		script_chars[unicode_script(utf8_next(line, &i))]++;
}

static void
add_line(struct langid_corpus *c, struct corpus_label *l, struct corpus_source *s,
    struct span line)
{
	GROW(s->line, s->n, s->cap);
	s->line[s->n++] = (struct span){ arena_copy(&c->text, line), line.n };
	s->bytes += line.n;
	l->bytes += line.n;
	c->bytes += line.n;
	c->lines++;
	count_scripts(l->script_chars, line);
}

int
langid_corpus_add(struct langid_corpus *c, const struct langid_source *s,
    struct span text, struct err *err)
{
	char name[LINEAR_LABEL_MAX + 1];
	struct corpus_label *l;
	struct corpus_source *source;

	if (label_name(s, name, err) < 0)
		return -1;
	l = find_label(c, name);
	if (c->n > LINEAR_LABELS_MAX)
		return err_set(err, EXIT_DATA,
		    "more than %d labels, the limit of a model", LINEAR_LABELS_MAX);
	source = find_source(l, s->name);
	source->weight = s->weight;
	while (text.n) {
		const char *nl = memchr(text.p, '\n', text.n);
		const size_t n = nl ? (size_t)(nl - text.p) : text.n;

		if (n >= LINE_MIN)
			add_line(c, l, source, (struct span){ text.p, n });
		text = span_from(text, nl ? n + 1 : n);
	}
	return 0;
}

static bool
is_language(const struct corpus_label *l)
{
	return strcmp(l->name, "und") != 0 && strcmp(l->name, "zxx") != 0;
}

static uint64_t
letters_in_all_scripts(const struct corpus_label *l)
{
	uint64_t n = 0;

	for (unsigned s = 1; s < UNICODE_SCRIPTS; s++)
		n += l->script_chars[s];
	return n;
}

/* Whether a label uses a script.  A twentieth of its letters is enough: Japanese has at
 * least a tenth of kana and of Han. */
static bool
uses_script(const struct corpus_label *l, unsigned script)
{
	const uint64_t all = letters_in_all_scripts(l);

	return is_language(l) && all && l->script_chars[script] * 20 >= all;
}

/* The script of most letters, or Jpan for kana with Han (ISO 15924). */
static const char *
main_script(const struct corpus_label *l)
{
	unsigned most = 0;

	for (unsigned s = 1; s < UNICODE_SCRIPTS; s++) {
		if (uses_script(l, s) && strcmp(unicode_script_name(s), "Hira") == 0)
			return "Jpan";
		if (l->script_chars[s] &&
		    (!most || l->script_chars[s] > l->script_chars[most]))
			most = s;
	}
	return most ? unicode_script_name(most) : "Zyyy";
}

/* Append the main script to each language that was given without one. */
static void
name_scripts(struct langid_corpus *c)
{
	for (size_t i = 0; i < c->n; i++) {
		struct corpus_label *l = &c->label[i];
		const size_t n = strlen(l->name);

		if (is_language(l) && !strchr(l->name, '-'))
			snprintf(l->name + n, sizeof l->name - n, "-%s", main_script(l));
	}
}

/* The code of a script that exactly one label uses, else 0. */
static uint16_t
script_code(const struct langid_corpus *c, unsigned script)
{
	size_t users = 0;

	for (size_t i = 0; i < c->n && script; i++)
		users += uses_script(&c->label[i], script);
	return users == 1 ? (uint16_t)(CHAR_CODE_SCRIPT + script) : 0;
}

static void
make_char_codes(struct langid_corpus *c)
{
	uint16_t code[UNICODE_SCRIPTS];

	for (unsigned s = 0; s < UNICODE_SCRIPTS; s++)
		code[s] = script_code(c, s);
	c->base = xcalloc(65536, sizeof *c->base);
	for (uint32_t ch = 0; ch < 65536; ch++) {
		const bool surrogate = ch >= 0xd800 && ch <= 0xdfff;
		const uint32_t letter = surrogate ? 0 : unicode_letter(ch);
		const uint32_t base = surrogate ? ch : unicode_base(ch);
		const uint16_t script = letter ? code[unicode_script(letter)] : 0;

		c->codes.code[ch] = script	     ? script
				    : letter < 65536 ? (uint16_t)letter
						     : 0;
		c->base[ch] = base < 65536 ? (uint16_t)base : (uint16_t)ch;
	}
}

/* Whether the language of a label is in focus.  "und" and "zxx" always are. */
static bool
in_focus(const char *focus, const struct corpus_label *l)
{
	return !focus || !is_language(l) ||
	       list_has(focus, (struct span){ l->name, strcspn(l->name, "-") });
}

/* Each language in focus needs a label. */
static int
check_focus(const struct langid_corpus *c, const char *focus, struct err *err)
{
	struct span lang;

	while (list_next(&focus, &lang)) {
		bool found = false;

		for (size_t i = 0; i < c->n && !found; i++) {
			const char *name = c->label[i].name;

			found = span_eq((struct span){ name, strcspn(name, "-") }, lang);
		}
		if (!found)
			return err_set(err, EXIT_USAGE,
			    "--focus: no document has lang '%.*s': check the spelling, "
			    "or add documents",
			    lang.n < 64 ? (int)lang.n : 64, lang.p);
	}
	return 0;
}

/* x to the power e.  With e below 1, rare labels are sampled more often than their share
 * of the bytes. */
static double
power(double x, double e)
{
	return x > 0 ? num_exp(e * num_ln(x)) : 0;
}

static void
compute_shares(struct langid_corpus *c, const char *focus)
{
	double labels = 0;

	for (size_t i = 0; i < c->n; i++) {
		struct corpus_label *l = &c->label[i];
		double sources = 0;

		labels += power((double)l->bytes, 0.4) * (in_focus(focus, l) ? 1 : 0.35);
		l->share_end = labels;
		for (size_t k = 0; k < l->n; k++) {
			struct corpus_source *s = &l->source[k];

			sources += power((double)s->bytes, 0.5) * s->weight;
			s->share_end = sources;
		}
	}
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct corpus_label *)a)->name,
	    ((const struct corpus_label *)b)->name);
}

int
langid_corpus_ready(struct langid_corpus *c, const char *focus, struct err *err)
{
	static const char *const leak[] = { "en-Latn", "und", "zxx" };
	size_t n = 0;

	name_scripts(c);
	for (size_t i = 0; i < c->n; i++) {
		struct corpus_label *l = &c->label[i];

		if (l->bytes == 0)
			return err_set(err, EXIT_DATA,
			    "label '%s' has no line of at least %d bytes: add text",
			    l->name, LINE_MIN);
	}
	if (c->n < 2)
		return err_set(err, EXIT_DATA,
		    "a model needs at least 2 languages, the documents have %zu", c->n);
	if (check_focus(c, focus, err) < 0)
		return -1;
	qsort(c->label, c->n, sizeof *c->label, by_name);
	for (size_t i = 1; i < c->n; i++)
		if (strcmp(c->label[i].name, c->label[i - 1].name) == 0)
			return err_set(err, EXIT_DATA,
			    "label '%s' occurs with and without field 'lang_script': set "
			    "it always or never",
			    c->label[i].name);
	for (size_t i = 0; i < c->n; i++)
		for (size_t k = 0; k < sizeof leak / sizeof *leak; k++)
			if (strcmp(c->label[i].name, leak[k]) == 0)
				c->leak_label[n++] = i;
	c->leak_labels = n;
	make_char_codes(c);
	compute_shares(c, focus);
	return 0;
}

void
langid_corpus_free(struct langid_corpus *c)
{
	for (size_t i = 0; i < c->n; i++) {
		for (size_t k = 0; k < c->label[i].n; k++) {
			free(c->label[i].source[k].name);
			free(c->label[i].source[k].line);
		}
		free(c->label[i].source);
		free(c->label[i].script_chars);
	}
	free(c->label);
	free(c->base);
	arena_free(&c->text);
	buf_free(&c->noisy);
}
