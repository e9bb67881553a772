/* common.h - the options that all commands share; commands that are not filters. */
#ifndef TAMIS_COMMON_H
#define TAMIS_COMMON_H

#include "lib/driver/opt.h"

enum { ON_BAD_FAIL, ON_BAD_SKIP, ON_BAD_REPAIR, ON_BAD_REPAIR_SKIP };
enum { PROGRESS_AUTO, PROGRESS_ALWAYS, PROGRESS_NEVER };

struct common {
	const char *output;    /* -o; NULL: standard output */
	uint64_t threads;      /* -j: total, including the main thread; at least 1 */
	const char *text, *id; /* names of fields */
	const char *rejects, *report, *provenance, *where, *tmp, *files_from, *split_by;
	int level; /* -z; 0: by the suffix of the output */
	uint64_t seed, max_bad, max_doc;
	unsigned on_bad, progress;
	bool tag, force, quiet, verbose, help, version, dump_options;
};

/* A command that is not a filter.  tamis.c lists them. */
struct tool {
	const char *name;
	const char *summary;  /* one line, no full stop: help and man page */
	const char *operands; /* of the usage line, after [options]: "SHARD..." */
	const char *common;   /* the common options it takes: " output force " */
	const char *output;   /* name of the value of -o in --help; NULL: FILE */
	const char *example;  /* a command line for --help; the man page has it, too */
	const struct opt *opts;
	const void *defaults; /* the tool's own struct in its initial state */
	size_t size;	      /* of that struct, in bytes */
	/* Returns an exit code, or -1 with *err.  operand: n strings. */
	int (*run)(
	    void *self, const struct common *c, int n, char **operand, struct err *err);
};

extern const struct opt common_opts[];
/* The common options that belong to one filter of a chain, not to the whole run. */
extern const struct opt stage_opts[];

/* Parse a command line and run t.  Returns the exit code; errors have been printed. */
int tool_main(const struct tool *t, int argc, char *argv[]);

/* Whether a command has the common option `name`.  take: as in struct tool; NULL: all. */
bool common_takes(const char *take, const char *name);

/* The directory for temporary files: --tmp, TMPDIR, or /tmp. */
const char *common_tmp(const struct common *c);

/* Whether to show progress: --progress, --quiet, and where stderr goes. */
bool common_progress(const struct common *c);

/*
 * The operands, then the names in the file of --files-from, which are separated by NULs
 * if there is one (find -print0), else by newlines; empty names are skipped.  An array of
 * *total to free(), valid while `names` lives; NULL with *err.
 */
char **common_operands(const struct common *c, int n, char **operand, struct buf *names,
    size_t *total, struct err *err);

/* The parts of --help other than options, as in struct tool. */
struct usage {
	const char *name, *summary, *operands;
	const char *common; /* NULL: all */
	const char *output, *example;
	const void *defaults; /* of the command's own options */
};

/* Set the common options to their defaults.  0, or -1 with *err. */
int common_init(struct common *c, struct err *err);
/*
 * Parse a command line by the command's own and the common options.  Returns the number
 * of operands, moved to the front of argv; -1 with *err; or -2 after handling --help,
 * --version or --dump-options.
 */
int common_parse(const struct usage *u, const struct opt_set *own, struct common *c,
    int argc, char *argv[], struct err *err);
/* The same up to the first operand.  Returns the number of arguments parsed. */
int common_parse_front(const struct usage *u, const struct opt_set *own, struct common *c,
    int argc, char *argv[], struct err *err);

#endif
