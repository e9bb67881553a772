/* completion.h - shell scripts that complete commands and options. */
#ifndef TAMIS_COMPLETION_H
#define TAMIS_COMPLETION_H

#include "lib/driver/common.h"

struct completion_command {
	const char *name, *summary;
	const struct opt *opts;
	const char *common; /* as in struct tool; NULL: all */
};

/* Append the script for the shell "bash", "zsh" or "fish"; false: unknown shell. */
bool completion_put(
    const char *shell, const struct completion_command *v, size_t n, struct buf *out);

#endif
