/* measure.c - count the words, lines and characters of a text, each at most once. */
#include "filters/quality/measure.h"

#include <stdlib.h>

#include "lib/base/chars.h"
#include "lib/base/hash.h"
#include "lib/text/utf8.h"

int
measure_open(struct measure *m, struct err *err)
{
	*m = (struct measure){ .classes = unicode_classes() };
	return words_open(&m->words, err);
}

void
measure_close(struct measure *m)
{
	words_close(&m->words);
	free(m->ws_words.bytes);
	free(m->ws_words.at);
	free(m->alnum_words.bytes);
	free(m->alnum_words.at);
	free(m->custom_words.bytes);
	free(m->custom_words.at);
	free(m->lines.v);
	free(m->paras.v);
	free(m->table);
	for (size_t k = 0; k < NSCRATCH; k++)
		free(m->scratch[k]);
	buf_free(&m->tmp);
	buf_free(&m->tmp2);
	buf_free(&m->edited);
}

void
measure_text(struct measure *m, struct span text, bool exact)
{
	m->text = text;
	m->exact = exact;
	m->has_chars = m->has_words = m->has_lines = m->has_unicode_newlines = false;
	m->has_ws_words = m->has_alnum_words = false;
}

/* The number of bytes of v that have the top bit set. */
static size_t
top_bits(uint64_t v)
{
	return (size_t)((v >> 7 & UINT64_C(0x0101010101010101)) *
			    UINT64_C(0x0101010101010101) >>
			56);
}

/* Every code point has one byte that is not a continuation byte, 10xxxxxx.  The loop
 * counts continuation bytes, eight lanes at a time; 255 steps fit into a lane of sum. */
size_t
count_chars(struct span s)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	const uint64_t even = UINT64_C(0x00ff00ff00ff00ff);
	size_t n = s.n, i = 0;

	while (s.n - i >= 8) {
		size_t words = (s.n - i) / 8, end = i + 8 * (words < 255 ? words : 255);
		uint64_t sum = 0, v;

		for (; i < end; i += 8) {
			memcpy(&v, s.p + i, 8);
			sum += v >> 7 & ~(v >> 6) & ones;
		}
		sum = (sum & even) + (sum >> 8 & even);
		n -= sum * UINT64_C(0x0001000100010001) >> 48;
	}
	for (; i < s.n; i++)
		n -= ((unsigned char)s.p[i] & 0xc0) == 0x80;
	return n;
}

size_t
count_byte(struct span s, char c)
{
	const uint64_t low = UINT64_C(0x7f7f7f7f7f7f7f7f);
	const uint64_t each = UINT64_C(0x0101010101010101) * (unsigned char)c;
	size_t n = 0, i = 0;
	uint64_t v;

	for (; s.n - i >= 8; i += 8) {
		memcpy(&v, s.p + i, 8);
		v ^= each;
		/* The top bits of all zero bytes. */
		n += top_bits(~(((v & low) + low) | v));
	}
	for (; i < s.n; i++)
		n += s.p[i] == c;
	return n;
}

const char *
find_substring(struct span s, struct span what)
{
	const char *p = s.p, *end = s.p + s.n;

	for (; (size_t)(end - p) >= what.n; p++) {
		p = memchr(p, what.p[0], (size_t)(end - p) - what.n + 1);
		if (!p || memcmp(p, what.p, what.n) == 0)
			return p;
	}
	return NULL;
}

size_t
count_substring(struct span s, struct span what)
{
	const char *p;
	size_t n = 0;

	for (; (p = find_substring(s, what)); n++)
		s = span_from(s, (size_t)(p - s.p) + what.n);
	return n;
}

bool
starts_with_any(struct span s, const uint32_t *chars, size_t n)
{
	size_t at = 0;
	uint32_t c = s.n ? utf8_next(s, &at) : 0;

	for (size_t i = 0; i < n; i++)
		if (c == chars[i])
			return true;
	return false;
}

void
lower_ascii(struct buf *b, struct span s)
{
	buf_reserve(b, s.n);
	for (size_t i = 0; i < s.n; i++)
		b->p[b->n++] = ascii_lower(s.p[i]);
}

size_t
measure_chars(struct measure *m)
{
	if (!m->has_chars)
		m->nchars = count_chars(m->text);
	m->has_chars = true;
	return m->nchars;
}

const struct words *
measure_words(struct measure *m)
{
	if (!m->has_words)
		words_split(&m->words, m->text);
	m->has_words = true;
	return &m->words;
}

