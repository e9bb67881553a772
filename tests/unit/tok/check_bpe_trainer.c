/* check_bpe_trainer.c - words, their counts, and BPE merges against a naive trainer. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "tok/sp.h"
#include "tok/train/bpe_merges.h"
#include "tok/train/bpe_trainer.h"
#include "tok/train/word_counts.h"
#include "tok/train/word_tally.h"
#include "tok/vocab_library.h"

Suite *bpe_trainer_suite(void);

static uint64_t
next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 33;
}

/* The words of a line, joined by '|'. */
static void
check_words(const struct word_rules *r, const char *line, const char *want)
{
	struct buf copy = { 0 }, got = { 0 };
	const struct span text = word_rules_line(span_of(line), &copy);
	struct span word;
	size_t at = 0;

	while (word_rules_next(r, text, &at, &word)) {
		buf_putc(&got, '|');
		buf_put(&got, word.p, word.n);
	}
	buf_putc(&got, '\0');
	ck_assert_str_eq(got.p, want);
	buf_free(&copy);
	buf_free(&got);
}

START_TEST(words_are_split)
{
	static const struct {
		const char *line, *want;
	} cases[] = {
		{ "the mill", "|the| mill" },
		{ "  two  spaces ", "|  two|  spaces| " },
		{ "\xe2\x96\x81x y", "| x| y" },
		{ "f(x, y)=2;", "|f|(|x|,| y|)=|2|;" },
		{ "v 12a", "|v| |1|2|a" },
		{ "a\tb", "|a|\t|b" },
		/* Latin, Cyrillic; Han with Hiragana and Katakana. */
		{ "ab\xd0\xb4", "|ab|\xd0\xb4" },
		{ "\xe5\xad\x97\xe3\x81\x82\xe3\x82\xa2\xe3\x83\xbc",
		    "|\xe5\xad\x97\xe3\x81\x82\xe3\x82\xa2\xe3\x83\xbc" },
		/* A combining acute accent, then another script. */
		{ "e\xcc\x81 e\xcc\x81\xd0\xb4", "|e\xcc\x81| e\xcc\x81\xd0\xb4" },
		{ "a<s>b<0x41>c", "|a|\t|b|\t|c" },
		{ "the end ends", "|the|\t|s" },
		{ "\xef\xbc\x91x", "|\xef\xbc\x91|x" },
	};
	const struct span symbols[] = { SPAN("<s>"), SPAN("<0x41>"),
		SPAN("\xe2\x96\x81"
		     "end\xe2\x96\x81"
		     "end"),
		SPAN("\xe2\x96\x81"
		     "en") };
	struct word_rules *r = word_rules_new(symbols, sizeof symbols / sizeof *symbols);

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check_words(r, cases[i].line, cases[i].want);
	word_rules_free(r);
}
END_TEST

static int
put_counted(void *arg, const struct counted *w, struct err *err)
{
	struct buf *b = arg;

	buf_putf(b, "%.*s=%ju ", (int)w->text.n, w->text.p, (uintmax_t)w->count);
	return 0;
}

/* Spills and merged runs change no count and no order. */
START_TEST(spills_keep_counts)
{
	static const uint64_t memory[] = { (uint64_t)1 << 30, 1, 300000 };
	struct buf got[3] = { { 0 }, { 0 }, { 0 } };
	struct err err = { 0 };

	for (int turn = 0; turn < 3; turn++) {
		struct word_counts *c = word_counts_new(memory[turn], NULL);
		uint64_t state = 7;

		for (int i = 0; i < (turn == 1 ? 5000 : 200000); i++) {
			char text[24];
			const int n = snprintf(text, sizeof text, "w%ju",
			    (uintmax_t)(next_random(&state) % (i % 3 ? 300 : 30000)));
			struct counted w = { .text = { text, (size_t)n },
				.count = (uint64_t)i % 7 + 1 };

			w.hash = word_key(w.text);
			ck_assert_int_eq(word_counts_add(c, &w, &err), 0);
		}
		ck_assert_int_eq(word_counts_each(c, put_counted, &got[turn], &err), 0);
		got[turn].n = 0;
		ck_assert_int_eq(word_counts_each(c, put_counted, &got[turn], &err), 0);
		ck_assert_uint_eq(word_counts_spills(c) > 0, turn > 0);
		word_counts_free(c);
	}
	ck_assert_uint_eq(got[0].n, got[2].n);
	ck_assert_mem_eq(got[0].p, got[2].p, got[0].n);
	for (int i = 0; i < 3; i++)
		buf_free(&got[i]);
}
END_TEST

