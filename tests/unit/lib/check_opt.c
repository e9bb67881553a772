/* check_opt.c - option tables: parsing, hints, reports, soundness of the common table. */
#include <check.h>
#include <stdlib.h>

#include "lib/driver/common.h"
#include "lib/driver/opt_help.h"

Suite *opt_suite(void);

struct conf {
	bool flag, other;
	uint64_t n, bytes;
	double x;
	const char *name;
	unsigned word;
	int level;
	struct opt_list list;
};

static const struct opt rows[] = {
	OPT_BOOL('f', "flag", struct conf, flag, "a flag"),
	OPT_BOOL(0, "other-flag", struct conf, other, "another"),
	OPT_U64('n', "number", struct conf, n, "a number"),
	OPT_BYTES('b', "bytes", struct conf, bytes, "a size"),
	OPT_DOUBLE('x', "fraction", struct conf, x, "a fraction"),
	OPT_STR('s', "name", struct conf, name, "FILE", "a file"),
	OPT_ENUM('w', "word", struct conf, word, "one|two|three", "a word"),
	OPT_LIST('l', "list", struct conf, list, "FILE", "files"),
	OPT_NOREPORT(OPT_T_LEVEL, 'z', "level", struct conf, level, NULL, "a level"),
	OPT_ALIAS(OPT_T_U64, 'o', "old", struct conf, n, "N"),
	OPT_END,
};

static struct conf conf;
static struct err err;
static char *argv[80];
static int argc;

/* Parse a command line whose words are separated by one space. */
static int
parse(const char *line)
{
	static char copy[512];
	struct opt_set set = { rows, &conf };
	char *p = copy;

	ck_assert_uint_lt(strlen(line), sizeof copy);
	memcpy(copy, line, strlen(line) + 1);
	conf = (struct conf){ 0 };
	err = (struct err){ 0 };
	for (argc = 0; p; argc++) {
		argv[argc] = p;
		if ((p = strchr(p, ' ')))
			*p++ = '\0';
	}
	argv[argc] = NULL;
	return opt_parse(&set, 1, argc, argv, &err);
}

START_TEST(every_type)
{
	ck_assert_int_eq(parse("tool --flag --number=7 --bytes 2Ki --fraction=-0.5 "
			       "--name a --word three --level"),
	    0);
	ck_assert(conf.flag && !conf.other);
	ck_assert_uint_eq(conf.n, 7);
	ck_assert_uint_eq(conf.bytes, 2048);
	ck_assert(conf.x < -0.4 && conf.x > -0.6);
	ck_assert_str_eq(conf.name, "a");
	ck_assert_uint_eq(conf.word, 2);
	ck_assert_int_eq(conf.level, 3);
	ck_assert_int_eq(parse("tool -f -n7 -b 2Ki -x -0.5 -sa -wthree -z19"), 0);
	ck_assert(conf.flag);
	ck_assert_uint_eq(conf.n, 7);
	ck_assert_str_eq(conf.name, "a");
	ck_assert_uint_eq(conf.word, 2);
	ck_assert_int_eq(conf.level, 19);
}
END_TEST

START_TEST(joined)
{
	ck_assert_int_eq(parse("tool -fzn5 a"), 1);
	ck_assert(conf.flag);
	ck_assert_int_eq(conf.level, 3);
	ck_assert_uint_eq(conf.n, 5);
	ck_assert_int_eq(parse("tool -z3 -fs value"), 0);
	ck_assert_int_eq(conf.level, 3);
	ck_assert_str_eq(conf.name, "value");
	/* A level must be joined: a separate word is an operand. */
	ck_assert_int_eq(parse("tool -z 9.jsonl"), 1);
	ck_assert_int_eq(conf.level, 3);
	ck_assert_str_eq(argv[0], "9.jsonl");
	ck_assert_int_eq(parse("tool --level=7"), 0);
	ck_assert_int_eq(conf.level, 7);
}
END_TEST

