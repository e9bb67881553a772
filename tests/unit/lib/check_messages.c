/* check_messages.c - messages: fields, text, calls, the order of turns, and each problem.
 */
#include <check.h>
#include <stdlib.h>

#include "lib/text/json.h"
#include "lib/text/messages.h"

Suite *messages_suite(void);

static struct messages turns;
static struct arena mem;
static struct message_problem problem;

static void
setup(void)
{
	turns = (struct messages){ 0 };
	mem = (struct arena){ 0 };
}

static void
teardown(void)
{
	free(turns.v);
	arena_free(&mem);
}

#define U    "{\"role\":\"user\",\"content\":\"u\"}"
#define A    "{\"role\":\"assistant\",\"content\":\"a\"}"
#define S    "{\"role\":\"system\",\"content\":\"s\"}"
#define T    "{\"role\":\"tool\",\"content\":\"t\"}"
#define CALL "{\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}"
#define C(n) "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[" n "]}"

static int
read_text(const char *json)
{
	return messages_read(span_of(json), &turns, &problem);
}

static void
text_is(size_t turn, const char *want)
{
	const struct span s = message_text(&turns.v[turn], &mem);

	ck_assert_msg(span_eq(s, span_of(want)), "turn %zu: '%.*s', not '%s'", turn,
	    (int)s.n, s.p, want);
}

START_TEST(fields)
{
	ck_assert_int_eq(read_text("[ { \"content\" : \"Hi\" , \"x\":[1,{\"role\":2}], "
				   "\"role\":\"user\",\"name\":\"Ann\" } , "
				   "{\"r\\u006fle\":\"\\u0061ssistant\",\"content\":"
				   "\"a\\n\\u00e9\"}]"),
	    0);
	ck_assert_uint_eq(turns.n, 2);
	ck_assert_int_eq(turns.v[0].role, ROLE_USER);
	ck_assert(span_eq(turns.v[0].name, SPAN("\"Ann\"")));
	ck_assert_int_eq(turns.v[0].json.p[turns.v[0].json.n - 1], '}');
	ck_assert_int_eq(turns.v[1].role, ROLE_ASSISTANT);
	text_is(0, "Hi");
	text_is(1, "a\n\xc3\xa9");
	ck_assert_ptr_eq(message_text(&turns.v[0], &mem).p, turns.v[0].content.p + 1);
}
END_TEST

START_TEST(aliases)
{
	ck_assert_int_eq(read_text("[{\"role\":\"developer\",\"content\":\"s\"},"
				   "{\"role\":\"function\",\"content\":\"t\"}]"),
	    0);
	ck_assert_int_eq(turns.v[0].role, ROLE_SYSTEM);
	ck_assert(turns.v[0].alias);
	ck_assert_int_eq(turns.v[1].role, ROLE_TOOL);
}
END_TEST

START_TEST(parts)
{
	ck_assert_int_eq(read_text("[{\"role\":\"user\",\"content\":[{\"type\":\"text\","
				   "\"text\":\"a\\\"\"},{\"text\":\"b\",\"type\":"
				   "\"text\"}]},{\"role\":\"user\",\"content\":[]}]"),
	    0);
	text_is(0, "a\"\nb");
	text_is(1, "");
}
END_TEST

START_TEST(calls)
{
	struct json_walk w;
	struct tool_call c;

	ck_assert_int_eq(
	    read_text("[" C("{\"id\":\"7\",\"type\":\"function\",\"function\":{\"name\":"
			    "\"f\",\"arguments\":{\"a\":1}}}," CALL) "]"),
	    0);
	ck_assert_uint_eq(turns.v[0].ncalls, 2);
	text_is(0, "");
	w = json_walk(turns.v[0].tool_calls);
	ck_assert(json_walk_more(&w));
	c = tool_call_next(&w);
	ck_assert(span_eq(c.id, SPAN("\"7\"")) && span_eq(c.name, SPAN("\"f\"")) &&
		  span_eq(c.arguments, SPAN("{\"a\":1}")));
	ck_assert(json_walk_more(&w));
	c = tool_call_next(&w);
	ck_assert(!c.id.p && span_eq(c.arguments, SPAN("\"{}\"")));
	ck_assert(!json_walk_more(&w));
}
END_TEST