/* A corpus of random words over letters a, b, ... and spaces. */
static void
random_corpus(struct bpe_corpus *c, struct bpe_symbols *s, uint64_t seed)
{
	const uint32_t letters = 2 + (uint32_t)(seed % 40);
	struct alphabet a = { 0 };
	struct buf text = { 0 };
	uint64_t state = seed;

	for (int pass = 0; pass < 2; pass++) {
		state = seed;
		for (int i = 0; i < 120; i++) {
			struct counted w = { .count = next_random(&state) % 20 + 1 };
			const size_t n = next_random(&state) % 24 + 1;

			text.n = 0;
			for (size_t k = 0; k < n; k++) {
				const uint64_t x = next_random(&state);
				const bool starts = k == 0 || text.p[k - 1] == ' ';
				const char letter = (char)('A' + x / 8 % letters);

				buf_putc(&text, x % 5 == 0 && starts ? ' ' : letter);
			}
			w.text = buf_span(&text);
			if (pass == 0) {
				alphabet_add(&a, w.text, w.count);
				corpus_survey(c, &w);
			} else {
				corpus_add(c, &a, &w);
			}
		}
		if (pass == 0) {
			alphabet_choose(&a, seed % 2 ? 1 : 0.98, SPAN(""));
			corpus_fit(c, UINT64_MAX);
		}
	}
	for (size_t i = 0; i < a.n; i++)
		bpe_symbols_letter(s, a.letter[i].c, 1);
	alphabet_free(&a);
	buf_free(&text);
}

struct naive_pair {
	uint32_t left, right;
	uint64_t count;
};

/* Count a pair in all words, as often as it can be merged. */
static uint64_t
naive_count(const struct bpe_corpus *c, uint32_t left, uint32_t right)
{
	uint64_t sum = 0;

	for (size_t k = 0; k < c->n; k++) {
		const uint32_t *s = c->symbol + c->word[k].at;

		for (uint32_t i = 0; i + 1 < s[-1]; i++)
			if (s[i] == left && s[i + 1] == right) {
				sum += c->word[k].count;
				i++;
			}
	}
	return sum;
}

/* The next pair to merge: its count is 0 if there is none. */
static struct naive_pair
naive_best(const struct bpe_corpus *c, const struct bpe_symbols *s, const bool *banned)
{
	struct naive_pair best = { 0 };

	for (uint32_t l = 0; l < s->n; l++)
		for (uint32_t r = 0; r < s->n; r++) {
			struct naive_pair p = { l, r, 0 };
			int d;

			if (banned[l * 1000 + r] || !bpe_symbols_join(s, l, r))
				continue;
			p.count = naive_count(c, l, r);
			if (p.count < best.count || p.count == 0)
				continue;
			d = p.count > best.count
				? -1
				: bpe_symbols_order(s, l, r, best.left, best.right);
			if (d < 0)
				best = p;
		}
	return best;
}

static void
naive_train(struct bpe_corpus *c, struct bpe_symbols *s, uint64_t merges)
{
	bool *banned = xcalloc((size_t)1000 * 1000, sizeof *banned);

	while (merges > 0) {
		const struct naive_pair p = naive_best(c, s, banned);

		if (p.count == 0)
			break;
		banned[p.left * 1000 + p.right] = true;
		if (!bpe_symbols_merge(s, p.left, p.right))
			continue;
		merges--;
		for (size_t k = 0; k < c->n; k++) {
			uint32_t *w = c->symbol + c->word[k].at, to = 0;

			for (uint32_t i = 0; i < w[-1]; i++, to++) {
				const bool hit = w[i] == p.left && i + 1 < w[-1] &&
						 w[i + 1] == p.right;

				w[to] = hit ? (uint32_t)s->n - 1 : w[i];
				i += hit;
			}
			w[-1] = to;
		}
	}
	free(banned);
}

/* The heap trainer chooses what counting all pairs for each merge chooses. */
START_TEST(merges_equal_naive)
{
	static const uint64_t memory[] = { (uint64_t)1 << 30, 0 };

	for (int turn = 0; turn < 2; turn++) {
		struct bpe_corpus fast = { 0 }, slow = { 0 };
		struct bpe_symbols a = { 0 }, b = { 0 };
		const struct bpe_limits limits = { .merges = 30, .memory = memory[turn] };

		random_corpus(&fast, &a, (uint64_t)_i);
		random_corpus(&slow, &b, (uint64_t)_i);
		bpe_merge(&fast, &a, &limits);
		naive_train(&slow, &b, limits.merges);
		ck_assert_uint_eq(a.n, b.n);
		ck_assert_uint_eq(a.text.n, b.text.n);
		ck_assert_mem_eq(a.text.p, b.text.p, a.text.n);
		corpus_free(&fast);
		corpus_free(&slow);
		bpe_symbols_free(&a);
		bpe_symbols_free(&b);
	}
}
END_TEST

