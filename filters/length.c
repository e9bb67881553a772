/* length.c - drop documents that are too short or too long: a minimal filter. */
#include <inttypes.h>

#include "lib/driver/filter.h"

struct length {
	uint64_t min, max; /* bytes of UTF-8 */
};

static const struct length defaults = { .min = 1, .max = UINT64_MAX };

static const struct opt opts[] = {
	OPT_BYTES(0, "min", struct length, min, "drop documents shorter than BYTES"),
	OPT_BYTES(0, "max", struct length, max, "drop documents longer than BYTES"),
	OPT_ALIAS(OPT_T_BYTES, 'm', "min", struct length, min, "BYTES"),
	OPT_ALIAS(OPT_T_BYTES, 'M', "max", struct length, max, "BYTES"),
	OPT_END,
};

static int
length_open(void *self, struct setup *setup, struct err *err)
{
	const struct length *l = self;

	if (l->min > l->max)
		return err_set(err, EXIT_USAGE,
		    "--min %" PRIu64 " is above --max %" PRIu64 ": no document can pass",
		    l->min, l->max);
	return 0;
}

static void
length_map(const void *self, void *scratch, struct doc *d)
{
	const struct length *l = self;
	size_t n = doc_text(d).n;

	if (n < l->min)
		doc_drop_value(d, "length.min", (double)n, (double)l->min);
	if (n > l->max)
		doc_drop_value(d, "length.max", (double)n, (double)l->max);
}

const struct filter filter_length = {
	.name = "length",
	.summary = "drop documents that are too short or too long",
	.example = "tamis length --min 200 --max 1M -r rejects.jsonl docs.jsonl.zst",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.open = length_open,
	.map = length_map,
};
