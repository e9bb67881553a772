/* fuzz_lang_thresholds.c - fuzz the file of langid --thresholds: it is refused with a
 * message or sets probabilities. */
#include <stdlib.h>

#include "filters/langid/lang_thresholds.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool ok)
{
	if (!ok)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct langid_model model;
	struct err err = { 0 };
	double *p;
	int rc;

	if (!model.labels)
		check(langid_model_open(&model, NULL, &err) == 0);
	p = xcalloc(model.labels, sizeof *p);
	rc = lang_thresholds_parse(
	    &model, (struct span){ (const char *)data, size }, "t", p, &err);
	check(rc == 0 ? err.code == 0 : err.code == EXIT_DATA && err.msg[0] != '\0');
	for (size_t i = 0; i < model.labels; i++)
		check(p[i] >= 0 && p[i] <= 1);
	free(p);
	return 0;
}
