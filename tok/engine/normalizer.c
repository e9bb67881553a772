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

static bool
copies_printable(const struct normalizer *z)
{
	for (unsigned x = ' '; x <= '~'; x++)
		for (unsigned y = ' '; y <= '~'; y++)
			if (!z->copies[x | y << 8] && !(x == ' ' && y == ' '))
				return false;
	return true;
}

/* The byte that begins the UTF-8 of a character below U+10000. */
static unsigned
first_byte(uint32_t c)
{
	return c < 0x80 ? c : c < 0x800 ? 0xc0 | c >> 6 : 0xe0 | c >> 12;
}

static void
classify(struct normalizer *z)
{
	charsmap_classify(&z->map, z->chars);
	for (uint32_t c = 0x80; c < CHARSMAP_CHARS; c++)
		if (z->symbols.begins[first_byte(c)] || (c >= 0xd800 && c < 0xe000))
			z->chars[c] |= CHAR_REWRITTEN;
	if (z->escapes)
		z->chars[0x2581] |= CHAR_REWRITTEN;
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
	z->chars = calloc(CHARSMAP_CHARS, 1);
	if (!z->copies || !z->chars) {
		normalizer_free(z);
		return -1;
	}
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
	z->copies_printable = copies_printable(z);
	classify(z);
	return 0;
}

void
normalizer_free(struct normalizer *z)
{
	user_symbols_free(&z->symbols);
	free(z->copies);
	free(z->chars);
	z->copies = z->chars = NULL;
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

/* Whether eight bytes are printable ASCII without two spaces in a row. */
static bool
printable(uint64_t eight)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), high = 0x80 * ones,
		       spaces = ~((eight ^ ' ' * ones) + 0x7f * ones) & high;

	/* The sums do not carry: a byte from 0x80 on decides alone. */
	return !((eight | (eight + ones) | ~(eight + 0x60 * ones)) & high) &&
	       !(spaces & spaces >> 8);
}

/*
 * Copy ASCII from at on, up to end or what may be rewritten, and return where it ends.  A
 * byte is readable at end.
 */
static size_t
copy_ascii(
    const struct normalizer *z, const unsigned char *p, size_t at, size_t end, char **out)
{
	char *to = *out;

	while (at < end) {
		const size_t stop = end - at < 8 ? end : at + 8;
		uint64_t eight;

		if (z->copies_printable && end - at >= 8 &&
		    (memcpy(&eight, p + at, 8), printable(eight)) &&
		    z->copies[p[at + 7] | p[at + 8] << 8]) {
			memcpy(to, &eight, 8);
			to += 8;
			at += 8;
			continue;
		}
		while (at < stop && z->copies[p[at] | p[at + 1] << 8])
			*to++ = (char)p[at++];
		if (at < stop)
			break;
	}
	*out = to;
	return at;
}

/* The character below U+10000 at p, with its size; 0: none.  Three bytes are readable. */
static inline size_t
read_char(const unsigned char *p, uint32_t *c)
{
	*c = p[0];
	if (p[0] < 0x80)
		return 1;
	if ((p[1] & 0xc0) != 0x80)
		return 0;
	*c = (p[0] & 0x1fu) << 6 | (p[1] & 0x3f);
	if (p[0] < 0xe0)
		return *c >= 0x80 && p[0] >= 0xc0 ? 2 : 0;
	*c = (*c & 0x3ff) << 6 | (p[2] & 0x3f);
	return p[0] < 0xf0 && (p[2] & 0xc0) == 0x80 && *c >= 0x800 ? 3 : 0;
}

/* The size of the character at p if it is copied, otherwise 0.  Six bytes are readable.
 */
static inline size_t
copied_char(const struct normalizer *z, const unsigned char *p)
{
	uint32_t c, next;
	const size_t n = read_char(p, &c);

	if (n < 2 || z->chars[c] & CHAR_REWRITTEN)
		return 0;
	if (z->chars[c] & CHAR_FIRST &&
	    (read_char(p + n, &next) == 0 || z->chars[next] & CHAR_SECOND))
		return 0;
	return n;
}

/* Copy the front of the text, up to `end` or what may be rewritten.  There is room. */
static void
copy(const struct normalizer *z, struct normalizing *s, size_t end, struct inner_text *to)
{
	const unsigned char *p = (const unsigned char *)s->text;
	char *out = to->p + to->n;
	size_t at = s->at;

	if (s->after_space && p[at] == ' ')
		return;
	while (at < end) {
		size_t n;

		at = copy_ascii(z, p, at, end < s->n ? end : s->n - 1, &out);
		if (at >= end || s->n - at < 6)
			break;
		n = copied_char(z, p + at);
		if (n == 0)
			break;
		memcpy(out, p + at, 4);
		out += n;
		at += n;
	}
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
		/* The last character may end after `end`. */
		if (reserve(to, end - s->at + 4) < 0)
			return -1;
		copy(z, s, end, to);
		if (s->at < end && put_rewritten(z, s, to) < 0)
			return -1;
	}
	return s->at == s->n ? finish(z, s, to) : 0;
}
