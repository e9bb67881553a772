/* fuzz_report_stages.c - any bytes as a report: stages are in an order, each once. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "shards/report_stages.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct corpus_stages t = { 0 };
	struct err err = { 0 };
	const struct span json = { (const char *)data, size };
	const int rc = corpus_stages_add(&t, json, "input", &err);

	if ((rc < 0) != (err.code != 0))
		abort();
	corpus_stages_sort(&t);
	for (size_t i = 1; i < t.n; i++)
		if (t.v[i].from_end > t.v[i - 1].from_end ||
		    strcmp(t.v[i].command, t.v[i - 1].command) == 0)
			abort();
	corpus_stages_free(&t);
	return 0;
}
