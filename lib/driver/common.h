/* common.h - the options every verb shares, and the two shapes a verb may have. */
#ifndef TAMIS_COMMON_H
#define TAMIS_COMMON_H

#include "lib/driver/opt.h"

enum { ON_BAD_FAIL, ON_BAD_SKIP, ON_BAD_REPAIR };
enum { PROGRESS_AUTO, PROGRESS_ALWAYS, PROGRESS_NEVER };

struct common {
	const char *output;    /* -o; NULL: stdout */
	uint64_t threads;      /* -j: in all, the caller's too; at least 1 */
	const char *text, *id; /* member names */
	const char *rejects, *report, *provenance, *where, *tmp, *files_from, *split_by;
	int level; /* -z: 0 = by the output's name */
	uint64_t seed, max_bad, max_doc;
	unsigned on_bad, progress;
	bool tag, force, quiet, verbose, help, version, dump_options;
};

/* A verb that is no filter.  A const object in its own .c file, named in tamis.c. */
struct tool {
	const char *name, *summary; /* summary: one line, no full stop */
	const char *operands;	    /* "SHARD..." for the usage line */
	const char
	    *common; /* long names of the common options it takes, " output force " */
	const struct opt *opts;
	const void *defaults; /* the tool's own struct, as it starts out */
	size_t size;	      /* of that struct */
	/* Returns an exit code, or -1 with *err.  operand: n strings. */
	int (*run)(
	    void *self, const struct common *c, int n, char **operand, struct err *err);
};

extern const struct opt common_opts[];
/* Those of them that each filter of a chain has for itself. */
extern const struct opt stage_opts[];

/* The front door's side: parse, answer --help and the like, run, return the exit code. */
int tool_main(const struct tool *t, int argc, char *argv[]);

/* Whether a verb whose list of common options is `take` (NULL: all) has this one. */
bool common_takes(const char *take, const char *name);

/* What --help says of a verb beside its options. */
struct usage {
	const char *name, *summary, *operands;
	const char *common; /* as in struct tool; NULL: all */
};

/* The common options at their defaults.  0, or -1 with *err. */
int common_init(struct common *c, struct err *err);
/*
 * Parse a command line against own rows and the common ones.  Returns the number of
 * operands, moved to the front of argv; -1 with *err; -2 if --help, --version or
 * --dump-options was answered.
 */
int common_parse(const struct usage *u, const struct opt_set *own, struct common *c,
    int argc, char *argv[], struct err *err);
/* The same up to the first operand: returns how many arguments that took. */
int common_parse_front(const struct usage *u, const struct opt_set *own, struct common *c,
    int argc, char *argv[], struct err *err);

#endif
