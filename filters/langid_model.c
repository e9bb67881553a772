/* langid_model.c - the model that tamis has inside: its bytes, and opening it or another.
 */
#include <stdlib.h>

#include "filters/langid_guess.h"

/* The file as it is, from the folder that make runs in. */
__asm__(".section .rodata\n"
	".balign 64\n"
	"langid_model_bytes:\n"
	".incbin \"filters/langid.model\"\n"
	"langid_model_end:\n"
	".byte 0\n"
	".text\n");

extern const char langid_model_bytes[], langid_model_end[];

static void
split_label(struct langid_model *m, size_t i)
{
	struct langid_label *l = &m->label[i];
	char *dash;

	memcpy(l->lang, m->linear.label[i], sizeof l->lang);
	l->allowed = true;
	l->script = "";
	dash = strchr(l->lang, '-');
	if (dash) {
		*dash = '\0';
		l->script = dash + 1;
	}
	l->group = langid_model_find(m, span_of(l->lang));
	l->next = NO_LABEL;
	for (size_t k = i; k-- > 0;)
		if (m->label[k].group == l->group && m->label[k].next == NO_LABEL) {
			m->label[k].next = (int)i;
			break;
		}
}

int
langid_model_open(struct langid_model *m, const char *path, struct err *err)
{
	const struct span inside = { langid_model_bytes,
		(size_t)(langid_model_end - langid_model_bytes) };
	const char *name = path ? path : "the model inside tamis";
	int rc;

	*m = (struct langid_model){ 0 };
	rc = path ? linear_open(&m->linear, path, "lang", err)
		  : linear_use(&m->linear, inside, "lang", name, err);
	if (rc < 0)
		return -1;
	if (!letters_read(&m->letters, m->linear.extra)) {
		langid_model_close(m);
		return err_set(
		    err, EXIT_DATA, "%s: damaged: copy or train it again", name);
	}
	m->label = xcalloc(m->linear.labels, sizeof *m->label);
	for (size_t i = 0; i < m->linear.labels; i++)
		split_label(m, i);
	return 0;
}

int
langid_model_find(const struct langid_model *m, struct span lang)
{
	for (size_t i = 0; i < m->linear.labels; i++)
		if (span_eq(span_of(m->label[i].lang), lang))
			return (int)i;
	return NO_LABEL;
}

int
langid_model_allow(struct langid_model *m, const char *langs, struct err *err)
{
	for (size_t i = 0; i < m->linear.labels; i++)
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
		for (size_t i = 0; i < m->linear.labels; i++)
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
	free(m->label);
	*m = (struct langid_model){ 0 };
}
