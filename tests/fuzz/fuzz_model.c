/* fuzz_model.c - model files with a right checksum: refused, or good for labelling a
 * text. */
#include <stdlib.h>
#include <string.h>

#include "filters/langid/text_features.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool ok)
{
	if (!ok)
		abort();
}

/* Make the file say its own size and hash, and be of our kind: what is left is its sizes.
 */
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
use(const struct linear *m, const struct letters *l)
{
	static const char text[] = "Ein Text, 1 текст, 文字 and more of it: ééé";
	struct langid_memory *memory = langid_memory_new();
	struct buf v = { 0 };
	float *z = calloc(m->padded, sizeof *z);

	langid_windows(m, l, memory, SPAN(text), 0, 32, &v);
	for (size_t i = 0; i < v.n / sizeof(struct window); i++) {
		struct linear_total t = { 0 };

		linear_total_add(&t, &((struct window *)(void *)v.p)[i].sum);
		check(t.n > 0);
		linear_scores(m, &t, z);
	}
	free(z);
	buf_free(&v);
	langid_memory_free(memory);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct letters letters;
	struct linear m;
	struct err err = { 0 };
	char *p;

	if (size < 64)
		return 0;
	p = malloc(size);
	memcpy(p, data, size);
	seal(p, size);
	if (linear_use(&m, (struct span){ p, size }, "lang", "m", &err) < 0) {
		check(err.code == EXIT_DATA && err.msg[0]);
	} else {
		check(m.labels >= 2 && m.padded >= m.labels);
		for (size_t q = 0; q < m.labels; q++)
			check(linear_find(&m, span_of(m.label[q])) <= q);
		if (letters_read(&letters, m.extra))
			use(&m, &letters);
		linear_close(&m);
	}
	free(p);
	return 0;
}
