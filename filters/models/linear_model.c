/* linear_model.c - read and write linear model files; compute sums, scores and
 * probabilities. */
#include "filters/models/linear_model.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "filters/models/vector.h"
#include "lib/base/num.h"

static const char magic[8] = { '\x89', 'T', 'L', 'M', '\r', '\n', '\x1a', '\n' };

enum {
	VERSION_1 = 1,
	ROW_BYTES = LINEAR_DIMS / 2,
	ROWS_ALIGNMENT = 64,
	LOG2_ROWS_MIN = 8,
	LOG2_ROWS_MAX = 24
};

struct header {
	char magic[8];
	uint32_t version;
	char kind[4];
	uint32_t labels, log2_rows, dims, extra;
	float scale;
	uint32_t reserved; /* 0 */
	uint64_t bytes;
	struct hash128 hash; /* of the file without this field */
};

/* Offsets of the parts of a file, in bytes. */
struct layout {
	size_t temperature, bias, weight, label, extra, rows, end;
};

static struct layout
layout_of(size_t labels, size_t extra, unsigned log2_rows)
{
	struct layout at;

	at.temperature = sizeof(struct header);
	at.bias = at.temperature + LINEAR_TEMPERATURES * sizeof(float);
	at.weight = at.bias + labels * sizeof(float);
	at.label = at.weight + labels * LINEAR_DIMS * sizeof(float);
	at.extra = at.label + labels * (LINEAR_LABEL_MAX + 1);
	at.rows =
	    (at.extra + extra + ROWS_ALIGNMENT - 1) / ROWS_ALIGNMENT * ROWS_ALIGNMENT;
	at.end = at.rows + ((size_t)ROW_BYTES << log2_rows);
	return at;
}

static struct hash128
hash_of(struct span file)
{
	struct hasher *h = hasher_new();
	struct hash128 sum;

	hasher_add(h, (struct span){ file.p, offsetof(struct header, hash) });
	hasher_add(h, span_from(file, sizeof(struct header)));
	sum = hasher_sum(h);
	hasher_free(h);
	return sum;
}

static int
check_header(struct span file, const struct header *h, const char *kind, const char *name,
    struct err *err)
{
	static const char damaged[] = "damaged: re-download or retrain the model";

	if (file.n < sizeof *h || memcmp(h->magic, magic, sizeof magic) != 0)
		return err_set(err, EXIT_DATA, "%s: not a tamis model", name);
	if (memcmp(h->kind, kind, sizeof h->kind) != 0)
		return err_set(err, EXIT_DATA, "%s: model of kind '%.4s', expected '%s'",
		    name, h->kind, kind);
	if (h->version != VERSION_1 || h->dims != LINEAR_DIMS)
		return err_set(err, EXIT_DATA,
		    "%s: model of version %u with %u values per row, this tamis reads "
		    "version %d with %d",
		    name, h->version, h->dims, VERSION_1, LINEAR_DIMS);
	if (h->labels < 2 || h->labels > LINEAR_LABELS_MAX ||
	    h->log2_rows < LOG2_ROWS_MIN || h->log2_rows > LOG2_ROWS_MAX ||
	    h->extra > file.n ||
	    file.n != layout_of(h->labels, h->extra, h->log2_rows).end ||
	    h->bytes != file.n)
		return err_set(err, EXIT_DATA, "%s: %s", name, damaged);
	if (hash_of(file).lo != h->hash.lo || hash_of(file).hi != h->hash.hi)
		return err_set(err, EXIT_DATA, "%s: %s", name, damaged);
	return 0;
}

/* Training yields far smaller values.  Within these bounds no score can overflow. */
static bool
all_in_range(const float *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!(v[i] >= -1e6F && v[i] <= 1e6F))
			return false;
	return true;
}