/* A sample of the words has about the size asked for, and the counts of all of them. */
START_TEST(small_counts_are_sampled)
{
	struct bpe_corpus c = { 0 };
	struct alphabet a = { 0 };
	uint64_t all = 0, kept = 0, large = 0;

	for (int pass = 0; pass < 2; pass++) {
		for (uint64_t i = 0; i < 100000; i++) {
			char text[24];
			const int n = snprintf(text, sizeof text, "w%ju", (uintmax_t)i);
			const struct counted w = { .text = { text, (size_t)n },
				.count = i % 100 ? i % 10 + 1 : 5000 };

			if (pass == 0) {
				alphabet_add(&a, w.text, w.count);
				corpus_survey(&c, &w);
				all += w.count;
			} else {
				corpus_add(&c, &a, &w);
			}
		}
		if (pass == 0) {
			alphabet_choose(&a, 1, SPAN(""));
			corpus_fit(&c, 2000000);
		}
	}
	for (size_t i = 0; i < c.n; i++) {
		kept += c.word[i].count;
		large += c.word[i].count == 5000;
	}
	ck_assert_uint_gt(c.least, 10);
	ck_assert_uint_eq(c.kept, c.n);
	ck_assert_uint_eq(large, 1000);
	ck_assert(10 * c.n_symbols + 14 * c.n < 2100000);
	ck_assert(10 * c.n_symbols + 14 * c.n > 1800000);
	ck_assert(kept > all / 100 * 99 && kept < all / 100 * 101);
	corpus_free(&c);
	alphabet_free(&a);
}
END_TEST

/*
 * Append a line of words without a part that follows itself.  The counts of such pairs
 * differ: SentencePiece 0.1.97 loses places of "aa" in "xaaa" once "xa" is merged, and
 * later versions count places that overlap.
 */
static void
put_line(struct buf *b, uint64_t *state)
{
	static const char *const parts[] = { "ka", "to", "mi", "ren", "sul", "od",
		"\xc3\xa9t", "\xd0\xb4\xd0\xbe", "\xe7\xad\x9b\xe5\xad\x90", "-", "7",
		"ba", "nu", "x", "<b>", "gor", "up" };
	const size_t words = next_random(state) % 30 + 1;

	for (size_t i = 0; i < words; i++) {
		const uint64_t x = next_random(state);
		size_t n = 1 + x % 3;

		if (i)
			buf_puts(b, x % 11 ? " " : " - ");
		for (uint64_t last = 16, part; n > 0; last = part, n--) {
			part = next_random(state) % (x % 4 ? 16 : 7);
			if (part == last)
				part++;
			buf_puts(b, parts[part]);
		}
	}
}

static void
put_settings(struct vocab_settings *v, uint64_t size)
{
	struct err err = { 0 };

	*v = (struct vocab_settings){
		.size = size, .coverage = 0.999, .states_ids = true
	};
	ck_assert_int_eq(
	    special_ids_parse(&v->special_ids, "pad=5,bos=none", size, &err), 0);
	ck_assert_int_eq(symbols_parse(&v->user, "u", "<b>,a b", false, &err), 0);
	ck_assert_int_eq(symbols_parse(&v->control, "c", "<c>", true, &err), 0);
	v->takes_spaces = true;
}

static void
free_settings(struct vocab_settings *v)
{
	symbols_free(&v->user);
	symbols_free(&v->control);
	buf_free(&v->required);
}

/* The model is that of the library, byte for byte. */
START_TEST(model_equals_library)
{
	struct train_sample sample = { 0 };
	struct word_tally tally = { 0 };
	struct vocab_settings v, w;
	struct bpe_trainer *t;
	struct bpe_trained stats;
	struct buf ours = { 0 }, theirs = { 0 }, text = { 0 };
	uint64_t state = (uint64_t)_i;
	const struct library_run run = { 0 };
	struct err err = { 0 };

	put_settings(&v, 600);
	put_settings(&w, 600);
	t = bpe_trainer_new(&v, (uint64_t)1 << 20, NULL);
	for (uint64_t i = 0; i < 400; i++) {
		text.n = 0;
		put_line(&text, &state);
		train_sample_add(&sample, i, buf_span(&text), 1);
		word_tally_start(&tally);
		word_tally_line(&tally, bpe_trainer_rules(t), buf_span(&text));
		ck_assert_int_eq(bpe_trainer_add(t, tally.word, tally.n, 1, &err), 0);
	}
	ck_assert_int_eq(bpe_trainer_finish(t, NULL, NULL, &ours, &stats, &err), 0);
	train_sample_start(&sample);
	ck_assert_int_eq(library_train(&w, &run, &sample, &theirs, &err), 0);
	ck_assert_uint_eq(stats.pieces, 600);
	ck_assert_uint_eq(ours.n, theirs.n);
	ck_assert_mem_eq(ours.p, theirs.p, ours.n);
	bpe_trainer_free(t);
	train_sample_free(&sample);
	word_tally_free(&tally);
	free_settings(&v);
	free_settings(&w);
	buf_free(&ours);
	buf_free(&theirs);
	buf_free(&text);
}
END_TEST

Suite *
bpe_trainer_suite(void)
{
	Suite *s = suite_create("bpe_trainer");
	TCase *t = tcase_create("core");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, words_are_split);
	tcase_add_test(t, spills_keep_counts);
	tcase_add_loop_test(t, merges_equal_naive, 0, 40);
	tcase_add_test(t, small_counts_are_sampled);
	tcase_add_loop_test(t, model_equals_library, 0, 5);
	suite_add_tcase(s, t);
	return s;
}
