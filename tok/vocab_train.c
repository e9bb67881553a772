/* vocab_train.c - train a SentencePiece model on the words that vocab-count counted. */
#include <stdlib.h>
#include <sys/stat.h>

#include "lib/base/num.h"
#include "lib/driver/tty.h"
#include "lib/io/inputs.h"
#include "lib/text/unicode.h"
#include "tok/model_io.h"
#include "tok/vocab_training.h"
#include "tok/vocab_words.h"

struct vocab_train {
	struct vocab_settings set;
	uint64_t memory;
	struct piece_options pieces;
	const char *preset, *counting; /* to refuse: options of other commands */
	bool newlines;

	/* Set by run. */
	const char *first; /* the file that states the settings */
	struct publish model;
	struct counts_settings settings; /* of all files, each with a NUL after it */
	struct arena text;
	struct bpe_trainer *bpe;
	struct train_totals totals;
	struct progress progress;
	uint64_t bytes, done; /* of all files, and of those read */
};

static const struct vocab_train defaults = {
	.set = { .size = 256000, .coverage = 0.9999 },
	.memory = VOCAB_MEMORY_DEFAULT,
};

static const struct opt opts[] = {
	OPT_U64(0, "size", struct vocab_train, set.size, "number of pieces"),
	OPT_BYTES('m', "memory", struct vocab_train, memory,
	    "memory for training; rare words are sampled to fit"),
	OPT_DOUBLE(0, "coverage", struct vocab_train, set.coverage,
	    "share of characters that get a piece; the rest become bytes"),
	OPT_STR(0, "required-chars", struct vocab_train, pieces.required, "CHARS",
	    "characters that get a piece in any case"),
	OPT_STR(0, "special-ids", struct vocab_train, pieces.special, "NAME=ID,...",
	    "ids of unk, bos, eos and pad; default: those of vocab-count"),
	OPT_ALIAS(OPT_T_STR, 0, "preset", struct vocab_train, preset, "NAME"),
	OPT_ALIAS(OPT_T_STR, 0, "weight", struct vocab_train, counting, "W"),
	OPT_ALIAS(OPT_T_STR, 0, "user-symbols", struct vocab_train, counting, "A"),
	OPT_ALIAS(OPT_T_STR, 0, "control-symbols", struct vocab_train, counting, "A"),
	OPT_ALIAS(OPT_T_BOOL, 0, "newlines", struct vocab_train, newlines, NULL),
	OPT_END,
};

/* The value of a setting for messages. */
static const char *
shown(struct vocab_train *v, struct span s)
{
	struct buf b = { 0 };
	const char *text;

	if (s.n == 0)
		return "the default";
	buf_putf(&b, "'%s'", s.p);
	text = arena_copy(&v->text, buf_span(&b));
	buf_free(&b);
	return text;
}

/* Take the settings of the first file; those of others must be equal. */
static int
check_settings(struct vocab_train *v, const char *path, const struct counts_settings *s,
    struct err *err)
{
	const struct span icu = span_of(unicode_version());

	if (!span_eq(s->v[COUNTS_ICU], icu))
		return err_set(err, EXIT_DATA,
		    "%s: counted with ICU %s, this program has ICU %s: count its "
		    "documents again",
		    path, s->v[COUNTS_ICU].n ? s->v[COUNTS_ICU].p : "none", icu.p);
	for (unsigned i = 0; i < COUNTS_SETTINGS; i++) {
		if (!v->first)
			v->settings.v[i] =
			    (struct span){ arena_copy(&v->text, s->v[i]), s->v[i].n };
		else if (!span_eq(v->settings.v[i], s->v[i]))
			return err_set(err, EXIT_DATA,
			    "%s: %s is %s, but %s in %s: count with equal options", path,
			    counts_setting_name(i), shown(v, s->v[i]),
			    shown(v, v->settings.v[i]), v->first);
	}
	if (!v->first)
		v->first = path;
	return 0;
}

/* Note the inputs, and read their settings before any words. */
static int
check_files(struct vocab_train *v, char *const *path, size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		struct counts_file *f;
		struct stat st;
		int rc;

		if (stat(path[i], &st) == 0 && !S_ISREG(st.st_mode))
			return err_set(err, EXIT_USAGE,
			    "%s: not a regular file: counts are read twice", path[i]);
		f = counts_file_open(path[i], err);
		if (!f)
			return -1;
		rc = check_settings(v, path[i], counts_file_settings(f), err);
		counts_file_close(f);
		if (rc < 0)
			return -1;
		v->bytes += (uint64_t)st.st_size;
	}
	return 0;
}

static void
show_reading(struct vocab_train *v, const struct counts_file *f)
{
	const double done = (double)(v->done + counts_file_position(f));
	const double seconds = progress_seconds(&v->progress);
	struct buf b = { 0 };

	buf_puts(&b, "vocab-train: reading ");
	num_put_si(&b, done, "B");
	buf_puts(&b, " of ");
	num_put_si(&b, (double)v->bytes, "B");
	if (done > 0 && done < (double)v->bytes) {
		buf_puts(&b, "  ");
		progress_put_time(&b, seconds * ((double)v->bytes / done - 1));
		buf_puts(&b, " left");
	}
	buf_putc(&b, '\0');
	progress_line(&v->progress, "%s", b.p);
	buf_free(&b);
}

static void
add_totals(struct train_totals *t, struct train_totals more)
{
	t->docs += more.docs;
	t->bytes += more.bytes;
	t->used_docs += more.used_docs;
	t->used_bytes += more.used_bytes;
	t->lines += more.lines;
	t->cut += more.cut;
	t->dropped += more.dropped;
}

