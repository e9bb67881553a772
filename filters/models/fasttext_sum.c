/*
 * fasttext_sum.c - add and multiply rows of a fastText model, in libfasttext's order.
 *
 * Sums run down a column and dot products along a row, always from the first to the last
 * term, and each step is rounded to float.  So the result does not depend on how many
 * columns or rows are processed at once.
 */
#include "filters/models/fasttext_impl.h"

enum {
	LINE = 64,
	LINES_AHEAD = 32, /* how far to prefetch */
};

void
ft_decode(const struct ft_matrix *a, uint64_t row, float scale, float *out)
{
	const unsigned char *code = a->data + row * a->stride;
	const size_t table = a->width * FT_CODES;
	size_t width = a->width;

	for (size_t i = 0, at = 0; i < a->parts; i++, at += width) {
		if (i == a->parts - 1)
			width = a->cols - at;
		memcpy(out + at, a->centroid + i * table + code[i] * width,
		    width * sizeof *out);
	}
	for (size_t k = 0; k < a->cols; k++)
		out[k] *= scale;
}

static inline float
load(const unsigned char *p, size_t i)
{
	float v;

	memcpy(&v, p + i * sizeof v, sizeof v);
	return v;
}

/* Prefetch a row. */
static inline void
fetch(const struct ft_matrix *a, uint32_t row)
{
	const unsigned char *p = a->data + row * a->stride;

	for (size_t i = 0; i < a->stride; i += LINE)
		__builtin_prefetch(p + i);
	__builtin_prefetch(p + a->stride - 1);
}

/* How many rows ahead to prefetch. */
static inline size_t
rows_ahead(const struct ft_matrix *a)
{
	return 1 + (size_t)LINES_AHEAD * LINE / (a->stride + LINE);
}

static void
add_portable(const struct ft_matrix *a, const uint32_t *row, size_t n, float *sum)
{
	const size_t ahead = rows_ahead(a);

	for (size_t i = 0; i < n; i++) {
		const unsigned char *p = a->data + row[i] * a->stride;

		if (i + ahead < n)
			fetch(a, row[i + ahead]);
		for (size_t k = 0; k < a->cols; k++)
			sum[k] += load(p, k);
	}
}

/* Multiply FT_LANES rows p[i] with x. */
static void
dot_portable(const unsigned char *const p[FT_LANES], const float *x, size_t cols,
    float product[FT_LANES])
{
	float d[FT_LANES] = { 0 };

	for (size_t k = 0; k < cols; k++)
		for (size_t i = 0; i < FT_LANES; i++)
			d[i] += load(p[i], k) * x[k];
	memcpy(product, d, sizeof d);
}

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

AVX2 static inline __m256
load8(const unsigned char *p)
{
	return _mm256_loadu_ps((const float *)(const void *)p);
}

/* Add rows of 8 * vectors floats, keeping the sums in registers. */
AVX2 static inline __attribute__((always_inline)) void
add_narrow(const struct ft_matrix *a, const uint32_t *row, size_t n, float *sum,
    const size_t vectors)
{
	const size_t ahead = rows_ahead(a);
	__m256 v[8];

	for (size_t k = 0; k < vectors; k++)
		v[k] = _mm256_loadu_ps(sum + 8 * k);
	for (size_t i = 0; i < n; i++) {
		const unsigned char *p = a->data + row[i] * a->stride;

		if (i + ahead < n)
			fetch(a, row[i + ahead]);
		for (size_t k = 0; k < vectors; k++)
			v[k] = _mm256_add_ps(v[k], load8(p + 32 * k));
	}
	for (size_t k = 0; k < vectors; k++)
		_mm256_storeu_ps(sum + 8 * k, v[k]);
}

/* Add rows of any width, keeping the sums in memory, which is padded to a multiple of
 * 8. */
AVX2 static void
add_wide(const struct ft_matrix *a, const uint32_t *row, size_t n, float *sum)
{
	const size_t ahead = rows_ahead(a), whole = a->cols / 8 * 8;
	int32_t left[8];
	__m256i rest;

	for (size_t k = 0; k < 8; k++)
		left[k] = whole + k < a->cols ? -1 : 0;
	rest = _mm256_loadu_si256((const __m256i *)(const void *)left);
	for (size_t i = 0; i < n; i++) {
		const unsigned char *p = a->data + row[i] * a->stride;

		if (i + ahead < n)
			fetch(a, row[i + ahead]);
		for (size_t k = 0; k < whole; k += 8)
			_mm256_storeu_ps(sum + k,
			    _mm256_add_ps(_mm256_loadu_ps(sum + k), load8(p + 4 * k)));
		if (whole < a->cols)
			_mm256_storeu_ps(sum + whole,
			    _mm256_add_ps(_mm256_loadu_ps(sum + whole),
				_mm256_maskload_ps(
				    (const float *)(const void *)(p + 4 * whole), rest)));
	}
}

