/* batch.c - write documents as requests to a server, but for the answered ones. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "filters/align/answer_index.h"
#include "filters/align/line_output.h"
#include "filters/align/request.h"
#include "lib/base/num.h"
#include "lib/base/table.h"

enum { LAST_USER, LAST_ASSISTANT };
enum { MAX_OUTPUTS = 4096 };

struct batch {
	const char *model, *body, *url;
	struct opt_list answers;
	uint64_t lines, size, choices;
	unsigned ids, last;
	bool need_stop;

	struct common c; /* output: that of the current file */
	struct request_rules rules;
	struct buf head, tail; /* of a request, before and after the messages */
	struct answer_index index;
	struct table seen; /* ids */
	struct line_output *out;
	size_t nout, out_cap;
	uint64_t in_file, bytes; /* requests and bytes of the current file */
	uint64_t written;
};

/* What map finds. */
struct asked {
	struct hash128 id;
	const struct answer_entry *entry; /* NULL: no answer */
	struct span line;
};

static const struct batch defaults = {
	.url = "/v1/chat/completions", .lines = 50000, .size = 200000000, .choices = 1
};

static const struct opt opts[] = {
	OPT_STR(0, "model", struct batch, model, "NAME", "the model that answers"),
	OPT_STR(0, "body", struct batch, body, "JSON",
	    "object with more fields of the body, such as {\"temperature\":0.7}"),
	OPT_STR(0, "url", struct batch, url, "PATH", "endpoint of the server"),
	OPT_U64('n', "choices", struct batch, choices, "answers to ask for"),
	OPT_NOREPORT(OPT_T_LIST, 0, "answers", struct batch, answers, "FILE",
	    "omit requests with an answer in FILE, a directory or glob; may be given "
	    "again"),
	OPT_BOOL(0, "need-stop", struct batch, need_stop,
	    "ask again for answers that did not end by themselves"),
	OPT_ENUM(0, "last", struct batch, last, "user|assistant",
	    "whose turn the last one must be"),
	OPT_ENUM(0, "ids", struct batch, ids, IDS_WORDS,
	    "ids of documents where they have one, or by their content"),
	OPT_U64(0, "lines", struct batch, lines, "requests in a file; 0: any number"),
	OPT_BYTES(0, "size", struct batch, size, "size of a file; 0: any"),
	OPT_END,
};

/* The fields of --body, without the braces. */
static int
put_body_fields(struct batch *b, struct err *err)
{
	struct json_fields f = { 0 };
	struct arena mem = { 0 };
	struct json_error e;
	int rc = 0;

	if (json_scan(span_of(b->body), &f, &mem, &e) < 0)
		rc = err_set(err, EXIT_USAGE, "--body: byte %zu: %s", e.at + 1, e.what);
	for (size_t i = 0; rc == 0 && i < f.n; i++) {
		const struct span key = f.v[i].key;

		if (span_eq(key, SPAN("messages")) || span_eq(key, SPAN("n")) ||
		    (b->model && span_eq(key, SPAN("model"))))
			rc = err_set(err, EXIT_USAGE,
			    "--body: field '%.*s' is set by tamis: remove it", (int)key.n,
			    key.p);
		buf_putc(&b->tail, ',');
		json_quote(&b->tail, key);
		buf_putc(&b->tail, ':');
		buf_put(&b->tail, f.v[i].value.p, f.v[i].value.n);
	}
	free(f.v);
	arena_free(&mem);
	return rc;
}

/* The parts of a request that are the same in all. */
static int
make_parts(struct batch *b, struct err *err)
{
	buf_puts(&b->head, ",\"method\":\"POST\",\"url\":");
	json_quote_any(&b->head, span_of(b->url));
	buf_puts(&b->head, ",\"body\":{");
	if (b->model) {
		buf_puts(&b->head, "\"model\":");
		json_quote_any(&b->head, span_of(b->model));
		buf_putc(&b->head, ',');
	}
	buf_puts(&b->head, "\"messages\":");
	if (b->body && put_body_fields(b, err) < 0)
		return -1;
	if (b->choices > 1)
		buf_putf(&b->tail, ",\"n\":%" PRIu64, b->choices);
	buf_puts(&b->tail, "}}\n");
	return 0;
}

/* The name of output number n, from 1: '%' in -o stands for it.  malloc'd. */
static char *
output_name(const struct batch *b, const char *pattern, size_t n)
{
	const size_t at = strcspn(pattern, "%");
	struct buf name = { 0 };

	buf_put(&name, pattern, at);
	if (pattern[at]) {
		buf_putf(&name, "%zu", n);
		buf_puts(&name, pattern + at + 1);
	}
	buf_putc(&name, '\0');
	return name.p;
}

static int
open_output(struct batch *b, struct err *err)
{
	struct common c = b->c;
	char *name = b->c.output ? output_name(b, b->c.output, b->nout + 1) : NULL;
	int rc;

	c.output = name;
	GROW(b->out, b->nout, b->out_cap);
	b->out[b->nout] = (struct line_output){ 0 };
	rc = line_output_open(&b->out[b->nout++], &c, err);
	free(name);
	b->in_file = b->bytes = 0;
	return rc;
}

static void
batch_close(void *self)
{
	struct batch *b = self;

	for (size_t i = 0; i < b->nout; i++)
		line_output_free(&b->out[i]);
	free(b->out);
	buf_free(&b->head);
	buf_free(&b->tail);
	table_free(&b->seen);
	answer_index_free(&b->index);
}

