/* vocab_training.c - train with a progress line, publish the model, and summarize. */
#include "tok/vocab_training.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/num.h"
#include "lib/driver/tty.h"
#include "lib/io/stream.h"
#include "tok/model_io.h"

/* What the progress line shows. */
struct shown {
	const struct vocab_training *t;
	struct progress progress;
	_Atomic uint64_t pieces; /* chosen so far; 0: not known */
	/* When the first pieces were seen, after the words were read. */
	double since, at_first;
};

int
vocab_output_check(const char *output, const char *what, struct err *err)
{
	if (!output || strcmp(output, "-") == 0)
		return err_set(
		    err, EXIT_USAGE, "no output file: name the %s with -o FILE", what);
	return file_put_check(output, err);
}

int
vocab_output_open(struct publish *file, const char *output, struct err *err)
{
	return vocab_output_check(output, "model", err) < 0
		   ? -1
		   : publish_open(file, output, 0666, err);
}

int
vocab_foreign_check(const char *preset, const char *other, const char *list,
    const char *command, struct err *err)
{
	if (preset)
		return err_set(err, EXIT_USAGE,
		    "--preset %s: an option of vocab: omit it, the defaults are those of "
		    "nemotron",
		    preset);
	if (other)
		return err_set(
		    err, EXIT_USAGE, "%s: options of %s: name them there", list, command);
	return 0;
}

int
vocab_coverage_check(double coverage, struct err *err)
{
	if (!(coverage >= 0.9 && coverage <= 1))
		return err_set(err, EXIT_USAGE,
		    "--coverage %s: out of range: write 0.9 to 1", NUM_TEXT(coverage));
	return 0;
}

static void
note_pieces(void *ctx, uint64_t n)
{
	struct shown *s = ctx;

	atomic_store_explicit(&s->pieces, n, memory_order_relaxed);
}

/*
 * The share of the time that n of all pieces take.  The most frequent pairs come first
 * and change the most words: measured times grow as this logarithm.
 */
static double
share_of_time(double n, double all)
{
	return log1p(n / 1000) / log1p(all / 1000);
}

/* Append an estimate of the time left, once there is enough to judge by. */
static void
put_estimate(struct shown *s, struct buf *b, uint64_t n, double seconds)
{
	const double share = share_of_time((double)n, (double)s->t->size);
	double done;

	if (s->since == 0) {
		s->since = seconds;
		s->at_first = share;
	}
	done = share - s->at_first;
	if (done < 0.05 || n >= s->t->size)
		return;
	buf_puts(b, "  ");
	progress_put_time(b, (seconds - s->since) * (1 - share) / done);
	buf_puts(b, " left");
}

static void
show_training(void *ctx)
{
	struct shown *s = ctx;
	const uint64_t n = atomic_load_explicit(&s->pieces, memory_order_relaxed);
	const double seconds = progress_seconds(&s->progress);
	struct buf b = { 0 };

	buf_putf(&b, "%s: training  ", s->t->command);
	progress_put_time(&b, seconds);
	if (n > 0)
		buf_putf(&b, "  %" PRIu64 "%s of %" PRIu64 " pieces", n,
		    s->t->candidates ? " candidates" : "", s->t->size);
	if (n > 0 && !s->t->candidates)
		put_estimate(s, &b, n, seconds);
	buf_putc(&b, '\0');
	progress_line(&s->progress, "%s", b.p);
	buf_free(&b);
}

/* Train with the progress line on, if the user wants it. */
static int
train_visibly(const struct vocab_training *t, struct buf *model,
    struct bpe_trained *stats, struct err *err)
{
	struct shown s = { .t = t };
	struct ticker *ticker = NULL;
	int rc;

	progress_init(&s.progress, common_progress(t->c));
	if (s.progress.on) {
		show_training(&s);
		ticker = ticker_start(show_training, &s);
	}
	rc = t->train(t->self, s.progress.on ? note_pieces : NULL, &s, model, stats, err);
	ticker_stop(ticker);
	progress_clear(&s.progress);
	return rc;
}

void
vocab_totals_print(const char *action, const struct train_totals *s)
{
	struct buf b = { 0 };

	buf_putf(&b, "%s ", action);
	num_put_si(&b, (double)s->used_bytes, "B");
	buf_puts(&b, " of ");
	num_put_si(&b, (double)s->bytes, "B");
	buf_putf(&b,
	    ", %" PRIu64 " of %" PRIu64 " documents, %" PRIu64 " lines (%" PRIu64
	    " cut at the limit, %" PRIu64 " U+2585 dropped)",
	    s->used_docs, s->docs, s->lines, s->cut, s->dropped);
	msg("%.*s", (int)b.n, b.p);
	buf_free(&b);
}

static void
summarize(const struct vocab_training *t, const struct bpe_trained *stats)
{
	const struct train_totals totals = t->totals(t->self);

	vocab_totals_print("trained on", &totals);
	if (!t->c->verbose || !t->counts)
		return;
	if (t->counts_documents)
		msg("counted %" PRIu64 " words, with %" PRIu64 " spills", stats->words,
		    stats->spills);
	else
		msg("counted %" PRIu64 " words", stats->words);
}

/* Warn of a model that differs from the one asked for. */
static void
warn(const struct vocab_training *t, const struct bpe_trained *stats, uint64_t pieces)
{
	const bool words = stats->kept < stats->words;

	if (words)
		warning("trained on %" PRIu64 " of %" PRIu64
			" words, a sample of the words with counts below %" PRIu64
			": raise --memory for all",
		    stats->kept, stats->words, stats->least / t->unit);
	if (pieces < t->size)
		warning("the %s yields %" PRIu64 " pieces, --size is %" PRIu64
			": %s for more",
		    words || t->samples ? "sample" : "text", pieces, t->size,
		    words	 ? "raise --memory"
		    : t->samples ? "raise --sample"
				 : "add text");
}

/* The number of pieces of the model that a trainer wrote. */
static uint64_t
count_pieces(const struct buf *model)
{
	struct model check;
	const char *why;
	uint64_t n;

	if (model_parse(&check, model->p, model->n, &why) < 0) {
		if (why == model_no_memory)
			no_memory();
		BUG("model_parse refuses the model that the trainer wrote");
	}
	n = check.n;
	model_free(&check);
	return n;
}

/* Remove a report that would describe another model.  0, or -1 with *err. */
static int
remove_stale(const char *path, struct err *err)
{
	if (!path || unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR)
		return 0;
	return err_errno(err, "cannot remove '%s'", path);
}

int
vocab_training_run(const struct vocab_training *t, struct err *err)
{
	struct bpe_trained stats = { 0 };
	struct buf model = { 0 };
	uint64_t pieces = 0;
	int rc = train_visibly(t, &model, &stats, err);

	if (rc == 0)
		pieces = count_pieces(&model);
	if (rc == 0 && t->digest)
		*t->digest =
		    (struct file_digest){ hash128(buf_span(&model), 0), model.n };
	if (rc == 0)
		rc = publish_write(t->file, buf_span(&model), err);
	if (rc == 0)
		rc = remove_stale(t->stale, err);
	if (rc == 0)
		rc = publish_commit(t->file, err);
	buf_free(&model);
	if (rc == 0)
		warn(t, &stats, pieces);
	if (rc == 0 && !t->c->quiet)
		summarize(t, &stats);
	return rc;
}
