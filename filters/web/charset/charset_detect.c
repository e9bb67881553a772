/*
 * charset_detect.c - detect the charset of a text by the letters of languages.
 *
 * Each charset with each of its languages gives the bytes of a sample a probability, by
 * pairs of letters, or by characters in Chinese, Japanese and Korean.  The most probable
 * wins.  All of them explain the same bytes, so that the probabilities are comparable.
 */
#include "filters/web/charset/charset_detect.h"

#include <math.h>
#include <stdlib.h>

#include "filters/web/charset/charset_sample.h"
#include "lib/text/utf8.h"

/* Bytes of a text that are examined, in doubt more, and those of them that are decoded.
 */
enum {
	SAMPLE_MAX = 3072,
	LONG_SAMPLE_MAX = 16000,
	DECODED_MAX = 768,
	FORM_MAX = 2048,
	PROBE = 256,
	FEW = 256,
	WIDE_CONTEXT = 24
};
/* The pairs that select the charsets to be compared by all pairs, and how many. */
enum { FIRST_PAIRS = 24, FINALISTS = 16 };
enum { PAIRS_MAX = LONG_SAMPLE_MAX + 64 };

/* Above this mean cost of a byte, in bits, no language is recognized.  Text has 4 to 6,
 * random bytes have 10 in GB18030. */
static const double NO_LANGUAGE = 8.5;

/* Below this mean cost in a charset of one byte, no charset of several is tried. */
static const double SURE = 5.8;

/* Bits by which the best is better than another charset beyond doubt. */
static const double DOUBT = 24;

/* Charsets of several bytes, the bits of their prior cost, and the language with which
 * they begin in the model. */
static const struct wide {
	const char *icu;
	unsigned prior;
	unsigned first, last;
} wide[] = {
	{ "gb18030", 1, 0, 0 },
	{ "big5-hkscs", 1, 1, 1 },
	{ "windows-31j", 1, 2, 2 },
	{ "euc-jp", 2, 2, 2 },
	{ "windows-949", 1, 3, 3 },
};

enum { WIDE = sizeof wide / sizeof *wide };

struct charset_detector {
	const struct charset_model *model;
	charset_decode *decode;
	void *context;
	struct buf sample, text;
	uint16_t *count;	  /* by pair, all 0 between calls */
	uint16_t pair[PAIRS_MAX]; /* that occur; frequent ones first */
	uint16_t times[PAIRS_MAX];
	size_t pairs, high,
	    total; /* high: they have a byte outside ASCII, and are first */
	bool finalist[MODEL_PAIRS_MAX];
};

struct charset_detector *
charset_detector_new(const struct charset_model *m, charset_decode *decode, void *context)
{
	struct charset_detector *d = xcalloc(1, sizeof *d);

	d->model = m;
	d->decode = decode;
	d->context = context;
	d->count = xcalloc(1 << 16, sizeof *d->count);
	return d;
}

void
charset_detector_free(struct charset_detector *d)
{
	if (!d)
		return;
	buf_free(&d->sample);
	buf_free(&d->text);
	free(d->count);
	free(d);
}

/* How often a pair occurs, if it tells charsets apart: 0 for two bytes of ASCII. */
static unsigned
evidence_of(const struct charset_detector *d, size_t i)
{
	enum { MANY = 63 };

	if (!(d->pair[i] & 0x8080))
		return 0;
	return d->times[i] < MANY ? d->times[i] : MANY;
}

/* Exchange two pairs. */
static void
exchange(struct charset_detector *d, size_t i, size_t k)
{
	const uint16_t pair = d->pair[i], times = d->times[i];

	d->pair[i] = d->pair[k];
	d->times[i] = d->times[k];
	d->pair[k] = pair;
	d->times[k] = times;
}

/* Move the most frequent pairs that tell charsets apart to the front. */
static void
frequent_first(struct charset_detector *d)
{
	enum { TIMES = 64 };
	size_t of[TIMES] = { 0 }, n = 0, front = 0;
	unsigned least = TIMES - 1;

	for (size_t i = 0; i < d->pairs; i++)
		of[evidence_of(d, i)]++;
	while (least > 1 && (n += of[least]) < FIRST_PAIRS)
		least--;
	for (size_t i = 0; i < d->pairs && front < FIRST_PAIRS; i++) {
		if (evidence_of(d, i) >= least)
			exchange(d, i, front++);
	}
}

/* Move pairs of ASCII to the end.  The most frequent others are in front already. */
static void
high_first(struct charset_detector *d)
{
	d->high = 0;
	for (size_t i = 0; i < d->pairs; i++)
		if (d->pair[i] & 0x8080)
			exchange(d, i, d->high++);
}

