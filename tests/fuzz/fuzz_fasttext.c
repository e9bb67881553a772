/* fuzz_fasttext.c - fuzz fastText models and texts: results must be consistent. */
#include <math.h>
#include <stdlib.h>

#include "filters/models/fasttext_impl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { MOST = 64 };

static void
check(bool holds)
{
	if (!holds)
		abort();
}

/* Predict, and check that each label scored by itself has the same probability. */
static int
ask(const struct fasttext *m, struct fasttext_scratch *s, struct span text,
    struct fasttext_guess all[MOST])
{
	int n = fasttext_predict(m, s, text, MOST, all);

	check(n >= -1 && n <= MOST && n <= (int64_t)fasttext_labels(m));
	for (int i = 0; i < n; i++) {
		float p = -1;

		check(all[i].label < fasttext_labels(m));
		check(isfinite(all[i].p) && all[i].p >= 0);
		check(i == 0 || all[i].p <= all[i - 1].p);
		check(fasttext_score(m, s, text, &all[i].label, 1, &p) == 1);
		check(p == all[i].p);
	}
	return n;
}

static void
predict(const struct fasttext *m, struct span text)
{
	struct fasttext_scratch *s = fasttext_scratch_new(m);
	struct fasttext_guess all[MOST], again[MOST], one;
	struct span half = { text.p, text.n / 2 };
	int n = ask(m, s, text, all);

	/* Predict again after other words filled the cache. */
	ask(m, s, half, again);
	check(ask(m, s, text, again) == n);
	check(n <= 0 || memcmp(all, again, (size_t)n * sizeof *all) == 0);
	/* Finding only the best label may not touch a damaged weight. */
	check(n < 0 || fasttext_predict(m, s, text, 1, &one) == (n > 0));
	fasttext_scratch_free(s);
}

/* Input: a byte with the length of the text, the text, the model. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct err err = { 0 };
	struct fasttext *m;
	uint8_t *text;
	size_t k;

	if (n < 1 || data[0] > n - 1)
		return 0;
	k = data[0];
	text = memcpy(xmalloc(k + 1), data + 1, k);
	text = xrealloc(text, k, 1);
	m = ft_parse(data + 1 + k, n - 1 - k, "model", &err);
	check((m == NULL) == (err.code != 0));
	check(m || (err.code == EXIT_DATA && strncmp(err.msg, "model: ", 7) == 0));
	if (m && m->labels <= 1 << 16)
		predict(m, (struct span){ (const char *)text, k });
	fasttext_close(m);
	free(text);
	return 0;
}
