/*
 * instructions.h - check exactly whether an answer follows a verifiable instruction.
 *
 * The names and parameters are those of IFEval (Zhou et al. 2023), "punctuation:no_comma"
 * and {"num_words":100,"relation":"at least"}.
 */
#ifndef TAMIS_INSTRUCTIONS_H
#define TAMIS_INSTRUCTIONS_H

#include "lib/base/mem.h"
#include "lib/base/span.h"

enum followed { FOLLOWED_NO, FOLLOWED_YES, FOLLOWED_BAD };

/*
 * Check answer against the instruction.  kwargs: a JSON object that json_scan has
 * accepted; p == NULL: none.  FOLLOWED_BAD with a message in why: the instruction is
 * unknown or lacks a parameter.
 */
enum followed instruction_check(struct span name, struct span kwargs, struct span answer,
    struct arena *mem, char why[160]);

/* The name of instruction i, or NULL after the last one. */
const char *instruction_name(size_t i);

#endif
