/* prompt_run.c - the adjacent documents that answer one prompt. */
#include "filters/align/prompt_run.h"

enum prompt_step
prompt_run_step(struct prompt_run *r, struct hash128 prompt, struct doc *d)
{
	bool fresh;

	if (r->any && hash128_eq(r->now, prompt))
		return PROMPT_SAME;
	(void)table_put(&r->seen, prompt, &fresh);
	if (!fresh) {
		doc_bad(d, "another document between this answer and others of its "
			   "prompt: sort the answers of a prompt together");
		return PROMPT_BAD;
	}
	r->any = true;
	r->now = prompt;
	return PROMPT_NEW;
}

void
prompt_run_free(struct prompt_run *r)
{
	table_free(&r->seen);
}