void
words_begin(struct words *w, size_t bytes)
{
	w->n = w->nbytes = 0;
	if (bytes + 64 > w->cap_bytes) {
		free(w->bytes);
		w->cap_bytes = bytes + bytes / 2 + 64;
		w->bytes = xmalloc(w->cap_bytes);
	}
	if (!w->cap) {
		w->cap = 256;
		w->at = xmalloc(w->cap * sizeof *w->at);
	}
	w->at[0] = 0;
}

void
words_add(struct words *w, struct span s)
{
	if (w->n + 1 == w->cap) {
		w->cap *= 2;
		w->at = xrealloc(w->at, w->cap, sizeof *w->at);
	}
	memcpy(w->bytes + w->nbytes, s.p, s.n);
	w->nbytes += s.n;
	w->at[++w->n] = (uint32_t)w->nbytes;
}

void
words_end(struct words *w)
{
	memset(w->bytes + w->nbytes, 0, 64);
}

const struct words *
measure_ws_words(struct measure *m)
{
	struct span s = m->text;
	size_t from = 0;

	if (m->has_ws_words)
		return &m->ws_words;
	m->has_ws_words = true;
	words_begin(&m->ws_words, s.n);
	for (size_t i = 0, next = 0; i < s.n; i = next) {
		if (!(m->classes[utf8_next(s, &next)] & CHAR_SPACE))
			continue;
		if (from < i)
			words_add(&m->ws_words, (struct span){ s.p + from, i - from });
		from = next;
	}
	if (from < s.n)
		words_add(&m->ws_words, span_from(s, from));
	words_end(&m->ws_words);
	return &m->ws_words;
}

const struct words *
measure_alnum_words(struct measure *m)
{
	const struct words *w = measure_words(m);

	if (m->has_alnum_words)
		return &m->alnum_words;
	m->has_alnum_words = true;
	words_begin(&m->alnum_words, w->nbytes);
	for (size_t i = 0; i < w->n; i++) {
		size_t at = 0;

		if (m->classes[utf8_next(word(w, i), &at)] & (CHAR_ALPHA | CHAR_NUMBER))
			words_add(&m->alnum_words, word(w, i));
	}
	words_end(&m->alnum_words);
	return &m->alnum_words;
}

const uint32_t *
measure_char_at(struct measure *m, const struct words *w)
{
	uint32_t *at = measure_scratch(m, SCRATCH_CHAR_AT, w->n + 1);

	at[0] = 0;
	for (size_t i = 0; i < w->n; i++)
		at[i + 1] = at[i] + (uint32_t)count_chars(word(w, i));
	return at;
}

uint32_t *
measure_table(struct measure *m, size_t n, size_t *mask)
{
	size_t cap = 64;

	while (cap < n)
		cap *= 2;
	if (cap > m->table_cap) {
		free(m->table);
		m->table = xmalloc(xmul(cap, sizeof *m->table));
		m->table_cap = cap;
	}
	memset(m->table, 0, cap * sizeof *m->table);
	*mask = cap - 1;
	return m->table;
}

uint64_t *
measure_table64(struct measure *m, size_t n, size_t *mask)
{
	void *p = measure_table(m, xmul(2, n), mask);

	*mask /= 2;
	return p;
}

uint32_t *
measure_scratch(struct measure *m, enum measure_scratch which, size_t n)
{
	uint32_t **p = &m->scratch[which];

	if (n >= m->scratch_cap[which]) {
		free(*p);
		m->scratch_cap[which] = xadd(n, n / 2 + 64);
		*p = xmalloc(xmul(m->scratch_cap[which], sizeof **p));
	}
	return *p;
}

/* Set the top bit of each byte of v that is above low and below high. */
static uint64_t
between(uint64_t v, unsigned low, unsigned high)
{
	const uint64_t each = UINT64_C(0x0101010101010101);
	uint64_t seven = v & each * 0x7f;

	return (each * (127 + high) - seven) & ~v & (seven + each * (127 - low)) &
	       each * 0x80;
}

/* Whether s contains U+0085, U+2028 or U+2029. */
static bool
has_wide_newlines(struct span s)
{
	const char *p, *end = s.p + s.n;

	for (p = s.p; (p = memchr(p, 0xc2, (size_t)(end - p))); p++)
		if (p[1] == (char)0x85)
			return true;
	for (p = s.p; (p = memchr(p, 0xe2, (size_t)(end - p))); p++)
		if (p[1] == (char)0x80 && (p[2] == (char)0xa8 || p[2] == (char)0xa9))
			return true;
	return false;
}

