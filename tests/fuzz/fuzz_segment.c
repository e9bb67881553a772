/* fuzz_segment.c - words and sentences of any text: in order, whole characters, nothing
 * but white space between them, the same without fast instructions; no rule takes
 * offence. */
#include <math.h>
#include <stdlib.h>

#include "filters/quality/dup_ngrams.h"
#include "lib/text/segment.h"
#include "lib/text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool ok)
{
	if (!ok)
		abort();
}

/* The bytes of s without white space between words, in order. */
static void
put_rest(const uint32_t *classes, struct span s, struct buf *out)
{
	out->n = 0;
	for (size_t i = 0; i < s.n;) {
		size_t from = i;

		if (word_class(classes[utf8_next(s, &i)]) != WORD_SPACE)
			buf_put(out, s.p + from, i - from);
	}
}

static void
check_words(struct measure *m, struct span s)
{
	struct buf rest = { 0 }, at = { 0 };
	struct words *w = &m->words;
	size_t letters, symbols, n;

	put_rest(m->classes, s, &rest);
	w->portable = true;
	words_split(w, s);
	letters = w->letters, symbols = w->symbols, n = w->n;
	buf_put(&at, w->at, (n + 1) * sizeof *w->at);
	check(span_eq(buf_span(&rest), (struct span){ w->bytes, w->at[w->n] }));
	w->portable = false;
	words_split(w, s);
	check(span_eq(buf_span(&rest), (struct span){ w->bytes, w->at[w->n] }));
	check(w->letters == letters && w->symbols == symbols && w->n == n);
	check(memcmp(at.p, w->at, at.n) == 0);
	check(w->letters <= n && w->symbols <= n && w->symbol_chars <= w->chars);
	for (size_t i = 0; i < n; i++)
		check(word(w, i).n > 0 && utf8_valid(word(w, i)));
	buf_free(&rest);
	buf_free(&at);
}

static void
check_sentences(const uint32_t *classes, struct span s)
{
	struct sentences it = { .text = s };
	const char *end = s.p;
	struct span one;

	while (sentences_next(&it, &one)) {
		check(one.p >= end && one.n > 0 && utf8_valid(one));
		for (size_t i = 0; i < (size_t)(one.p - end);)
			check(classes[utf8_next(
				  (struct span){ end, (size_t)(one.p - end) }, &i)] &
			      CHAR_SPACE);
		end = one.p + one.n;
	}
	check(end <= s.p + s.n);
}

static void
check_grams(struct measure *m, struct span s)
{
	const size_t eighth = s.n / 8;
	double limit[NGRAM_VALUES], found[NGRAM_VALUES], loose[NGRAM_VALUES];

	for (size_t k = 0; k < NGRAM_VALUES; k++)
		limit[k] = -1;
	measure_text(m, s, true);
	dup_ngrams_count(m, limit, found);
	for (size_t k = 0; k < NGRAM_VALUES; k++) {
		check(found[k] >= 0);
		limit[k] = (double)eighth;
	}
	dup_ngrams_count(m, limit, loose);
	for (size_t k = 0; k < NGRAM_VALUES; k++)
		check(isnan(loose[k]) ? found[k] <= limit[k] : found[k] == loose[k]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct measure m;
	struct buf text = { 0 };
	struct err err = { 0 };

	if (!m.classes)
		check(measure_open(&m, &err) == 0);
	buf_reserve(&text, size + 1);
	utf8_repair(&text, (struct span){ (const char *)data, size });
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '\0') /* which no text holds */
			text.p[i] = ' ';
	check_words(&m, buf_span(&text));
	check_sentences(m.classes, buf_span(&text));
	check_grams(&m, buf_span(&text));
	buf_free(&text);
	return 0;
}
