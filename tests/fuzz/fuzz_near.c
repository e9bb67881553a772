/* fuzz_near.c - read any bytes as the sketches, matches and bits of near's stages. */
#include <stdlib.h>

#include "dedup/keep_file.h"
#include "dedup/matches.h"
#include "dedup/near_doc.h"
#include "dedup/sketch_file.h"
#include "tests/fuzz/input_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t
hash_of(const unsigned char *p, size_t n)
{
	return hash64((struct span){ (const char *)p, n }, 0);
}

/* Correct the checksums, so that the fuzzer reaches the checks after them. */
static void
fix_sums(unsigned char *p, size_t n)
{
	enum { SKETCH = 128, INDEX = 256 * 16, INDEX_HASH = 88, HEADER_HASH = 120 };

	if (n >= SKETCH + INDEX && p[0] == 't' && p[4] == 'n') {
		store64(p + INDEX_HASH, hash_of(p + SKETCH, INDEX));
		store64(p + HEADER_HASH, hash_of(p, HEADER_HASH));
	} else if (n > 72) {
		store64(p + n - 8, hash_of(p, n - 8));
	}
}

static int
any_doc(void *arg, const struct near_doc *d, struct err *err)
{
	return 0;
}

static int
any_bucket(void *arg, const uint64_t *number, size_t n, struct err *err)
{
	return n < 2;
}

static void
read_sketches(void)
{
	struct err err = { 0 };
	struct sketch_file f;
	struct buf b = { 0 };

	if (sketch_file_open(&f, input_path, &err) == 0) {
		sketch_file_docs(&f, 0, any_doc, NULL, &err);
		for (size_t i = 0; i < KEY_PARTS; i++)
			sketch_file_keys(&f, i, &b, &err);
	}
	sketch_file_close(&f);
	buf_free(&b);
}

static void
read_matches(const unsigned char *p, size_t n)
{
	struct matches_head head = { .part = 1, .parts = 1, .files = 2, .documents = 6 };
	struct err err = { 0 };

	/* The digest of the sketches is what the file says. */
	if (n >= 80)
		head.sketches = (struct hash128){ load64(p + 48), load64(p + 56) };
	matches_read(input_path, &head, any_bucket, NULL, &err);
}

static void
read_bits(void)
{
	struct err err = { 0 };
	struct keep_file k;
	uint64_t kept = 0;

	if (keep_file_get(&k, input_path, "", &err) == 0)
		for (uint64_t i = 0; i < k.documents; i++)
			kept += keep_file_has(&k, i);
	if (kept > k.documents)
		abort();
	keep_file_free(&k);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *copy = xmalloc(size + 1);

	memcpy(copy, data, size);
	for (int fixed = 0; fixed < 2; fixed++) {
		input_put(copy, size);
		read_sketches();
		read_matches(copy, size);
		read_bits();
		fix_sums(copy, size);
	}
	free(copy);
	return 0;
}
