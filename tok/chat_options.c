/* chat_options.c - check and open the options of encode for conversations. */
#include <stdlib.h>

#include "tok/encode.h"

static int
check_label(const char *name, struct err *err)
{
	const size_t n = strspn(name, TSHARD_NUMBER_CHARS);

	if (n > 0 && n <= TSHARD_LABEL_NAME && name[n] == '\0')
		return 0;
	return err_set(err, EXIT_USAGE,
	    "--labels: '%s': a shard stores names of 1 to %d characters A-Za-z0-9._/+-: "
	    "rename the field",
	    name, TSHARD_LABEL_NAME);
}

/* Split --labels at its commas. */
static int
read_label_names(struct chat_options *o, struct err *err)
{
	char *rest;

	if (!o->label_names)
		return 0;
	rest = o->label_text = xstrdup(o->label_names);
	while (rest) {
		char *name = rest;

		rest = strchr(name, ',');
		if (rest)
			*rest++ = '\0';
		if (check_label(name, err) < 0)
			return -1;
		for (size_t i = 0; i < o->n_labels; i++)
			if (strcmp(o->label[i], name) == 0)
				return err_set(err, EXIT_USAGE,
				    "--labels: '%s' a second time: remove one", name);
		if (o->n_labels == TSHARD_MOST_LABELS)
			return err_set(err, EXIT_USAGE,
			    "--labels: more than %d names: a shard stores no more",
			    TSHARD_MOST_LABELS);
		o->label[o->n_labels++] = name;
	}
	return 0;
}

int
chat_options_check(const struct chat_options *o, struct err *err)
{
	if (!o->name && (o->loss || o->policy || o->seq || o->truncate ||
			    o->prompt_only || o->pairs || o->label_names))
		return err_set(err, EXIT_USAGE,
		    "--loss, --control, --seq, --truncate, --prompt-only, --pairs and "
		    "--labels are about conversations: name a chat template with "
		    "--template");
	if (o->truncate && o->seq == 0)
		return err_set(err, EXIT_USAGE,
		    "--truncate needs the longest length: name it with --seq N");
	if (o->truncate == CHAT_TRUNCATE_TURNS && (o->prompt_only || o->pairs))
		return err_set(err, EXIT_USAGE,
		    "--truncate turns: a %s has no turn to spare: choose drop",
		    o->pairs ? "pair" : "prompt");
	if (o->name && strcmp(o->name, "none") == 0 &&
	    (o->pairs || o->prompt_only || o->loss || o->truncate == CHAT_TRUNCATE_TURNS))
		return err_set(err, EXIT_USAGE,
		    "--template none takes one prompt and its completion, without turns: "
		    "omit --loss, --pairs, --prompt-only and --truncate turns");
	if (o->prompt_only && (o->pairs || o->loss))
		return err_set(err, EXIT_USAGE, "--prompt-only has no answers: omit %s",
		    o->pairs ? "--pairs" : "--loss");
	if (o->loss == CHAT_LOSS_NONE && (o->pairs || !o->label_names))
		return err_set(err, EXIT_USAGE,
		    "--loss none is for conversations that have labels alone: %s",
		    o->pairs ? "omit --pairs" : "name them with --labels");
	return 0;
}

int
chat_options_open(struct chat_options *o, const struct model *m, const char *path,
    struct tokenizer_options *t, struct err *err)
{
	struct tokenizer_options inner;

	if (!o->name)
		return 0;
	o->rendered = strcmp(o->name, "none") == 0;
	if (o->rendered && o->policy == CHAT_REFUSE)
		o->policy = CHAT_PARSE;
	/* The answers of a pair are trained, not those of its prompt. */
	if (o->pairs && o->loss == CHAT_LOSS_ANSWERS)
		o->loss = CHAT_LOSS_LAST;
	if (read_label_names(o, err) < 0)
		return -1;
	if (o->rendered)
		chat_template_of_controls(&o->template, m);
	else if (chat_template_open(&o->template, o->name, err) < 0 ||
		 chat_template_bind(&o->template, m, path, err) < 0)
		return -1;
	for (size_t i = 0; i < o->template.n && o->policy == CHAT_PLAIN; i++) {
		const uint32_t id = o->template.control[i].id;

		t->plain_symbols |=
		    id != MODEL_NO_ID && m->piece[id].type == MODEL_USER_DEFINED;
	}
	o->prefixes = m->dummy_prefix;
	if (!o->prefixes)
		return 0;
	inner = *t;
	inner.no_prefix = true;
	return tokenizer_open(&o->inner, m, path, &inner, err);
}

void
chat_options_close(struct chat_options *o)
{
	chat_template_free(&o->template);
	tokenizer_close(&o->inner);
	free(o->label_text);
}
