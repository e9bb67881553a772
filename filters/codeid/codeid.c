/* codeid.c - the filter that identifies the programming language of each document. */
#include <stdlib.h>

#include "filters/codeid/identify_code.h"
#include "lib/base/num.h"
#include "lib/driver/filter.h"

struct codeid {
	const char *model_path, *path, *candidates, *keep, *split;
	double min_p;
	bool content_only;
	struct code_guesser *guesser;
	struct code_set kept;
	bool keep_unknown;
};

static const struct codeid defaults = {
	.min_p = 0.3,
};

static const struct opt opts[] = {
	OPT_STR('m', "model", struct codeid, model_path, "FILE",
	    "codeid-train model to use instead of the built-in one"),
	OPT_STR('f', "path", struct codeid, path, "FIELD",
	    "field with the file name, instead of path, url or id"),
	OPT_BOOL(
	    'C', "content-only", struct codeid, content_only, "ignore the file name"),
	OPT_STR('a', "candidates", struct codeid, candidates, "LANG,...",
	    "languages to consider"),
	OPT_STR('K', "keep", struct codeid, keep, "LANG,...",
	    "drop documents in other languages"),
	OPT_DOUBLE(0, "min-p", struct codeid, min_p,
	    "report 'unknown' below this model probability"),
	OPT_NOREPORT(OPT_T_STR, 0, "split", struct codeid, split, "DIR",
	    "write one file per language, DIR/LANG.jsonl"),
	OPT_ALIAS(OPT_T_DOUBLE, 'p', "min-p", struct codeid, min_p, "X"),
	OPT_END,
};

/* Values of the field code_by, by enum code_by. */
static const char *const by_names[CODE_BYS] = { "model", "name", "ext", "shebang",
	"modeline", "magic", "model" };

static void
codeid_close(void *self)
{
	struct codeid *c = self;

	if (c->guesser)
		code_guesser_close(c->guesser);
	free(c->guesser);
	c->guesser = NULL;
}

/* Whether any document can pass --keep. */
static bool
can_keep(const struct codeid *c)
{
	const struct code_set both = code_set_and(c->kept, c->guesser->allowed);

	return c->keep_unknown || code_set_count(&both) > 0;
}

static int
codeid_open(void *self, struct setup *setup, struct err *err)
{
	struct codeid *c = self;
	char hash[33];

	if (!(c->min_p >= 0 && c->min_p <= 1))
		return err_set(err, EXIT_USAGE, "--min-p %s: must be from 0 to 1",
		    NUM_TEXT(c->min_p));
	if (c->content_only && c->path)
		return err_set(
		    err, EXIT_USAGE, "--content-only cannot be combined with --path");
	if (c->keep &&
	    code_set_parse(&c->kept, "keep", c->keep, &c->keep_unknown, err) < 0)
		return -1;
	c->guesser = xcalloc(1, sizeof *c->guesser);
	if (code_guesser_open(c->guesser, c->model_path, err) < 0 ||
	    (c->candidates && code_set_parse(&c->guesser->allowed, "candidates",
				  c->candidates, NULL, err) < 0)) {
		codeid_close(self);
		return -1;
	}
	if (c->candidates && c->keep && !can_keep(c)) {
		codeid_close(self);
		return err_set(err, EXIT_USAGE,
		    "--keep and --candidates have no language in common");
	}
	c->guesser->min_p = c->min_p;
	hash128_hex(c->guesser->model.hash, hash);
	setup_uses(setup, SPAN("codeid model"), span_of(hash));
	if (c->split) {
		setup->split_by = "code_lang";
		setup->split_dir = c->split;
	}
	return 0;
}

/* The path, URL or id of the document; may be empty. */
static struct span
path_of(const struct codeid *c, struct doc *d)
{
	struct span path = { "", 0 };

	if (c->content_only)
		return path;
	if (c->path) {
		doc_str(d, span_of(c->path), &path);
		return path;
	}
	if (!doc_str(d, SPAN("path"), &path) && !doc_str(d, SPAN("url"), &path))
		path = doc_id(d);
	return path;
}

static void
codeid_map(const void *self, void *scratch, struct doc *d)
{
	const struct codeid *c = self;
	const struct code_guess g =
	    code_guess(c->guesser, scratch, path_of(c, d), doc_text(d));
	const bool known = g.lang != CODE_NONE;

	doc_set_str(d, SPAN("code_lang"),
	    span_of(known ? code_langs[g.lang].name : CODE_UNKNOWN));
	doc_set_num(d, SPAN("code_p"), g.p, 4);
	doc_set_str(d, SPAN("code_by"), span_of(by_names[g.by]));
	doc_count(d, "codeid.prose_texts", g.lang == c->guesser->prose);
	doc_count(d, "codeid.unknown_texts", !known);
	if (c->keep && !(known ? code_set_has(&c->kept, g.lang) : c->keep_unknown))
		doc_drop(d, "codeid.keep");
}

static int
codeid_open_thread(const void *self, void **scratch, struct err *err)
{
	*scratch = xcalloc(1, sizeof(struct code_scratch));
	return 0;
}

static void
codeid_close_thread(void *scratch)
{
	free(scratch);
}

const struct filter filter_codeid = {
	.name = "codeid",
	.summary = "identify the programming language of each document",
	.example = "tamis codeid --keep c,cpp -r rejects.jsonl repo.jsonl.zst",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.open = codeid_open,
	.map = codeid_map,
	.close = codeid_close,
	.open_thread = codeid_open_thread,
	.close_thread = codeid_close_thread,
	.selects = true,
};