static int
batch_open(void *self, struct setup *setup, struct err *err)
{
	struct batch *b = self;

	setup->no_text = true;
	b->c = *setup->c;
	b->rules = (struct request_rules){ .c = setup->c,
		.ids = b->ids,
		.turns = true,
		.flags =
		    b->last == LAST_ASSISTANT ? TURNS_END_ASSISTANT : TURNS_END_USER };
	b->index.c = setup->c;
	b->index.rules = (struct answer_rules){
		.key = "custom_id", .need_stop = b->need_stop, .choices = b->choices
	};
	if (b->choices < 1 || b->choices > RESPONSE_CHOICES)
		err_set(err, EXIT_USAGE, "-n %" PRIu64 ": ask for 1 to %d answers",
		    b->choices, RESPONSE_CHOICES);
	else if (make_parts(b, err) == 0 &&
		 answer_index_read(
		     &b->index, &b->answers, "--answers", true, setup, err) == 0 &&
		 open_output(b, err) == 0)
		return 0;
	batch_close(b);
	return -1;
}

static void
batch_map(const void *self, void *scratch, struct doc *d)
{
	const struct batch *b = self;
	struct answered *a = scratch;
	struct asked *q = doc_alloc(d, sizeof *q);
	struct request r;

	*q = (struct asked){ 0 };
	doc_state_set(d, q);
	if (!request_read(&b->rules, a, d, &r))
		return;
	q->id = hash128(r.id, 0);
	q->entry = answer_index_get(&b->index, r.id);
	if (q->entry && q->entry->state == ANSWER_GOOD)
		return;
	a->buf.n = 0;
	buf_puts(&a->buf, "{\"custom_id\":");
	json_quote(&a->buf, r.id);
	buf_put(&a->buf, b->head.p, b->head.n);
	buf_put(&a->buf, r.messages.p, r.messages.n);
	buf_put(&a->buf, b->tail.p, b->tail.n);
	if (b->size && a->buf.n > b->size)
		doc_bad(d,
		    "the request has %zu bytes, --size is %" PRIu64
		    ": shorten the prompt, or raise it",
		    a->buf.n, b->size);
	q->line = doc_copy(d, buf_span(&a->buf));
}

static int
batch_fold(void *self, struct doc *d, struct err *err)
{
	struct batch *b = self;
	struct asked *q = doc_state(d);
	bool fresh;

	(void)table_put(&b->seen, q->id, &fresh);
	if (!fresh) {
		doc_bad(d, "another document makes a request of the same custom_id: "
			   "drop it with tamis exact, or give the documents ids");
		return 0;
	}
	if (q->entry && q->entry->state == ANSWER_GOOD)
		doc_drop(d, "batch.answered");
	else if (q->entry)
		doc_count(d, "asked again", 1);
	return 0;
}

/* Begin the next file, if the name of the output allows several. */
static int
next_output(struct batch *b, struct err *err)
{
	if (!b->c.output || !strchr(b->c.output, '%'))
		return err_set(err, EXIT_DATA,
		    "more than --lines %" PRIu64 " requests or --size %" PRIu64
		    " bytes: name several files, as in -o requests-%%.jsonl, or set "
		    "them to 0",
		    b->lines, b->size);
	if (b->nout == MAX_OUTPUTS)
		return err_set(
		    err, EXIT_DATA, "more than %d files: raise --lines", MAX_OUTPUTS);
	return open_output(b, err);
}

static int
batch_write(void *self, struct doc *d, struct err *err)
{
	struct batch *b = self;
	const struct asked *q = doc_state(d);
	struct line_output *o;

	if (((b->lines && b->in_file == b->lines) ||
		(b->size && b->bytes + q->line.n > b->size)) &&
	    next_output(b, err) < 0)
		return -1;
	o = &b->out[b->nout - 1];
	buf_put(&o->b, q->line.p, q->line.n);
	b->in_file++;
	b->bytes += q->line.n;
	b->written++;
	return line_output_flush(o, err);
}

/* Remove the files that an earlier run with more requests left. */
static int
remove_later(const struct batch *b, struct err *err)
{
	if (!b->c.output || !strchr(b->c.output, '%'))
		return 0;
	for (size_t n = b->nout + 1;; n++) {
		char *name = output_name(b, b->c.output, n);
		const int gone = unlink(name);

		if (gone == 0 || access(name, F_OK) < 0) {
			free(name);
			if (gone == 0)
				continue;
			return 0;
		}
		err_errno(err, "cannot remove '%s', of an earlier run", name);
		free(name);
		return -1;
	}
}

static int
batch_finish(void *self, struct span report, struct err *err)
{
	struct batch *b = self;

	for (size_t i = 0; i < b->nout; i++)
		if (line_output_commit(&b->out[i], err) < 0)
			return -1;
	return remove_later(b, err);
}

static void
batch_statistics(const void *self, struct json_writer *w)
{
	const struct batch *b = self;

	jw_u64(jw_key(w, "requests"), b->written);
	jw_u64(jw_key(w, "files"), b->nout);
	jw_object(jw_key(w, "answers"));
	answer_index_put(&b->index, w);
	jw_end(w);
}

static void
batch_remark(const void *self)
{
	const struct batch *b = self;

	answer_index_remark(&b->index);
	if (!b->c.quiet && b->nout > 1)
		msg("%" PRIu64 " requests in %zu files", b->written, b->nout);
}

static const struct sink batch_sink = {
	.write = batch_write,
	.statistics = batch_statistics,
	.finish = batch_finish,
};

const struct filter filter_batch = {
	.name = "batch",
	.summary = "write documents as requests to a model, without those answered",
	.example = "tamis batch --model m --answers 'a/*.jsonl' -o r.jsonl prompts.jsonl",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.open = batch_open,
	.close = batch_close,
	.map = batch_map,
	.fold = batch_fold,
	.remark = batch_remark,
	.open_thread = answered_open,
	.close_thread = answered_close,
	.selects = true,
	.sink = &batch_sink,
};
