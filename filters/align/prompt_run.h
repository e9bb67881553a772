/* prompt_run.h - the adjacent documents that answer one prompt. */
#ifndef TAMIS_PROMPT_RUN_H
#define TAMIS_PROMPT_RUN_H

#include "lib/base/table.h"
#include "lib/driver/filter.h"

/* Zero it to begin. */
struct prompt_run {
	struct table seen; /* prompts so far: 32 to 64 bytes each */
	struct hash128 now;
	bool any;
};

enum prompt_step { PROMPT_SAME, PROMPT_NEW, PROMPT_BAD };

/*
 * Whether d, the next document, answers the same prompt as the one before it.  A prompt
 * that occurs again after another one is bad data: PROMPT_BAD after marking d.
 */
enum prompt_step prompt_run_step(
    struct prompt_run *r, struct hash128 prompt, struct doc *d);
void prompt_run_free(struct prompt_run *r);

#endif