static bool
find_unicode_newlines(struct measure *m)
{
	struct span s = m->text;
	size_t i = 0;
	uint64_t v;

	for (; s.n - i >= 8; i += 8) {
		memcpy(&v, s.p + i, 8);
		if (between(v, 0x0a, 0x0e) | between(v, 0x1b, 0x1f))
			return true;
	}
	for (; i < s.n; i++)
		if (s.p[i] != '\n' && (unsigned char)s.p[i] < 0x20 &&
		    (m->classes[(unsigned char)s.p[i]] & CHAR_LINE_END))
			return true;
	return measure_chars(m) != s.n && has_wide_newlines(s);
}

bool
measure_unicode_newlines(struct measure *m)
{
	if (!m->has_unicode_newlines)
		m->unicode_newlines = find_unicode_newlines(m);
	m->has_unicode_newlines = true;
	return m->unicode_newlines;
}

static bool
all_space(const uint32_t *classes, struct span s)
{
	size_t i = 0;

	while (i < s.n)
		if (!(classes[utf8_next(s, &i)] & CHAR_SPACE))
			return false;
	return true;
}

struct text_part *
text_parts_add(struct measure *m, struct text_parts *p, size_t from, size_t n)
{
	struct text_part *added;

	GROW(p->v, p->n, p->cap);
	added = &p->v[p->n++];
	*added = (struct text_part){ .from = (uint32_t)from, .n = (uint32_t)n };
	added->hash = (uint32_t)hash64(text_part_span(m, added), 0);
	return added;
}

static bool
same_part(const struct measure *m, const struct text_part *a, const struct text_part *b)
{
	return a->hash == b->hash && span_eq(text_part_span(m, a), text_part_span(m, b));
}

void
text_parts_mark_dups(struct measure *m, struct text_parts *p)
{
	size_t mask;
	uint32_t *table = measure_table(m, 2 * p->n, &mask);

	for (size_t i = 0; i < p->n; i++) {
		struct text_part *l = &p->v[i];
		size_t at = l->hash & mask;

		while (table[at] && !same_part(m, l, &p->v[table[at] - 1]))
			at = (at + 1) & mask;
		l->dup = table[at] != 0;
		if (l->dup)
			p->v[table[at] - 1].has_dup = true;
		else
			table[at] = (uint32_t)i + 1;
	}
}

void
measure_lines(struct measure *m)
{
	const char *p = m->text.p, *end = p + m->text.n;

	if (m->has_lines)
		return;
	m->has_lines = true;
	m->lines.n = m->line_feeds = 0;
	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t n = (size_t)((nl ? nl : end) - p);

		if (n)
			text_parts_add(m, &m->lines, (size_t)(p - m->text.p), n)->blank =
			    all_space(m->classes, (struct span){ p, n });
		m->line_feeds += nl != NULL;
		p += n + (nl != NULL);
	}
	text_parts_mark_dups(m, &m->lines);
}

bool
py_lines_next(struct py_lines *it, struct span *line)
{
	struct span s = it->text;
	size_t from = it->at, at, next;

	if (from >= s.n)
		return false;
	if (!it->unicode_newlines) {
		const char *nl = memchr(s.p + from, '\n', s.n - from);

		at = nl ? (size_t)(nl - s.p) : s.n;
		it->at = at + 1;
	} else {
		for (at = from; at < s.n; at = next) {
			next = at;
			if (it->classes[utf8_next(s, &next)] & CHAR_LINE_END)
				break;
		}
		if (at < s.n && s.p[at] == '\r' && next < s.n && s.p[next] == '\n')
			next++;
		it->at = at < s.n ? next : s.n;
	}
	*line = (struct span){ s.p + from, at - from };
	return true;
}

struct span
py_lstrip(const uint32_t *classes, struct span s)
{
	size_t next = 0;

	while (s.n && classes[utf8_next(s, &next)] & CHAR_SPACE) {
		s = span_from(s, next);
		next = 0;
	}
	return s;
}

struct span
py_rstrip(const uint32_t *classes, struct span s)
{
	for (size_t at = s.n, next; at > 0; s.n = at) {
		while (((unsigned char)s.p[--at] & 0xc0) == 0x80)
			;
		next = at;
		if (!(classes[utf8_next(s, &next)] & CHAR_SPACE))
			break;
	}
	return s;
}

struct span
py_strip(const uint32_t *classes, struct span s)
{
	return py_rstrip(classes, py_lstrip(classes, s));
}
