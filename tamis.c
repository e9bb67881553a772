/* tamis.c - the main program: the table of commands, help, version, completion. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/chars.h"
#include "lib/driver/completion.h"
#include "lib/driver/driver.h"

/* A filter, a tool, or neither: the chain of filters. */
struct command {
	const char *group; /* its heading in the help, at the first command of a group */
	const struct filter *filter;
	const struct tool *tool;
};

extern const struct filter filter_extract, filter_extract_explain, filter_norm,
    filter_length, filter_exact, filter_near, filter_near_sketch, filter_near_elect,
    filter_near_keep, filter_near_oracle;
extern const struct filter filter_langid, filter_langid_train, filter_langid_eval;
extern const struct filter filter_codeid, filter_codeid_train, filter_classify;
extern const struct filter filter_quality, filter_thresholds, filter_count;
extern const struct filter filter_vocab, filter_vocab_count, filter_encode;
extern const struct filter filter_chat, filter_reward, filter_prefer, filter_batch,
    filter_join, filter_items, filter_verdict;
extern const struct tool tool_rules, tool_decode, tool_chat_template, tool_plan, tool_mix,
    tool_check_blend, tool_info, tool_cat, tool_where, tool_verify, tool_diff, tool_stats,
    tool_reshard, tool_export, tool_import, tool_report, tool_takedown, tool_near_match,
    tool_vocab_train, tool_feed;

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
	FILTER(NULL, extract_explain),
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
	FILTER(NULL, chat),
	FILTER(NULL, batch),
	FILTER(NULL, join),
	FILTER(NULL, items),
	FILTER(NULL, verdict),
	FILTER(NULL, reward),
	FILTER(NULL, prefer),
	FILTER("deduplication", exact),
	FILTER(NULL, near),
	FILTER(NULL, near_sketch),
	TOOL(NULL, near_match),
	FILTER(NULL, near_elect),
	FILTER(NULL, near_keep),
	FILTER(NULL, near_oracle),
	FILTER("tokens", vocab),
	FILTER(NULL, vocab_count),
	TOOL(NULL, vocab_train),
	FILTER(NULL, encode),
	TOOL(NULL, decode),
	TOOL(NULL, chat_template),
	TOOL("blending", plan),
	TOOL(NULL, mix),
	TOOL(NULL, check_blend),
	TOOL("shards", info),
	TOOL(NULL, cat),
	TOOL(NULL, where),
	TOOL(NULL, verify),
	TOOL(NULL, diff),
	TOOL(NULL, stats),
	TOOL(NULL, reshard),
	TOOL(NULL, takedown),
	TOOL(NULL, export),
	TOOL(NULL, import),
	TOOL(NULL, report),
	TOOL(NULL, feed),
	{ "several filters at once", NULL, NULL },
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
	fprintf(f, "usage: tamis COMMAND [options] [FILE...]\n\n"
		   "turn raw text into token shards for training language models\n");
	for (size_t i = 0; i < NCOMMANDS; i++) {
		const struct command *c = &commands[i];

		if (c->group)
			fprintf(f, "\n%s\n", c->group);
		fprintf(f, "  %-12s  %s\n", name_of(c), summary_of(c));
	}
	fprintf(f, "\n'tamis help COMMAND' lists the options of a command.\n"
		   "'man tamis-COMMAND' is its manual page.\n");
}

static int
unknown(const char *name)
{
	const char *names[NCOMMANDS], *near;

	for (size_t i = 0; i < NCOMMANDS; i++)
		names[i] = name_of(&commands[i]);
	if (name[0] == '-')
		msg("unknown option '%s': options follow the command; see 'tamis --help'",
		    name);
	else if ((near = opt_nearest(span_of(name), names, NCOMMANDS)))
		msg("unknown command '%s': did you mean '%s'", name, near);
	else
		msg("unknown command '%s': see 'tamis --help'", name);
	return EXIT_USAGE;
}

/*
 * If a standard stream is closed, the first file opened gets its number and is written to
 * by mistake.  Reserve the number with a file that fails on use.
 */
static void
hold_standard_streams(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd == 1 ? O_RDONLY : O_WRONLY) < 0)
			_exit(EXIT_SYSTEM);
}

/* Print the script that completes commands and options in a shell. */
static int
complete(const char *shell)
{
	static const struct opt none[] = { OPT_END };
	struct completion_command list[NCOMMANDS];
	struct buf b = { 0 };

	for (size_t i = 0; i < NCOMMANDS; i++) {
		const struct command *c = &commands[i];

		list[i] = (struct completion_command){ name_of(c), summary_of(c),
			c->filter ? c->filter->opts
			: c->tool ? c->tool->opts
				  : none,
			c->tool ? c->tool->common : NULL };
	}
	if (!shell || !completion_put(shell, list, NCOMMANDS, &b)) {
		msg("--completion: unknown shell: use bash, zsh or fish");
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

/* "help COMMAND" is "COMMAND --help". */
static int
help(int argc, char *argv[])
{
	static char option[] = "--help";
	char *args[] = { argv[1], option, NULL };

	if (argc > 2) {
		msg("help '%s' '%s': name one command", argv[1], argv[2]);
		return EXIT_USAGE;
	}
	if (argc == 2)
		return run(2, args);
	usage(stdout);
	return 0;
}

/* Whether arg is the option, long or short, or its name without dashes. */
static bool
is_option(const char *arg, const char *word, const char *letter)
{
	return strcmp(arg, word + 2) == 0 || strcmp(arg, word) == 0 ||
	       strcmp(arg, letter) == 0;
}

int
main(int argc, char *argv[])
{
	const char *base = argc > 0 ? path_base(argv[0]) : "";
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	int rc = 0;

	hold_standard_streams();
	/* Beyond a file size limit, let write() fail, which has a message. */
	sigaction(SIGXFSZ, &ignore, NULL);
	if (strncmp(base, "tamis-", 6) == 0) {
		argv[0] += base + 6 - argv[0];
		rc = run(argc, argv);
	} else if (argc < 2) {
		usage(stderr);
		rc = EXIT_USAGE;
	} else if (is_option(argv[1], "--version", "-V")) {
		puts("tamis " VERSION);
	} else if (is_option(argv[1], "--help", "-h")) {
		rc = help(argc - 1, argv + 1);
	} else if (strcmp(argv[1], "--list") == 0) {
		for (size_t i = 0; i < NCOMMANDS; i++)
			puts(name_of(&commands[i]));
	} else if (strcmp(argv[1], "--completion") == 0) {
		rc = complete(argv[2]);
	} else {
		rc = run(argc - 1, argv + 1);
	}
	/* Errors of buffered output, such as a full disk, may appear only now.  A command
	 * that noticed has reported them. */
	if ((fflush(stdout) != 0 || ferror(stdout)) && rc != EXIT_SYSTEM) {
		struct err err = { 0 };

		err_errno(&err, "cannot write standard output");
		msg("%s", err.msg);
		return EXIT_SYSTEM;
	}
	return rc;
}
