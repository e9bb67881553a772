/* train_command.c - check the options of langid-train and codeid-train, train, and write
 * the model. */
#include "filters/models/train_command.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/num.h"
#include "lib/io/stream.h"

int
train_command_open(
    struct train_command *t, const char *name, const struct common *c, struct err *err)
{
	t->name = name;
	t->output = c->output;
	t->seed = c->seed;
	t->quiet = c->quiet;
	if (!t->output || strcmp(t->output, "-") == 0)
		return err_set(
		    err, EXIT_USAGE, "no output file: name the model with -o FILE");
	if (file_put_check(t->output, err) < 0)
		return -1;
	if (t->samples < 1000)
		return err_set(err, EXIT_USAGE,
		    "--samples %" PRIu64 ": must be at least 1000", t->samples);
	if (!(t->rate > 0 && t->rate <= 10))
		return err_set(err, EXIT_USAGE,
		    "--rate %s: must be above 0 and at most 10", NUM_TEXT(t->rate));
	progress_init(&t->progress, common_progress(c));
	return 0;
}

void
train_command_map(const void *self, void *scratch, struct doc *d)
{
	doc_text(d);
}

int
train_command_err(struct err *err, struct doc *d, const char *problem)
{
	const struct span id = doc_id(d);
	char place[256];

	if (problem)
		err_set(err, EXIT_DATA, "%s", problem);
	snprintf(place, sizeof place, "%.*s",
	    (int)(id.n < sizeof place ? id.n : sizeof place - 1), id.p);
	return err_prefix(err, place);
}

struct training {
	struct train_command *command;
	const struct train_model *model;
};

static void
show_progress(void *ctx, uint64_t done, double loss)
{
	struct train_command *t = ((struct training *)ctx)->command;

	if (progress_due(&t->progress))
		progress_line(&t->progress, "%s: %.1f of %.1f M samples  loss %.4f",
		    t->name, (double)done * 1e-6, (double)t->samples * 1e-6, loss);
}

static size_t
draw(void *ctx, struct linear_random *r, uint32_t *row, size_t *label)
{
	const struct train_model *m = ((struct training *)ctx)->model;

	return m->draw(m->ctx, r, row, label);
}

int
train_command_run(
    struct train_command *t, const struct train_model *model, struct err *err)
{
	struct training training = { t, model };
	const struct linear_task task = { .labels = model->labels,
		.log2_rows = model->log2_rows,
		.samples = t->samples,
		.seed = t->seed,
		.rate = t->rate,
		.ctx = &training,
		.draw = draw,
		.progress = show_progress };
	struct buf file = { 0 };
	struct linear_model m;
	int rc;

	linear_train(&task, &m);
	progress_clear(&t->progress);
	m.label = xcalloc(m.labels, sizeof *m.label);
	for (size_t i = 0; i < m.labels; i++)
		snprintf(m.label[i], sizeof *m.label, "%s", model->label(model->ctx, i));
	m.extra = model->extra;
	linear_write(&m, model->kind, &file);
	rc = file_put(t->output, buf_span(&file), 0666, err);
	free(m.label);
	linear_trained_free(&m);
	buf_free(&file);
	return rc;
}
