/* langid.c - the filter that identifies the language of each document. */
#include <stdio.h>
#include <stdlib.h>

#include "filters/langid/identify.h"
#include "filters/langid/lang_spans.h"
#include "filters/langid/lang_thresholds.h"
#include "lib/base/chars.h"
#include "lib/base/num.h"
#include "lib/driver/filter.h"
#include "lib/io/stream.h"

struct langid {
	const char *model_path, *candidates, *keep, *thresholds;
	double min_p;
	uint64_t scan;
	bool spans;
	const char *split;
	struct langid_model *model;
	double *threshold; /* by label; NULL: min_p for all */
};

static const struct langid defaults = {
	.min_p = 0.65,
};

static const struct opt opts[] = {
	OPT_STR('m', "model", struct langid, model_path, "FILE",
	    "langid-train or fastText model to use instead of the built-in one"),
	OPT_STR('a', "candidates", struct langid, candidates, "LANG,...",
	    "languages to consider"),
	OPT_STR('K', "keep", struct langid, keep, "LANG,...",
	    "drop documents in other languages"),
	OPT_DOUBLE(
	    0, "min-p", struct langid, min_p, "report 'und' below this probability"),
	OPT_BYTES(0, "scan", struct langid, scan, "bytes of each text to examine"),
	OPT_STR(0, "thresholds", struct langid, thresholds, "FILE",
	    "per-language --min-p, from lines 'LANG P'"),
	OPT_NOREPORT(OPT_T_STR, 0, "split", struct langid, split, "DIR",
	    "write one file per language, DIR/LANG.jsonl"),
	OPT_BOOL(
	    0, "spans", struct langid, spans, "report the language of each span of text"),
	OPT_ALIAS(OPT_T_STR, 0, "allow", struct langid, candidates, "LANG,..."),
	OPT_ALIAS(OPT_T_DOUBLE, 'p', "min-p", struct langid, min_p, "X"),
	OPT_END,
};

static void
langid_close(void *self)
{
	struct langid *l = self;

	if (l->model)
		langid_model_close(l->model);
	free(l->model);
	free(l->threshold);
	l->model = NULL;
	l->threshold = NULL;
}

static int
read_thresholds(struct langid *l, struct err *err)
{
	struct buf b = { 0 };
	int rc = file_get(l->thresholds, 1 << 20, &b, err);

	l->threshold = xcalloc(l->model->labels, sizeof *l->threshold);
	for (size_t i = 0; i < l->model->labels; i++)
		l->threshold[i] = l->min_p;
	if (rc == 0)
		rc = lang_thresholds_parse(
		    l->model, buf_span(&b), l->thresholds, l->threshold, err);
	buf_free(&b);
	return rc;
}

/* Whether a label is probable enough to be reported instead of "und". */
static bool
is_sure(const struct langid *l, int label, double p)
{
	return label != NO_LABEL && p >= (l->threshold ? l->threshold[label] : l->min_p);
}

/* Refuse a language that the model can never report: it must be a typo. */
static int
check_keep(const struct langid *l, struct err *err)
{
	const char *list = l->keep;
	struct span lang;

	while (list_next(&list, &lang)) {
		const int found = langid_model_find(l->model, lang);

		if (!span_eq(lang, SPAN("und")) && !span_eq(lang, SPAN("zxx")) &&
		    (found == NO_LABEL || !l->model->label[found].allowed))
			return err_set(err, EXIT_USAGE,
			    "--keep: language '%.*s' is not in %s", (int)lang.n, lang.p,
			    found == NO_LABEL ? "the model: tamis-langid(1) lists the "
						"languages of the built-in model"
					      : "--candidates: add it there");
	}
	return 0;
}

