/* common.c - parse the common options; print help, version and option lists. */
#include "lib/driver/common.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/num.h"
#include "lib/driver/opt_help.h"
#include "lib/io/publish.h"
#include "lib/io/stream.h"
#include "lib/text/unicode.h"

enum { MAX_THREADS = 4096 };

#define ROW(t, c, l, n, f, a, h) OPT_ROW(t, l, c, n, struct common, f, a, h)

#define WHERE                                                                            \
	ROW(OPT_T_STR, 0, false, "where", where, "FIELD=V,...",                          \
	    "process only matching documents, pass on the rest")
#define TAG                                                                              \
	ROW(OPT_T_BOOL, 0, false, "tag", tag, NULL,                                      \
	    "keep all documents, annotate instead of dropping")

const struct opt stage_opts[] = {
	WHERE,
	TAG,
	OPT_END,
};

const struct opt common_opts[] = {
	ROW(OPT_T_STR, 'o', true, "output", output, "FILE",
	    "write the output there, atomically"),
	ROW(OPT_T_U64, 'j', true, "threads", threads, "N",
	    "total threads, including the main one; default: all processors"),
	ROW(OPT_T_STR, 't', false, "text", text, "FIELD", "field that holds the text"),
	ROW(OPT_T_STR, 'k', false, "id", id, "FIELD", "field that holds the id"),
	ROW(OPT_T_STR, 'r', true, "rejects", rejects, "FILE",
	    "write dropped documents to FILE"),
	ROW(OPT_T_STR, 0, true, "report", report, "FILE",
	    "write counts and provenance to FILE"),
	ROW(OPT_T_STR, 0, true, "provenance", provenance, "FILE",
	    "report of the program that produced stdin"),
	ROW(OPT_T_LEVEL, 'z', true, "compress", level, NULL,
	    "compress the output with zstd; level 3 by default"),
	ROW(OPT_T_U64, 's', false, "seed", seed, "N",
	    "seed of every random choice; default: 0"),
	ROW(OPT_T_ENUM, 0, false, "on-bad", on_bad, "fail|skip|repair|repair-skip",
	    "what to do with bad records"),
	ROW(OPT_T_U64, 0, false, "max-bad", max_bad, "N",
	    "with skip and repair-skip: fail after more than N bad records"),
	ROW(OPT_T_BYTES, 0, false, "max-doc", max_doc, "BYTES",
	    "maximum size of a record"),
	WHERE,
	TAG,
	ROW(OPT_T_STR, 0, true, "split-by", split_by, "FIELD",
	    "write one file per value of FIELD to directory -o"),
	ROW(OPT_T_STR, 0, true, "files-from", files_from, "FILE",
	    "read input names from FILE, separated by newlines or NULs"),
	ROW(OPT_T_BOOL, 0, true, "force", force, NULL, "overwrite existing output"),
	ROW(OPT_T_STR, 0, true, "tmp", tmp, "DIR",
	    "directory for temporary files; default: TMPDIR, or /tmp"),
	ROW(OPT_T_BOOL, 'q', true, "quiet", quiet, NULL, "no summary, no progress"),
	ROW(OPT_T_BOOL, 'v', true, "verbose", verbose, NULL, "print more details"),
	ROW(OPT_T_ENUM, 0, true, "progress", progress, "auto|always|never",
	    "show a progress line; auto: on a terminal"),
	ROW(OPT_T_BOOL, 'h', true, "help", help, NULL, "show this help"),
	ROW(OPT_T_BOOL, 'V', true, "version", version, NULL, "show the version"),
	ROW(OPT_T_BOOL, 0, true, "dump-options", dump_options, NULL,
	    "list all option names"),
	OPT_END,
};

/* All commands have these, listed or not. */
static const char always[] = " quiet verbose help version dump-options ";

static bool
listed(const char *list, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = list; (p = strstr(p, name)); p += n)
		if ((p == list || p[-1] == ' ') && (p[n] == ' ' || !p[n]))
			return true;
	return false;
}

