/* fuzz_code.c - any bytes as a file name and as source text: what is found lies in them.
 */
#include <stdlib.h>

#include "filters/codeid/clues.h"
#include "filters/codeid/identify_code.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
check(bool holds)
{
	if (!holds)
		abort();
}

static void
check_inside(struct span part, struct span whole)
{
	check(part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n));
	check(part.n == 0 || !memchr(part.p, '\n', part.n));
}

static void
check_bag(struct span text)
{
	static struct code_bag bag, whole;
	static bool seen[1 << CODE_BAG_BITS];
	size_t once;

	code_bag_of(&bag, text);
	check(bag.n <= CODE_BAG_MAX);
	memset(seen, 0, sizeof seen);
	for (size_t i = 0; i < bag.n; i++) {
		bool *here = &seen[bag.feature[i]];

		check(!*here);
		*here = true;
	}
	/* A bag that has a text already learns nothing from it. */
	code_bag_clear(&whole);
	code_bag_add(&whole, text);
	once = whole.n;
	code_bag_add(&whole, text);
	check(whole.n == once);
}

static void
check_guess(const struct code_guesser *g, struct span path, struct span text)
{
	static struct code_scratch first, second;
	const struct code_guess a = code_guess(g, &first, path, text);
	const struct code_guess b = code_guess(g, &second, path, text);

	check(a.lang == CODE_NONE || a.lang < code_langs_n);
	check(a.p >= 0 && a.p <= 1);
	check(a.lang == b.lang && a.by == b.by && a.p == b.p);
	code_guess(g, &first, (struct span){ "", 0 }, text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct code_guesser guesser;
	const struct code_names *names = &guesser.names;
	const struct span in = { (const char *)data, n };
	const char *nl = n ? memchr(in.p, '\n', n) : NULL;
	const struct span path = { in.p, nl ? (size_t)(nl - in.p) : n };
	const struct span text = span_from(in, nl ? path.n + 1 : n);
	struct code_named named;
	const struct code_rule *rule;

	struct err err = { 0 };

	if (!names->ext)
		check(code_guesser_open(&guesser, NULL, &err) == 0);
	named = code_by_name(names, path);
	check((named.by == CODE_BY_NOTHING) == (code_set_count(&named.set) == 0));
	check_inside(code_shebang(text), text);
	check_inside(code_exec(text), text);
	check_inside(code_modeline(text), text);
	code_by_run(names, code_shebang(text));
	code_by_mode(names, code_modeline(text));
	rule = code_magic_find(&guesser.magic, text, &named.set, &named.set, false);
	check(!rule || code_set_has(&named.set, code_lang_find(span_of(rule->lang))));
	check_bag(text);
	check_guess(&guesser, path, text);
	return 0;
}
