/*
 * normalizer.c - rewrite a text as SentencePiece does before it encodes it.
 *
 * The algorithm is that of Normalizer::Normalize in SentencePiece 0.1.97 to 0.2.1
 * (src/normalizer.cc).  check_tok.c compares the ids.
 */
#include "tok/engine/normalizer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char replacement[] = "\xef\xbf\xbd", marked_space[] = "\xe2\x96\x81";

/* Bytes that are borrowed. */
struct bytes {
	const char *p;
	size_t n;
};

/* Whether a character x of ASCII before the byte y is copied as it is. */
static bool
copied(const struct normalizer *z, unsigned x, unsigned y)
{
	const char pair[2] = { (char)x, (char)y };

	if (z->trims && x == ' ' && y == ' ')
		return false;
	return !z->symbols.begins[x] && !charsmap_begins(&z->map, pair);
}

int
normalizer_open(struct normalizer *z, const struct model *m, bool user_defined)
{
	*z = (struct normalizer){ .trims = m->trims,
		.escapes = m->escapes,
		.prefix = m->dummy_prefix && !m->suffix,
		.suffix = m->dummy_prefix && m->suffix,
		.rewrites = m->trims || m->has_charsmap };
	charsmap_open(&z->map, m->charsmap, m->n_charsmap);
	z->copies = calloc(65536, 1);
	if (!z->copies)
		return -1;
	for (uint32_t i = 0; i < m->n && user_defined; i++)
		if (m->piece[i].type == MODEL_USER_DEFINED &&
		    user_symbols_add(&z->symbols, m->piece[i].text, m->piece[i].n) < 0) {
			normalizer_free(z);
			return -1;
		}
	user_symbols_sort(&z->symbols);
	for (unsigned x = 0; x < 128; x++)
		for (unsigned y = 0; y < 256; y++)
			z->copies[x | y << 8] = copied(z, x, y);
	return 0;
}

void
normalizer_free(struct normalizer *z)
{
	user_symbols_free(&z->symbols);
	free(z->copies);
	z->copies = NULL;
}

static int
reserve(struct inner_text *to, size_t extra)
{
	const size_t want = to->n + extra + INNER_SLACK;
	size_t cap = to->cap ? to->cap : 4096;
	char *more;

	if (want <= to->cap)
		return 0;
	while (cap < want)
		cap += cap / 2;
	more = realloc(to->p, cap);
	if (!more)
		return -1;
	to->p = more;
	to->cap = cap;
	return 0;
}

/* Rewrite the front of s, *n bytes of it. */
static struct bytes
rewrite(const struct normalizer *z, struct bytes s, size_t *n)
{
	const char *to;
	uint32_t c;

	*n = user_symbols_match(&z->symbols, s.p, s.n);
	if (*n > 0)
		return (struct bytes){ s.p, *n };
	to = charsmap_find(&z->map, s.p, s.n, n);
	if (to)
		return (struct bytes){ to, strlen(to) };
	*n = model_char(s.p, s.n, &c);
	if (*n > 0)
		return (struct bytes){ s.p, *n };
	*n = 1;
	return (struct bytes){ replacement, sizeof replacement - 1 };
}

/* Append s, whole characters, with spaces for U+2581 if the model escapes spaces.  There
 * is room. */
static void
put(const struct normalizer *z, struct bytes s, struct inner_text *to)
{
	const char *end = s.p + s.n, *mark;

	while (z->escapes && s.p < end &&
	       (mark = memchr(s.p, marked_space[0], (size_t)(end - s.p)))) {
		const size_t before = (size_t)(mark - s.p);
		const bool space = end - mark >= 3 && memcmp(mark, marked_space, 3) == 0;

		memcpy(to->p + to->n, s.p, before);
		to->n += before;
		to->p[to->n++] = space ? ' ' : *mark;
		s.p = mark + (space ? 3 : 1);
	}
	memcpy(to->p + to->n, s.p, (size_t)(end - s.p));
	to->n += (size_t)(end - s.p);
}

