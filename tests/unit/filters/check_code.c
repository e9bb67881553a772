/* check_code.c - tests of codeid: language table, file names, clues, constructs,
 * features. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "filters/codeid/clues.h"
#include "filters/codeid/code_features.h"
#include "filters/codeid/constructs.h"
#include "filters/codeid/file_names.h"
#include "lib/base/mem.h"

Suite *code_suite(void);

static struct file_names names;
static struct constructs constructs;

static void
setup(void)
{
	file_names_open(&names);
	constructs_open(&constructs);
}

static void
teardown(void)
{
	file_names_close(&names);
}

/* The names of a set in the order of the table, separated by blanks. */
static const char *
words(struct code_set set)
{
	static char out[4096];
	size_t n = 0;

	out[0] = '\0';
	for (unsigned i = 0; i < code_langs_n; i++)
		if (code_set_has(&set, i))
			n += (size_t)snprintf(out + n, sizeof out - n, "%s%s",
			    n ? " " : "", code_langs[i].name);
	return out;
}

static struct code_set
set_of(const char *list)
{
	struct code_set set = { 0 };

	while (*list) {
		const size_t n = strcspn(list, " ");
		const unsigned lang = code_lang_find((struct span){ list, n });

		ck_assert_uint_ne(lang, CODE_NONE);
		code_set_add(&set, lang);
		list += n + strspn(list + n, " ");
	}
	return set;
}

static bool
is_word(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)p[i] <= ' ' || p[i] == '\x7f' ||
		    (p[i] == '?' && i + 1 < n))
			return false;
	return n > 0;
}

/* Lists are distinct words separated by one blank; extensions are lower case. */
static void
check_list(const char *list, bool lower)
{
	for (const char *p = list; p && *p;) {
		const size_t n = strcspn(p, " "), bare = n - (p[n - 1] == '?');

		ck_assert_msg(is_word(p, n), "'%s'", list);
		ck_assert_msg(
		    p[n] == '\0' || (p[n + 1] && p[n + 1] != ' '), "'%s'", list);
		for (const char *q = p + n; *q;) {
			const size_t m = strcspn(q + 1, " ");

			ck_assert_msg(
			    m - (q[m] == '?') != bare || memcmp(p, q + 1, bare) != 0,
			    "twice in '%s': %.*s", list, (int)n, p);
			q += 1 + m;
		}
		for (size_t i = 0; lower && i < n; i++)
			ck_assert_msg(!(p[i] >= 'A' && p[i] <= 'Z'), "'%s'", list);
		p += n + (p[n] == ' ');
	}
}

START_TEST(table)
{
	ck_assert_uint_le(code_langs_n, CODE_LANGS_MAX);
	for (size_t i = 0; i < code_langs_n; i++) {
		const struct code_lang *l = &code_langs[i];

		ck_assert_msg(i == 0 || strcmp(l[-1].name, l->name) < 0, "%s", l->name);
		ck_assert_uint_le(strlen(l->name), 23);
		ck_assert(l->ext || l->file || l->interp);
		check_list(l->ext, true);
		check_list(l->file, false);
		check_list(l->interp, false);
		check_list(l->mode, true);
		ck_assert_uint_eq(code_lang_find(span_of(l->name)), i);
	}
	ck_assert_uint_eq(code_lang_find(SPAN("")), CODE_NONE);
	ck_assert_uint_eq(code_lang_find(SPAN("zzz")), CODE_NONE);
	ck_assert_uint_eq(code_lang_find(SPAN("pytho")), CODE_NONE);
}
END_TEST