START_TEST(operands)
{
	ck_assert_int_eq(parse("tool a -f b -n 1 - c"), 4);
	ck_assert_str_eq(argv[0], "a");
	ck_assert_str_eq(argv[1], "b");
	ck_assert_str_eq(argv[2], "-");
	ck_assert_str_eq(argv[3], "c");
	ck_assert_ptr_null(argv[4]);
	ck_assert_int_eq(parse("tool -f -- --flag -n"), 2);
	ck_assert_str_eq(argv[0], "--flag");
	ck_assert_str_eq(argv[1], "-n");
	ck_assert_int_eq(parse("tool"), 0);
	ck_assert_int_eq(parse("tool --"), 0);
}
END_TEST

/* An old name is parsed, and neither suggested, listed nor reported. */
START_TEST(old_names)
{
	struct opt_set set = { rows, &conf };
	struct json_writer w = { 0 };
	struct buf b = { 0 };

	ck_assert_int_eq(parse("tool --old=3"), 0);
	ck_assert_uint_eq(conf.n, 3);
	ck_assert_int_eq(parse("tool -o 16k"), 0);
	ck_assert_uint_eq(conf.n, 16000);
	ck_assert_int_eq(parse("tool --ol"), -1);
	ck_assert_str_eq(err.msg, "unknown option '--ol': see --help");
	opt_dump(&set, &b);
	opt_help(rows, &conf, &b);
	w.out = &b;
	jw_object(&w);
	opt_report(&set, &w);
	jw_end(&w);
	buf_putc(&b, '\0');
	ck_assert_ptr_null(strstr(b.p, "old"));
	buf_free(&b);
}
END_TEST

START_TEST(last_wins)
{
	ck_assert_int_eq(parse("tool -n1 -n 2 --number=3 --name=a --name="), 0);
	ck_assert_uint_eq(conf.n, 3);
	ck_assert_str_eq(conf.name, "");
}
END_TEST

START_TEST(all_kept)
{
	char line[512] = "tool ";

	ck_assert_int_eq(parse("tool -l a -f --list=b/c x -ld"), 1);
	ck_assert_uint_eq(conf.list.n, 3);
	ck_assert_str_eq(conf.list.v[0], "a");
	ck_assert_str_eq(conf.list.v[1], "b/c");
	ck_assert_str_eq(conf.list.v[2], "d");
	for (size_t i = 0; i < 100; i++)
		memcpy(line + 5 + 4 * i, "-lx ", 4);
	line[4 + 4 * 64] = '\0';
	ck_assert_int_eq(parse(line), 0);
	ck_assert_uint_eq(conf.list.n, 64);
	line[4 + 4 * 64] = ' ', line[4 + 4 * 65] = '\0';
	ck_assert_int_eq(parse(line), -1);
	ck_assert_str_eq(err.msg, "--list 'x': repeated more than 64 times");
}
END_TEST

/* A value may look like an option. */
START_TEST(value_with_dash)
{
	ck_assert_int_eq(parse("tool --name --flag -s -f"), 0);
	ck_assert(!conf.flag);
	ck_assert_str_eq(conf.name, "-f");
}
END_TEST

static const struct {
	const char *line, *want;
} wrong[] = {
	{ "v --nunber=1", "unknown option '--nunber': did you mean '--number'" },
	{ "v --qqqqqqqqq", "unknown option '--qqqqqqqqq': see --help" },
	{ "v -q", "unknown option '-q': see --help" },
	{ "v -fq", "unknown option '-q': see --help" },
	{ "v --flag=1", "--flag takes no value" },
	{ "v --number", "--number needs a value: --number N" },
	{ "v -n", "-n needs a value: --number N" },
	{ "v -fn", "-n needs a value: --number N" },
	{ "v --number=", "--number '': not a number: write it as 4096, 16k or 1.5M" },
	{ "v -n x", "--number 'x': not a number: write it as 4096, 16k or 1.5M" },
	{ "v -n 1KB", "--number '1KB': not a number: write it as 4096, 16k or 1.5M" },
	{ "v -b 1KX", "--bytes '1KX': not a size: write it as 4096, 64K or 64Ki" },
	{ "v -b 1.5", "--bytes '1.5': not a whole number" },
	{ "v -z 9", "-z 9: a level is joined to its option: write -z9" },
	{ "v -fz 9", "-fz 9: a level is joined to its option: write -fz9" },
	{ "v --level 9", "--level 9: a level is joined to its option: write --level=9" },
	{ "v --old", "--old needs a value: --old N" },
	{ "v -x 1e3", "--fraction '1e3': not a number: write a decimal such as 0.65" },
	{ "v -w four", "--word 'four': must be one of one|two|three" },
	{ "v -w tw", "--word 'tw': must be one of one|two|three" },
	{ "v -w one|two", "--word 'one|two': must be one of one|two|three" },
	{ "v --word=", "--word '': must be one of one|two|three" },
	{ "v --level=0", "--level '0': must be 1 to 19" },
	{ "v -z20", "--level '20': must be 1 to 19" },
	{ "v --level=", "--level '': not a number: write decimal digits" },
};

