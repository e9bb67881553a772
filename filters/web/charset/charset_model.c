/* charset_model.c - embed the model of charsets and lay out its tables for scoring. */
#include "filters/web/charset/charset_model.h"

#include <stdlib.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"

/* The path is relative to the root of the source tree, where make runs. */
__asm__(".section .rodata\n"
	".balign 64\n"
	"charset_model_bytes:\n"
	".incbin \"filters/web/charset/charset.model\"\n"
	"charset_model_end:\n"
	".byte 0\n"
	".text\n");

extern const char charset_model_bytes[], charset_model_end[];

/* The kinds of characters in the file, and the classes of all but the letters of a
 * language: they follow its own classes. */
enum { KIND_LETTER, KIND_RARE = 6, KIND_UNDEFINED = 7 };
enum { FOREIGN, OPENING, CLOSING, DASH, BLANK, SYMBOL, RARE, UNDEFINED, KNOWN, EXTRA };
enum { ROW = 6, ROWS = 128 * ROW, LATIN_LETTERS = 26, ASCII_LETTER = 3 };

/*
 * The costs of those classes do not depend on the language.  They include the choice of
 * one character among those of its class.
 */
static const uint8_t cost_of_extra[EXTRA] = {
	[FOREIGN] = 15 * MODEL_BIT,
	[OPENING] = 9 * MODEL_BIT,
	[CLOSING] = 9 * MODEL_BIT,
	[DASH] = 9 * MODEL_BIT,
	[BLANK] = 8 * MODEL_BIT,
	[SYMBOL] = 11 * MODEL_BIT,
	[RARE] = 17 * MODEL_BIT,
	[UNDEFINED] = 22 * MODEL_BIT,
	[KNOWN] = 11 * MODEL_BIT,
};

/* The ranges of characters with a cost: Han, Hangul, kana and punctuation, wide forms. */
static const struct {
	uint32_t first, end;
} ranges[] = { { 0x4e00, 0xa000 }, { 0xac00, 0xd7a4 }, { 0x3000, 0x3100 },
	{ 0xff00, 0xfff0 } };

enum { CHARACTERS = 0x5200 + 0x2ba4 + 0x100 + 0xf0 };

unsigned
model_character(uint32_t c)
{
	unsigned at = 0;

	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
		if (c >= ranges[i].first && c < ranges[i].end)
			return at + (c - ranges[i].first);
		at += ranges[i].end - ranges[i].first;
	}
	return MODEL_NO_CHARACTER;
}

static unsigned
u16_at(const char *p)
{
	return (unsigned char)p[0] | (unsigned)(unsigned char)p[1] << 8;
}

static uint32_t
u32_at(const char *p)
{
	return u16_at(p) | (uint32_t)u16_at(p + 2) << 16;
}

struct model_language {
	bool latin;
	unsigned letters, classes;
	const char *letter; /* u16 */
};

static unsigned
class_of_ascii(unsigned byte, bool latin)
{
	const unsigned letter = (byte | 0x20) - 'a';

	if (byte <= ' ')
		return 0;
	if (byte >= '0' && byte <= '9')
		return 1;
	if (letter < LATIN_LETTERS)
		return latin ? 3 + letter : 3;
	return 2;
}

static unsigned
class_of(const struct model_language *l, const char *row)
{
	const unsigned lower = u16_at(row + 2), kind = (unsigned char)row[4];

	if (kind != KIND_LETTER)
		return l->classes + kind;
	if (lower < 0x80)
		return class_of_ascii(lower, l->latin);
	for (unsigned i = 0; i < l->letters; i++)
		if (u16_at(l->letter + (size_t)2 * i) == lower)
			return l->classes - l->letters + i;
	/* Names of people have the letters of other western languages, but few have those
	 * of Icelandic, which other charsets have in place of Baltic and Turkish ones. */
	if (lower == 0xF0 || lower == 0xFE)
		return l->classes + RARE;
	return l->classes + (l->latin && lower < 0x100 ? KNOWN : FOREIGN);
}

/* The cost of class b after a class that all languages share. */
static unsigned
cost_after_extra(unsigned a, unsigned b, const char *after_space)
{
	/* Quotation marks close words in some languages and open them in others. */
	if (b < 3)
		return (b == 0 ? 2 : 3) * MODEL_BIT;
	if (a >= OPENING && a <= SYMBOL)
		return (unsigned char)after_space[b] +
		       (a == CLOSING ? 3u : 1u) * MODEL_BIT;
	return 5 * MODEL_BIT;
}

