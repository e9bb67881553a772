/* decode.c - decode lines of token ids to documents. */
#include <inttypes.h>
#include <stdlib.h>

#include "lib/driver/common.h"
#include "lib/text/json.h"
#include "lib/text/utf8.h"
#include "tok/model_io.h"

#define CHUNK ((size_t)1 << 20) /* bytes that are read at a time */

struct decode {
	const char *model_path;
	bool raw;

	struct model model;
	struct lines_out lines;

	/* The current line: its ids so far, and the number that is being read. */
	uint32_t *id;
	size_t n, cap;
	uint64_t number;
	bool digits; /* number has some */
	uint64_t line, max_ids;
};

static const struct decode defaults = { 0 };

static const struct opt opts[] = {
	OPT_NOREPORT(OPT_T_STR, 'm', "model", struct decode, model_path, "FILE",
	    "SentencePiece model to decode with"),
	OPT_BOOL(0, "raw", struct decode, raw,
	    "write only the text, without JSON or separators"),
	OPT_END,
};

static void
put_text(struct decode *t, struct span s)
{
	struct buf repaired = { 0 }, *out = &t->lines.raw;

	if (t->raw) {
		buf_put(out, s.p, s.n);
		return;
	}
	/* Pieces may contain any bytes, JSON may not. */
	if (!utf8_valid(s)) {
		utf8_repair(&repaired, s);
		s = buf_span(&repaired);
	}
	buf_puts(out, "{\"text\":");
	json_quote(out, s);
	buf_puts(out, "}\n");
	buf_free(&repaired);
}

static int
end_number(struct decode *t, const char *name, struct err *err)
{
	if (!t->digits)
		return 0;
	t->digits = false;
	if (t->number >= t->model.n)
		return err_set(err, EXIT_DATA,
		    "%s:%" PRIu64 ": id %" PRIu64 "%s, '%s' has ids below %" PRIu32
		    ": decode with the model that encoded",
		    name, t->line, t->number, t->number > UINT32_MAX ? " or more" : "",
		    t->model_path, t->model.n);
	if (t->n == t->max_ids)
		return err_set(err, EXIT_DATA,
		    "%s:%" PRIu64 ": more than %" PRIu64
		    " ids, the limit of --max-doc: raise it",
		    name, t->line, t->max_ids);
	if (t->n == t->cap) {
		t->cap = t->cap ? xmul(t->cap, 2) : 4096;
		t->id = xrealloc(t->id, t->cap, sizeof *t->id);
	}
	t->id[t->n++] = (uint32_t)t->number;
	t->number = 0;
	return 0;
}

static int
end_line(struct decode *t, const char *name, struct err *err)
{
	char *text;
	size_t n;

	if (end_number(t, name, err) < 0)
		return -1;
	if (model_decode(&t->model, t->id, t->n, &text, &n) < 0)
		return err_set(
		    err, EXIT_SYSTEM, "%s:%" PRIu64 ": out of memory", name, t->line);
	put_text(t, (struct span){ text, n });
	free(text);
	t->n = 0;
	t->line++;
	return lines_out_flush(&t->lines, err);
}

/* Take n bytes of input; the next call may continue their last line. */
static int
take(struct decode *t, const char *p, size_t n, const char *name, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] >= '0' && p[i] <= '9') {
			/* A number above UINT32_MAX grows no further, and is out of
			 * range. */
			if (t->number <= UINT32_MAX)
				t->number = t->number * 10 + (uint64_t)(p[i] - '0');
			t->digits = true;
		} else if (p[i] == '\n') {
			if (end_line(t, name, err) < 0)
				return -1;
		} else if (p[i] == ' ' || p[i] == '\t' || p[i] == '\r') {
			if (end_number(t, name, err) < 0)
				return -1;
		} else {
			return err_set(err, EXIT_DATA,
			    "%s:%" PRIu64
			    ": '%c' is not part of a token id: decode the output of "
			    "'tamis encode --ids'",
			    name, t->line, p[i]);
		}
	}
	return 0;
}

static int
decode_file(struct decode *t, const char *path, char *chunk, struct err *err)
{
	struct in *in = in_open(path, err);
	ptrdiff_t n;
	int rc = -1;
	char last = '\n';

	if (!in)
		return -1;
	t->line = 1;
	while ((n = in_read(in, chunk, CHUNK, err)) > 0) {
		if (take(t, chunk, (size_t)n, in_name(in), err) < 0)
			goto out;
		last = chunk[n - 1];
	}
	rc = n < 0 ? -1 : 0;
	if (rc == 0 && last != '\n')
		rc = end_line(t, in_name(in), err);
out:
	in_close(in);
	return rc;
}

static int
decode_run(void *self, const struct common *c, int n, char **operand, struct err *err)
{
	struct decode *t = self;
	char *chunk = xmalloc(CHUNK);
	int rc = -1;

	t->max_ids = c->max_doc;
	if (!t->model_path) {
		err_set(err, EXIT_USAGE, "no model: name one with -m FILE");
		goto out;
	}
	if (model_load(&t->model, t->model_path, err) < 0)
		goto out;
	if (lines_out_open(&t->lines, c->output, c->level, err) < 0)
		goto out;
	rc = n == 0 ? decode_file(t, "-", chunk, err) : 0;
	for (int i = 0; i < n && rc == 0; i++)
		rc = decode_file(t, operand[i], chunk, err);
	if (rc == 0)
		rc = lines_out_commit(&t->lines, err);
out:
	lines_out_close(&t->lines);
	model_free(&t->model);
	free(t->id);
	free(chunk);
	return rc;
}

const struct tool tool_decode = {
	.name = "decode",
	.summary = "turn lines of token ids back into documents",
	.example = "tamis decode -m corpus.model ids.txt",
	.operands = "-m MODEL [FILE...]",
	.common = " output compress max-doc ",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.run = decode_run,
};