static const struct {
	const char *path, *want;
	enum code_by by;
	bool weak;
} paths[] = {
	{ "", "", CODE_BY_NONE, true },
	{ "main.go", "go", CODE_BY_EXT, false },
	{ "src/Main.JAVA", "java", CODE_BY_EXT, false },
	{ "a\\b\\x.cs", "c-sharp", CODE_BY_EXT, false },
	{ "x.d.ts", "typescript", CODE_BY_EXT, false },
	{ "x.blade.php", "php", CODE_BY_EXT, false },
	{ "lib/x.h", "c cpp objective-c", CODE_BY_EXT, true },
	{ "x.C", "c cpp", CODE_BY_EXT, false },
	{ "x.m", "mathematica matlab mercury objective-c", CODE_BY_EXT, true },
	{ "x.v", "coq verilog vlang", CODE_BY_EXT, true },
	{ "x.pl", "perl prolog raku", CODE_BY_EXT, true },
	{ "x.cls", "tex visual-basic", CODE_BY_EXT, true },
	{ "notes.txt", "text", CODE_BY_EXT, true },
	{ "README", "text", CODE_BY_NAME, false },
	{ "Makefile", "makefile", CODE_BY_NAME, false },
	{ "Makefile.am", "makefile", CODE_BY_NAME, false },
	{ "Makefile.PL", "perl", CODE_BY_NAME, false },
	{ "Makefile.linux-x86", "makefile", CODE_BY_NAME, false },
	{ "deploy/Dockerfile.alpine", "dockerfile", CODE_BY_NAME, false },
	{ "Dockerfile", "dockerfile", CODE_BY_NAME, false },
	{ "CMakeLists.txt", "cmake", CODE_BY_NAME, false },
	{ "Dockerfiles", "", CODE_BY_NONE, true },
	{ ".bashrc", "shell", CODE_BY_NAME, false },
	{ ".py", "", CODE_BY_NONE, true },
	{ "x.", "", CODE_BY_NONE, true },
	{ "x.py.in", "python", CODE_BY_EXT, false },
	{ "x.py.orig", "python", CODE_BY_EXT, false },
	{ "x.py~", "python", CODE_BY_EXT, false },
	{ "x.in", "", CODE_BY_NONE, true },
	{ "configure.in", "m4", CODE_BY_NAME, false },
	{ "x.unheardof", "", CODE_BY_NONE, true },
	{ "docs.jsonl.zst:17", "", CODE_BY_NONE, true },
	{ "https://example.org", "", CODE_BY_NONE, true },
	{ "https://example.org/a/x.rs?raw=1#L5", "rust", CODE_BY_EXT, false },
	{ "https://example.org/page.html", "", CODE_BY_NONE, true },
	{ "https://example.org/index.php?x=1", "", CODE_BY_NONE, true },
	{ "git://example.org/repo/", "", CODE_BY_NONE, true },
};

START_TEST(path)
{
	const char *name = paths[_i].path;
	const struct file_name_match got = file_names_by_path(&names, span_of(name));

	ck_assert_msg(strcmp(words(got.set), paths[_i].want) == 0, "'%s': '%s'", name,
	    words(got.set));
	ck_assert_msg(got.weak == paths[_i].weak, "'%s'", name);
	if (*paths[_i].want)
		ck_assert_msg(got.by == paths[_i].by, "'%s'", name);
}
END_TEST

