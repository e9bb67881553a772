/* chain.c - several filters in one process: "A [options] : B [options] FILE...". */
#include <unistd.h>

#include "lib/driver/driver.h"
#include "lib/driver/run.h"

const char chain_summary[] = "run several filters in one process, on one parse";

/* The number of arguments before ":" or the end.  argv[0] is the command. */
static int
segment(int argc, char *argv[])
{
	int n = 0;

	while (n < argc && strcmp(argv[n], ":") != 0)
		n++;
	return n;
}

/*
 * One filter with its options.  Returns the result of common_parse.  --where and --tag
 * belong to the filter, all other common options to the run.
 */
static int
parse_stage(struct run *r, const struct filter *f, int argc, char *argv[])
{
	struct stage *s = run_add(r, f);
	struct opt_set own = { f->opts, s->self };
	const struct usage usage = filter_usage(f);
	int n;

	r->c.where = NULL;
	r->c.tag = false;
	n = common_parse(&usage, &own, &r->c, argc, argv, r->err);
	s->c.where = r->c.where;
	s->c.tag = r->c.tag;
	return n == -1 ? err_prefix(r->err, f->name) : n;
}

/* Reject a word that is not a filter; "norm:" lacks a space before its ':'. */
static int
not_a_filter(const struct run *r, const char *word)
{
	const size_t n = strlen(word);

	return err_set(r->err, EXIT_USAGE, "'%s' is not a filter: %s", word,
	    n > 1 && word[n - 1] == ':' ? "put a space before ':'"
					: "see 'tamis --help'");
}

/* All filters from argv on.  Returns the number of operands and sets *operand. */
static int
parse_stages(struct run *r, const struct filter *(*find)(const char *), int argc,
    char **argv, char ***operand)
{
	for (;;) {
		int len = segment(argc, argv), n;
		const struct filter *f = len ? find(argv[0]) : NULL;

		if (len == 0)
			return err_set(r->err, EXIT_USAGE,
			    "missing filter: write FILTER [options] : FILTER [options]");
		if (!f)
			return not_a_filter(r, argv[0]);
		if (r->nstages == MAX_STAGES)
			return err_set(r->err, EXIT_USAGE,
			    "more than %d filters: split the chain in two", MAX_STAGES);
		*operand = argv;
		n = parse_stage(r, f, len, argv);
		if (n < 0 || len == argc)
			return n;
		if (n > 0)
			return err_set(r->err, EXIT_USAGE,
			    "'%s' before ':': write files after the last filter",
			    argv[0]);
		argv += len + 1;
		argc -= len + 1;
	}
}

/* Reject the name of a filter among the files: a ':' is missing before it. */
static int
check_operands(const struct run *r, const struct filter *(*find)(const char *), int n,
    char **operand)
{
	for (int i = 0; i < n; i++)
		if (find(operand[i]) && access(operand[i], F_OK) < 0)
			return err_set(r->err, EXIT_USAGE,
			    "'%s' is a filter, not a file: write ':' before it",
			    operand[i]);
	return n;
}

int
chain_main(const struct filter *(*find)(const char *), int argc, char *argv[])
{
	static const struct opt none[] = { OPT_END };
	const struct usage usage = { "chain", chain_summary,
		"FILTER [options] [: FILTER [options]]... [FILE...]", NULL, NULL,
		"tamis chain extract : norm : exact -o docs.jsonl.zst crawl.warc.gz",
		NULL };
	const struct opt_set own = { none, NULL };
	struct err err = { 0 };
	struct run *r = run_new("chain", &err);
	char **operand = argv;
	int n = common_init(&r->c, &err);

	if (n == 0)
		n = common_parse_front(&usage, &own, &r->c, argc, argv, &err);
	if (n >= 0 && (r->c.tag || r->c.where))
		n = err_set(&err, EXIT_USAGE,
		    "--%s before the first filter: write it after its filter",
		    r->c.tag ? "tag" : "where");
	if (n >= 0)
		n = parse_stages(r, find, argc - n, argv + n, &operand);
	if (n > 0)
		n = check_operands(r, find, n, operand);
	r->c.where = NULL;
	r->c.tag = false;
	for (size_t i = 0; i < r->nstages; i++) {
		struct common own_c = r->stage[i].c;

		r->stage[i].c = r->c;
		r->stage[i].c.where = own_c.where;
		r->stage[i].c.tag = own_c.tag;
	}
	return run_main(r, n, operand);
}
