/* jsonl.c - JSON lines to documents: the source of filters without one of their own. */
#include <stdint.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "lib/base/chars.h"
#include "lib/driver/doc.h"
#include "lib/text/utf8.h"

static uint64_t
count_lines(struct span s)
{
	uint64_t n = 0;
	size_t i = 0;

#ifdef __SSE2__
	const __m128i nl = _mm_set1_epi8('\n'), zero = _mm_setzero_si128();

	while (s.n - i >= 64) {
		__m128i sum = zero;

		/* 63 steps of at most 4 fit the 8-bit counters. */
		for (int k = 0; k < 63 && s.n - i >= 64; k++, i += 64) {
			const __m128i *v = (const __m128i *)(const void *)(s.p + i);
			const __m128i a = _mm_cmpeq_epi8(_mm_loadu_si128(v), nl),
				      b = _mm_cmpeq_epi8(_mm_loadu_si128(v + 1), nl),
				      c = _mm_cmpeq_epi8(_mm_loadu_si128(v + 2), nl),
				      d = _mm_cmpeq_epi8(_mm_loadu_si128(v + 3), nl);

			sum = _mm_sub_epi8(
			    sum, _mm_add_epi8(_mm_add_epi8(a, b), _mm_add_epi8(c, d)));
		}
		sum = _mm_sad_epu8(sum, zero);
		n += (uint64_t)_mm_cvtsi128_si64(sum) +
		     (uint64_t)_mm_cvtsi128_si64(_mm_unpackhi_epi64(sum, sum));
	}
#endif
	for (; i < s.n; i++)
		n += s.p[i] == '\n';
	return n;
}

/* The length of the lines at the front of s, from whose byte `from` on a '\n' is sought;
 * `from` if there is none. */
static size_t
whole_lines(struct span s, size_t from)
{
	enum { STEP = 1024 };
	size_t n = s.n;

	while (n > from + STEP && !memchr(s.p + n - STEP, '\n', STEP))
		n -= STEP;
	while (n > from && s.p[n - 1] != '\n')
		n--;
	return n;
}

static void
jsonl_find(const void *self, struct record_scan *c, struct span in, bool at_end,
    size_t *take, uint64_t *records)
{
	const size_t n = whole_lines(in, c->seen);

	if (n > c->seen) {
		*take = n;
		*records = count_lines((struct span){ in.p, n });
	} else if (in.n > c->max_doc) {
		*take = 0;
		*records = 1;
		c->skip_line = true;
	} else if (at_end) {
		*take = in.n;
		*records = in.n > 0;
	} else {
		*take = 0;
		c->seen = in.n;
	}
}

static bool
blank(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_blank(s.p[i]) && s.p[i] != '\r')
			return false;
	return true;
}

/* Replace bytes and escapes that are not Unicode by U+FFFD, in a copy of d->json. */
static void
repair(struct doc *d)
{
	struct buf b = { 0 };
	uint64_t n = utf8_repair(&b, d->json);
	char *p = arena_copy(&d->block->mem, buf_span(&b));

	n += json_repair(p, b.n);
	if (n) {
		d->json = (struct span){ p, b.n };
		doc_count(d, "repaired", n);
	}
	buf_free(&b);
}

void
jsonl_scan(struct doc *d)
{
	struct json_fields *f = &d->block->fields;
	struct span key = d->block->env->text_key;
	struct json_error e;
	size_t wrong;

	if (doc_repair(d))
		repair(d);
	f->decode = d->block->text_read ? key : (struct span){ NULL, 0 };
	if (json_scan(d->json, f, &d->block->mem, &e) < 0) {
		/* Ill-formed UTF-8 is the first problem to report, wherever it is. */
		wrong = utf8_error(d->json);
		if (wrong < d->json.n)
			doc_bad(d, "byte %zu: not UTF-8: replace it with --on-bad=repair",
			    wrong + 1);
		else
			doc_bad(d, "byte %zu: %s%s", e.at + 1, e.what,
			    strchr(e.what, ':')
				? ""
				: ": fix it, or continue with --on-bad=skip");
		return;
	}
	d->text = f->decoded;
	d->nfields = f->n;
	d->field = doc_alloc(d, f->n * sizeof *f->v);
	memcpy(d->field, f->v, f->n * sizeof *f->v);
	for (size_t i = 0; i < f->n; i++) {
		if (!span_eq(f->v[i].key, key))
			continue;
		if (f->v[i].value.p[0] == '"')
			d->raw_text = f->v[i].value;
		else if (d->block->env->no_text)
			;
		else if (f->v[i].value.p[0] == 'n')
			doc_bad(d,
			    "field '%.*s' is null: skip such records with --on-bad=skip",
			    (int)key.n, key.p);
		else
			doc_bad(d,
			    "field '%.*s' is not a string: name the text field with "
			    "--text",
			    (int)key.n, key.p);
		return;
	}
	if (d->block->env->no_text)
		return;
	doc_bad(d, "field '%.*s' is missing: %s", (int)key.n, key.p,
	    memchr(key.p, '.', key.n)
		? "nested fields are not supported, move it to the top level"
		: "name the text field with --text");
}

static bool
jsonl_next(const void *self, void *scratch, struct record_range *p, struct doc *d)
{
	const char *nl = memchr(p->rest.p, '\n', p->rest.n);
	size_t n = nl ? (size_t)(nl - p->rest.p) : p->rest.n;

	d->json = (struct span){ p->rest.p, n };
	p->rest = span_from(p->rest, nl ? n + 1 : n);
	p->offset += nl ? n + 1 : n;
	d->place = ++p->ordinal;
	if (d->place == 1 && span_starts(d->json, SPAN("\xef\xbb\xbf")))
		d->json = span_from(d->json, 3);
	if (blank(d->json))
		return false;
	if (n > p->max_doc) {
		doc_bad_overlong(d, p->max_doc);
		return true;
	}
	d->unscanned = true;
	return true;
}

const struct record_source jsonl_source = {
	.find = jsonl_find,
	.next = jsonl_next,
};
