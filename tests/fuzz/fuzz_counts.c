/* fuzz_counts.c - read any bytes as a file of counts. */
#include <stdlib.h>

#include "lib/base/hash.h"
#include "lib/io/inputs.h"
#include "tests/fuzz/input_file.h"
#include "tok/train/counts_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Correct the checksums, so that the fuzzer reaches the checks after them. */
static void
fix_sums(unsigned char *p, size_t n)
{
	for (size_t at = 15, bytes; at + 16 <= n; at += 16 + bytes) {
		uint64_t sum;

		bytes = (size_t)p[at + 4] | (size_t)p[at + 5] << 8;
		if (p[at + 6] || p[at + 7] || bytes > n - at - 16)
			break;
		sum = hash64((struct span){ (const char *)p + at + 16, bytes },
		    at ^ (uint64_t)p[at] << 56);
		for (unsigned i = 0; i < 8; i++)
			p[at + 8 + i] = (unsigned char)(sum >> 8 * i);
	}
}

static void
read_all(void)
{
	struct err err = { 0 };
	struct counts_file *f = counts_file_open(input_path, &err);
	struct counted w, last = { 0 };
	struct buf text = { 0 };
	int rc = -1;

	while (f && (rc = counts_file_next(f, &w, &err)) > 0) {
		if (w.count == 0 || w.text.n == 0 || w.text.n > WORD_MAX ||
		    w.hash != word_key(w.text) ||
		    (last.count && word_order(&last, &w) >= 0))
			abort();
		text.n = 0;
		buf_put(&text, w.text.p, w.text.n);
		last = w;
		last.text = buf_span(&text);
	}
	if (rc < 0 && !err.code)
		abort();
	counts_file_close(f);
	buf_free(&text);
	inputs_clear();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *p = xmalloc(size + 1);

	memcpy(p, data, size);
	input_put(p, size);
	read_all();
	fix_sums(p, size);
	input_put(p, size);
	read_all();
	free(p);
	return 0;
}
