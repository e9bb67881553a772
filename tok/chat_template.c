/* chat_template.c - print a chat template, as a file or for a server. */
#include <stdio.h>

#include "lib/driver/common.h"
#include "tok/template/template_file.h"

struct chat_template_conf {
	bool jinja;
};

static const struct chat_template_conf defaults = { 0 };

static const struct opt opts[] = {
	OPT_BOOL(0, "jinja", struct chat_template_conf, jinja,
	    "print the chat_template of tokenizer_config.json that renders the same"),
	OPT_END,
};

static int
put_jinja(const char *name, struct buf *out, struct err *err)
{
	struct chat_template t;
	int rc = chat_template_open(&t, name, err);

	if (rc == 0)
		chat_template_jinja(&t, out);
	chat_template_free(&t);
	return rc;
}

/* Print a template file, which must be valid. */
static int
put_file(const char *name, struct buf *out, struct err *err)
{
	struct chat_template t;
	int rc = chat_template_open(&t, name, err);

	if (rc == 0)
		chat_template_put(&t, out);
	chat_template_free(&t);
	return rc;
}

static int
chat_template_run(
    void *self, const struct common *c, int n, char **operand, struct err *err)
{
	const struct chat_template_conf *conf = self;
	struct buf out = { 0 };
	const char *name;
	int rc = 0;

	if (n > 1)
		return err_set(err, EXIT_USAGE, "name one template");
	if (n == 0 && conf->jinja)
		return err_set(err, EXIT_USAGE, "--jinja: name a template");
	for (size_t i = 0; n == 0 && (name = chat_builtin_name(i)); i++)
		buf_putf(&out, "%s\n", name);
	if (n == 1)
		rc = conf->jinja ? put_jinja(operand[0], &out, err)
				 : put_file(operand[0], &out, err);
	if (rc == 0)
		fwrite(out.p, 1, out.n, stdout); /* main checks stdout for errors */
	buf_free(&out);
	return rc;
}

const struct tool tool_chat_template = {
	.name = "chat-template",
	.summary = "print a chat template, as a file or for a server",
	.example = "tamis chat-template --jinja chatml",
	.operands = "[NAME|FILE]",
	.common = "",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.run = chat_template_run,
};
