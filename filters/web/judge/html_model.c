/* html_model.c - read the model that judges blocks of text, and sum up its trees. */
#include "filters/web/judge/html_model.h"

#include <inttypes.h>
#include <stdlib.h>

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

void
html_model_scores(const struct html_model *m, unsigned forest, const uint8_t *x,
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
