/* fasttext_labels.c - fastText's models in langid: lid.176, GlotLID, OpenLID and others.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "filters/langid/identify_impl.h"
#include "lib/text/unicode.h"
#include "lib/text/utf8.h"

bool
langid_is_fasttext(const char *path)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char magic[4];
	bool is = false;

	if (fd < 0)
		return false;
	is = read(fd, magic, sizeof magic) == (ssize_t)sizeof magic &&
	     memcmp(magic, "\xba\x16\x4f\x2f", sizeof magic) == 0;
	close(fd);
	return is;
}

/* "__label__eng_Latn" is en in Latn, "__label__en" is en. */
static int
take_label(struct langid_model *m, uint32_t i, struct err *err)
{
	struct langid_label *l = &m->label[i];
	struct span name = fasttext_label(m->fasttext, i);
	char *script;

	if (span_starts(name, SPAN("__label__")))
		name = span_from(name, strlen("__label__"));
	if (name.n > LANGID_LABEL_MAX || !utf8_valid(name))
		return err_set(err, EXIT_DATA,
		    "'%.*s' is no name of a language: use classify for this model",
		    name.n > 100 ? 100 : (int)name.n, name.p);
	memcpy(l->lang, name.p, name.n);
	l->script = "";
	script = strchr(l->lang, '_');
	if (script && strlen(script) == 5) {
		*script = '\0';
		l->script = script + 1;
	}
	unicode_language(l->lang);
	return 0;
}

int
langid_fasttext_open(struct langid_model *m, const char *path, struct err *err)
{
	m->fasttext = fasttext_open(path, err);
	if (!m->fasttext)
		return -1;
	m->labels = fasttext_labels(m->fasttext);
	m->label = xcalloc(m->labels, sizeof *m->label);
	m->hash = fasttext_hash(m->fasttext);
	for (uint32_t i = 0; i < m->labels; i++)
		if (take_label(m, i, err) < 0)
			return -1;
	return 0;
}

/* Of the labels that are allowed, whose probabilities then sum to one. */
static struct langid_guess
guess_allowed(const struct langid_model *m, struct langid_scratch *s, struct span text)
{
	struct langid_guess g = { NO_LABEL, 0, NO_LABEL };
	float best = 0, sum = 0;
	size_t n = 0;
	int rc;

	for (uint32_t i = 0; i < m->labels; i++)
		if (m->label[i].allowed)
			s->allowed[n++] = i;
	rc = fasttext_score(m->fasttext, s->fasttext, text, s->allowed, n, s->score);
	for (size_t i = 0; i < n && rc > 0; i++) {
		sum += s->score[i];
		if (g.label == NO_LABEL || s->score[i] > best) {
			best = s->score[i];
			g.label = (int)s->allowed[i];
		}
	}
	if (rc < 0)
		g.label = BROKEN_MODEL;
	else if (rc > 0)
		g.p = sum > 0 ? (double)best / (double)sum : 0;
	return g;
}

struct langid_guess
langid_fasttext_guess(
    const struct langid_model *m, struct langid_scratch *s, struct span text)
{
	struct langid_guess g = { NO_LABEL, 0, NO_LABEL };
	struct fasttext_guess best;
	int rc;

	if (m->restricted)
		return guess_allowed(m, s, text);
	rc = fasttext_predict(m->fasttext, s->fasttext, text, 1, &best);
	if (rc < 0)
		g.label = BROKEN_MODEL;
	if (rc <= 0)
		return g;
	g.label = (int)best.label;
	g.p = best.p < 1 ? (double)best.p : 1;
	return g;
}