START_TEST(refuses)
{
	ck_assert_int_eq(parse(wrong[_i].line), -1);
	ck_assert_int_eq(err.code, EXIT_USAGE);
	ck_assert_str_eq(err.msg, wrong[_i].want);
}
END_TEST

START_TEST(nearest)
{
	static const char *const names[] = { "norm", "length", "exact", "near" };

	ck_assert_str_eq(opt_nearest(SPAN("lenght"), names, 4), "length");
	ck_assert_str_eq(opt_nearest(SPAN("nrom"), names, 4), "norm");
	ck_assert_str_eq(opt_nearest(SPAN("neer"), names, 4), "near");
	ck_assert_ptr_null(opt_nearest(SPAN("zzzzzzzz"), names, 4));
	ck_assert_ptr_null(opt_nearest(SPAN(""), names, 4));
	ck_assert_ptr_null(opt_nearest(SPAN("x"), names, 0));
}
END_TEST

/* Reports list what changes bytes, with base names of files; level is not reported. */
START_TEST(reported)
{
	struct opt_set set = { rows, &conf };
	struct buf b = { 0 };
	struct json_writer w = { .out = &b };

	ck_assert_int_eq(parse("tool -f -n 7 -s a/dir/x\"y -w two -z5 -l a/b -l c"), 0);
	jw_object(&w);
	opt_report(&set, &w);
	jw_end(&w);
	buf_putc(&b, '\0');
	ck_assert_str_eq(b.p,
	    "{\"flag\":true,\"other-flag\":false,\"number\":7,\"bytes\":"
	    "0,\"fraction\":0.000000,"
	    "\"name\":\"x\\\"y\",\"word\":\"two\",\"list\":[\"b\",\"c\"]}");
	b.n = 0;
	opt_dump(&set, &b);
	buf_putc(&b, '\0');
	ck_assert_ptr_nonnull(strstr(b.p, "-f --flag\n"));
	ck_assert_ptr_nonnull(strstr(b.p, "\n--other-flag\n"));
	buf_free(&b);
}
END_TEST

/* In the common table letters and names are unique, and all rows have help. */
START_TEST(common_table)
{
	for (const struct opt *o = common_opts; o->type != OPT_T_END; o++) {
		ck_assert_ptr_nonnull(o->help);
		ck_assert_msg(
		    o->help[0] && o->help[strlen(o->help) - 1] != '.', "%s", o->name);
		for (const struct opt *p = common_opts; p != o; p++) {
			ck_assert_str_ne(p->name, o->name);
			ck_assert(!o->letter || p->letter != o->letter);
		}
	}
}
END_TEST

Suite *
opt_suite(void)
{
	Suite *s = suite_create("opt");
	TCase *t = tcase_create("opt");

	tcase_add_test(t, every_type);
	tcase_add_test(t, joined);
	tcase_add_test(t, operands);
	tcase_add_test(t, old_names);
	tcase_add_test(t, last_wins);
	tcase_add_test(t, all_kept);
	tcase_add_test(t, value_with_dash);
	tcase_add_loop_test(t, refuses, 0, (int)(sizeof wrong / sizeof *wrong));
	tcase_add_test(t, nearest);
	tcase_add_test(t, reported);
	tcase_add_test(t, common_table);
	suite_add_tcase(s, t);
	return s;
}
