/* near_keep.c - drop the documents that near-elect does not keep. */
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "dedup/keep_file.h"
#include "dedup/sketch_file.h"
#include "lib/driver/filter.h"

struct near_keep {
	const char *bits; /* NULL: beside the input */
	struct keep_file keep;
	const struct setup *setup;
};

static const struct near_keep defaults = { 0 };

static const struct opt opts[] = {
	OPT_NOREPORT(OPT_T_STR, 0, "keep", struct near_keep, bits, "FILE",
	    "the bits of near-elect; default: the input with .keep appended"),
	OPT_END,
};

/* If the sketches of the input are beside it, refuse bits that are about others. */
static int
check_sketches(const struct near_keep *x, const char *input, struct err *err)
{
	struct sketch_file f = { 0 };
	struct buf path = { 0 };
	int rc = 0;

	sketch_path(&path, input);
	if (access(path.p, F_OK) == 0) {
		rc = sketch_file_open(&f, path.p, err);
		if (rc == 0 && !hash128_eq(f.digest, x->keep.sketches))
			rc = err_set(err, EXIT_DATA,
			    "'%s': sketched after near-elect decided: run near-match and "
			    "near-elect again",
			    input);
		sketch_file_close(&f);
	}
	buf_free(&path);
	return rc;
}

static int
keep_open(void *self, struct setup *setup, struct err *err)
{
	struct near_keep *x = self;
	struct buf path = { 0 };
	int rc;

	if (setup->ninputs != 1)
		return err_set(err, EXIT_USAGE,
		    "%zu input files: name one, since each has bits of its own",
		    setup->ninputs);
	if (!x->bits && strcmp(setup->input[0], "-") == 0)
		return err_set(err, EXIT_USAGE,
		    "standard input has no bits beside it: name a file, or the bits with "
		    "--keep");
	setup->first = true;
	x->setup = setup;
	if (x->bits) {
		buf_puts(&path, x->bits);
		buf_putc(&path, '\0');
	} else {
		keep_path(&path, setup->input[0]);
	}
	rc = keep_file_get(&x->keep, path.p, "run near-elect again", err);
	if (rc == 0)
		rc = check_sketches(x, setup->input[0], err);
	if (rc < 0)
		keep_file_free(&x->keep);
	buf_free(&path);
	return rc;
}

static int
keep_fold(void *self, struct doc *d, struct err *err)
{
	struct near_keep *x = self;
	const uint64_t i = doc_ordinal(d);

	if (i < x->keep.documents && !keep_file_has(&x->keep, i))
		doc_drop(d, "near.duplicate");
	return 0;
}

static int
keep_end(void *self, struct err *err)
{
	const struct near_keep *x = self;
	const char *path = x->setup->input[0];

	if (hash128_eq(setup_input(x->setup, 0).hash, x->keep.source))
		return 0;
	return err_set(err, EXIT_DATA,
	    "%s: changed since near-sketch: run near-sketch, near-match and near-elect "
	    "again",
	    strcmp(path, "-") == 0 ? "standard input" : path);
}

static void
keep_close(void *self)
{
	struct near_keep *x = self;

	keep_file_free(&x->keep);
}

const struct filter filter_near_keep = {
	.name = "near-keep",
	.summary = "drop the documents that near-elect does not keep",
	.example = "tamis near-keep -o unique.jsonl.zst a.jsonl.zst",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.open = keep_open,
	.fold = keep_fold,
	.end = keep_end,
	.close = keep_close,
	.selects = true,
};