bool
common_takes(const char *take, const char *name)
{
	return !take || listed(take, name) || listed(always, name);
}

/* The common rows that a command takes.  The caller frees them. */
static struct opt *
select_rows(const struct usage *u)
{
	struct opt *rows =
	    xcalloc(sizeof common_opts / sizeof *common_opts, sizeof *rows);
	size_t n = 0;

	for (const struct opt *o = common_opts; o->type != OPT_T_END; o++) {
		if (!common_takes(u->common, o->name))
			continue;
		rows[n] = *o;
		if (u->output && strcmp(o->name, "output") == 0)
			rows[n].arg = u->output;
		n++;
	}
	rows[n] = (struct opt)OPT_END;
	return rows;
}

static void
common_defaults(struct common *c)
{
	*c = (struct common){ .text = "text",
		.id = "id",
		.max_bad = UINT64_MAX,
		.max_doc = (uint64_t)64 << 20 };
}

static void
put_help(const struct usage *u, const struct opt *own, const struct opt *common)
{
	struct common defaults;
	struct buf b = { 0 };

	common_defaults(&defaults);
	buf_putf(&b, "usage: tamis %s [options]%s%s\n\n%s\n", u->name,
	    *u->operands ? " " : "", u->operands, u->summary);
	buf_putf(&b, "\nexample:\n  %s\n", u->example);
	if (own->type != OPT_T_END) {
		buf_puts(&b, "\noptions:\n");
		opt_help(own, u->defaults, &b);
	}
	buf_puts(&b, "\ncommon options, see tamis(1):\n");
	opt_help(common, &defaults, &b);
	fwrite(b.p, 1, b.n, stdout);
	buf_free(&b);
}

static int
threads_default(struct common *c, struct err *err)
{
	const char *env = getenv("TAMIS_THREADS");
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	const char *why;

	c->threads = cpus < 1 ? 1 : (uint64_t)cpus;
	if (env && (why = num_u64(env, &c->threads)))
		return err_set(err, EXIT_USAGE, "TAMIS_THREADS '%s': %s", env, why);
	if (c->threads < 1 || c->threads > MAX_THREADS)
		return err_set(err, EXIT_USAGE, "TAMIS_THREADS '%s': must be 1 to %d",
		    env, MAX_THREADS);
	return 0;
}

/* Print the help, version or options if asked to. */
static bool
handle_info_options(
    const struct usage *u, const struct opt_set *sets, const struct common *c)
{
	struct buf b = { 0 };

	if (c->help) {
		put_help(u, sets[0].rows, sets[1].rows);
	} else if (c->version) {
		puts("tamis " VERSION);
	} else if (c->dump_options) {
		opt_dump(&sets[0], &b);
		opt_dump(&sets[1], &b);
		fwrite(b.p, 1, b.n, stdout);
		buf_free(&b);
	} else {
		return false;
	}
	return true;
}

/* The names in `file`, one after another, each with a NUL. */
static int
listed_names(const char *file, struct buf *names, struct err *err)
{
	char end;

	if (file_get(file, SIZE_MAX / 2, names, err) < 0)
		return -1;
	end = memchr(names->p ? names->p : "", '\0', names->n) ? '\0' : '\n';
	buf_put(names, "", 1);
	for (size_t i = 0; i < names->n; i++)
		if (names->p[i] == end)
			names->p[i] = '\0';
	return 0;
}

char **
common_operands(const struct common *c, int n, char **operand, struct buf *names,
    size_t *total, struct err *err)
{
	size_t most = (size_t)n + 1, k = 0;
	char **all;

	if (c->files_from && listed_names(c->files_from, names, err) < 0)
		return NULL;
	for (size_t i = 0; i < names->n; i++)
		most += names->p[i] == '\0';
	all = xcalloc(most, sizeof *all);
	for (int i = 0; i < n; i++)
		all[k++] = operand[i];
	for (size_t i = 0; i < names->n; i += strlen(names->p + i) + 1)
		if (names->p[i])
			all[k++] = names->p + i;
	*total = k;
	return all;
}