static const struct {
	const char *text, *run, *exec, *mode, *lang;
} clues[] = {
	{ "", "", "", "", "" },
	{ "#!/bin/sh\n", "sh", "", "", "shell" },
	{ "#!/bin/sh", "sh", "", "", "shell" },
	{ "#! /usr/bin/perl -w\n", "perl", "", "", "perl" },
	{ "#!/usr/bin/python3.11\r\n", "python3.11", "", "", "python" },
	{ "#!/usr/local/bin/lua5.4\n", "lua5.4", "", "", "lua" },
	{ "#!/usr/bin/env ruby\n", "ruby", "", "", "ruby" },
	{ "#!/usr/bin/env -S node --harmony\n", "node", "", "", "javascript" },
	{ "#!/usr/bin/env -S A=1 B=2 /opt/bin/julia\n", "julia", "", "", "julia" },
	{ "#!/usr/bin/env\n", "", "", "", "" },
	{ "#!\n", "", "", "", "" },
	{ " #!/bin/sh\n", "", "", "", "" },
	{ "#!/opt/unheardof\n", "unheardof", "", "", "" },
	{ "#!/bin/sh\n# \\\nexec tclsh \"$0\" \"$@\"\n", "sh", "tclsh", "", "tcl" },
	{ "#!/bin/sh\nexec /usr/bin/env scala \"$0\" \"$@\"\n!#\n", "sh", "scala", "",
	    "scala" },
	{ "#!/bin/sh\n\"exec\" \"python\" \"$0\" \"$@\"\n", "sh", "python", "",
	    "python" },
	{ "#!/bin/sh\neval 'exec perl -x -wS $0'\n", "sh", "perl", "", "perl" },
	{ "#!/bin/sh\nexec java -jar x.jar\n", "sh", "", "", "shell" },
	{ "#!/bin/sh\nexec sudo \"$0\"\n", "sh", "sudo", "", "shell" },
	{ "/* -*- C++ -*- */\n", "", "", "C++", "cpp" },
	{ "# -*- mode: python; coding: utf-8 -*-\n", "", "", "python", "python" },
	{ "# -*- coding: utf-8; Mode:Ruby -*-\n", "", "", "Ruby", "ruby" },
	{ "# -*- coding: utf-8 -*-\n", "", "", "", "" },
	{ "#!/bin/x\n;; -*- lisp -*-\n", "x", "", "lisp", "common-lisp" },
	{ "a\nb\nc\n;; -*- lisp -*-\nd\n", "", "", "", "" },
	{ "# vim: ft=perl\n", "", "", "perl", "perl" },
	{ "a\nb\n# vim: set ts=8 ft=make :\n", "", "", "make", "makefile" },
	{ "// vi:filetype=cpp", "", "", "cpp", "cpp" },
	{ "# ex: sw=4 syntax=sh\n", "", "", "sh", "shell" },
	{ "1\n2\n3\n4\n5\n6\n7\n8\n# vim: ft=c\n", "", "", "c", "c" },
	{ "1\n2\n3\n4\n5\n# vim: ft=c\n6\n7\n8\n9\n10\n", "", "", "", "" },
	{ "novim: ft=c\n", "", "", "", "" },
	{ "ft=c vim:\n", "", "", "", "" },
	{ "# vim: draft=c\n", "", "", "", "" },
	{ "-*-\n", "", "", "", "" },
	{ "-*- -*-\n", "", "", "", "" },
	{ "# vim: ft=\n", "", "", "", "" },
};

static void
assert_span(struct span got, const char *want, const char *text)
{
	ck_assert_msg(span_eq(got, span_of(want)), "'%s': '%.*s', not '%s'", text,
	    (int)got.n, got.p, want);
}

START_TEST(clue)
{
	const char *text = clues[_i].text;
	/* No NUL at the end, so that a sanitizer detects a read beyond it. */
	const struct span s = { memcpy(xmalloc(strlen(text)), text, strlen(text)),
		strlen(text) };
	struct code_set set = file_names_by_interpreter(&names, clues_shebang(s));
	struct code_set other = file_names_by_interpreter(&names, clues_exec(s));

	assert_span(clues_shebang(s), clues[_i].run, text);
	assert_span(clues_exec(s), clues[_i].exec, text);
	assert_span(clues_modeline(s), clues[_i].mode, text);
	if (code_set_count(&other))
		set = other;
	if (*clues[_i].mode)
		set = file_names_by_mode(&names, clues_modeline(s));
	ck_assert_str_eq(words(set), clues[_i].lang);
	free((void *)(uintptr_t)s.p);
}
END_TEST

/* Append a text that matches a pattern. */
static void
describe(struct buf *out, const char *p)
{
	for (; *p; p++)
		switch (*p) {
		case '@':
			buf_puts(out, "Name1");
			break;
		case '%':
			buf_puts(out, "(x)");
			break;
		case '$':
			break;
		case '\\':
			p++;
			/* fall through */
		default:
			buf_putc(out, *p);
		}
	buf_putc(out, '\n');
}

