/* completion.h - what a shell needs to complete verbs and options, from their tables. */
#ifndef TAMIS_COMPLETION_H
#define TAMIS_COMPLETION_H

#include "lib/driver/common.h"

struct completion_verb {
	const char *name, *summary;
	const struct opt *opts;
	const char *common; /* as in struct tool; NULL: all */
};

/* Append the script for a shell, "bash", "zsh" or "fish"; false: another one. */
bool completion_put(
    const char *shell, const struct completion_verb *v, size_t n, struct buf *out);

#endif