static void
count_pairs(struct charset_detector *d)
{
	const unsigned char *p = (const unsigned char *)d->sample.p;

	d->pairs = d->total = 0;
	for (size_t i = 1; i < d->sample.n; i++) {
		const uint16_t pair = (uint16_t)(p[i - 1] << 8 | p[i]);

		d->total += (pair & 0x8080) != 0;
		if (d->count[pair]++ == 0 && d->pairs < PAIRS_MAX)
			d->pair[d->pairs++] = pair;
	}
	for (size_t i = 0; i < d->pairs; i++) {
		d->times[i] = d->count[d->pair[i]];
		d->count[d->pair[i]] = 0;
	}
	frequent_first(d);
	high_first(d);
}

/* The cost of the cases of letters in the pairs from `from` to n. */
static uint64_t
cost_of_cases(const struct charset_detector *d, unsigned charset, size_t from, size_t n)
{
	const struct model_charset *c = &d->model->charset[charset];
	uint64_t cost = 0;

	for (size_t i = from; i < n; i++) {
		const unsigned a = d->pair[i] >> 8, b = d->pair[i] & 0xff;

		cost += (uint64_t)model_case_cost(c->letter_case[a], c->letter_case[b]) *
			d->times[i];
	}
	return cost;
}

/* `cost` and that of the letters in the pairs from `from` to n, or a cost above max that
 * is lower than that. */
static uint64_t
add_letters(const struct charset_detector *d, const struct model_pair *p, size_t from,
    size_t n, uint64_t cost, uint64_t max)
{
	enum { STEP = 8 };
	const uint8_t *class = p->class, *costs = p->costs;
	const unsigned stride = p->stride;

	for (size_t i = from; i < n && cost <= max;) {
		const size_t end = n - i < STEP ? n : i + STEP;

		for (; i < end; i++)
			cost += (uint64_t)costs[class[d->pair[i] >> 8] * stride +
						class[d->pair[i] & 0xff]] *
				d->times[i];
	}
	return cost;
}

static bool
is_claimed(const struct charset_claims *c, const char *icu)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->icu[i], icu) == 0)
			return true;
	return false;
}

/* Offer a charset with its cost. */
static void
offer(struct charset_guess *g, const struct charset_claims *claims, const char *icu,
    double bits)
{
	for (size_t i = 0; i < claims->n; i++)
		if (strcmp(claims->icu[i], icu) == 0 && bits < g->claim[i])
			g->claim[i] = bits;
	if (bits < g->bits) {
		if (g->icu != icu)
			g->rival = g->bits;
		g->bits = bits;
		g->icu = icu;
	} else if (g->icu != icu && bits < g->rival) {
		g->rival = bits;
	}
}

/* Choose the pairs of charset and language that make the most frequent pairs of letters
 * most probable, and those of the claims. */
static void
choose_finalists(struct charset_detector *d, const struct charset_claims *claims)
{
	const struct charset_model *m = d->model;
	const size_t first = d->pairs < FIRST_PAIRS ? d->pairs : FIRST_PAIRS;
	uint64_t of_charset = 0;
	bool claimed = false;
	uint64_t cost[FINALISTS];	 /* ascending */
	unsigned best[FINALISTS], n = 0; /* pairs of these costs, earlier ones first */

	for (unsigned i = 0; i < m->pairs; i++) {
		const struct model_pair *p = &m->pair[i];
		const uint64_t max = n < FINALISTS ? UINT64_MAX : cost[n - 1];
		uint64_t one;
		unsigned at;

		/* The pairs of a charset are in a row. */
		if (i == 0 || p->charset != p[-1].charset) {
			of_charset = m->charset[p->charset].prior +
				     cost_of_cases(d, p->charset, 0, first);
			claimed = is_claimed(claims, m->charset[p->charset].name);
		}
		d->finalist[i] = claimed;
		one = add_letters(d, p, 0, first, of_charset, max);
		if (one >= max)
			continue;
		n += n < FINALISTS;
		for (at = n - 1; at > 0 && cost[at - 1] > one; at--) {
			cost[at] = cost[at - 1];
			best[at] = best[at - 1];
		}
		cost[at] = one;
		best[at] = i;
	}
	for (unsigned i = 0; i < n; i++)
		d->finalist[best[i]] = true;
}

static void
score_finalists(struct charset_detector *d, const struct charset_claims *claims,
    struct charset_guess *guess)
{
	const struct charset_model *m = d->model;
	/* The cost of pairs of ASCII depends on the language only, that of their cases on
	 * nothing. */
	const uint64_t cases = cost_of_cases(d, 0, d->high, d->pairs);
	uint64_t ascii[MODEL_LANGUAGES_MAX] = { 0 }; /* 0: not known */
	unsigned charset = MODEL_CHARSETS_MAX;
	uint64_t of_charset = 0;

