/* noisy_sample.c - samples of a corpus: stretches of lines, some spoilt as on the web.
 */
#include "filters/langid/labelled_text.h"
#include "lib/text/utf8.h"

enum {
	SAMPLE_BYTES = 1500, /* at most */
	EDGE = 32,	     /* how far off a space may be for a cut to be made there */
	LEAK_MIN = 60,	     /* bytes of a text that another leaks into */
};

/* Shares of samples that are spoilt, each in its way. */
static const double with_look_alikes = 0.12, without_marks = 0.04, with_a_leak = 0.04;

static bool
inside_char(struct span s, size_t i)
{
	return i < s.n && ((unsigned char)s.p[i] & 0xc0) == 0x80;
}

/* Where to begin, and where to end: at a space if one is near, else between characters.
 */
static size_t
begin_at(struct span s, size_t i)
{
	for (size_t k = 0; k < EDGE && k <= i; k++)
		if (i == k || s.p[i - k - 1] == ' ')
			return i - k;
	while (inside_char(s, i))
		i++;
	return i;
}

static size_t
end_at(struct span s, size_t i)
{
	for (size_t k = 0; k < EDGE; k++)
		if (i + k >= s.n || s.p[i + k] == ' ')
			return i + k < s.n ? i + k : s.n;
	while (inside_char(s, i))
		i++;
	return i;
}

/* Two thirds of samples are cut short: a few words, a sentence, some of a paragraph. */
static struct span
stretch(struct span line, struct linear_random *r)
{
	const double u = linear_uniform(r);
	size_t want = SAMPLE_BYTES, from;

	if (u < 0.3)
		want = 4 + linear_below(r, 28);
	else if (u < 0.5)
		want = 20 + linear_below(r, 60);
	else if (u < 0.65)
		want = 60 + linear_below(r, 120);
	if (want >= line.n)
		return line;
	from = begin_at(line, linear_below(r, line.n - want + 1));
	line = span_from(line, from);
	line.n = end_at(line, want < line.n ? want : line.n);
	return line;
}

static struct span
draw_line(const struct corpus_label *l, struct linear_random *r)
{
	const double u = linear_uniform(r) * l->source[l->n - 1].upto;
	size_t k = 0;

	while (k + 1 < l->n && l->source[k].upto <= u)
		k++;
	return l->source[k].line[linear_below(r, l->source[k].n)];
}

/*
 * Some Cyrillic letters become the Latin ones that look the same: whole news sites write
 * so.  Which letters, the bits of `which` say.
 */
static void
add_look_alikes(struct span s, uint64_t which, struct buf *out)
{
	static const struct {
		uint16_t cyrillic;
		char latin;
	} pair[] = { { 0x430, 'a' }, { 0x435, 'e' }, { 0x43e, 'o' }, { 0x440, 'p' },
		{ 0x441, 'c' }, { 0x445, 'x' }, { 0x458, 'j' }, { 0x456, 'i' },
		{ 0x443, 'y' }, { 0x455, 's' }, { 0x410, 'A' }, { 0x415, 'E' },
		{ 0x41e, 'O' }, { 0x421, 'C' }, { 0x422, 'T' }, { 0x41a, 'K' },
		{ 0x41c, 'M' }, { 0x412, 'B' }, { 0x41d, 'H' }, { 0x408, 'J' },
		{ 0x420, 'P' }, { 0x425, 'X' }, { 0x406, 'I' } };

	for (size_t i = 0; i < s.n;) {
		uint32_t c = utf8_next(s, &i);

		for (size_t k = 0; k < sizeof pair / sizeof *pair; k++)
			if (pair[k].cyrillic == c && which >> k & 1) {
				c = (unsigned char)pair[k].latin;
				break;
			}
		utf8_put(out, c);
	}
}

/* Latin letters without their accents, as they are typed in a hurry. */
static void
drop_marks(const struct langid_corpus *c, struct span s, struct buf *out)
{
	for (size_t i = 0; i < s.n;) {
		const uint32_t ch = utf8_next(s, &i);

		utf8_put(out, ch < 65536 && c->base[ch] < 0x80 ? c->base[ch] : ch);
	}
}

/* Some English, code or noise before or behind the text, a third of its length at most.
 */
static void
add_leak(const struct langid_corpus *c, struct span s, struct linear_random *r,
    struct buf *out)
{
	const size_t from = c->noise[linear_below(r, c->nnoise)];
	struct span leak = stretch(draw_line(&c->label[from], r), r);
	const bool before = linear_below(r, 2);

	if (leak.n > s.n / 3)
		leak.n = end_at(leak, s.n / 3);
	if (before) {
		buf_put(out, leak.p, leak.n);
		buf_putc(out, ' ');
	}
	buf_put(out, s.p, s.n);
	if (!before) {
		buf_putc(out, ' ');
		buf_put(out, leak.p, leak.n);
	}
}

static struct span
spoil(struct langid_corpus *c, struct span s, struct linear_random *r)
{
	double u = linear_uniform(r);
	size_t at = 0;
	uint32_t first;

	c->spoilt.n = 0;
	if (s.n == 0)
		return s;
	first = utf8_next(s, &at);
	if (first >= 0x400 && first < 0x530) {
		if (u >= with_look_alikes)
			return s;
		add_look_alikes(s, linear_random(r), &c->spoilt);
	} else if (u < without_marks) {
		drop_marks(c, s, &c->spoilt);
	} else if (u < without_marks + with_a_leak && s.n >= LEAK_MIN && c->nnoise) {
		add_leak(c, s, r, &c->spoilt);
	} else {
		return s;
	}
	return buf_span(&c->spoilt);
}

size_t
langid_corpus_draw(struct langid_corpus *c, struct linear_random *r, unsigned shift,
    uint32_t *row, size_t *label)
{
	const double u = linear_uniform(r) * c->label[c->n - 1].upto;
	struct span s;
	struct pieces p = { .letters = &c->letters };
	size_t n = 0;

	*label = 0;
	while (*label + 1 < c->n && c->label[*label].upto <= u)
		++*label;
	s = stretch(draw_line(&c->label[*label], r), r);
	if (s.n > SAMPLE_BYTES)
		s.n = end_at(s, SAMPLE_BYTES);
	if (strchr(c->label[*label].name, '-'))
		s = spoil(c, s, r);
	p.text = s;
	while (
	    n + PIECE_FEATURES_MAX <= LINEAR_SAMPLE_MAX && (s = langid_next_piece(&p)).n)
		n += langid_features(&c->letters, s, shift, row + n);
	return n;
}
