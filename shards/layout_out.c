/* layout_out.c - write tokens in the layouts of other programs. */
#include "shards/layout_out.h"

#include <inttypes.h>
#include <stdlib.h>

#include "lib/base/mem.h"
#include "lib/base/num.h"
#include "lib/io/publish.h"
#include "lib/io/stream.h"

enum { BUFFER = 1 << 20 };

/* A file that is written in large pieces. */
struct piecewise {
	struct publish file;
	struct buf buf;
};

struct layout_out {
	const struct token_layout *l;
	char *prefix;
	uint32_t width;
	struct piecewise tokens, loss;
	bool has_loss;
	struct out *documents; /* NULL: none */
	uint64_t n, begin;     /* tokens; those before the current document */
	struct buf line;
};

static int
piece_open(struct piecewise *p, const char *prefix, const char *ending, struct err *err)
{
	struct buf path = { 0 };
	int rc;

	buf_putf(&path, "%s%s", prefix, ending);
	buf_putc(&path, '\0');
	rc = publish_open(&p->file, path.p, 0666, err);
	buf_free(&path);
	return rc;
}

static int
piece_flush(struct piecewise *p, size_t least, struct err *err)
{
	if (p->buf.n < least || p->buf.n == 0)
		return 0;
	if (publish_write(&p->file, buf_span(&p->buf), err) < 0)
		return -1;
	p->buf.n = 0;
	return 0;
}

static void
piece_abort(struct piecewise *p)
{
	publish_abort(&p->file);
	buf_free(&p->buf);
}

int
layout_out_open(struct layout_out **out, const struct token_layout *l, const char *prefix,
    uint32_t width, bool loss, struct err *err)
{
	struct layout_out *o = xcalloc(1, sizeof *o);
	struct buf path = { 0 };

	*out = o;
	o->l = l;
	o->prefix = xstrdup(prefix);
	o->width = width;
	o->has_loss = loss && l->loss;
	o->tokens.file.fd = o->loss.file.fd = -1;
	if (piece_open(&o->tokens, prefix, l->tokens, err) < 0 ||
	    (o->has_loss && piece_open(&o->loss, prefix, l->loss, err) < 0))
		return -1;
	if (l->kind == LAYOUT_LLMC)
		for (int i = 0; i < LLMC_HEADER; i++)
			buf_putc(&o->tokens.buf, 0);
	if (!l->documents)
		return 0;
	buf_putf(&path, "%s%s", prefix, l->documents);
	buf_putc(&path, '\0');
	o->documents = out_open(path.p, 0, 0666, err);
	buf_free(&path);
	return o->documents ? 0 : -1;
}

int
layout_out_put(
    struct layout_out *o, const void *tokens, size_t n, bool loss, struct err *err)
{
	buf_put(&o->tokens.buf, tokens, n * o->width);
	o->n += n;
	for (size_t i = 0; i < n && o->has_loss; i++)
		buf_putc(&o->loss.buf, loss);
	return piece_flush(&o->tokens, BUFFER, err) < 0
		   ? -1
		   : piece_flush(&o->loss, BUFFER, err);
}

uint64_t
layout_out_tokens(const struct layout_out *o)
{
	return o->n;
}

/* A field of a line of comma-separated values. */
static void
put_field(struct buf *b, const char *s)
{
	const bool quote = strpbrk(s, ",\"\r\n") != NULL;

	buf_puts(b, quote ? ",\"" : ",");
	for (; *s; s++) {
		if (*s == '"')
			buf_putc(b, '"');
		buf_putc(b, *s);
	}
	if (quote)
		buf_putc(b, '"');
}

int
layout_out_end(struct layout_out *o, const struct layout_origin *from, struct err *err)
{
	const uint64_t begin = o->begin;

	o->begin = o->n;
	if (!o->documents)
		return 0;
	o->line.n = 0;
	if (o->l->kind == LAYOUT_OLMO) {
		if (!from)
			return 0;
		buf_putf(&o->line, "%" PRIu64 ",%" PRIu64, begin, o->n);
		put_field(&o->line, from->id);
		put_field(&o->line, from->source);
		buf_putf(&o->line, ",%" PRIu64 "\r\n", from->ordinal);
	} else {
		for (unsigned shift = 0; shift < 64; shift += 8)
			buf_putc(&o->line, (char)(o->n >> shift));
	}
	return out_write(o->documents, buf_span(&o->line), err);
}

/* Write the header of llm.c, which has the number of tokens. */
static int
put_llmc_header(struct layout_out *o, struct err *err)
{
	const uint32_t head[] = { o->width == 2 ? LLMC_MAGIC_U16 : LLMC_MAGIC_U32,
		o->width == 2 ? LLMC_VERSION_U16 : LLMC_VERSION_U32, (uint32_t)o->n };

	o->line.n = 0;
	for (size_t i = 0; i < sizeof head / sizeof *head; i++)
		for (unsigned shift = 0; shift < 32; shift += 8)
			buf_putc(&o->line, (char)(head[i] >> shift));
	return publish_patch(&o->tokens.file, buf_span(&o->line), 0, err);
}

/* The three lines that datatrove writes beside the tokens. */
static int
put_metadata(struct layout_out *o, struct err *err)
{
	struct buf path = { 0 };
	int rc;

	o->line.n = 0;
	buf_putf(
	    &o->line, "Unknown Tokenizer|%" PRIu32 "\n%" PRIu64 "\n", o->width, o->n);
	num_put_si(&o->line, (double)o->n, "T");
	buf_putf(&path, "%s.ds.metadata", o->prefix);
	buf_putc(&path, '\0');
	rc = file_put(path.p, buf_span(&o->line), 0666, err);
	buf_free(&path);
	return rc;
}

static int
commit(struct layout_out *o, struct err *err)
{
	struct out *documents = o->documents;

	if (piece_flush(&o->tokens, 0, err) < 0 || piece_flush(&o->loss, 0, err) < 0)
		return -1;
	if (o->l->kind == LAYOUT_LLMC && put_llmc_header(o, err) < 0)
		return -1;
	o->documents = NULL;
	if (documents && out_commit(documents, err) < 0)
		return -1;
	if (o->l->kind == LAYOUT_DATATROVE && put_metadata(o, err) < 0)
		return -1;
	if (o->has_loss && publish_commit(&o->loss.file, err) < 0)
		return -1;
	return publish_commit(&o->tokens.file, err);
}

int
layout_out_commit(struct layout_out *o, struct err *err)
{
	const int rc = commit(o, err);

	layout_out_abort(o);
	return rc;
}

void
layout_out_abort(struct layout_out *o)
{
	if (!o)
		return;
	piece_abort(&o->tokens);
	piece_abort(&o->loss);
	out_abort(o->documents);
	buf_free(&o->line);
	free(o->prefix);
	free(o);
}
