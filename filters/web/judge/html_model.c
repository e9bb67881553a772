/* html_model.c - read the model that judges blocks of text, and sum up its trees. */
#include "filters/web/judge/html_model.h"

#include <inttypes.h>
#include <stdlib.h>

#ifdef __x86_64__
#include <immintrin.h>
#endif

#include "lib/base/hash.h"
#include "lib/base/mem.h"

/* The path is relative to the root of the source tree, where make runs. */
__asm__(".section .rodata\n"
	".balign 64\n"
	"html_model_bytes:\n"
	".incbin \"filters/web/judge/extract.model\"\n"
	"html_model_end:\n"
	".byte 0\n"
	".text\n");

extern const char html_model_bytes[], html_model_end[];

/* Sums of all trees and a start fit 32 bits. */
enum { START_MAX = 1 << 24 };
enum {
	HEAD = 12 + 8 * FORESTS,
	CHECKSUM = 8,
	TREES_AT = HEAD + CLASS_WORDS,
	MODEL_MIN = TREES_AT + CHECKSUM
};

static uint32_t
u32_at(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;

	return u[0] | (uint32_t)u[1] << 8 | (uint32_t)u[2] << 16 | (uint32_t)u[3] << 24;
}

/* The number a byte pair or quadruple stands for, with its sign. */
static int32_t
signed_of(uint32_t u, unsigned bits)
{
	const uint32_t sign = (uint32_t)1 << (bits - 1);

	return (int32_t)(int64_t)((int64_t)(u ^ sign) - (int64_t)sign);
}

/* Check the last bytes of a model. */
static int
check_sum(struct span file, struct err *err)
{
	const size_t at = file.n - CHECKSUM;
	const char *p = file.p + at;
	const uint64_t want = u32_at(p) | (uint64_t)u32_at(p + 4) << 32;

	if (hash64((struct span){ file.p, at }, 0) == want)
		return 0;
	return err_set(err, EXIT_DATA,
	    "byte %zu: checksum does not match: copy or train the model again", at);
}

/* Check the head and the checksum of a model.  *trees: their number. */
static int
check_head(struct span file, uint32_t *trees, struct err *err)
{
	uint64_t n = 0;

	if (file.n < 8 || memcmp(file.p, "tamisxm1", 8) != 0)
		return err_set(err, EXIT_DATA,
		    "byte 0: not a model of extract: the magic 'tamisxm1' is missing");
	if (file.n < MODEL_MIN)
		return err_set(err, EXIT_DATA, "file has %zu bytes, minimum is %d",
		    file.n, MODEL_MIN);
	if (u32_at(file.p + 8) != MODEL_FEATURES)
		return err_set(err, EXIT_DATA,
		    "byte 8: features of version %" PRIx32
		    ", not of this program: train the model again",
		    u32_at(file.p + 8));
	for (unsigned i = 0; i < FORESTS; i++) {
		const size_t at = 12 + 4 * ((size_t)FORESTS + i);
		const int32_t start = signed_of(u32_at(file.p + at), 32);

		n += u32_at(file.p + 12 + (size_t)4 * i);
		if (start < -START_MAX || start > START_MAX)
			return err_set(err, EXIT_DATA,
			    "byte %zu: start %" PRId32 " of a forest, limit is %d", at,
			    start, START_MAX);
	}
	if (n > MODEL_TREES_MAX)
		return err_set(err, EXIT_DATA, "byte 12: %" PRIu64 " trees, limit is %d",
		    n, MODEL_TREES_MAX);
	if (file.n != MODEL_MIN + n * TREE_BYTES)
		return err_set(err, EXIT_DATA,
		    "file has %zu bytes, %" PRIu64 " trees need %" PRIu64, file.n, n,
		    MODEL_MIN + n * TREE_BYTES);
	*trees = (uint32_t)n;
	return check_sum(file, err);
}

/*
 * Set the tables for sum_avx2(), which counts the answers "no": so the values are in
 * reverse order.  The instruction that looks up one of 16 bytes yields 0 beyond the
 * beginning of a table.  Each part of 16 is therefore the difference to the part before
 * it, and the exclusive or of all lookups is the value.
 */
static void
make_tables(struct html_tree_of_model *t)
{
	enum { PART = 16 };

	for (unsigned k = 0; k < TREE_LEAVES; k++) {
		const unsigned at = TREE_LEAVES - 1 - k;
		unsigned value = (uint16_t)t->value[at];

		if (k >= PART)
			value ^= (uint16_t)t->value[at + PART];
		t->table[0][k] = (uint8_t)value;
		t->table[1][k] = (uint8_t)(value >> 8);
	}
}

/* Read a tree whose features must be below `features`. */
static int
read_tree(struct html_tree_of_model *t, const char *begin, size_t at, unsigned features,
    struct err *err)
{
	const char *p = begin + at;

