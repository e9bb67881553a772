/* fasttext_make.c - write fastText models for tests, byte by byte. */
#include "tests/unit/filters/fasttext_make.h"

#include <string.h>

const struct make_spec make_plain = {
	.version = 12,
	.dim = 5,
	.word_ngrams = 1,
	.loss = MAKE_SOFTMAX,
	.model = 3,
	.words = "</s> the cat",
	.labels = "__label__a __label__b",
	.pairs = -1,
	.rows = 3,
};

static void
put32(struct buf *b, int64_t v)
{
	int32_t x = (int32_t)v;

	buf_put(b, &x, sizeof x);
}

static void
put64(struct buf *b, int64_t v)
{
	buf_put(b, &v, sizeof v);
}

struct span
make_word(const char *words, int64_t i)
{
	while (i-- > 0)
		words = strchr(words, ' ') + 1;
	return (struct span){ words, strcspn(words, " ") };
}

int64_t
make_words(const char *words)
{
	int64_t n = *words != '\0';

	for (; *words; words++)
		n += *words == ' ';
	return n;
}

int64_t
make_count(int64_t i)
{
	/* Every count occurs twice, so that joined nodes tie with labels. */
	return (int64_t)1 << (10 - (i + 1) / 2);
}

/* A weight from -2 to 2 that depends only on the arguments. */
static float
weight(uint32_t matrix, int64_t i, int64_t k)
{
	uint32_t h = matrix * 2654435761u + (uint32_t)i * 40503u + (uint32_t)k * 69069u;

	h ^= h >> 15;
	h *= 2246822519u;
	h ^= h >> 13;
	return (float)(int32_t)(h % 4001) / 1000 - 2;
}

static unsigned char
code(uint32_t matrix, int64_t i, int64_t part)
{
	return (unsigned char)((i * 31 + part * 17 + (int64_t)matrix) % 256);
}

float
make_row(const struct make_spec *m, bool output, int64_t i, float *row)
{
	const bool coded = m->width > 0 && (!output || m->coded_output);
	const uint32_t matrix = output ? 2 : 1;

	for (int32_t k = 0; k < m->dim; k++) {
		int32_t part = coded ? k / m->width : 0;

		/* Centroids are the rows of a matrix with a row for each part and
		 * code. */
		row[k] = coded
			     ? weight(matrix, (int64_t)part * 256 + code(matrix, i, part),
				   k % m->width)
			     : weight(matrix, i, k);
	}
	return coded && m->norms ? weight(matrix + 2, code(matrix, i, 99), 0) : 1;
}

static void
put_quantiser(struct buf *b, uint32_t matrix, int32_t dim, int32_t width)
{
	const int32_t parts = (dim + width - 1) / width;

	put32(b, dim);
	put32(b, parts);
	put32(b, width);
	put32(b, dim - (parts - 1) * width);
	for (int32_t p = 0; p < parts; p++)
		for (int32_t c = 0; c < 256; c++)
			for (int32_t k = 0; k < width && p * width + k < dim; k++) {
				float w = weight(matrix, (int64_t)p * 256 + c, k);

				buf_put(b, &w, sizeof w);
			}
}

/* *data and *end: where the codes or floats begin and end. */
static void
put_matrix(const struct make_spec *m, struct buf *b, bool output, int64_t rows,
    size_t *data, size_t *end)
{
	const uint32_t matrix = output ? 2 : 1;
	const int32_t parts = m->width ? (m->dim + m->width - 1) / m->width : 0;
	const bool coded = m->width > 0 && (!output || m->coded_output);
	float row[512];

	if (coded)
		buf_putc(b, m->norms);
	put64(b, rows);
	put64(b, m->dim);
	if (coded)
		put32(b, rows * parts);
	*data = b->n;
	for (int64_t i = 0; i < rows; i++) {
		if (!coded) {
			make_row(m, output, i, row);
			buf_put(b, row, (size_t)m->dim * sizeof *row);
		}
		for (int32_t p = 0; p < parts && coded; p++)
			buf_putc(b, (char)code(matrix, i, p));
	}
	*end = b->n;
	if (!coded)
		return;
	put_quantiser(b, matrix, m->dim, m->width);
	if (!m->norms)
		return;
	for (int64_t i = 0; i < rows; i++)
		buf_putc(b, (char)code(matrix, i, 99));
	/* Norms are a matrix of their own, whose rows are the codes. */
	put_quantiser(b, matrix + 2, 1, 1);
}

static void
put_args(const struct make_spec *m, struct buf *b)
{
	const double sampling = 1e-4;

	put32(b, 793712314);
	put32(b, m->version);
	put32(b, m->dim);
	put32(b, 5);
	put32(b, 5);
	put32(b, 1);
	put32(b, 5);
	put32(b, m->word_ngrams);
	put32(b, m->loss);
	put32(b, m->model);
	put32(b, m->bucket);
	put32(b, m->min_chars);
	put32(b, m->max_chars);
	put32(b, 100);
	buf_put(b, &sampling, sizeof sampling);
}

static void
put_dict(const struct make_spec *m, struct buf *b, struct make_places *at)
{
	const int64_t words = make_words(m->words), labels = make_words(m->labels);

	at->dict = b->n;
	put32(b, words + labels);
	put32(b, words);
	put32(b, labels);
	put64(b, 12345);
	put64(b, m->pairs);
	at->words = b->n;
	for (int64_t i = 0; i < words + labels; i++) {
		struct span w =
		    i < words ? make_word(m->words, i) : make_word(m->labels, i - words);

		buf_put(b, w.p, w.n);
		buf_putc(b, '\0');
		put64(b, i < words ? 7 : make_count(i - words));
		buf_putc(b, i >= words);
	}
	at->pairs = b->n;
	for (int64_t i = 0; i < m->pairs; i++) {
		put32(b, m->pair[i].bucket);
		put32(b, m->pair[i].row);
	}
}

void
make_model(const struct make_spec *m, struct buf *b, struct make_places *at)
{
	struct make_places unused;
	size_t none;

	if (!at)
		at = &unused;
	at->args = b->n + 8;
	put_args(m, b);
	put_dict(m, b, at);
	at->quant = b->n;
	buf_putc(b, m->width > 0);
	at->in = b->n;
	put_matrix(m, b, false, m->rows, &at->in_data, &at->in_end);
	at->out = b->n;
	buf_putc(b, m->coded_output);
	put_matrix(m, b, true, make_words(m->labels), &none, &none);
	at->end = b->n;
}
