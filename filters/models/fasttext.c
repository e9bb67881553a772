/* fasttext.c - open a fastText model: map the file and validate it. */
#include "filters/models/fasttext_impl.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOT_A_MODEL "%s: not a fastText model: give a .bin or .ftz file"

enum { MAGIC = 793712314, MODEL_SUPERVISED = 3 };

/* A quantised matrix is decoded at open if it then takes at most this many bytes. */
enum { DECODE_MAX = 16 << 20 };

/* The buckets of a pruned model take 1.5 bits each to index. */
enum { PRUNED_MAX = 1 << 27 };

/* The reading position in a model file. */
struct model_reader {
	const char *path;
	const unsigned char *p;
	size_t n, at;
	struct err *err;
};

/* The training arguments in the model that matter for prediction. */
struct args {
	int32_t dim, word_ngrams, loss, model, buckets, min_chars, max_chars;
};

static int bad(struct model_reader *r, const char *fmt, ...) PRINTF(2, 3);

static int
bad(struct model_reader *r, const char *fmt, ...)
{
	char what[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	return err_set(r->err, EXIT_DATA, "%s: byte %zu: %s: download the model again",
	    r->path, r->at, what);
}

/* The next n bytes, or NULL with *r->err. */
static const unsigned char *
take(struct model_reader *r, uint64_t n)
{
	const unsigned char *p = r->p + r->at;

	if (n > r->n - r->at) {
		bad(r, "the file is truncated");
		return NULL;
	}
	r->at += (size_t)n;
	return p;
}

static int
take_into(struct model_reader *r, void *to, size_t n)
{
	const unsigned char *p = take(r, n);

	if (!p)
		return -1;
	memcpy(to, p, n);
	return 0;
}

static int
read_args(struct model_reader *r, struct args *a)
{
	int32_t head[2] = { 0 }, v[12];
	double sampling;

	if (r->n >= sizeof head)
		memcpy(head, r->p, sizeof head);
	if (head[0] != MAGIC)
		return err_set(r->err, EXIT_DATA, NOT_A_MODEL, r->path);
	if (head[1] != 11 && head[1] != 12)
		return err_set(r->err, EXIT_DATA,
		    "%s: format version %d, must be 11 or 12: retrain the model", r->path,
		    head[1]);
	r->at = sizeof head;
	if (take_into(r, v, sizeof v) < 0 || take_into(r, &sampling, sizeof sampling) < 0)
		return -1;
	*a = (struct args){ .dim = v[0],
		.word_ngrams = v[5],
		.loss = v[6],
		.model = v[7],
		.buckets = v[8],
		.min_chars = v[9],
		/* Classifiers of version 11 have no character n-grams. */
		.max_chars = head[1] == 11 ? 0 : v[10] };
	return 0;
}

static int
check_args(struct model_reader *r, const struct args *a, struct fasttext *m)
{
	if (a->model == 1 || a->model == 2)
		return err_set(r->err, EXIT_DATA,
		    "%s: word vectors (%s), not a classifier: give a model made by "
		    "'fasttext supervised'",
		    r->path, a->model == 1 ? "cbow" : "skipgram");
	if (a->model != MODEL_SUPERVISED)
		return bad(r, "unknown kind of model %d", a->model);
	if (a->loss < FT_HS || a->loss > FT_OVA)
		return bad(r, "unknown loss %d", a->loss);
	if (a->dim < 1)
		return bad(r, "dimension is %d, must be at least 1", a->dim);
	if (a->max_chars > FT_MAX_CHARS)
		return bad(r, "n-grams of %d characters, limit is %d", a->max_chars,
		    FT_MAX_CHARS);
	if (a->word_ngrams > FT_MAX_WORDS)
		return bad(
		    r, "n-grams of %d words, limit is %d", a->word_ngrams, FT_MAX_WORDS);
	m->loss = a->loss;
	m->min_chars = a->min_chars > 1 ? (uint32_t)a->min_chars : 1;
	m->max_chars =
	    a->max_chars >= a->min_chars && a->max_chars > 0 ? (uint32_t)a->max_chars : 0;
	m->word_ngrams = a->word_ngrams > 1 ? (uint32_t)a->word_ngrams : 1;
	if (m->max_chars == 0 && m->word_ngrams == 1)
		return 0;
	if (a->buckets < 1)
		return bad(r, "%d buckets, but n-grams need at least 1", a->buckets);
	m->buckets.d = (uint32_t)a->buckets;
	m->buckets.inverse32 = (UINT64_C(1) << 32) / m->buckets.d;
	m->buckets.inverse64 = UINT64_MAX / m->buckets.d;
	return 0;
}

/* *pairs is the prune index, which read_prune() checks once the size of the matrix is
 * known. */
static int
read_dict(
    struct model_reader *r, struct fasttext *m, const unsigned char **pairs, int64_t *n)
{
	struct {
		int32_t size, words, labels;
	} h;
	int64_t tokens;
	const char *why;
	size_t bytes;

	if (take_into(r, &h, sizeof h) < 0 || take_into(r, &tokens, sizeof tokens) < 0 ||
	    take_into(r, n, sizeof *n) < 0)
		return -1;
	if (h.words < 0 || h.labels < 0 || (int64_t)h.words + h.labels != h.size)
		return bad(r, "%d words and %d labels do not add up to %d", h.words,
		    h.labels, h.size);
	if (h.labels == 0)
		return bad(r, "the model has no labels");
	if (*n < -1 || *n > INT32_MAX)
		return bad(r, "prune index of %" PRId64 " n-grams is out of range", *n);
	bytes = ft_dict_read(&m->dict, r->p + r->at, r->n - r->at, (uint32_t)h.size,
	    (uint32_t)h.words, &why);
	if (bytes == 0)
		return bad(r, "%s", why);
	r->at += bytes;
	m->labels = (uint32_t)h.labels;
	m->eos = ft_dict_find(&m->dict, SPAN("</s>"), ft_hash(SPAN("</s>")));
	*pairs = take(r, *n > 0 ? (uint64_t)*n * 8 : 0);
	return *pairs ? 0 : -1;
}

static int
take_size(struct model_reader *r, struct ft_matrix *a, const struct args *args)
{
	int64_t rows, cols;

	if (take_into(r, &rows, sizeof rows) < 0 || take_into(r, &cols, sizeof cols) < 0)
		return -1;
	if (cols != args->dim)
		return bad(r, "matrix has %" PRId64 " columns, the dimension is %d", cols,
		    args->dim);
	/* With at most 2^30 rows of fewer than 2^31 floats, no size overflows. */
	if (rows < 0 || rows > (int64_t)1 << 30)
		return bad(r, "matrix has %" PRId64 " rows, limit is 2^30", rows);
	a->rows = (uint64_t)rows;
	a->cols = (size_t)cols;
	return 0;
}

/* Take a product quantiser for rows of `cols` floats.  Returns its centroids. */
static const unsigned char *
take_quantiser(struct model_reader *r, size_t cols, size_t *parts, size_t *width)
{
	struct {
		int32_t dim, parts, width, last;
	} q;
	int64_t want;

	if (take_into(r, &q, sizeof q) < 0)
		return NULL;
	want = q.width < 1 ? 0 : ((int64_t)cols + q.width - 1) / q.width;
	if (q.dim < 1 || (size_t)q.dim != cols || q.width < 1 || q.parts != want ||
	    q.last != q.dim - (want - 1) * q.width) {
		bad(r, "quantiser does not match its matrix");
		return NULL;
	}
	*parts = (size_t)q.parts;
	*width = (size_t)q.width;
	return take(r, (uint64_t)cols * FT_CODES * sizeof(float));
}

static int
read_coded(struct model_reader *r, struct ft_matrix *a, const struct args *args)
{
	const unsigned char *centroids, *norms;
	size_t one = 1, bytes;
	uint8_t has_norms;
	int32_t codes;

	if (take_into(r, &has_norms, 1) < 0 || take_size(r, a, args) < 0 ||
	    take_into(r, &codes, sizeof codes) < 0)
		return -1;
	if (codes < 0)
		return bad(r, "number of codes is %d", codes);
	if (!(a->data = take(r, (uint64_t)codes)) ||
	    !(centroids = take_quantiser(r, a->cols, &a->parts, &a->width)))
		return -1;
	if (a->rows * a->parts != (uint64_t)codes)
		return bad(r, "number of codes is %d, the matrix has %" PRIu64, codes,
		    a->rows * a->parts);
	a->coded = true;
	a->stride = a->parts;
	bytes = a->cols * FT_CODES * sizeof(float);
	a->centroid = memcpy(xmalloc(bytes), centroids, bytes);
	if (!has_norms)
		return 0;
	if (!(a->norm_code = take(r, a->rows)) ||
	    !(norms = take_quantiser(r, 1, &one, &one)))
		return -1;
	memcpy(a->norm, norms, sizeof a->norm);
	return 0;
}

static int
read_dense(struct model_reader *r, struct ft_matrix *a, const struct args *args)
{
	if (take_size(r, a, args) < 0)
		return -1;
	a->stride = a->cols * sizeof(float);
	a->data = take(r, a->rows * a->stride);
	return a->data ? 0 : -1;
}

/* Read the prune index, and check that every n-gram has a row. */
static int
read_prune(
    struct model_reader *r, struct fasttext *m, const unsigned char *pairs, int64_t n)
{
	uint64_t words = m->dict.words, rows = m->in.rows;

	if (n == 0 || m->buckets.d == 0) {
		m->max_chars = 0;
		m->word_ngrams = 1;
		m->buckets.d = 0;
	}
	if (rows < words || (n < 0 && rows - words < m->buckets.d))
		return bad(
		    r, "matrix has fewer rows than the model has words and n-grams");
	if (n > 0 && m->buckets.d > PRUNED_MAX)
		return bad(r, "%u buckets of a pruned model, limit is %d", m->buckets.d,
		    PRUNED_MAX);
	if (n > 0 && m->buckets.d > 0 &&
	    !ft_prune_read(&m->prune, pairs, (size_t)n, m->buckets.d, rows - words))
		return bad(r, "prune index refers to missing buckets or rows");
	return 0;
}

static int
read_matrices(struct model_reader *r, struct fasttext *m, const struct args *args)
{
	const unsigned char *pairs = NULL;
	uint8_t coded, out_coded;
	int64_t n = 0;

	if (read_dict(r, m, &pairs, &n) < 0 || take_into(r, &coded, 1) < 0)
		return -1;
	if ((coded ? read_coded(r, &m->in, args) : read_dense(r, &m->in, args)) < 0)
		return -1;
	if (!coded && n >= 0)
		return bad(r, "model is pruned but not quantised");
	if (read_prune(r, m, pairs, n) < 0 || take_into(r, &out_coded, 1) < 0)
		return -1;
	if ((coded && out_coded ? read_coded(r, &m->out, args)
				: read_dense(r, &m->out, args)) < 0)
		return -1;
	if (m->out.rows != m->labels)
		return bad(r, "output matrix has %" PRIu64 " rows for %u labels",
		    m->out.rows, m->labels);
	if (m->loss == FT_HS && !ft_tree_build(&m->tree, &m->dict))
		return bad(r, "label counts are out of range");
	ft_sigmoid_build(m->sigmoid);
	return 0;
}

/* Decode a small quantised matrix, which gives the same numbers faster.  The rows of
 * n-grams are sorted by bucket, so that the prune index needs no row numbers. */
static void
decode_small(struct fasttext *m)
{
	struct ft_matrix *a = &m->in;
	const size_t words = m->dict.words;
	const uint32_t *order = m->prune.row;
	const size_t rows = order ? words + m->prune.n : (size_t)a->rows;

	if (!a->coded || rows > DECODE_MAX / sizeof(float) / a->cols)
		return;
	m->decoded = xmalloc(rows * a->cols * sizeof(float));
	for (size_t i = 0; i < rows; i++) {
		size_t row = order && i >= words ? words + order[i - words] : i;

		ft_decode(a, row, a->norm_code ? a->norm[a->norm_code[row]] : 1,
		    m->decoded + i * a->cols);
	}
	a->coded = false;
	a->data = (const unsigned char *)m->decoded;
	a->stride = a->cols * sizeof(float);
	free(m->prune.row);
	m->prune.row = NULL;
}

static void
hash_model(struct fasttext *m, const struct model_reader *r)
{
	const size_t head = (size_t)(m->in.data - r->p),
		     tail = head + (size_t)(m->in.rows * m->in.stride);
	const char *p = (const char *)r->p;
	const uint64_t size = r->n;
	struct hasher *h = hasher_new();

	hasher_add(h, (struct span){ (const char *)&size, sizeof size });
	hasher_add(h, (struct span){ p, head });
	hasher_add(h, (struct span){ p + tail, r->n - tail });
	m->hash = hasher_sum(h);
	hasher_free(h);
}

struct fasttext *
ft_parse(const unsigned char *p, size_t n, const char *path, struct err *err)
{
	struct fasttext *m = xcalloc(1, sizeof *m);
	struct model_reader r = { .path = path, .p = p, .n = n, .err = err };
	struct args args = { 0 };

	if (read_args(&r, &args) < 0 || check_args(&r, &args, m) < 0 ||
	    read_matrices(&r, m, &args) < 0) {
		fasttext_close(m);
		return NULL;
	}
	hash_model(m, &r);
	decode_small(m);
#if defined(__x86_64__)
	m->avx2 = __builtin_cpu_supports("avx2");
	m->popcnt = __builtin_cpu_supports("popcnt");
#endif
	return m;
}

/* Map a whole file, *n bytes.  Returns NULL with *err on failure. */
static void *
map_file(const char *path, size_t *n, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	void *p = MAP_FAILED;
	struct stat st;

	if (fd < 0) {
		err_errno(err, "cannot open '%s'", path);
		return NULL;
	}
	if (fstat(fd, &st) < 0) {
		err_errno(err, "cannot read '%s'", path);
	} else if (!S_ISREG(st.st_mode)) {
		err_set(err, EXIT_DATA, "%s: not a regular file: copy the model to one",
		    path);
	} else if (st.st_size == 0) {
		err_set(err, EXIT_DATA, NOT_A_MODEL, path);
	} else {
		*n = (size_t)st.st_size;
		p = mmap(NULL, *n, PROT_READ, MAP_SHARED, fd, 0);
		if (p == MAP_FAILED)
			err_errno(err, "cannot map '%s'", path);
	}
	close(fd);
	return p == MAP_FAILED ? NULL : p;
}

struct fasttext *
fasttext_open(const char *path, struct err *err)
{
	struct fasttext *m;
	size_t n = 0;
	void *map;

	if (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__) {
		err_set(err, EXIT_SYSTEM,
		    "%s: fastText models can only be read on little-endian machines",
		    path);
		return NULL;
	}
	map = map_file(path, &n, err);
	if (!map)
		return NULL;
	m = ft_parse(map, n, path, err);
	if (!m) {
		munmap(map, n);
		return NULL;
	}
	m->map = map;
	m->map_bytes = n;
	return m;
}

void
fasttext_close(struct fasttext *m)
{
	if (!m)
		return;
	if (m->map)
		munmap(m->map, m->map_bytes);
	ft_dict_free(&m->dict);
	free(m->prune.has);
	free(m->prune.rank);
	free(m->prune.row);
	free(m->in.centroid);
	free(m->out.centroid);
	free(m->decoded);
	free(m->tree.child);
	free(m->tree.parent);
	free(m);
}

uint32_t
fasttext_labels(const struct fasttext *m)
{
	return m->labels;
}

struct span
fasttext_label(const struct fasttext *m, uint32_t label)
{
	return ft_dict_label(&m->dict, label);
}

bool
fasttext_find(const struct fasttext *m, struct span name, uint32_t *label)
{
	const struct span prefix = SPAN("__label__");

	for (uint32_t i = 0; i < m->labels; i++)
		if (span_eq(fasttext_label(m, i), name)) {
			*label = i;
			return true;
		}
	for (uint32_t i = 0; i < m->labels; i++) {
		struct span s = fasttext_label(m, i);

		if (span_starts(s, prefix) && span_eq(span_from(s, prefix.n), name)) {
			*label = i;
			return true;
		}
	}
	return false;
}

struct hash128
fasttext_hash(const struct fasttext *m)
{
	return m->hash;
}

struct fasttext_scratch *
fasttext_scratch_new(const struct fasttext *m)
{
	struct fasttext_scratch *s = xcalloc(1, sizeof *s);
	const size_t cols = m->in.cols + FT_LANES, labels = m->labels + FT_LANES;

	s->sum = xcalloc(cols, sizeof *s->sum);
	s->score = xcalloc(labels, sizeof *s->score);
	s->lane = xcalloc(xmul(cols, FT_LANES), sizeof *s->lane);
	s->cache = xcalloc((size_t)1 << FT_CACHE_BITS, sizeof *s->cache);
	s->cached_rows = xcalloc(FT_CACHE_ROWS + FT_LANES, sizeof *s->cached_rows);
	s->heap = xcalloc(labels, sizeof *s->heap);
	s->stack = xcalloc((size_t)m->tree.depth + 1, sizeof *s->stack);
	return s;
}

void
fasttext_scratch_free(struct fasttext_scratch *s)
{
	if (!s)
		return;
	free(s->sum);
	free(s->score);
	free(s->lane);
	free(s->hash);
	buf_free(&s->word);
	free(s->cache);
	free(s->cached_rows);
	free(s->heap);
	free(s->stack);
	free(s);
}
