/* fuzz_response.c - lines of servers: any line can be read; what is found is in it. */
#include <stdint.h>
#include <stdlib.h>

#include "filters/align/response.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static bool
inside(struct span part, struct span whole)
{
	return !part.p || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	const struct span line = { (const char *)p, n };
	const struct answer_rules rules = { "custom_id", n % 2, 1 + n % 3 };
	struct response r = { 0 };
	struct score v[RESPONSE_SCORES];
	char why[200] = "";

	if (response_parse(&r, line, &rules, why) < 0) {
		must(why[0]);
	} else {
		must(utf8_valid(r.key) && inside(r.model, line) && inside(r.score, line));
		must(response_state(&r, &rules) <= ANSWER_ERROR);
		(void)response_content(&r);
		for (size_t i = 0; i < r.nchoices; i++) {
			must(inside(r.choice[i].content, line) &&
			     inside(r.choice[i].tool_calls, line) &&
			     inside(r.choice[i].scores, line));
			must(i == 0 || r.choice[i - 1].index < r.choice[i].index);
		}
		if (r.record || r.nchoices || r.score.p) {
			const size_t found = response_scores(&r, &rules, v, why);

			must(found <= RESPONSE_SCORES && (found || why[0]));
			for (size_t i = 0; i < found; i++)
				must(v[i].number.n > 0);
		}
	}
	response_free(&r);
	return 0;
}