int
common_init(struct common *c, struct err *err)
{
	unicode_memory_open();
	common_defaults(c);
	return threads_default(c, err);
}

const char *
common_tmp(const struct common *c)
{
	const char *tmp = c->tmp ? c->tmp : getenv("TMPDIR");

	return tmp && *tmp ? tmp : "/tmp";
}

bool
common_progress(const struct common *c)
{
	if (c->progress == PROGRESS_AUTO)
		return !c->quiet && isatty(STDERR_FILENO) &&
		       tcgetpgrp(STDERR_FILENO) == getpgrp();
	return c->progress == PROGRESS_ALWAYS;
}

/* Before 0.2, --on-bad=repair was --on-bad=mend. */
static void
accept_old_names(int argc, char *argv[])
{
	static char joined[] = "--on-bad=repair", word[] = "repair";

	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--on-bad=mend") == 0)
			argv[i] = joined;
		else if (strcmp(argv[i - 1], "--on-bad") == 0 &&
			 strcmp(argv[i], "mend") == 0)
			argv[i] = word;
}

/* Note the options that lower the memory of this command. */
static void
note_memory_options(const struct usage *u, const struct opt *own)
{
	for (; own->type != OPT_T_END; own++)
		if (strcmp(own->name, "memory") == 0)
			no_memory_options(LESS_MEMORY);
	if (common_takes(u->common, "threads"))
		no_memory_options(LESS_THREADS);
	if (common_takes(u->common, "max-doc"))
		no_memory_options(LESS_MAX_DOC);
}

/* Check the values of common options, as far as no command restricts them more. */
static int
check_values(const struct common *c, struct err *err)
{
	if (c->threads < 1 || c->threads > MAX_THREADS)
		return err_set(err, EXIT_USAGE, "--threads %ju: must be 1 to %d",
		    (uintmax_t)c->threads, MAX_THREADS);
	if (c->max_doc < 1 || c->max_doc > (uint64_t)1 << 40)
		return err_set(err, EXIT_USAGE, "--max-doc %" PRIu64 ": must be 1 to 1Ti",
		    c->max_doc);
	return c->tmp ? temporary_dir_check(c->tmp, err) : 0;
}

static int
parse(const struct usage *u, const struct opt_set *own, struct common *c, bool front,
    int argc, char *argv[], struct err *err)
{
	struct opt *rows = select_rows(u);
	struct opt_set sets[2] = { *own, { rows, c } };
	int n;

	note_memory_options(u, own->rows);
	accept_old_names(argc, argv);
	n = front ? opt_parse_front(sets, 2, argc, argv, err)
		  : opt_parse(sets, 2, argc, argv, err);
	if (n < 0)
		goto out;
	if (handle_info_options(u, sets, c))
		n = -2;
	else if (check_values(c, err) < 0)
		n = -1;
out:
	free(rows);
	return n;
}

int
common_parse(const struct usage *u, const struct opt_set *own, struct common *c, int argc,
    char *argv[], struct err *err)
{
	return parse(u, own, c, false, argc, argv, err);
}

int
common_parse_front(const struct usage *u, const struct opt_set *own, struct common *c,
    int argc, char *argv[], struct err *err)
{
	return parse(u, own, c, true, argc, argv, err);
}

int
tool_main(const struct tool *t, int argc, char *argv[])
{
	struct err err = { 0 };
	struct common c;
	void *self = xcalloc(1, t->size);
	struct opt_set own = { t->opts, self };
	const struct usage usage = { t->name, t->summary, t->operands, t->common,
		t->output, t->example, t->defaults };
	int n, rc = 0;

	memcpy(self, t->defaults, t->size);
	n = common_init(&c, &err);
	if (n == 0)
		n = common_parse(&usage, &own, &c, argc, argv, &err);
	if (n >= 0)
		rc = t->run(self, &c, n, argv, &err);
	if (n == -1 || rc < 0) {
		msg("%s", err.msg);
		rc = err.code;
	}
	free(self);
	return rc;
}
