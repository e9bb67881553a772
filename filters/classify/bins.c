/* bins.c - cut scores into bins that hold equal numbers of bytes of text. */
#include "filters/classify/bins.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/num.h"
#include "lib/io/stream.h"
#include "lib/text/json.h"
#include "lib/text/json_writer.h"
#include "lib/text/utf8.h"

/*
 * Edges are found by a radix search: bytes are first counted by the upper 16 bits of the
 * scores' keys, then by the lower 16 bits for the upper halves that hold an edge.  One
 * pass refines up to REFINE_MAX upper halves.
 */
enum { NHALVES = 1 << 16, REFINE_MAX = 32, FILE_MAX = 64 << 20 };

/* Map floats to integers of the same order. */
static uint32_t
key_of(float score)
{
	uint32_t u;

	memcpy(&u, &score, sizeof u);
	return u >> 31 ? ~u : u | UINT32_C(1) << 31;
}

static float
score_of(uint32_t key)
{
	uint32_t u = key >> 31 ? key & ~(UINT32_C(1) << 31) : ~key;
	float score;

	memcpy(&score, &u, sizeof score);
	return score;
}

/* What is known of an edge so far. */
struct edge {
	uint64_t below; /* bytes with lower keys */
	uint32_t key;
};

/* Go up from slot `from`, adding to e->below, to the slot of edge k of `count` bins: the
 * first slot that, with all lower ones, holds at least k / count of all bytes. */
static size_t
find_edge(const uint64_t *bytes, size_t from, struct edge *e, uint64_t total, size_t k,
    size_t count)
{
	while ((u128)(e->below + bytes[from]) * count < (u128)total * k)
		e->below += bytes[from++];
	return from;
}

/* Find the lower halves of edges [from, to), which have at most REFINE_MAX different
 * upper halves. */
static void
refine(struct edge *e, size_t from, size_t to, size_t count, uint64_t total,
    const struct scored *v, size_t n, size_t step)
{
	static const uint8_t none = 0xff;
	uint8_t *place = xmalloc(NHALVES);
	uint64_t(*bytes)[NHALVES] = xcalloc(REFINE_MAX, sizeof *bytes);
	uint8_t used = 0;

	memset(place, none, NHALVES);
	for (size_t k = from; k < to; k++)
		if (place[e[k].key >> 16] == none)
			place[e[k].key >> 16] = used++;
	for (size_t i = 0; i < n; i++) {
		uint32_t key = key_of(v[i * step].score);

		if (!isnan(v[i * step].score) && place[key >> 16] != none)
			bytes[place[key >> 16]][key % NHALVES] += v[i * step].bytes;
	}
	for (size_t k = from, low = 0; k < to; k++) {
		/* An edge with the same upper half as the one before continues from
		 * there. */
		if (k == from || e[k].key != e[k - 1].key >> 16 << 16)
			low = 0;
		else
			e[k].below = e[k - 1].below;
		low = find_edge(
		    bytes[place[e[k].key >> 16]], low, &e[k], total, k + 1, count);
		e[k].key |= (uint32_t)low;
	}
	free(bytes);
	free(place);
}

int
bins_make(struct bins *b, size_t count, const struct scored *v, size_t n, size_t step)
{
	uint64_t *bytes = xcalloc(NHALVES, sizeof *bytes), total = 0;
	struct edge *e = xcalloc(count, sizeof *e);
	struct edge at = { 0 };

	for (size_t i = 0; i < n; i++) {
		if (isnan(v[i * step].score))
			continue;
		bytes[key_of(v[i * step].score) >> 16] += v[i * step].bytes;
		total += v[i * step].bytes;
	}
	*b = (struct bins){ .n = count - 1 };
	for (size_t k = 0, place = 0; k < b->n && total > 0; k++) {
		place = find_edge(bytes, place, &at, total, k + 1, count);
		e[k] = (struct edge){ at.below, (uint32_t)place << 16 };
	}
	free(bytes);
	for (size_t from = 0, to = 0; to < b->n && total > 0; from = to) {
		size_t kinds = 0;

		for (; to < b->n; to++) {
			kinds += to == from || e[to].key != e[to - 1].key;
			if (kinds > REFINE_MAX)
				break;
		}
		refine(e, from, to, count, total, v, n, step);
	}
	b->edge = xcalloc(count, sizeof *b->edge);
	for (size_t k = 0; k < b->n && total > 0; k++)
		b->edge[k] = score_of(e[k].key);
	free(e);
	return total > 0 ? 0 : -1;
}