	for (unsigned k = 0; k < TREE_DEPTH; k++) {
		t->feature[k] = (uint8_t)p[k];
		t->bound[k] = (uint8_t)p[TREE_DEPTH + k];
		if (t->feature[k] >= features)
			return err_set(err, EXIT_DATA,
			    "byte %zu: feature %d, limit is %u", at + k, t->feature[k],
			    features - 1);
	}
	p += (size_t)2 * TREE_DEPTH;
	for (unsigned k = 0; k < TREE_LEAVES; k++, p += 2)
		t->value[k] = (int16_t)signed_of(
		    (unsigned char)p[0] | (uint32_t)(unsigned char)p[1] << 8, 16);
	make_tables(t);
	return 0;
}

struct html_model *
html_model_parse(struct span file, struct err *err)
{
	struct html_model *m;
	uint32_t trees = 0;
	size_t at = TREES_AT;

	if (check_head(file, &trees, err))
		return NULL;
	m = xcalloc(1, sizeof *m);
	m->tree = xcalloc(trees + 1, sizeof *m->tree);
	memcpy(m->words, file.p + HEAD, CLASS_WORDS);
#ifdef __x86_64__
	m->portable = !__builtin_cpu_supports("avx2");
#else
	m->portable = true;
#endif
	for (unsigned i = 0; i < FORESTS; i++) {
		m->first[i + 1] = m->first[i] + u32_at(file.p + 12 + (size_t)4 * i);
		m->start[i] =
		    signed_of(u32_at(file.p + 12 + 4 * ((size_t)FORESTS + i)), 32);
		for (uint32_t k = m->first[i]; k < m->first[i + 1]; k++) {
			if (read_tree(&m->tree[k], file.p, at,
				i == FOREST_STAGE1 ? F_STAGE1 : F_STAGE2, err)) {
				html_model_free(m);
				return NULL;
			}
			at += TREE_BYTES;
		}
	}
	return m;
}

struct html_model *
html_model_new(void)
{
	struct err err = { 0 };
	struct html_model *m =
	    html_model_parse((struct span){ html_model_bytes,
				 (size_t)(html_model_end - html_model_bytes) },
		&err);

	if (!m)
		BUG("extract.model: bad content");
	return m;
}

void
html_model_free(struct html_model *m)
{
	if (!m)
		return;
	free(m->tree);
	free(m);
}

/* A register of every processor that has vectors. */
enum { WIDTH = 16 };
typedef uint8_t lanes __attribute__((vector_size(WIDTH)));

/* Find the indexes of the values of a tree for WIDTH blocks. */
static inline void
find_leaves(const struct html_tree_of_model *t, const uint8_t *x, uint8_t leaf[WIDTH])
{
	lanes found = { 0 };

	/* A comparison that holds is -1 in its lane: subtracting it appends a bit. */
	for (unsigned k = TREE_DEPTH; k-- > 0;) {
		const lanes bound = (lanes){ 0 } + t->bound[k];
		lanes v;

		memcpy(&v, x + (size_t)t->feature[k] * MODEL_LANES, sizeof v);
		found = found + found - (lanes)(v > bound);
	}
	memcpy(leaf, &found, sizeof found);
}

static void
sum_portable(const struct html_model *m, unsigned forest, const uint8_t *x,
    int32_t sum[MODEL_LANES])
{
	for (unsigned i = 0; i < MODEL_LANES; i++)
		sum[i] = m->start[forest];
	for (uint32_t n = m->first[forest]; n < m->first[forest + 1]; n++) {
		const struct html_tree_of_model *t = &m->tree[n];
		uint8_t leaf[MODEL_LANES];

		for (unsigned i = 0; i < MODEL_LANES; i += WIDTH)
			find_leaves(t, x + i, leaf + i);
		for (unsigned i = 0; i < MODEL_LANES; i++)
			sum[i] += t->value[leaf[i]];
	}
}

#ifdef __x86_64__
#define AVX2 __attribute__((target("avx2")))

/* Append the answer to question k for 32 blocks: 1 if feature k is not greater than bound
 * k. */
AVX2 static inline __m256i
ask(const struct html_tree_of_model *t, unsigned k, const uint8_t *x, __m256i found)
{
	const __m256i bound = _mm256_set1_epi8((char)t->bound[k]);
	const __m256i v = _mm256_loadu_si256(
	    (const __m256i *)(const void *)(x + (size_t)t->feature[k] * MODEL_LANES));

	/* A comparison that holds is -1 in its lane. */
	return _mm256_sub_epi8(_mm256_add_epi8(found, found),
	    _mm256_cmpeq_epi8(_mm256_min_epu8(v, bound), v));
}