static int
langid_open(void *self, struct setup *setup, struct err *err)
{
	struct langid *l = self;
	char hash[33];

	if (!(l->min_p >= 0 && l->min_p <= 1))
		return err_set(err, EXIT_USAGE, "--min-p %s: must be from 0 to 1",
		    NUM_TEXT(l->min_p));
	l->model = xcalloc(1, sizeof *l->model);
	if (langid_model_open(l->model, l->model_path, err) < 0 ||
	    (l->candidates && langid_model_allow(l->model, l->candidates, err) < 0) ||
	    (l->keep && check_keep(l, err) < 0) ||
	    (l->thresholds && read_thresholds(l, err) < 0)) {
		langid_close(self);
		return -1;
	}
	if (l->spans && l->model->fasttext) {
		langid_close(self);
		return err_set(err, EXIT_USAGE,
		    "--spans requires a model of langid-train: fastText models label "
		    "whole texts only");
	}
	hash128_hex(l->model->hash, hash);
	setup_uses(setup, SPAN("langid model"), span_of(hash));
	if (l->split) {
		setup->split_by = "lang";
		setup->split_dir = l->split;
	}
	return 0;
}

static void
put_spans(const struct langid *l, struct doc *d, const struct langid_span *v, size_t n)
{
	struct buf b = { 0 };

	buf_putc(&b, '[');
	for (size_t i = 0; i < n; i++) {
		const struct langid_label *label = &l->model->label[v[i].label];

		buf_putf(&b, "%s[%zu,%zu,\"%s\",", i ? "," : "", v[i].from, v[i].to,
		    is_sure(l, v[i].label, v[i].p) ? label->lang : "und");
		num_put(&b, v[i].p, 4);
		buf_putc(&b, ']');
	}
	buf_putc(&b, ']');
	doc_set_raw(d, SPAN("lang_spans"), doc_copy(d, buf_span(&b)));
	buf_free(&b);
}

static void
langid_map(const void *self, void *scratch, struct doc *d)
{
	const struct langid *l = self;
	struct span text = doc_text(d), old;
	const struct langid_span *spans = NULL;
	struct langid_guess g;
	const char *lang = "und", *script = "";
	size_t n = 0;

	if (l->spans) {
		spans = langid_spans(l->model, scratch, text, &n);
		g = langid_sum_spans(l->model, scratch, spans, n);
	} else {
		g = langid_guess(l->model, scratch, text, l->scan);
	}
	if (g.label == BROKEN_MODEL) {
		doc_bad(d, "model weights contain NaN: re-download or retrain the model");
		return;
	}
	if (is_sure(l, g.label, g.p)) {
		lang = l->model->label[g.label].lang;
		script = l->model->label[g.label].script;
	}
	doc_set_str(d, SPAN("lang"), span_of(lang));
	if (*script)
		doc_set_str(d, SPAN("lang_script"), span_of(script));
	else if (doc_get(d, SPAN("lang_script"), &old))
		doc_set_raw(d, SPAN("lang_script"), SPAN("null"));
	doc_set_num(d, SPAN("lang_p"), g.p, 4);
	if (g.alt != NO_LABEL)
		doc_set_str(d, SPAN("lang_alt"), span_of(l->model->label[g.alt].lang));
	else if (doc_get(d, SPAN("lang_alt"), &old))
		doc_set_raw(d, SPAN("lang_alt"), SPAN("null"));
	if (l->spans)
		put_spans(l, d, spans, n);
	if (l->keep && !list_has(l->keep, span_of(lang)))
		doc_drop(d, "langid.keep");
}

static int
langid_open_thread(const void *self, void **scratch, struct err *err)
{
	*scratch = langid_scratch_new(((const struct langid *)self)->model);
	return 0;
}

static void
langid_close_thread(void *scratch)
{
	langid_scratch_free(scratch);
}

const struct filter filter_langid = {
	.name = "langid",
	.summary = "identify the language of each document",
	.example = "tamis langid --keep de --min-p 0.9 -o de.jsonl.zst web.jsonl.zst",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.open = langid_open,
	.map = langid_map,
	.close = langid_close,
	.open_thread = langid_open_thread,
	.close_thread = langid_close_thread,
	.selects = true,
};