START_TEST(rule)
{
	const struct construct *r = &construct_table[_i], *got;
	const struct code_set to = set_of(r->lang);
	struct code_set from = constructs.from[_i];
	struct buf text = { 0 };

	if (r->from[0] == '*' || r->from[0] == '+')
		from = set_of("c");
	describe(&text, r->pattern);
	if (r->also)
		describe(&text, r->also);
	got = constructs_find(&constructs, buf_span(&text), &from, &to, false);
	ck_assert_msg(got != NULL, "%s: '%s'", r->lang, r->pattern);
	ck_assert_str_eq(got->lang, r->lang);
	/* ANYWHERE, a run at the beginning of a pattern would take quadratic time. */
	ck_assert_msg(r->place != ANYWHERE ||
			  (!strchr(" @%", r->pattern[0]) && !strchr(r->pattern, '%')),
	    "not linear: '%s'", r->pattern);
	buf_free(&text);
}
END_TEST

static const struct {
	const char *from, *want, *text;
} texts[] = {
	/* AT_START */
	{ "rust", "xml", "\n\n\t<?xml version=\"1.0\"?>" },
	{ "rust", "", "x\n<?xml version=\"1.0\"?>" },
	/* AT_LINE */
	{ "c", "cpp", "x\n  namespace a" },
	{ "c", "", "x namespace a" },
	/* ANYWHERE */
	{ "c", "cpp", "int x = std::y" },
	{ "c", "", "" },
	/* case, and its folding */
	{ "c", "", "NAMESPACE a" },
	{ "c", "html", "<!DOCTYPE HTML>" },
	{ "c", "gettext", "msgid \"\"\nmsgstr \"\"" },
	{ "c", "", "MSGID \"\"\nMSGSTR \"\"" },
	/* ' ' is one or more blanks */
	{ "c", "cpp", "namespace \t a" },
	{ "c", "", "namespacea" },
	/* '@' is one or more characters of a name */
	{ "verilog", "vlang", "fn x1.y(" },
	{ "verilog", "", "fn (" },
	/* '%' stays within the line */
	{ "fortran", "forth", ": sq dup * ;" },
	{ "fortran", "", ": sq dup\n* ;" },
	/* '$' is the end of the line */
	{ "verilog", "coq", "Proof.  \r\n" },
	{ "verilog", "", "Proof.s" },
	/* '\\' makes the next character literal */
	{ "c", "postscript", "%!PS" },
	{ "c", "", "1!PS" },
	/* the table */
	{ "c cpp objective-c", "", "int f(int x);\n" },
	{ "c cpp objective-c", "cpp", "#pragma once\nnamespace a {\nint f();\n}\n" },
	{ "c cpp objective-c", "objective-c", "#import <Foundation/Foundation.h>\n" },
	{ "rust", "xml", "<?xml version=\"1.0\"?>\n<rs/>\n" },
	{ "rust", "", "fn f() {}\n" },
	{ "typescript", "xml", "<!DOCTYPE TS>\n<TS version=\"2.1\">\n" },
	{ "coq verilog vlang", "coq", "Lemma a : True.\nProof.\n" },
	{ "coq verilog vlang", "vlang", "module x\nfn main() {\n" },
	{ "mathematica matlab mercury objective-c", "matlab", "% sum\nfunction y = f\n" },
	{ "mathematica matlab mercury objective-c", "mercury", ":- module hello.\n" },
	{ "mathematica matlab mercury objective-c", "mathematica", "(* sum *)\nf[x_]" },
	{ "perl prolog raku", "prolog", ":- use_module(library(lists)).\n" },
	{ "perl prolog raku", "raku", "use v6;\nsay 1;\n" },
	{ "perl prolog raku", "perl", "package A;\nuse strict;\n" },
	{ "tex visual-basic", "visual-basic", "VERSION 1.0 CLASS\nBEGIN\n" },
	{ "tex visual-basic", "tex", "\\NeedsTeXFormat{LaTeX2e}\n" },
	{ "verilog", "systemverilog", "always_ff @(posedge clk)\n" },
	{ "markdown", "restructuredtext", ".. note:: a\n" },
	{ "markdown", "", "# CMake\n\n    cmake_minimum_required(VERSION 3.5)\n" },
	{ "shell", "cmake", "CMAKE_MINIMUM_REQUIRED(VERSION 3.5)\n" },
	{ "shell", "dockerfile", "FROM debian:12\nRUN true\n" },
	{ "json", "jupyter-scripts", "{\"cells\": [{\"cell_type\": \"code\"}]}" },
	{ "javascript", "typescript", "function f(x: number, y) {}\n" },
};