/* Extend the costs in the file by the classes that all languages share. */
static uint8_t *
lay_out(const struct model_language *l, const char *costs)
{
	const unsigned n = l->classes, all = n + EXTRA;
	uint8_t *out = xmalloc((size_t)all * all);

	for (unsigned a = 0; a < all; a++) {
		for (unsigned b = 0; b < all; b++) {
			unsigned cost;

			if (b >= n)
				cost = cost_of_extra[b - n];
			else if (a >= n)
				cost = cost_after_extra(a - n, b, costs);
			else
				cost = (unsigned char)costs[(size_t)a * n + b];
			/* One class of all letters of ASCII does not tell which one. */
			if (!l->latin && b == ASCII_LETTER)
				cost += 4 * MODEL_BIT;
			/* Letters of another language come in words, boxes in rows. */
			if (a == b && (a == n + FOREIGN || a == n + RARE))
				cost -= 4 * MODEL_BIT;
			out[(size_t)a * all + b] = (uint8_t)cost;
		}
	}
	return out;
}

static void
add_pair(struct charset_model *m, unsigned charset, unsigned language,
    const struct model_language *l, const char *rows)
{
	struct model_pair *p = &m->pair[m->pairs++];

	if (m->pairs > MODEL_PAIRS_MAX)
		BUG("charset.model: too many pairs of charset and language");
	p->charset = charset;
	p->language = language;
	p->costs = m->costs[language];
	p->stride = l->classes + EXTRA;
	for (unsigned byte = 0; byte < 0x80; byte++)
		p->class[byte] = (uint8_t)class_of_ascii(byte, l->latin);
	for (unsigned byte = 0x80; byte < 0x100; byte++)
		p->class[byte] = (uint8_t)class_of(l, rows + (size_t)(byte - 0x80) * ROW);
}

static void
set_cases(struct model_charset *c, const char *rows)
{
	for (unsigned byte = 0; byte < 0x100; byte++) {
		if (byte >= 0x80)
			c->letter_case[byte] =
			    (uint8_t)rows[(size_t)(byte - 0x80) * ROW + 5];
		else if ((byte | 0x20) - 'a' < LATIN_LETTERS)
			c->letter_case[byte] = byte & 0x20 ? 1 : 2;
	}
}

struct charset_model *
charset_model_new(void)
{
	enum { HEAD = 24, CHARSET = 36 + ROWS };
	struct charset_model *m = xcalloc(1, sizeof *m);
	struct model_language language[MODEL_LANGUAGES_MAX] = { 0 };
	const char *p = charset_model_bytes, *charsets = p + HEAD;

	if (memcmp(p, "tamiscs1", 8) != 0)
		BUG("charset.model: wrong magic");
	m->charsets = u32_at(p + 8);
	m->languages = u32_at(p + 12);
	m->ideographic = u32_at(p + 16);
	if (m->charsets > MODEL_CHARSETS_MAX || m->languages > MODEL_LANGUAGES_MAX ||
	    m->ideographic != MODEL_IDEOGRAPHIC_MAX)
		BUG("charset.model: wrong counts");
	p = charsets + (size_t)m->charsets * CHARSET;
	for (unsigned i = 0; i < m->languages; i++) {
		struct model_language *l = &language[i];

		l->latin = p[12];
		l->letters = (unsigned char)p[13];
		l->classes = (l->latin ? 3 + LATIN_LETTERS : 4) + l->letters;
		l->letter = p + 16;
		m->language[i] = p;
		p += 16 + (size_t)2 * l->letters;
		m->costs[i] = lay_out(l, p);
		p += (size_t)l->classes * l->classes;
	}
	for (unsigned i = 0; i < m->charsets; i++) {
		const char *c = charsets + (size_t)i * CHARSET;
		const uint64_t of = u32_at(c + 28) | (uint64_t)u32_at(c + 32) << 32;

		m->charset[i].name = c;
		m->charset[i].prior = u32_at(c + 24) * MODEL_BIT;
		set_cases(&m->charset[i], c + 36);
		for (unsigned k = 0; k < m->languages; k++)
			if (of >> k & 1)
				add_pair(m, i, k, &language[k], c + 36);
	}
	for (unsigned i = 0; i < m->ideographic; i++, p += CHARACTERS)
		m->characters[i] = (const uint8_t *)p;
	if (p != charset_model_end)
		BUG("charset.model: wrong length");
	return m;
}

void
charset_model_free(struct charset_model *m)
{
	if (!m)
		return;
	for (unsigned i = 0; i < m->languages; i++)
		free(m->costs[i]);
	free(m);
}
