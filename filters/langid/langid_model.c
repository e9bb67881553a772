/* langid_model.c - embed the built-in model, open models, and score texts with them. */
#include "filters/langid/langid_model.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "filters/langid/windows.h"
#include "lib/base/chars.h"
#include "lib/base/num.h"
#include "lib/text/unicode.h"
#include "lib/text/utf8.h"

/* The path is relative to the root of the source tree, where make runs. */
__asm__(".section .rodata\n"
	".balign 64\n"
	"langid_model_bytes:\n"
	".incbin \"filters/langid/langid.model\"\n"
	"langid_model_end:\n"
	".byte 0\n"
	".text\n");

extern const char langid_model_bytes[], langid_model_end[];

static bool
is_fasttext(const char *path)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char magic[4];
	bool is;

	if (fd < 0)
		return false;
	is = read(fd, magic, sizeof magic) == (ssize_t)sizeof magic &&
	     memcmp(magic, "\xba\x16\x4f\x2f", sizeof magic) == 0;
	close(fd);
	return is;
}

/* Parse "__label__eng_Latn" as language en and script Latn, "__label__en" as en. */
static int
parse_fasttext_label(
    struct langid_model *m, uint32_t i, const char *path, struct err *err)
{
	struct langid_label *l = &m->label[i];
	struct span name = fasttext_label(m->fasttext, i);
	char *script;

	if (span_starts(name, SPAN("__label__")))
		name = span_from(name, strlen("__label__"));
	if (name.n > LANGID_LABEL_MAX || !utf8_valid(name))
		return err_set(err, EXIT_DATA,
		    "%s: label '%.*s' is not a language: use this model with classify",
		    path, name.n > 100 ? 100 : (int)name.n, name.p);
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

static int
open_fasttext(struct langid_model *m, const char *path, struct err *err)
{
	m->fasttext = fasttext_open(path, err);
	if (!m->fasttext)
		return -1;
	m->labels = fasttext_labels(m->fasttext);
	m->label = xcalloc(m->labels, sizeof *m->label);
	m->hash = fasttext_hash(m->fasttext);
	for (uint32_t i = 0; i < m->labels; i++)
		if (parse_fasttext_label(m, i, path, err) < 0)
			return -1;
	return 0;
}

static int
open_linear(struct langid_model *m, const char *path, struct err *err)
{
	const struct span built_in = { langid_model_bytes,
		(size_t)(langid_model_end - langid_model_bytes) };
	const char *name = path ? path : "built-in model";

	if ((path ? linear_open(&m->linear, path, "lang", err)
		  : linear_parse(&m->linear, built_in, "lang", name, err)) < 0)
		return -1;
	if (!char_codes_read(&m->codes, m->linear.extra))
		return err_set(err, EXIT_DATA,
		    "%s: damaged: re-download or retrain the model", name);
	m->hash = m->linear.hash;
	m->labels = m->linear.labels;
	m->label = xcalloc(m->labels, sizeof *m->label);
	for (size_t i = 0; i < m->labels; i++) {
		struct langid_label *l = &m->label[i];
		char *dash;

		memcpy(l->lang, m->linear.label[i], sizeof m->linear.label[i]);
		l->script = "";
		dash = strchr(l->lang, '-');
		if (dash) {
			*dash = '\0';
			l->script = dash + 1;
		}
	}
	return 0;
}

/* Link the labels of each language. */
static void
group_labels(struct langid_model *m)
{
	for (size_t i = 0; i < m->labels; i++) {
		struct langid_label *l = &m->label[i];

		l->allowed = true;
		l->group = langid_model_find(m, span_of(l->lang));
		l->next = NO_LABEL;
		for (size_t k = i; k-- > 0 && l->group < (int)i;)
			if (m->label[k].group == l->group) {
				m->label[k].next = (int)i;
				break;
			}
	}
}

int
langid_model_open(struct langid_model *m, const char *path, struct err *err)
{
	int rc;

	*m = (struct langid_model){ 0 };
	if (path && is_fasttext(path))
		rc = open_fasttext(m, path, err);
	else
		rc = open_linear(m, path, err);
	if (rc < 0) {
		langid_model_close(m);
		return -1;
	}
	group_labels(m);
	return 0;
}

int
langid_model_find(const struct langid_model *m, struct span lang)
{
	for (size_t i = 0; i < m->labels; i++)
		if (span_eq(span_of(m->label[i].lang), lang))
			return (int)i;
	return NO_LABEL;
}

int
langid_model_allow(struct langid_model *m, const char *langs, struct err *err)
{
	struct span lang;

	for (size_t i = 0; i < m->labels; i++)
		m->label[i].allowed = false;
	m->restricted = true;
	while (list_next(&langs, &lang)) {
		const int found = langid_model_find(m, lang);

		if (found == NO_LABEL)
			return err_set(err, EXIT_USAGE,
			    "--candidates: language '%.*s' is not in the model: "
			    "tamis-langid(1) lists the languages of the built-in model",
			    (int)lang.n, lang.p);
		for (size_t i = 0; i < m->labels; i++)
			m->label[i].allowed |= m->label[i].group == found;
	}
	return 0;
}

void
langid_model_close(struct langid_model *m)
{
	linear_close(&m->linear);
	fasttext_close(m->fasttext);
	free(m->label);
	*m = (struct langid_model){ 0 };
}

int
langid_score(const struct langid_model *m, const struct linear_total *t, float *z)
{
	const size_t best = linear_scores(&m->linear, t, z);

	if (!m->restricted)
		return (int)best;
	for (size_t i = 0; i < m->linear.labels; i++)
		if (!m->label[i].allowed)
			z[i] = -1e30F;
	return (int)linear_argmax(&m->linear, z);
}

double
langid_probability(const struct langid_model *m, const float *z, int best, int label)
{
	const double all = linear_log_sum(&m->linear, z, (size_t)best);
	double p = 0;

	for (int i = m->label[label].group; i != NO_LABEL; i = m->label[i].next)
		p += num_exp((double)z[i] - all);
	return p < 1 ? p : 1;
}

struct langid_scratch *
langid_scratch_new(const struct langid_model *m)
{
	struct langid_scratch *s = xcalloc(1, sizeof *s);

	if (m->fasttext) {
		s->fasttext = fasttext_scratch_new(m->fasttext);
		s->allowed = xcalloc(m->labels, sizeof *s->allowed);
		s->score = xcalloc(m->labels, sizeof *s->score);
	} else {
		s->cache = langid_cache_new();
		s->score = xcalloc(m->linear.padded, sizeof *s->score);
	}
	return s;
}

void
langid_scratch_free(struct langid_scratch *s)
{
	if (!s)
		return;
	langid_cache_free(s->cache);
	fasttext_scratch_free(s->fasttext);
	free(s->allowed);
	free(s->score);
	buf_free(&s->windows);
	buf_free(&s->scores);
	buf_free(&s->steps);
	buf_free(&s->spans);
	buf_free(&s->sums);
	free(s);
}