START_TEST(text)
{
	const struct code_set from = set_of(texts[_i].from);
	struct code_set to = { 0 };
	const struct construct *got;

	for (unsigned i = 0; i < code_langs_n; i++)
		code_set_add(&to, i);
	got = constructs_find(&constructs, span_of(texts[_i].text), &from, &to, false);
	ck_assert_msg(strcmp(got ? got->lang : "", texts[_i].want) == 0, "%s: %s",
	    texts[_i].text, got ? got->lang : "nothing");
}
END_TEST

/* Features form a set, in the order of their first occurrence. */
START_TEST(tokens)
{
	static struct code_features a, b;
	const size_t head = CODE_HEAD_BYTES;
	struct buf long_text = { 0 };

	code_features_of_text(&a, SPAN(""));
	ck_assert_uint_eq(a.n, 0);
	code_features_of_text(&a, SPAN("\n \n\r\n"));
	ck_assert_uint_le(a.n, 2); /* indents */
	code_features_of_text(&a, SPAN("x = 1\n"));
	code_features_of_text(&b, SPAN("x = 1\nx = 1\n"));
	ck_assert_uint_gt(b.n, a.n); /* "1, newline, x", but nothing twice */
	ck_assert_uint_lt(b.n, 2 * a.n);
	code_features_of_text(&b, SPAN("x = 276.5e3\n")); /* all numbers are one token */
	ck_assert_uint_eq(a.n, b.n);
	ck_assert(memcmp(a.feature, b.feature, a.n * sizeof *a.feature) == 0);
	code_features_of_text(&b, SPAN("y = 1\n"));
	ck_assert(memcmp(a.feature, b.feature, a.n * sizeof *a.feature) != 0);
	/* The middle of a long text is ignored. */
	for (size_t i = 0; i < 3 * head; i++)
		buf_putc(&long_text, i % 40 == 39 ? '\n' : (char)('a' + i * i % 23));
	code_features_of_text(&a, buf_span(&long_text));
	long_text.p[2 * head] = '$';
	code_features_of_text(&b, buf_span(&long_text));
	ck_assert_uint_eq(a.n, b.n);
	ck_assert(memcmp(a.feature, b.feature, a.n * sizeof *a.feature) == 0);
	long_text.p[long_text.n - 2] = '$';
	code_features_of_text(&b, buf_span(&long_text));
	ck_assert(
	    a.n != b.n || memcmp(a.feature, b.feature, a.n * sizeof *a.feature) != 0);
	buf_free(&long_text);
}
END_TEST

/* Features are part of the model format: a change needs a new model. */
START_TEST(token_features)
{
	static struct code_features bag;
	uint64_t sum = 0;

	code_features_of_text(&bag,
	    SPAN("#include <stdio.h>\n\nint\nmain(void)\n{\n\tprintf(\"\xc3\xa4\");\n"
		 "    return x->y == 0xff && a_very_long_name_that_counts_as_any;\n}\n"));
	for (size_t i = 0; i < bag.n; i++)
		sum = sum * 31 + bag.feature[i];
	ck_assert_uint_eq(bag.n, 137);
	ck_assert_uint_eq(sum, 0x476449089070b067U);
}
END_TEST

Suite *
code_suite(void)
{
	Suite *s = suite_create("code");
	TCase *c = tcase_create("code");

	tcase_add_unchecked_fixture(c, setup, teardown);
	tcase_add_test(c, table);
	tcase_add_loop_test(c, path, 0, sizeof paths / sizeof *paths);
	tcase_add_loop_test(c, clue, 0, sizeof clues / sizeof *clues);
	tcase_add_loop_test(c, rule, 0, (int)construct_table_n);
	tcase_add_loop_test(c, text, 0, sizeof texts / sizeof *texts);
	tcase_add_test(c, tokens);
	tcase_add_test(c, token_features);
	suite_add_tcase(s, c);
	return s;
}
