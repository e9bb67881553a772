/* fuzz_model.c - a model file with a valid hash is refused, or can label a text. */
#include <stdlib.h>
#include <string.h>

#include "filters/langid/windows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool ok)
{
	if (!ok)
		abort();
}

/* Set magic, kind, size and hash, so that the fuzzer reaches the checks after them. */
static void
seal(char *p, size_t n)
{
	struct hasher *h = hasher_new();
	const uint64_t bytes = n;
	struct hash128 sum;

	memcpy(p, "\x89TLM\r\n\x1a\n\1\0\0\0lang", 16);
	memcpy(p + 40, &bytes, sizeof bytes);
	hasher_add(h, (struct span){ p, 48 });
	hasher_add(h, (struct span){ p + 64, n - 64 });
	sum = hasher_sum(h);
	memcpy(p + 48, &sum, sizeof sum);
	hasher_free(h);
}

static void
use(const struct linear_model *m, const struct char_codes *codes)
{
	static const char text[] = "Ein Text, 1 текст, 文字 and more of it: ééé";
	struct langid_cache *cache = langid_cache_new();
	struct buf v = { 0 };
	float *z = calloc(m->padded, sizeof *z);

	langid_windows(m, codes, cache, SPAN(text), 0, 32, &v);
	for (size_t i = 0; i < v.n / sizeof(struct langid_window); i++) {
		struct linear_total t = { 0 };

		linear_total_add(&t, &((struct langid_window *)(void *)v.p)[i].sum);
		check(t.n > 0);
		linear_scores(m, &t, z);
	}
	free(z);
	buf_free(&v);
	langid_cache_free(cache);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct char_codes codes;
	struct linear_model m;
	struct err err = { 0 };
	char *p;

	if (size < 64)
		return 0;
	p = malloc(size);
	memcpy(p, data, size);
	seal(p, size);
	if (linear_parse(&m, (struct span){ p, size }, "lang", "m", &err) < 0) {
		check(err.code == EXIT_DATA && err.msg[0]);
	} else {
		check(m.labels >= 2 && m.padded >= m.labels);
		for (size_t q = 0; q < m.labels; q++)
			check(strlen(m.label[q]) <= LINEAR_LABEL_MAX);
		if (char_codes_read(&codes, m.extra))
			use(&m, &codes);
		linear_close(&m);
	}
	free(p);
	return 0;
}