uint64_t
bins_find(const struct bins *b, float score)
{
	size_t low = 0, high = b->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (b->edge[mid] <= score)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

int
bins_save(const char *path, const struct bins *b, const struct span *name, size_t n,
    struct err *err)
{
	struct buf out = { 0 };
	struct json_writer w = { .out = &out };
	int rc;

	jw_object(&w);
	for (size_t i = 0; i < n; i++) {
		jw_array(jw_any_key(&w, name[i]));
		for (size_t k = 0; k < b[i].n; k++) {
			char edge[32];

			/* Nine significant digits identify a float. */
			snprintf(edge, sizeof edge, "%.9g", (double)b[i].edge[k]);
			jw_raw(&w, span_of(edge));
		}
		jw_end(&w);
	}
	jw_end(&w);
	buf_putc(&out, '\n');
	rc = file_put(path, buf_span(&out), 0666, err);
	buf_free(&out);
	return rc;
}

/* Append a JSON array of ascending numbers to b.  Returns false if raw is not one. */
static bool
read_edges(struct bins *b, struct span raw)
{
	static const char space[] = " \t\r\n";
	const char *p = raw.p + 1, *end = raw.p + raw.n - 1;

	if (raw.n < 3 || raw.p[0] != '[')
		return false;
	while (p < end) {
		const char *comma = memchr(p, ',', (size_t)(end - p));
		struct span s = { p, (size_t)((comma ? comma : end) - p) };
		double v;

		while (s.n && strchr(space, s.p[0]))
			s = span_from(s, 1);
		while (s.n && strchr(space, s.p[s.n - 1]))
			s.n--;
		if (!num_json(s, &v) || !isfinite((float)v) || b->n == BINS_MAX - 1 ||
		    (b->n > 0 && (float)v < b->edge[b->n - 1]))
			return false;
		b->edge[b->n++] = (float)v;
		p = comma ? comma + 1 : end;
	}
	return b->n > 0;
}

int
bins_load(const char *path, struct bins *b, struct span name, struct err *err)
{
	struct buf in = { 0 };
	struct json_fields m = { 0 };
	struct arena mem = { 0 };
	struct json_error e = { 0 };
	const struct json_field *found = NULL;
	int rc = -1;

	b->n = 0;
	b->edge = xcalloc(BINS_MAX, sizeof *b->edge);
	if (file_get(path, FILE_MAX, &in, err) < 0)
		goto out;
	if (!utf8_valid(buf_span(&in)) || json_scan(buf_span(&in), &m, &mem, &e) < 0) {
		err_set(err, EXIT_DATA,
		    "%s: not a JSON object: give a file written by --save-edges", path);
		goto out;
	}
	for (size_t i = 0; i < m.n; i++)
		if (span_eq(m.v[i].key, name))
			found = &m.v[i];
	if (!found)
		err_set(err, EXIT_DATA,
		    "%s: field '%.*s' is missing: choose the edges with --as", path,
		    (int)name.n, name.p);
	else if (!read_edges(b, found->value))
		err_set(err, EXIT_DATA,
		    "%s: field '%.*s' is not an array of 1 to %d ascending numbers", path,
		    (int)name.n, name.p, BINS_MAX - 1);
	else
		rc = 0;
out:
	buf_free(&in);
	free(m.v);
	arena_free(&mem);
	return rc;
}
