/* langid_model.c - the model that tamis has inside: its bytes, and opening it or another.
 */
#include <stdlib.h>

#include "filters/langid/identify_impl.h"

/* The file as it is, from the folder that make runs in. */
__asm__(".section .rodata\n"
	".balign 64\n"
	"langid_model_bytes:\n"
	".incbin \"filters/langid/langid.model\"\n"
	"langid_model_end:\n"
	".byte 0\n"
	".text\n");

extern const char langid_model_bytes[], langid_model_end[];

/* Labels of one language: the first is the group, and each knows the next. */
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

static int
open_ours(struct langid_model *m, const char *path, struct err *err)
{
	const struct span inside = { langid_model_bytes,
		(size_t)(langid_model_end - langid_model_bytes) };
	const char *name = path ? path : "the model inside tamis";

	if ((path ? linear_open(&m->linear, path, "lang", err)
		  : linear_use(&m->linear, inside, "lang", name, err)) < 0)
		return -1;
	if (!letters_read(&m->letters, m->linear.extra))
		return err_set(
		    err, EXIT_DATA, "%s: damaged: copy or train it again", name);
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

int
langid_model_open(struct langid_model *m, const char *path, struct err *err)
{
	int rc;

	*m = (struct langid_model){ 0 };
	if (path && langid_is_fasttext(path))
		rc = langid_fasttext_open(m, path, err);
	else
		rc = open_ours(m, path, err);
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
	for (size_t i = 0; i < m->labels; i++)
		m->label[i].allowed = false;
	m->restricted = true;
	for (const char *p = langs;; p++) {
		const struct span lang = { p, strcspn(p, ",") };
		const int found = langid_model_find(m, lang);

		if (found == NO_LABEL)
			return err_set(err, EXIT_USAGE,
			    "'%.*s': the model does not know this language: "
			    "tamis-langid(1) lists those of the one inside",
			    (int)lang.n, lang.p);
		for (size_t i = 0; i < m->labels; i++)
			m->label[i].allowed |= m->label[i].group == found;
		p += lang.n;
		if (!*p)
			return 0;
	}
}

void
langid_model_close(struct langid_model *m)
{
	linear_close(&m->linear);
	fasttext_close(m->fasttext);
	free(m->label);
	*m = (struct langid_model){ 0 };
}
