/* extract_explain.c - the filter that shows which blocks of web pages extract keeps. */
#include "filters/web/extract.h"
#include "filters/web/page_explain.h"
#include "lib/io/stream.h"

struct extract_explain {
	struct extract extract; /* first: its functions get a pointer to the whole */
	const char *output;
	struct out *out;
};

static const struct extract_explain defaults = {
	.extract = { .as = AS_AUTO,
	    .engine = { .kind = ENGINE_MODEL, .types = true },
	    .explains = true }
};

static const struct opt opts[] = {
	OPT_ENUM(0, "as", struct extract, as, AS_CHOICES, "type of the input files"),
	OPT_STR(0, "charset", struct extract, charset, "NAME",
	    "charset of pages that are not UTF-8 and declare none"),
	OPT_ENUM(0, "engine", struct extract, engine.kind, ENGINE_CHOICES,
	    "what finds the main content of web pages"),
	OPT_BOOL(0, "html", struct extract, as_html,
	    "write a web page with the blocks in colours, instead of lines"),
	OPT_STR(0, "model", struct extract, engine.path, "FILE",
	    "model to use instead of the built-in one"),
	OPT_END,
};

static int
explain_open(void *self, struct setup *setup, struct err *err)
{
	struct extract_explain *x = self;

	x->output = setup->c->output;
	return extract_open(self, setup, err);
}

static void
explain_close(void *self)
{
	struct extract_explain *x = self;

	extract_close(self);
	out_abort(x->out);
}

/* Open the output and begin the page. */
static int
open_output(struct extract_explain *x, struct err *err)
{
	x->out = out_open(x->output, 0, 0666, err);
	if (!x->out)
		return -1;
	return x->extract.as_html ? out_write(x->out, span_of(page_explain_head), err)
				  : 0;
}

static int
explain_write(void *self, struct doc *d, struct err *err)
{
	struct extract_explain *x = self;
	const struct span *text = doc_state(d);

	if (!text)
		return 0;
	if (!x->out && open_output(x, err) < 0)
		return -1;
	return out_write(x->out, *text, err);
}

static int
explain_finish(void *self, struct span report, struct err *err)
{
	struct extract_explain *x = self;
	struct out *out;

	if (!x->out && open_output(x, err) < 0)
		return -1;
	out = x->out;
	x->out = NULL;
	return out_commit(out, err);
}

static const struct sink explain_sink = { .write = explain_write,
	.finish = explain_finish };

const struct filter filter_extract_explain = {
	.name = "extract-explain",
	.summary = "show which blocks of web pages extract keeps, and why",
	.example = "tamis extract-explain page.html",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.open = explain_open,
	.close = explain_close,
	.open_thread = extract_open_thread,
	.close_thread = extract_close_thread,
	.source = &extract_source,
	.sink = &explain_sink,
};