/* A part of one byte of each value; see make_tables(). */
AVX2 static inline __m256i
look_up(const uint8_t *part, __m256i at)
{
	return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(_mm_loadu_si128(
				       (const __m128i *)(const void *)part)),
	    at);
}

/* The values of a tree: *low has those of lanes 0 to 7 and 16 to 23, *high the others. */
AVX2 static inline void
find_values(
    const struct html_tree_of_model *t, const uint8_t *x, __m256i *low, __m256i *high)
{
	const __m256i part = _mm256_set1_epi8(16);
	__m256i at = _mm256_setzero_si256(), byte[2];

	_Static_assert(TREE_DEPTH == 6 && TREE_LEAVES == 64, "all questions and parts");
	at = ask(t, 5, x, at);
	at = ask(t, 4, x, at);
	at = ask(t, 3, x, at);
	at = ask(t, 2, x, at);
	at = ask(t, 1, x, at);
	at = ask(t, 0, x, at);
	byte[0] = look_up(t->table[0], at);
	byte[1] = look_up(t->table[1], at);
	at = _mm256_sub_epi8(at, part);
	byte[0] = _mm256_xor_si256(byte[0], look_up(t->table[0] + 16, at));
	byte[1] = _mm256_xor_si256(byte[1], look_up(t->table[1] + 16, at));
	at = _mm256_sub_epi8(at, part);
	byte[0] = _mm256_xor_si256(byte[0], look_up(t->table[0] + 32, at));
	byte[1] = _mm256_xor_si256(byte[1], look_up(t->table[1] + 32, at));
	at = _mm256_sub_epi8(at, part);
	byte[0] = _mm256_xor_si256(byte[0], look_up(t->table[0] + 48, at));
	byte[1] = _mm256_xor_si256(byte[1], look_up(t->table[1] + 48, at));
	*low = _mm256_unpacklo_epi8(byte[0], byte[1]);
	*high = _mm256_unpackhi_epi8(byte[0], byte[1]);
}

/* Add the values of two trees to the sums of half of the lanes. */
AVX2 static inline void
add_pair(__m256i a, __m256i b, __m256i sum[2])
{
	const __m256i one = _mm256_set1_epi16(1);

	sum[0] =
	    _mm256_add_epi32(sum[0], _mm256_madd_epi16(_mm256_unpacklo_epi16(a, b), one));
	sum[1] =
	    _mm256_add_epi32(sum[1], _mm256_madd_epi16(_mm256_unpackhi_epi16(a, b), one));
}

AVX2 static void
sum_avx2(const struct html_model *m, unsigned forest, const uint8_t *x,
    int32_t sum[MODEL_LANES])
{
	const __m256i start = _mm256_set1_epi32(m->start[forest]);
	const uint32_t end = m->first[forest + 1];
	__m256i low[2] = { start, start }, high[2] = { start, start };

	_Static_assert(MODEL_LANES == 32, "one register of bytes");
	for (uint32_t n = m->first[forest]; n < end; n += 2) {
		__m256i a[2], b[2] = { _mm256_setzero_si256(), _mm256_setzero_si256() };

		find_values(&m->tree[n], x, &a[0], &a[1]);
		if (n + 1 < end)
			find_values(&m->tree[n + 1], x, &b[0], &b[1]);
		add_pair(a[0], b[0], low);
		add_pair(a[1], b[1], high);
	}
	/* Lanes 4k to 4k + 3, and 16 more. */
	for (size_t k = 0; k < 4; k++) {
		const __m256i v = k < 2 ? low[k] : high[k - 2];

		_mm_storeu_si128(
		    (__m128i *)(void *)(sum + 4 * k), _mm256_castsi256_si128(v));
		_mm_storeu_si128((__m128i *)(void *)(sum + 16 + 4 * k),
		    _mm256_extracti128_si256(v, 1));
	}
}
#endif

void
html_model_scores(const struct html_model *m, unsigned forest, const uint8_t *x,
    int32_t sum[MODEL_LANES])
{
#ifdef __x86_64__
	if (!m->portable) {
		sum_avx2(m, forest, x, sum);
		return;
	}
#endif
	sum_portable(m, forest, x, sum);
}

double
html_model_probability(int32_t score)
{
	/* e^-x by squaring 1 - x / 2^20 twenty times: only exact steps of IEEE 754. */
	enum { SQUARES = 20 };
	const bool negative = score < 0;
	double x = (double)(negative ? -(int64_t)score : score) / JUDGE_ONE, power;

	if (x > 30)
		x = 30;
	power = 1 - x / (1 << SQUARES);
	for (int i = 0; i < SQUARES; i++)
		power *= power;
	return negative ? power / (1 + power) : 1 / (1 + power);
}