/* Values and names of all kinds, also where their quotes and escapes are near the end. */
START_TEST(walk)
{
	static const char *const values[] = { "\"\"", "\"\\\"\"", "\"\\\\\"",
		"\"\\\\\\\"\"", "\"twelve bytes and \\\" more\"", "\"1234567890\"",
		"\"12345678901\"", "\"1234567890\\\\\"", "\"1234567890\\\"\"", "-1.5e3",
		"0", "true", "null", "[]", "{ }", "[[\"]\",{\"}\":[\"\\\"\"]}], 1 ]",
		"{\"a\":{\"\\\"}\":\"{\"}}" };
	enum { N = sizeof values / sizeof *values };

	for (size_t first = 0; first < N; first++) {
		struct buf b = { 0 };
		struct json_walk w;

		buf_puts(&b, "[ ");
		for (size_t i = first; i < N; i++)
			buf_putf(&b, "%s%s", i > first ? " ,\n" : "", values[i]);
		buf_puts(&b, "]");
		w = json_walk(buf_span(&b));
		for (size_t i = first; i < N; i++) {
			ck_assert(json_walk_more(&w));
			ck_assert_int_eq(json_walk_peek(&w), values[i][0]);
			ck_assert(span_eq(json_walk_value(&w), span_of(values[i])));
		}
		ck_assert(!json_walk_more(&w) && w.i == b.n);
		buf_free(&b);
	}
}
END_TEST

static const struct {
	const char *in;
	size_t turn;
	const char *what; /* a part of the message */
} unreadable[] = {
	{ "{}", 0, "the value is an object: write a list" },
	{ "[1]", 1, "turn 1: the message is a number" },
	{ "[{}]", 1, "field 'role' is missing" },
	{ "[" U ",{\"role\":3}]", 2, "turn 2: field 'role' is a number" },
	{ "[{\"role\":\"bot\"}]", 1, "role 'bot' is unknown" },
	{ "[{\"role\":\"user\",\"role\":\"user\"}]", 1, "'role' occurs twice" },
	{ "[{\"role\":\"user\"}]", 1, "content is null or missing" },
	{ "[{\"role\":\"user\",\"content\":null}]", 1, "content is null or missing" },
	{ "[{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[]}]", 1,
	    "content is null or missing, and tool_calls, too" },
	{ "[{\"role\":\"user\",\"content\":4}]", 1, "content is a number" },
	{ "[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}]}]", 1,
	    "part 1 of the content has the type \"image_url\"" },
	{ "[{\"role\":\"user\",\"content\":[{\"type\":\"text\"}]}]", 1,
	    "part 1 of the content has no string 'text'" },
	{ "[{\"role\":\"user\",\"content\":[\"a\"]}]", 1,
	    "part 1 of the content is a string: write it as an object" },
	{ "[{\"role\":\"user\",\"content\":\"\",\"name\":1}]", 1, "name is a number" },
	{ "[{\"role\":\"assistant\",\"function_call\":{}}]", 1,
	    "old form of tool_calls" },
	{ "[{\"role\":\"user\",\"content\":\"\",\"tool_calls\":[" CALL "]}]", 1,
	    "a turn of the user has tool_calls" },
	{ "[" C("4") "]", 1, "a tool call is a number" },
	{ "[" C("{}") "]", 1, "a tool call has no field 'function'" },
	{ "[" C("{\"function\":{}}") "]", 1, "a tool call has no string 'name'" },
	{ "[" C("{\"function\":{\"name\":\"f\",\"arguments\":[]}}") "]", 1,
	    "arguments of a tool call are a list" },
};