AVX2 static void
add_avx2(const struct ft_matrix *a, const uint32_t *row, size_t n, float *sum)
{
	switch (a->cols) {
	case 16:
		add_narrow(a, row, n, sum, 2);
		break;
	case 32:
		add_narrow(a, row, n, sum, 4);
		break;
	case 64:
		add_narrow(a, row, n, sum, 8);
		break;
	default:
		add_wide(a, row, n, sum);
	}
}

/* Transpose an 8 x 8 matrix of floats. */
AVX2 static inline __attribute__((always_inline)) void
transpose(__m256 r[8])
{
	__m256 t[8], u[8];

	for (size_t i = 0; i < 8; i += 2) {
		t[i] = _mm256_unpacklo_ps(r[i], r[i + 1]);
		t[i + 1] = _mm256_unpackhi_ps(r[i], r[i + 1]);
	}
	for (size_t i = 0; i < 8; i += 4) {
		u[i] = _mm256_shuffle_ps(t[i], t[i + 2], 0x44);
		u[i + 1] = _mm256_shuffle_ps(t[i], t[i + 2], 0xee);
		u[i + 2] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0x44);
		u[i + 3] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0xee);
	}
	for (size_t i = 0; i < 4; i++) {
		r[i] = _mm256_permute2f128_ps(u[i], u[i + 4], 0x20);
		r[i + 4] = _mm256_permute2f128_ps(u[i], u[i + 4], 0x31);
	}
}

AVX2 static void
dot_avx2(const unsigned char *const p[FT_LANES], const float *x, size_t cols,
    float product[FT_LANES])
{
	__m256 d = _mm256_setzero_ps(), r[8];
	size_t k = 0;

	for (; cols - k >= 8; k += 8) {
		for (size_t i = 0; i < 8; i++)
			r[i] = load8(p[i] + 4 * k);
		transpose(r);
		for (size_t i = 0; i < 8; i++)
			d = _mm256_add_ps(
			    d, _mm256_mul_ps(r[i], _mm256_set1_ps(x[k + i])));
	}
	_mm256_storeu_ps(product, d);
	for (; k < cols; k++)
		for (size_t i = 0; i < FT_LANES; i++)
			product[i] += load(p[i], k) * x[k];
}
#else
#define add_avx2 add_portable
#define dot_avx2 dot_portable
#endif

void
ft_add_rows(const struct fasttext *m, struct fasttext_scratch *s)
{
	const struct ft_matrix *a = &m->in;

	if (a->coded) {
		for (size_t i = 0; i < s->nrows; i++) {
			const uint32_t row = s->row[i];

			ft_decode(a, row, a->norm_code ? a->norm[a->norm_code[row]] : 1,
			    s->lane);
			for (size_t k = 0; k < a->cols; k++)
				s->sum[k] += s->lane[k];
		}
	} else if (m->avx2) {
		add_avx2(a, s->row, s->nrows, s->sum);
	} else {
		add_portable(a, s->row, s->nrows, s->sum);
	}
}

/* The floats of a row, in the file or decoded into lane, without the factor *norm. */
static const unsigned char *
row_floats(const struct ft_matrix *a, uint64_t row, float *lane, float *norm)
{
	*norm = 1;
	if (!a->coded)
		return a->data + row * a->stride;
	if (a->norm_code)
		*norm = a->norm[a->norm_code[row]];
	ft_decode(a, row, 1, lane);
	return (const unsigned char *)lane;
}

float
ft_dot(const struct fasttext *m, struct fasttext_scratch *s, uint32_t i)
{
	float norm, d = 0;
	const unsigned char *p = row_floats(&m->out, i, s->lane, &norm);

	for (size_t k = 0; k < m->out.cols; k++)
		d += load(p, k) * s->sum[k];
	return d * norm;
}

void
ft_dot_all(const struct fasttext *m, struct fasttext_scratch *s)
{
	const struct ft_matrix *a = &m->out;

	for (uint32_t row = 0; row < m->labels; row += FT_LANES) {
		const uint32_t left = m->labels - row,
			       n = left < FT_LANES ? left : FT_LANES;
		const unsigned char *p[FT_LANES];
		float norm[FT_LANES], d[FT_LANES];

		/* Fill the lanes of missing rows with the first row. */
		for (uint32_t i = 0; i < FT_LANES; i++)
			p[i] = row_floats(
			    a, row + (i < n ? i : 0), s->lane + i * a->cols, &norm[i]);
		if (m->avx2)
			dot_avx2(p, s->sum, a->cols, d);
		else
			dot_portable(p, s->sum, a->cols, d);
		for (uint32_t i = 0; i < n; i++)
			s->score[row + i] = d[i] * norm[i];
	}
}