static int
read_words(struct vocab_train *v, struct counts_file *f, struct err *err)
{
	enum { AT_ONCE = 4096 };
	struct counted w;
	int rc;

	for (unsigned n = 0; (rc = counts_file_next(f, &w, err)) > 0; n++) {
		if (bpe_trainer_put(v->bpe, &w, err) < 0)
			return -1;
		if (n % AT_ONCE == 0 && progress_due(&v->progress))
			show_reading(v, f);
	}
	return rc < 0 ? -1 : bpe_trainer_end(v->bpe, err);
}

static int
read_file(struct vocab_train *v, const char *path, struct err *err)
{
	struct counts_file *f = counts_file_open(path, err);
	int rc = -1;

	if (!f)
		return -1;
	if (check_settings(v, path, counts_file_settings(f), err) == 0 &&
	    read_words(v, f, err) == 0) {
		add_totals(&v->totals, counts_file_totals(f));
		v->done += counts_file_position(f);
		rc = 0;
	}
	counts_file_close(f);
	return rc;
}

/* Refuse --special-ids with other pieces than the words were split at. */
static int
check_special(const struct vocab_train *v, const char *counted, struct err *err)
{
	struct special_ids then;

	if (special_ids_parse(&then, counted, VOCAB_SIZE_MAX, err) < 0)
		return -1;
	for (unsigned i = 0; i < SPECIALS; i++) {
		const bool had = then.id[i] != SPECIAL_NONE;

		if (had != (v->set.special_ids.id[i] != SPECIAL_NONE))
			return err_set(err, EXIT_USAGE,
			    "--special-ids: '%s' was counted with%s the piece %s: %s",
			    v->first, had ? "" : "out", special_name(i),
			    had ? "give it an id" : "write none");
	}
	return 0;
}

static const char *
option(const struct vocab_train *v, enum counts_setting s)
{
	return v->settings.v[s].n ? v->settings.v[s].p : NULL;
}

/* Combine the settings of the files with the options. */
static int
open_settings(struct vocab_train *v, struct err *err)
{
	const char *const special = option(v, COUNTS_SPECIAL);

	v->pieces.user = option(v, COUNTS_USER);
	v->pieces.control = option(v, COUNTS_CONTROL);
	if (!v->pieces.special)
		v->pieces.special = special;
	if (vocab_settings_open(&v->set, &v->pieces, err) < 0)
		return -1;
	return check_special(v, special, err);
}

static int
train(void *self, note_fn *note, void *ctx, struct buf *model, struct bpe_trained *stats,
    struct err *err)
{
	struct vocab_train *v = self;

	return bpe_trainer_finish(v->bpe, note, ctx, model, stats, err);
}

static struct train_totals
totals(const void *self)
{
	const struct vocab_train *v = self;

	return v->totals;
}

static int
read_files(struct vocab_train *v, const struct common *c, char *const *path, size_t n,
    struct err *err)
{
	int rc = 0;

	progress_init(&v->progress, common_progress(c));
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = read_file(v, path[i], err);
	progress_clear(&v->progress);
	return rc;
}

static int
check_options(
    const struct vocab_train *v, const struct common *c, size_t files, struct err *err)
{
	if (vocab_foreign_check(v->preset, v->newlines ? "" : v->counting,
		"--weight, --user-symbols, --control-symbols, --newlines", "vocab-count",
		err) < 0)
		return -1;
	if (files == 0)
		return err_set(
		    err, EXIT_USAGE, "name the files of counts that vocab-count wrote");
	if (vocab_output_check(c->output, "model", err) < 0 ||
	    vocab_coverage_check(v->set.coverage, err) < 0)
		return -1;
	return vocab_memory_check(v->memory, err);
}

static int
vocab_train_run(
    void *self, const struct common *c, int n, char **operand, struct err *err)
{
	struct vocab_train *v = self;
	struct vocab_training t = { .file = &v->model,
		.command = "vocab-train",
		.c = c,
		.size = v->set.size,
		.unit = 1,
		.counts = true,
		.train = train,
		.self = v,
		.totals = totals };
	struct buf names = { 0 }, report = { 0 };
	size_t files;
	char **path = common_operands(c, n, operand, &names, &files, err);
	int rc = -1;

	memory_open();
	unicode_memory_open();
	if (!path || check_options(v, c, files, err) < 0 ||
	    check_files(v, path, files, err) < 0 || open_settings(v, err) < 0 ||
	    vocab_output_open(&v->model, c->output, err) < 0)
		goto out;
	buf_putf(&report, "%s.report.json", c->output);
	buf_putc(&report, '\0');
	t.stale = report.p;
	if (inputs_check(t.stale, err) < 0)
		goto out;
	v->bpe = bpe_trainer_new(&v->set, v->memory, c->tmp);
	if (option(v, COUNTS_WEIGHT))
		t.unit = DOC_WEIGHT_ONE;
	rc = read_files(v, c, path, files, err);
	if (rc == 0)
		rc = vocab_training_run(&t, err);
out:
	publish_abort(&v->model);
	inputs_clear();
	bpe_trainer_free(v->bpe);
	vocab_settings_free(&v->set);
	arena_free(&v->text);
	free(path);
	buf_free(&names);
	buf_free(&report);
	return rc;
}

const struct tool tool_vocab_train = {
	.name = "vocab-train",
	.summary = "train a SentencePiece vocabulary on the counts of vocab-count",
	.operands = "-o MODEL COUNTS...",
	.common = " output files-from tmp quiet verbose progress ",
	.output = "MODEL",
	.example = "tamis vocab-train -o corpus.model en.counts de.counts",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.run = vocab_train_run,
};
