/* src.c - encode and decode SRC: the sources of a shard and the shards they came from. */
#include "shards/tshard/tshard_impl.h"

#include <stdlib.h>

static int
put_name(struct tsi_vec *names, const char *name, unsigned char *row)
{
	size_t n = strlen(name);

	if (n > UINT32_MAX - names->n)
		return -1;
	tsi_put32(row, (uint32_t)names->n);
	tsi_put32(row + 4, (uint32_t)n);
	return tsi_vec_put(names, name, n);
}

static int
put_rows(
    struct tsi_vec *out, struct tsi_vec *names, const struct tshard_source *v, size_t n)
{
	uint32_t parts = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char row[TSI_SRC] = { 0 };

		if (v[i].n_parts > UINT32_MAX - parts)
			return -1;
		tsi_put64(row, v[i].weight);
		tsi_put32(row + 24, parts);
		tsi_put32(row + 28, (uint32_t)v[i].n_parts);
		if (put_name(names, v[i].name, row + 32) < 0 ||
		    tsi_vec_put(out, row, sizeof row) < 0)
			return -1;
		parts += (uint32_t)v[i].n_parts;
	}
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < v[i].n_parts; k++) {
			unsigned char row[TSI_PART] = { 0 };

			tsi_put64(row, v[i].parts[k].first_row);
			memcpy(row + 16, v[i].parts[k].digest, 32);
			if (put_name(names, v[i].parts[k].name, row + 8) < 0 ||
			    tsi_vec_put(out, row, sizeof row) < 0)
				return -1;
		}
	}
	return 0;
}

int
tsi_src_put(
    struct tsi_vec *out, const struct tshard_source *v, size_t n, struct tshard_error *e)
{
	struct tsi_vec names = { 0 };
	int rc = put_rows(out, &names, v, n);

	if (rc == 0)
		rc = tsi_vec_put(out, names.p, names.n);
	free(names.p);
	return rc == 0 ? 0 : tsi_nomem(e);
}

void
tsi_src_count(struct tsi_vec *src, size_t i, uint64_t tokens, uint64_t samples)
{
	tsi_put64(src->p + i * TSI_SRC + 8, tokens);
	tsi_put64(src->p + i * TSI_SRC + 16, samples);
}

/* Names follow one another in the order of the rows, so one position checks all. */
struct loader {
	struct tshard *s;
	struct tshard_error *e;
	uint64_t base; /* of the section in the file */
	const unsigned char *raw;
	size_t bytes;
	size_t names_at, used; /* names: the first byte in raw, bytes taken so far */
	char *to;	       /* next free byte of s->names */
};

static int
bad_src(struct loader *l, size_t at, const char *what)
{
	return tsi_bad(
	    l->s, l->e, TSI_SDX, l->base + at, "SRC: %s: regenerate the shard", what);
}

static int
take_name(struct loader *l, size_t row, const char **out)
{
	size_t at = tsi_get32(l->raw + row), n = tsi_get32(l->raw + row + 4);

	if (at != l->used || n > l->bytes - l->names_at - l->used)
		return bad_src(l, row, "a name is not where the one before it ends");
	if (memchr(l->raw + l->names_at + at, '\0', n))
		return bad_src(l, l->names_at + at, "a name contains a NUL");
	*out = l->to;
	memcpy(l->to, l->raw + l->names_at + at, n);
	l->to[n] = '\0';
	l->to += n + 1;
	l->used += n;
	return 0;
}

static int
load_rows(struct loader *l, size_t n, size_t n_parts)
{
	struct tshard *s = l->s;
	size_t part = 0;

	for (size_t i = 0; i < n; i++) {
		const unsigned char *row = l->raw + i * TSI_SRC;

		s->src[i].weight = tsi_get64(row);
		s->src[i].tokens = tsi_get64(row + 8);
		s->src[i].samples = tsi_get64(row + 16);
		s->src[i].parts = s->parts + part;
		s->src[i].n_parts = tsi_get32(row + 28);
		if (tsi_get32(row + 24) != part)
			return bad_src(l, i * TSI_SRC + 24, "the parts are not in order");
		if (take_name(l, i * TSI_SRC + 32, &s->src[i].name) < 0)
			return -1;
		part += s->src[i].n_parts;
	}
	for (size_t i = 0; i < n_parts; i++) {
		size_t at = n * TSI_SRC + i * TSI_PART;

		s->parts[i].first_row = tsi_get64(l->raw + at);
		memcpy(s->parts[i].digest, l->raw + at + 16, 32);
		if (take_name(l, at + 8, &s->parts[i].name) < 0)
			return -1;
	}
	if (l->used != l->bytes - l->names_at)
		return bad_src(l, l->names_at + l->used, "bytes after the last name");
	return 0;
}

/* Check sizes before allocating; the memory is a few times the section at most. */
static int
load(struct loader *l, size_t n)
{
	struct tshard *s = l->s;
	uint64_t parts = 0, rows;

	if (n > l->bytes / TSI_SRC)
		return bad_src(l, 0, "the section is shorter than its sources");
	for (size_t i = 0; i < n; i++)
		parts += tsi_get32(l->raw + i * TSI_SRC + 28);
	rows = n * TSI_SRC + parts * TSI_PART;
	if (rows > l->bytes)
		return bad_src(l, 28, "the section is shorter than its parts");
	l->names_at = (size_t)rows;
	s->src = calloc(n + 1, sizeof *s->src);
	s->parts = calloc((size_t)parts + 1, sizeof *s->parts);
	s->names = malloc(l->bytes - l->names_at + n + (size_t)parts + 1);
	if (!s->src || !s->parts || !s->names)
		return tsi_nomem(l->e);
	l->to = s->names;
	return load_rows(l, n, (size_t)parts);
}

int
tsi_src_load(struct tshard *s, struct tshard_error *e)
{
	const struct tshard_section *sec = tshard_section(s, "SRC");
	struct loader l = {
		.s = s, .e = e, .base = sec->offset, .bytes = (size_t)sec->bytes
	};
	unsigned char *raw = malloc(l.bytes + 1);
	int rc;

	if (!raw)
		return tsi_nomem(e);
	l.raw = raw;
	rc = tshard_section_read(s, sec, 0, raw, l.bytes, e);
	if (rc == 0)
		rc = load(&l, s->h.n_sources);
	free(raw);
	return rc;
}
