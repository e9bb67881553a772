/* check_answers.c - what answers conclude, items of lists, and lines of servers. */
#include <check.h>
#include <stdlib.h>

#include "filters/align/conclusion.h"
#include "filters/align/list_items.h"
#include "filters/align/response.h"

Suite *answers_suite(void);

START_TEST(finals)
{
	static const struct {
		const char *answer, *final, *same;
	} t[] = {
		{ "so 3 + 4 = 7.", "7", "7.00" },
		{ "\\boxed{1} or \\boxed{a{b}c} 9", "a{b}c", " a{ b}c" },
		{ "cost: $1,234.50", "1,234.50", "$1234.5" },
		{ "-0.50", "-0.50", "-.5" },
		{ "3-4", "4", "+4" },
		{ "007", "007", "7" },
	};

	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		const struct span s = conclusion_final(span_of(t[i].answer));

		ck_assert_msg(span_eq(s, span_of(t[i].final)), "%s: '%.*s'", t[i].answer,
		    (int)s.n, s.p);
		ck_assert_msg(conclusion_same(s, span_of(t[i].same)), "%s", t[i].answer);
	}
	ck_assert_ptr_null(conclusion_final(SPAN("none")).p);
	ck_assert_ptr_null(conclusion_final(SPAN("")).p);
	ck_assert(!conclusion_same(SPAN("7"), SPAN("-7")));
	ck_assert(!conclusion_same(SPAN(""), SPAN("")));
	ck_assert(!conclusion_same(SPAN("1.5"), SPAN("15")));
}
END_TEST

START_TEST(words)
{
	ck_assert_int_eq(conclusion_yes_no(SPAN(" **Yes**")), 'y');
	ck_assert_int_eq(conclusion_yes_no(SPAN("nothing")), 0);
	ck_assert_int_eq(conclusion_yes_no(SPAN("NO")), 'n');
	ck_assert_int_eq(conclusion_letter(SPAN("[[A]] then [[B]] end")), 'B');
	ck_assert_int_eq(conclusion_letter(SPAN("(C).")), 'C');
	ck_assert_int_eq(conclusion_letter(SPAN("[[D]]")), 0);
	ck_assert_int_eq(conclusion_letter(SPAN("[[A] or B")), 0);
}
END_TEST

START_TEST(lists)
{
	static const struct {
		const char *text, *items; /* joined by bars; NULL: no list of strings */
	} t[] = {
		{ "Here:\n1. a\n2. b\n\nBye", "a|b" },
		{ "1. a\n1. b", "a|b" },
		{ "- a\n  - b\n- c", "a\n  - b|c" },
		{ "**A**: x\n**B**: y", "**A**: x|**B**: y" },
		{ "[\"a\",\"b\",]", "a|b" },
		{ "[\"a\",1]", NULL },
		{ "[,]", "" },
		{ "topics:\na\nb", "a|b" },
		{ "1.\n2. b", "b" },
		{ "", "" },
	};
	struct list_items l = { 0 };
	struct arena mem = { 0 };
	struct buf b = { 0 };

	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		const int rc = list_items_read(&l, span_of(t[i].text), &mem);

		ck_assert_msg((rc < 0) == !t[i].items, "%s", t[i].text);
		b.n = 0;
		for (size_t k = 0; rc == 0 && k < l.n; k++) {
			if (k)
				buf_putc(&b, '|');
			buf_put(&b, l.v[k].p, l.v[k].n);
		}
		ck_assert_msg(rc < 0 || span_eq(buf_span(&b), span_of(t[i].items)),
		    "%s: %.*s", t[i].text, (int)b.n, b.p);
	}
	ck_assert(span_eq(list_item_head(SPAN("**A:** b")), SPAN("A")));
	ck_assert(span_eq(list_item_head(SPAN("**A b")), SPAN("**A b")));
	free(l.v);
	arena_free(&mem);
	buf_free(&b);
}
END_TEST

#define R(body)		 "{\"custom_id\":\"q\",\"response\":" body "}"
#define M(message, more) "{\"choices\":[{\"message\":{" message "}" more "}]}"

START_TEST(states)
{
	static const struct {
		const char *line;
		enum answer_state state;
	} t[] = {
		{ R("{\"status_code\":200,\"body\":" M("\"content\":\"x\"", "") "}"),
		    ANSWER_SHORT },
		{ R(M("\"content\":\" \\n\"", "")), ANSWER_EMPTY },
		{ R(M("\"content\":\"\\\\\"", ",\"finish_reason\":\"stop\"")),
		    ANSWER_SHORT },
		{ R(M("\"content\":\"x\"", ",\"finish_reason\":\"length\"")),
		    ANSWER_CUT },
		{ R("{\"status_code\":500}"), ANSWER_ERROR },
		{ R("null,\"error\":{}"), ANSWER_ERROR },
		{ R("null"), ANSWER_NONE },
		{ R("{\"body\":{\"data\":[{\"data\":[[0.5]]}]}}"), ANSWER_GOOD },
		{ "{\"custom_id\":\"q\",\"n\":1}", ANSWER_GOOD },
	};
	const struct answer_rules stop = { "custom_id", true, 2 },
				  any = { "custom_id", false, 2 };
	struct response r = { 0 };
	char why[200];

	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		const struct answer_rules *rules =
		    t[i].state == ANSWER_CUT ? &stop : &any;

		ck_assert_msg(response_parse(&r, span_of(t[i].line), rules, why) == 0,
		    "%s: %s", t[i].line, why);
		ck_assert_msg(response_state(&r, rules) == t[i].state, "%s: %d",
		    t[i].line, (int)response_state(&r, rules));
	}
	response_free(&r);
}
END_TEST

Suite *
answers_suite(void)
{
	Suite *s = suite_create("answers");
	TCase *t = tcase_create("answers");

	tcase_add_test(t, finals);
	tcase_add_test(t, words);
	tcase_add_test(t, lists);
	tcase_add_test(t, states);
	suite_add_tcase(s, t);
	return s;
}
