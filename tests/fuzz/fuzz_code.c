/* fuzz_code.c - any bytes as a file name and source text: results are within the text and
 * reproducible. */
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
check_features(struct span text)
{
	static struct code_features set, whole;
	static bool seen[1 << CODE_FEATURE_BITS];
	size_t once;

	code_features_of_text(&set, text);
	check(set.n <= CODE_FEATURES_MAX);
	memset(seen, 0, sizeof seen);
	for (size_t i = 0; i < set.n; i++) {
		bool *here = &seen[set.feature[i]];

		check(!*here);
		*here = true;
	}
	/* Adding a text twice adds nothing. */
	code_features_clear(&whole);
	code_features_add(&whole, text);
	once = whole.n;
	code_features_add(&whole, text);
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
	const struct file_names *names = &guesser.names;
	const struct span in = { (const char *)data, n };
	const char *nl = n ? memchr(in.p, '\n', n) : NULL;
	const struct span path = { in.p, nl ? (size_t)(nl - in.p) : n };
	const struct span text = span_from(in, nl ? path.n + 1 : n);
	struct file_name_match named;
	const struct construct *found;

	struct err err = { 0 };

	if (!names->ext)
		check(code_guesser_open(&guesser, NULL, &err) == 0);
	named = file_names_by_path(names, path);
	check((named.by == CODE_BY_NONE) == (code_set_count(&named.set) == 0));
	check_inside(clues_shebang(text), text);
	check_inside(clues_exec(text), text);
	check_inside(clues_modeline(text), text);
	file_names_by_interpreter(names, clues_shebang(text));
	file_names_by_mode(names, clues_modeline(text));
	found = constructs_find(&guesser.constructs, text, &named.set, &named.set, false);
	check(!found || code_set_has(&named.set, code_lang_find(span_of(found->lang))));
	check_features(text);
	check_guess(&guesser, path, text);
	return 0;
}
