/* tamis.c - the front door: one row per command, help, version, tamis-VERB links. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/driver/completion.h"
#include "lib/driver/driver.h"

/* A filter, or a tool, or neither: the chain of filters. */
struct command {
	const char *folder; /* heading in the help */
	const struct filter *filter;
	const struct tool *tool;
};

extern const struct filter filter_extract, filter_norm, filter_length, filter_exact;
extern const struct filter filter_langid, filter_langid_train, filter_langid_eval;
extern const struct filter filter_codeid, filter_codeid_train, filter_classify;
extern const struct filter filter_quality, filter_thresholds, filter_count;
extern const struct filter filter_vocab, filter_encode;
extern const struct tool tool_rules, tool_decode, tool_plan, tool_mix, tool_check_blend,
    tool_info, tool_cat, tool_verify, tool_stats;

#define FILTER(f, x)                                                                     \
	{                                                                                \
		f, &filter_##x, NULL                                                     \
	}
#define TOOL(f, x)                                                                       \
	{                                                                                \
		f, NULL, &tool_##x                                                       \
	}

static const struct command commands[] = {
	FILTER("filters: documents in, documents out", extract),
	FILTER(NULL, norm),
	FILTER(NULL, length),
	FILTER(NULL, langid),
	FILTER(NULL, langid_train),
	FILTER(NULL, langid_eval),
	FILTER(NULL, codeid),
	FILTER(NULL, codeid_train),
	FILTER(NULL, quality),
	FILTER(NULL, thresholds),
	TOOL(NULL, rules),
	FILTER(NULL, classify),
	FILTER(NULL, count),
	FILTER("duplicates", exact),
	FILTER("tokens", vocab),
	FILTER(NULL, encode),
	TOOL(NULL, decode),
	TOOL("blend", plan),
	TOOL(NULL, mix),
	TOOL(NULL, check_blend),
	TOOL("shards", info),
	TOOL(NULL, cat),
	TOOL(NULL, verify),
	TOOL(NULL, stats),
	{ "filters at once", NULL, NULL },
};

enum { NCOMMANDS = sizeof commands / sizeof *commands };

/* Former names, which still work.  No help, list or completion shows them. */
static const struct {
	const char *alias, *name;
} aliases[] = {
	{ "blend", "check-blend" },
};

static const char *
name_of(const struct command *c)
{
	return c->filter ? c->filter->name : c->tool ? c->tool->name : "chain";
}

static const char *
summary_of(const struct command *c)
{
	return c->filter ? c->filter->summary
	       : c->tool ? c->tool->summary
			 : chain_summary;
}

static const struct filter *
find_filter(const char *name)
{
	for (size_t i = 0; i < NCOMMANDS; i++)
		if (commands[i].filter && strcmp(name, commands[i].filter->name) == 0)
			return commands[i].filter;
	return NULL;
}

static void
usage(FILE *f)
{
	fprintf(f, "usage: tamis VERB [options] [FILE...]\n"
		   "From raw text to the shards a language model trains on.\n");
	for (size_t i = 0; i < NCOMMANDS; i++) {
		const struct command *c = &commands[i];

		if (c->folder)
			fprintf(f, "\n%s\n", c->folder);
		fprintf(f, "  %-10s %s\n", name_of(c), summary_of(c));
	}
	fprintf(
	    f, "\n'tamis VERB --help' lists its options, 'man tamis-VERB' says all.\n");
}

static int
unknown(const char *verb)
{
	const char *names[NCOMMANDS], *near;

	for (size_t i = 0; i < NCOMMANDS; i++)
		names[i] = name_of(&commands[i]);
	if (verb[0] == '-')
		msg("'%s' is no verb: options go behind the verb: 'tamis --help' lists "
		    "them",
		    verb);
	else if ((near = opt_nearest(span_of(verb), names, NCOMMANDS)))
		msg("no verb '%s': did you mean '%s'", verb, near);
	else
		msg("no verb '%s': 'tamis --help' lists them", verb);
	return EXIT_USAGE;
}

/*
 * With a standard stream closed, the first file opened would take its number and be
 * written to by mistake.  These stand-ins fail on use instead.
 */
static void
hold_standard_streams(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd == 1 ? O_RDONLY : O_WRONLY) < 0)
			_exit(EXIT_SYSTEM);
}

/* The script that completes our verbs and options in a shell. */
static int
complete(const char *shell)
{
	static const struct opt none[] = { OPT_END };
	struct completion_verb verbs[NCOMMANDS];
	struct buf b = { 0 };

	for (size_t i = 0; i < NCOMMANDS; i++) {
		const struct command *c = &commands[i];

		verbs[i] = (struct completion_verb){ name_of(c), summary_of(c),
			c->filter ? c->filter->opts
			: c->tool ? c->tool->opts
				  : none,
			c->tool ? c->tool->common : NULL };
	}
	if (!shell || !completion_put(shell, verbs, NCOMMANDS, &b)) {
		msg("--completion: for which shell: write bash, zsh or fish");
		return EXIT_USAGE;
	}
	fwrite(b.p, 1, b.n, stdout);
	buf_free(&b);
	return 0;
}

static int
run(int argc, char *argv[])
{
	static char prog[64];
	const char *name = argv[0];

	for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
		if (strcmp(name, aliases[i].alias) == 0)
			name = aliases[i].name;
	snprintf(prog, sizeof prog, "tamis %s", name);
	for (size_t i = 0; i < NCOMMANDS; i++) {
		const struct command *c = &commands[i];

		if (strcmp(name, name_of(c)) != 0)
			continue;
		err_prog = prog;
		return c->filter ? filter_main(c->filter, argc, argv)
		       : c->tool ? tool_main(c->tool, argc, argv)
				 : chain_main(find_filter, argc, argv);
	}
	return unknown(argv[0]);
}

int
main(int argc, char *argv[])
{
	const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
	char *base = argc > 0 ? argv[0] + (slash ? slash + 1 - argv[0] : 0) : NULL;
	int rc = 0;

	hold_standard_streams();
	if (base && strncmp(base, "tamis-", 6) == 0) {
		argv[0] = base + 6;
		rc = run(argc, argv);
	} else if (argc < 2) {
		usage(stderr);
		rc = EXIT_USAGE;
	} else if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
		puts("tamis " VERSION);
	} else if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
		   strcmp(argv[1], "help") == 0) {
		usage(stdout);
	} else if (strcmp(argv[1], "--list") == 0) {
		for (size_t i = 0; i < NCOMMANDS; i++)
			puts(name_of(&commands[i]));
	} else if (strcmp(argv[1], "--completion") == 0) {
		rc = complete(argv[2]);
	} else {
		rc = run(argc - 1, argv + 1);
	}
	/* Close what was written, and check: a full disk shows here at the latest. */
	if (fflush(stdout) != 0 || ferror(stdout)) {
		msg("cannot write standard output: %s", strerror(errno));
		return EXIT_SYSTEM;
	}
	return rc;
}