	for (unsigned i = 0; i < m->pairs; i++) {
		const struct model_pair *p = &m->pair[i];
		uint64_t cost;

		if (!d->finalist[i])
			continue;
		if (p->charset != charset)
			of_charset = m->charset[p->charset].prior + cases +
				     cost_of_cases(d, p->charset, 0, d->high);
		charset = p->charset;
		if (ascii[p->language] == 0)
			ascii[p->language] =
			    add_letters(d, p, d->high, d->pairs, 0, UINT64_MAX);
		cost = add_letters(
		    d, p, 0, d->high, of_charset + ascii[p->language], UINT64_MAX);
		offer(guess, claims, m->charset[charset].name, (double)cost / MODEL_BIT);
	}
}

/* Costs of characters that the model does not list, in bits. */
enum {
	COST_ASCII = 6,
	COST_SPACE = 1,
	COST_SWITCH = 4,
	COST_MARK = 9,
	COST_LETTER = 14,
	COST_RARE = 20,
	COST_BAD = 30
};

static double
character_cost(const struct charset_model *m, unsigned language, uint32_t c)
{
	const unsigned at = model_character(c);

	if (at != MODEL_NO_CHARACTER)
		return (double)m->characters[language][at] / MODEL_BIT;
	if (c == 0xfffd || c < 0xa0 || (c >= 0xe000 && c <= 0xf8ff))
		return COST_BAD;
	if (c >= 0x2010 && c <= 0x203b)
		return COST_MARK;
	return c >= 0x391 && c <= 0x451 ? COST_LETTER : COST_RARE;
}

/* The cost of UTF-8 text in an ideographic language. */
static double
ideographic_cost(const struct charset_model *m, unsigned language, struct span text)
{
	double cost = 0;
	bool before = false;

	for (size_t at = 0; at < text.n;) {
		const uint32_t c = utf8_next(text, &at);
		const bool high = c >= 0x80;

		if (high)
			cost += character_cost(m, language, c);
		else
			cost += c > ' ' ? COST_ASCII : COST_SPACE;
		if (high != before)
			cost += COST_SWITCH;
		before = high;
	}
	return cost;
}

/* Whether the beginning of the sample, decoded, is free of bytes without a meaning, by
 * and large. */
static bool
can_be(struct charset_detector *d, const char *icu, struct span sample)
{
	size_t bad = 0;

	if (sample.n > PROBE)
		sample.n = PROBE;
	d->text.n = 0;
	if (!d->decode(d->context, icu, sample, &d->text))
		return false;
	for (size_t i = 0; i + 2 < d->text.n; i++)
		bad += memcmp(d->text.p + i, "\xEF\xBF\xBD", 3) == 0;
	return bad * 16 <= sample.n;
}

static bool
claims_wide(const struct charset_claims *claims)
{
	for (size_t i = 0; i < WIDE; i++)
		if (is_claimed(claims, wide[i].icu))
			return true;
	return false;
}

static void
score_wide(struct charset_detector *d, const struct charset_claims *claims,
    struct charset_guess *guess)
{
	struct span sample = buf_span(&d->sample);
	double scale;

	if (sample.n > DECODED_MAX)
		sample.n = DECODED_MAX;
	scale = (double)d->sample.n / (double)sample.n;
	for (size_t i = 0; i < WIDE; i++) {
		const struct wide *w = &wide[i];

		if (!can_be(d, w->icu, sample))
			continue;
		d->text.n = 0;
		d->decode(d->context, w->icu, sample, &d->text);
		offer(guess, claims, w->icu,
		    w->prior +
			scale * ideographic_cost(d->model, w->first, buf_span(&d->text)));
	}
}

/* Whether the text has escapes of ISO-2022-JP, to and from its two-byte sets. */
static const char *
iso_2022(struct span text)
{
	const char *p = text.n ? memchr(text.p, '\x1B', text.n) : NULL,
		   *end = text.p + text.n;

	for (; p && end - p > 3; p = memchr(p + 1, '\x1B', (size_t)(end - p - 1))) {
		if (p[1] == '$' && (p[2] == 'B' || p[2] == '@'))
			return "iso-2022-jp";
		if (memcmp(p + 1, "$)C", 3) == 0)
			return "iso-2022-kr";
	}
	return NULL;
}

/* Whether every fourth byte is that of a code point below U+20000, `top` being the offset
 * of the highest byte. */
static bool
is_utf32(struct span text, size_t top, size_t next)
{
	if (text.n < 8 || text.n % 4)
		return false;
	for (size_t i = 0; i < text.n && i < PROBE; i += 4)
		if (text.p[i + top] != 0 || (unsigned char)text.p[i + next] > 1)
			return false;
	return true;
}

