/* opt_help.c - the option list of --help: at most 80 columns, with the defaults. */
#include "lib/driver/opt_help.h"

#include <inttypes.h>
#include <stdio.h>

enum { INDENT = 32, WIDTH = 80 };

/* "64Mi", "300M" or "4096": the shortest way to write v. */
static void
put_bytes(struct buf *b, uint64_t v)
{
	static const char units[] = "KMGT";
	size_t i = 0;
	const uint64_t base = v % 1024 == 0 ? 1024 : 1000;

	for (; i < 4 && v % base == 0; i++)
		v /= base;
	buf_putf(b, "%" PRIu64, v);
	if (i)
		buf_putf(b, "%c%s", units[i - 1], base == 1024 ? "i" : "");
}

/* Append the default of o, or nothing if it has none or its help states it. */
static void
put_default(struct buf *b, const struct opt *o, const void *conf)
{
	const void *v = (const char *)conf + o->offset;
	const size_t start = b->n;
	const char *word;

	if (strstr(o->help, "default"))
		return;
	buf_puts(b, "; default: ");
	switch (o->type) {
	case OPT_T_U64:
	case OPT_T_BYTES:
		/* The largest number means no limit; 0 mostly means "not given". */
		if (*(const uint64_t *)v == UINT64_MAX || *(const uint64_t *)v == 0)
			break;
		if (o->type == OPT_T_BYTES)
			put_bytes(b, *(const uint64_t *)v);
		else
			buf_putf(b, "%" PRIu64, *(const uint64_t *)v);
		return;
	case OPT_T_DOUBLE:
		if (!(*(const double *)v > 0))
			break;
		buf_putf(b, "%g", *(const double *)v);
		return;
	case OPT_T_STR:
		if (!*(const char *const *)v)
			break;
		buf_puts(b, *(const char *const *)v);
		return;
	case OPT_T_ENUM:
		word = o->arg;
		for (unsigned i = *(const unsigned *)v; i; i--)
			word = strchr(word, '|') + 1;
		buf_put(b, word, strcspn(word, "|"));
		return;
	case OPT_T_BOOL:
	case OPT_T_LEVEL:
	case OPT_T_LIST:
	case OPT_T_END:
		break;
	}
	b->n = start;
}

/* Append text from column INDENT on, where the line is already, and end the line. */
static void
put_wrapped(struct buf *out, struct span text)
{
	size_t column = INDENT;

	while (text.n) {
		const char *end = memchr(text.p, ' ', text.n);
		const size_t n = end ? (size_t)(end - text.p) : text.n;

		if (column > INDENT && column + 1 + n > WIDTH) {
			buf_putf(out, "\n%*s", INDENT, "");
			column = INDENT;
		} else if (column > INDENT) {
			buf_putc(out, ' ');
			column++;
		}
		buf_put(out, text.p, n);
		column += n;
		text = span_from(text, end ? n + 1 : n);
	}
	buf_putc(out, '\n');
}

static void
put_name(struct buf *out, const struct opt *o)
{
	const size_t start = out->n;
	size_t n;

	if (o->letter)
		buf_putf(out, "  -%c, --%s", o->letter, o->name);
	else
		buf_putf(out, "      --%s", o->name);
	if (o->type == OPT_T_LEVEL)
		buf_puts(out, "[=LEVEL]");
	else if (o->type != OPT_T_BOOL)
		buf_putf(out, "=%s", o->arg);
	n = out->n - start;
	if (n + 2 > INDENT)
		buf_putf(out, "\n%*s", INDENT, "");
	else
		buf_putf(out, "%*s", (int)(INDENT - n), "");
}

void
opt_help(const struct opt *rows, const void *defaults, struct buf *out)
{
	struct buf text = { 0 };

	for (const struct opt *o = rows; o->type != OPT_T_END; o++) {
		if (!o->help)
			continue;
		put_name(out, o);
		text.n = 0;
		buf_puts(&text, o->help);
		put_default(&text, o, defaults);
		put_wrapped(out, buf_span(&text));
	}
	buf_free(&text);
}