START_TEST(problems)
{
	ck_assert_int_eq(read_text(unreadable[_i].in), -1);
	ck_assert_uint_eq(problem.turn, unreadable[_i].turn);
	ck_assert_msg(strstr(problem.what, unreadable[_i].what), "%s", problem.what);
}
END_TEST

static const struct {
	const char *in;
	unsigned flags;
	const char *what; /* NULL: in order */
} orders[] = {
	{ "[" U "," A "]", TURNS_END_ASSISTANT, NULL },
	{ "[" S "," U "]", TURNS_END_USER, NULL },
	{ "[" U "," C(CALL) "," T "," A "," U "]", 0, NULL },
	{ "[" U "," C(CALL "," CALL) "," T "," T "]", TURNS_END_USER, NULL },
	{ "[" U "," C(CALL) "]", TURNS_END_ASSISTANT, NULL },
	{ "[" A "," U "," A "]", TURNS_REPLY, NULL },
	{ "[" U ",{\"role\":\"assistant\",\"content\":\"\\n<tool_call>f</tool_call>\"}," T
	  "," T "]",
	    0, NULL },
	{ "[]", 0, "the list has no turn" },
	{ "[" S "]", 0, "turn 1: the system's turn is the only one" },
	{ "[" S "," S "," U "]", 0, "turn 2: a second system turn" },
	{ "[" U "," S "]", 0, "turn 2: a system turn that is not the first" },
	{ "[" A "]", 0, "turn 1: the first turn is the assistant's" },
	{ "[" S "," A "]", 0, "turn 2: the first turn is the assistant's" },
	{ "[" U "]", TURNS_REPLY, "turn 1: the first turn of an answer is the user's" },
	{ "[" U "," U "]", 0, "turn 2: the user speaks again, after turn 1" },
	{ "[" U "," A "," A "]", 0, "turn 3: the assistant speaks again" },
	{ "[" T "]", 0, "turn 1: a tool answers" },
	{ "[" U "," T "]", 0, "turn 2: a tool answers" },
	{ "[" U "," A "," T "]", 0, "turn 3: a tool answers" },
	{ "[" U "," C(CALL "," CALL) "," U "," T "]", 0, "turn 4: a tool answers" },
	{ "[" U "," C(CALL) "," T "," T "]", 0,
	    "turn 4: a tool answers, but turn 2 has only 1 tool call" },
	{ "[" U "," C(CALL) "," T "," U "]", 0, "turn 4: the user speaks after a tool" },
	{ "[" U ",{\"role\":\"assistant\",\"content\":\" \\n\"}]", 0,
	    "turn 2: the assistant's answer is empty" },
	{ "[" U "]", TURNS_END_ASSISTANT, "turn 1: the last turn is the user's" },
	{ "[" U "," A "]", TURNS_END_USER, "turn 2: the last turn is the assistant's" },
};

START_TEST(order)
{
	ck_assert_int_eq(read_text(orders[_i].in), 0);
	if (!orders[_i].what) {
		ck_assert_int_eq(
		    messages_check(&turns, orders[_i].flags, &mem, &problem), 0);
		return;
	}
	ck_assert_int_eq(messages_check(&turns, orders[_i].flags, &mem, &problem), -1);
	ck_assert_msg(strstr(problem.what, orders[_i].what), "%s", problem.what);
}
END_TEST

Suite *
messages_suite(void)
{
	Suite *s = suite_create("messages");
	TCase *t = tcase_create("messages");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, walk);
	tcase_add_test(t, fields);
	tcase_add_test(t, aliases);
	tcase_add_test(t, parts);
	tcase_add_test(t, calls);
	tcase_add_loop_test(t, problems, 0, sizeof unreadable / sizeof *unreadable);
	tcase_add_loop_test(t, order, 0, sizeof orders / sizeof *orders);
	suite_add_tcase(s, t);
	return s;
}