static bool
is_valid(const char *text, size_t n)
{
	const uint64_t high = UINT64_C(0x8080808080808080);
	uint32_t c;

	for (size_t i = 0, len; i < n; i += len) {
		uint64_t eight;

		if (n - i >= 8) {
			memcpy(&eight, text + i, 8);
			if (!(eight & high)) {
				len = 8;
				continue;
			}
		}
		len = model_char(text + i, n - i, &c);
		if (len == 0)
			return false;
	}
	return true;
}

/* Skip what rewrites to single spaces. */
static void
skip_spaces(const struct normalizer *z, struct normalizing *s)
{
	size_t n;

	for (; s->at < s->n; s->at += n) {
		const struct bytes to =
		    rewrite(z, (struct bytes){ s->text + s->at, s->n - s->at }, &n);

		if (to.n != 1 || *to.p != ' ')
			break;
	}
}

int
normalizer_start(const struct normalizer *z, struct normalizing *s, const char *text,
    size_t n, bool valid, struct inner_text *to)
{
	*s = (struct normalizing){ .text = text, .n = n, .after_space = z->trims };
	s->plain = !z->rewrites && (valid || is_valid(text, n));
	if (z->trims)
		skip_spaces(z, s);
	if (s->at == n) {
		s->finished = true;
		return reserve(to, 0);
	}
	if (reserve(to, 1) < 0)
		return -1;
	if (z->prefix)
		to->p[to->n++] = ' ';
	return 0;
}

/* Copy ASCII from the front of the text, up to what may be rewritten. */
static void
copy_ascii(
    const struct normalizer *z, struct normalizing *s, size_t end, struct inner_text *to)
{
	const unsigned char *p = (const unsigned char *)s->text;
	char *out = to->p + to->n;
	size_t at = s->at;

	if (s->after_space && at < end && p[at] == ' ')
		return;
	while (at < end && at + 1 < s->n && z->copies[p[at] | p[at + 1] << 8])
		*out++ = (char)p[at++];
	if (at > s->at)
		s->after_space = z->trims && p[at - 1] == ' ';
	to->n = (size_t)(out - to->p);
	s->at = at;
}

static int
put_rewritten(const struct normalizer *z, struct normalizing *s, struct inner_text *to)
{
	size_t n;
	struct bytes b = rewrite(z, (struct bytes){ s->text + s->at, s->n - s->at }, &n);

	while (s->after_space && b.n > 0 && *b.p == ' ') {
		b.p++;
		b.n--;
	}
	if (reserve(to, b.n) < 0)
		return -1;
	put(z, b, to);
	if (b.n > 0)
		s->after_space = z->trims && b.p[b.n - 1] == ' ';
	s->at += n;
	return 0;
}

static int
finish(const struct normalizer *z, struct normalizing *s, struct inner_text *to)
{
	s->finished = true;
	while (z->trims && to->n > 0 && to->p[to->n - 1] == ' ')
		to->n--;
	if (!z->suffix)
		return 0;
	if (reserve(to, 1) < 0)
		return -1;
	to->p[to->n++] = ' ';
	return 0;
}

int
normalizer_next(
    const struct normalizer *z, struct normalizing *s, size_t part, struct inner_text *to)
{
	size_t end = s->n - s->at < part ? s->n : s->at + part;

	if (s->plain) {
		while (end < s->n && ((unsigned char)s->text[end] & 0xc0) == 0x80)
			end++;
		if (reserve(to, end - s->at) < 0)
			return -1;
		put(z, (struct bytes){ s->text + s->at, end - s->at }, to);
		s->at = end;
	}
	while (s->at < end) {
		if (reserve(to, end - s->at) < 0)
			return -1;
		copy_ascii(z, s, end, to);
		if (s->at < end && put_rewritten(z, s, to) < 0)
			return -1;
	}
	return s->at == s->n ? finish(z, s, to) : 0;
}