/* Label names become field values and file names, so the set of characters is small. */
static bool
is_name(const char *name)
{
	static const char chars[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";

	return *name && *name != '-' && name[strspn(name, chars)] == '\0';
}

static int
check_content(const struct linear_model *m, const char *name, struct err *err)
{
	const float scale = (float)m->scale;

	for (size_t q = 0; q < m->labels; q++)
		if (!is_name(m->label[q]))
			return err_set(err, EXIT_DATA,
			    "%s: label '%.23s' is not a name of letters, digits and '-': "
			    "retrain the model",
			    name, m->label[q]);
	if (!all_in_range(&scale, 1) ||
	    !all_in_range(m->temperature, LINEAR_TEMPERATURES) ||
	    !all_in_range(m->bias, m->labels) ||
	    !all_in_range(m->weight, LINEAR_DIMS * m->padded))
		return err_set(err, EXIT_DATA,
		    "%s: model weights contain NaN or exceed 1e6: retrain the model",
		    name);
	return 0;
}

int
linear_parse(struct linear_model *m, struct span file, const char *kind, const char *name,
    struct err *err)
{
	struct header h = { 0 };
	struct layout at;
	const float *weight;

	*m = (struct linear_model){ 0 };
	if (file.n >= sizeof h)
		memcpy(&h, file.p, sizeof h);
	if (check_header(file, &h, kind, name, err) < 0)
		return -1;
	at = layout_of(h.labels, h.extra, h.log2_rows);
	m->labels = h.labels;
	m->padded = ((size_t)h.labels + 7) / 8 * 8;
	m->shift = 64 - h.log2_rows;
	m->scale = (double)h.scale;
	m->hash = h.hash;
	m->rows = (const unsigned char *)file.p + at.rows;
	m->extra = (struct span){ file.p + at.extra, h.extra };
	memcpy(m->temperature, file.p + at.temperature, sizeof m->temperature);
	m->bias = xcalloc(m->padded, sizeof *m->bias);
	memcpy(m->bias, file.p + at.bias, m->labels * sizeof *m->bias);
	m->label = xcalloc(m->labels, sizeof *m->label);
	memcpy(m->label, file.p + at.label, m->labels * sizeof *m->label);
	/* The file stores weights by label; scoring reads them by dimension. */
	m->weight = xcalloc(LINEAR_DIMS * m->padded, sizeof *m->weight);
	weight = (const float *)(const void *)(file.p + at.weight);
	for (size_t q = 0; q < m->labels; q++)
		for (size_t d = 0; d < LINEAR_DIMS; d++)
			m->weight[d * m->padded + q] = weight[q * LINEAR_DIMS + d];
	for (size_t q = 0; q < m->labels; q++)
		m->label[q][LINEAR_LABEL_MAX] = '\0';
	if (check_content(m, name, err) < 0) {
		linear_close(m);
		return -1;
	}
	for (size_t q = m->labels; q < m->padded; q++)
		m->bias[q] = -1e30F;
	return 0;
}

int
linear_open(struct linear_model *m, const char *path, const char *kind, struct err *err)
{
	/* O_NONBLOCK: opening a named pipe without a writer must not hang. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc = -1;
	struct stat st;
	void *map;

	*m = (struct linear_model){ 0 };
	if (fd < 0 || fstat(fd, &st) < 0) {
		err_errno(err, "%s: cannot open", path);
		goto out;
	}
	if (!S_ISREG(st.st_mode) || st.st_size == 0) {
		err_set(err, EXIT_DATA, "%s: not a tamis model", path);
		goto out;
	}
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED) {
		err_errno(err, "%s: cannot map", path);
		goto out;
	}
	rc = linear_parse(m, (struct span){ map, (size_t)st.st_size }, kind, path, err);
	if (rc < 0) {
		munmap(map, (size_t)st.st_size);
		goto out;
	}
	m->map = map;
	m->map_bytes = (size_t)st.st_size;
out:
	if (fd >= 0)
		close(fd);
	return rc;
}

void
linear_close(struct linear_model *m)
{
	free(m->weight);
	free(m->bias);
	free(m->label);
	if (m->map)
		munmap(m->map, m->map_bytes);
	*m = (struct linear_model){ 0 };
}

void
linear_write(const struct linear_model *m, const char *kind, struct buf *out)
{
	const unsigned log2_rows = 64 - m->shift;
	const struct layout at = layout_of(m->labels, m->extra.n, log2_rows);
	struct header h = { .version = VERSION_1,
		.labels = (uint32_t)m->labels,
		.log2_rows = log2_rows,
		.dims = LINEAR_DIMS,
		.extra = (uint32_t)m->extra.n,
		.scale = (float)m->scale,
		.bytes = at.end };
	const size_t from = out->n;
	char *p;

	memcpy(h.magic, magic, sizeof h.magic);
	memcpy(h.kind, kind, sizeof h.kind);
	buf_reserve(out, at.end);
	p = out->p + from;
	memset(p, 0, at.end);
	memcpy(p, &h, sizeof h);
	memcpy(p + at.temperature, m->temperature, sizeof m->temperature);
	memcpy(p + at.bias, m->bias, m->labels * sizeof *m->bias);
	for (size_t q = 0; q < m->labels; q++)
		for (size_t d = 0; d < LINEAR_DIMS; d++)
			memcpy(p + at.weight + (q * LINEAR_DIMS + d) * sizeof(float),
			    &m->weight[d * m->padded + q], sizeof(float));
	memcpy(p + at.label, m->label, m->labels * sizeof *m->label);
	if (m->extra.n)
		memcpy(p + at.extra, m->extra.p, m->extra.n);
	memcpy(p + at.rows, m->rows, (size_t)ROW_BYTES << log2_rows);
	h.hash = hash_of((struct span){ p, at.end });
	memcpy(p, &h, sizeof h);
	out->n += at.end;
}

/* 17 values of 4 bits, at most 15 each, add up to 255: they fit in 8 bits. */
enum { NIBBLES_PER_BYTE_SUM = 17 };

#ifdef __SSE2__
/* Add 16 byte sums, of n stored values each, to v; remove the offset LINEAR_ZERO. */
static void
widen(int16_t *v, __m128i sum, size_t n)
{
	const __m128i zero = _mm_setzero_si128();
	const __m128i offset = _mm_set1_epi16((int16_t)(LINEAR_ZERO * n));
	__m128i *to = (__m128i *)(void *)v;
	__m128i low = _mm_sub_epi16(_mm_unpacklo_epi8(sum, zero), offset);
	__m128i high = _mm_sub_epi16(_mm_unpackhi_epi8(sum, zero), offset);

	_mm_storeu_si128(to, _mm_add_epi16(_mm_loadu_si128(to), low));
	_mm_storeu_si128(to + 1, _mm_add_epi16(_mm_loadu_si128(to + 1), high));
}

void
linear_sum_rows(
    const struct linear_model *m, const uint32_t *row, size_t n, struct linear_sum *sum)
{
	const __m128i mask = _mm_set1_epi8(15);

	for (size_t i = 0; i < n;) {
		const size_t from = i, end = n - i > NIBBLES_PER_BYTE_SUM
						 ? i + NIBBLES_PER_BYTE_SUM
						 : n;
		__m128i low = _mm_setzero_si128(), high = low;

		for (; i < end; i++) {
			const __m128i v = _mm_loadu_si128(
			    (const __m128i *)(const void *)linear_row(m, row[i]));

			low = _mm_add_epi8(low, _mm_and_si128(v, mask));
			high =
			    _mm_add_epi8(high, _mm_and_si128(_mm_srli_epi16(v, 4), mask));
		}
		widen(sum->v, low, end - from);
		widen(sum->v + ROW_BYTES, high, end - from);
	}
	sum->n += (uint32_t)n;
}

#else
void
linear_sum_rows(
    const struct linear_model *m, const uint32_t *row, size_t n, struct linear_sum *sum)
{
	for (size_t i = 0; i < n; i++) {
		const unsigned char *v = linear_row(m, row[i]);

		for (size_t d = 0; d < ROW_BYTES; d++) {
			sum->v[d] = (int16_t)(sum->v[d] + (v[d] & 15) - LINEAR_ZERO);
			sum->v[ROW_BYTES + d] =
			    (int16_t)(sum->v[ROW_BYTES + d] + (v[d] >> 4) - LINEAR_ZERO);
		}
	}
	sum->n += (uint32_t)n;
}
#endif

void
linear_total_add(struct linear_total *to, const struct linear_sum *from)
{
	for (size_t d = 0; d < LINEAR_DIMS; d++)
		to->v[d] += from->v[d];
	to->n += from->n;
}

/*
 * Score labels q to q + 31.  Each label's operations run in one fixed order, so every
 * vector width gives the same bits.
 */
V8_INLINE void
score_32(
    const struct linear_model *m, const float *h, float temperature, size_t q, float *z)
{
	const v8u *w = (const v8u *)(m->weight + q), *bias = (const v8u *)(m->bias + q);
	v8u *to = (v8u *)(z + q);
	v8 a = { 0 }, b = { 0 }, c = { 0 }, d = { 0 };

	for (size_t i = 0; i < LINEAR_DIMS; i++, w += m->padded / 8) {
		const v8 x = (v8){ 0 } + h[i];

		a += x * w[0];
		b += x * w[1];
		c += x * w[2];
		d += x * w[3];
	}
	to[0] = a * temperature + bias[0];
	to[1] = b * temperature + bias[1];
	to[2] = c * temperature + bias[2];
	to[3] = d * temperature + bias[3];
}

V8_INLINE void
score_8(
    const struct linear_model *m, const float *h, float temperature, size_t q, float *z)
{
	const float *w = m->weight + q;
	v8 a = { 0 };

	for (size_t i = 0; i < LINEAR_DIMS; i++, w += m->padded)
		a += ((v8){ 0 } + h[i]) * *(const v8u *)w;
	*(v8u *)(z + q) = a * temperature + *(const v8u *)(m->bias + q);
}

/* Index of the highest score; the lowest index wins a tie. */
V8_INLINE size_t
argmax(const struct linear_model *m, const float *z)
{
	const v8u *v = (const v8u *)z;
	v8 most = v[0];
	float top;
	size_t q = 0;

	for (size_t i = 1; i < m->padded / 8; i++)
		most = v8_select(v[i] > most, v[i], most);
	top = v8_top(most);
	while (z[q] < top)
		q++;
	return q;
}

V8_INLINE size_t
scores(const struct linear_model *m, const struct linear_total *t, float *z)
{
	const double unit = m->scale / (double)t->n;
	float h[LINEAR_DIMS], temperature;
	unsigned log2 = 0;
	size_t q = 0;

	for (size_t d = 0; d < LINEAR_DIMS; d++)
		h[d] = (float)((double)t->v[d] * unit);
	for (uint64_t n = t->n; n > 1 && log2 < LINEAR_TEMPERATURES - 1; n >>= 1)
		log2++;
	temperature = m->temperature[log2];
	for (; q + 32 <= m->padded; q += 32)
		score_32(m, h, temperature, q, z);
	for (; q < m->padded; q += 8)
		score_8(m, h, temperature, q, z);
	return argmax(m, z);
}

size_t
linear_scores_plain(const struct linear_model *m, const struct linear_total *t, float *z)
{
	return scores(m, t, z);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static size_t
scores_avx2(const struct linear_model *m, const struct linear_total *t, float *z)
{
	return scores(m, t, z);
}
#endif

size_t
linear_scores(const struct linear_model *m, const struct linear_total *t, float *z)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx2"))
		return scores_avx2(m, t, z);
#endif
	return linear_scores_plain(m, t, z);
}

size_t
linear_argmax(const struct linear_model *m, const float *z)
{
	return argmax(m, z);
}

V8_INLINE double
log_sum(const struct linear_model *m, const float *z, float top)
{
	v8 all = { 0 };

	for (size_t q = 0; q < m->padded; q += 8)
		all += v8_exp(*(const v8u *)(z + q) - top);
	return (double)top + num_ln((double)v8_sum(all));
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static double
log_sum_avx2(const struct linear_model *m, const float *z, float top)
{
	return log_sum(m, z, top);
}
#endif

double
linear_log_sum(const struct linear_model *m, const float *z, size_t best)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx2"))
		return log_sum_avx2(m, z, z[best]);
#endif
	return log_sum(m, z, z[best]);
}