/* The mean cost of the characters of UTF-16, by blocks: text has few of them. */
static double
utf16_cost(struct span text, size_t high)
{
	size_t of[256] = { 0 }, n = text.n / 2, plain = 0, bad = 0, top = 0;

	for (size_t i = 0; i < n; i++) {
		const unsigned char h = (unsigned char)text.p[2 * i + high],
				    l = (unsigned char)text.p[2 * i + 1 - high];

		of[h]++;
		if (h == 0)
			bad +=
			    l < 0x09 || (l > 0x0d && l < 0x20) || (l >= 0x7f && l < 0xa0);
		else
			bad += (h >= 0xd8 && h <= 0xfa) || (h >= 0x12 && h <= 0x1d) ||
			       (h >= 0x21 && h <= 0x2f && h != 0x25 && h != 0x26) ||
			       (h == 0xff && l > 0xee);
		plain += (h == 0 && (l == ' ' || l == '\n')) || (h == 0x30 && l < 3) ||
			 (h == 0xff && l < 0x20);
	}
	for (size_t h = 1; h < 256; h++)
		if (of[h] > top)
			top = of[h];
	if (bad * 50 > n || (plain * 100 < n && of[0] * 2 < n))
		return HUGE_VAL;
	return (double)bad - (double)plain - (double)of[0];
}

/* UTF-16 without a byte order mark.  Alphabets have a control in every second byte, and
 * ideograms have a few among many bytes outside ASCII. */
static const char *
utf16(struct span text)
{
	size_t controls = 0, high = 0;
	double le, be;

	if (text.n > FORM_MAX)
		text.n = FORM_MAX;
	text.n &= ~(size_t)1;
	for (size_t i = 0; i < text.n; i++) {
		const unsigned char c = (unsigned char)text.p[i];

		controls += c < 0x20 && c != '\t' && c != '\n' && c != '\r';
		high += c >= 0x80;
	}
	if (text.n < 8 || controls * 50 < text.n ||
	    (controls * 5 < text.n && high * 10 < text.n))
		return NULL;
	le = utf16_cost(text, 1);
	be = utf16_cost(text, 0);
	if (le == HUGE_VAL && be == HUGE_VAL)
		return NULL;
	return le < be ? "utf-16le" : "utf-16be";
}

const char *
charset_by_form(struct charset_detector *d, struct span text)
{
	if (is_utf32(text, 3, 2))
		return "utf-32le";
	if (is_utf32(text, 0, 1))
		return "utf-32be";
	if (text.n > 0 && memchr(text.p, '\x1B', text.n)) {
		const char *icu = iso_2022(text);

		if (icu && can_be(d, icu, text))
			return icu;
	}
	return utf16(text);
}

/* Take a sample of a text and count its pairs. */
static void
take_sample(struct charset_detector *d, struct span text, bool tags, size_t max)
{
	d->sample.n = 0;
	charset_sample(text, tags, CHARSET_CONTEXT, max, &d->sample);
	/* It has no text outside ASCII except in tags. */
	if (d->sample.n <= 2 && tags) {
		tags = false;
		d->sample.n = 0;
		charset_sample(text, tags, CHARSET_CONTEXT, max, &d->sample);
	}
	/* Few letters tell a charset only if the language is known. */
	if (d->sample.n < FEW) {
		d->sample.n = 0;
		charset_sample(text, tags, WIDE_CONTEXT, max, &d->sample);
	}
	count_pairs(d);
}

static void
begin(struct charset_detector *d, struct charset_guess *guess)
{
	*guess = (struct charset_guess){ .bits = HUGE_VAL, .rival = HUGE_VAL };
	for (size_t i = 0; i < CLAIMS_MAX; i++)
		guess->claim[i] = HUGE_VAL;
	guess->pairs = d->total;
}

void
charset_detect(struct charset_detector *d, struct span text, bool tags,
    const struct charset_claims *claims, struct charset_guess *guess)
{
	take_sample(d, text, tags, SAMPLE_MAX);
	begin(d, guess);
	if (d->total == 0)
		return;
	choose_finalists(d, claims);
	score_finalists(d, claims, guess);
	/* Charsets of one language may differ in rare letters only. */
	if (d->sample.n > SAMPLE_MAX && guess->rival - guess->bits < DOUBT &&
	    guess->bits < SURE * (double)d->sample.n) {
		take_sample(d, text, tags, LONG_SAMPLE_MAX);
		begin(d, guess);
		score_finalists(d, claims, guess);
	}
	if (guess->bits > SURE * (double)d->sample.n || claims_wide(claims))
		score_wide(d, claims, guess);
	if (guess->bits > NO_LANGUAGE * (double)d->sample.n)
		guess->icu = NULL;
}
