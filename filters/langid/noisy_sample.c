/* noisy_sample.c - draw excerpts of a corpus's lines, and add noise to some of them. */
#include "filters/langid/noisy_sample.h"

#include "filters/langid/windows.h"
#include "lib/text/utf8.h"

enum {
	/* All in bytes. */
	SAMPLE_BYTES = 1500, /* at most */
	EDGE = 32,	     /* cut at a space that is less than this far away */
	LEAK_MIN = 60,	     /* least length of a sample that gets a leak */
};

/* The share of samples that get each kind of noise. */
static const double look_alikes_share = 0.12, no_marks_share = 0.04, leak_share = 0.04;

static bool
inside_char(struct span s, size_t i)
{
	return i < s.n && ((unsigned char)s.p[i] & 0xc0) == 0x80;
}

/* Where an excerpt begins and ends: at a nearby space, else between characters. */
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

/* Two thirds of the excerpts are short: a few words, a sentence, part of a paragraph. */
static struct span
draw_excerpt(struct span line, struct linear_random *r)
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
	const double u = linear_uniform(r) * l->source[l->n - 1].share_end;
	size_t k = 0;

	while (k + 1 < l->n && l->source[k].share_end <= u)
		k++;
	return l->source[k].line[linear_below(r, l->source[k].n)];
}

/*
 * Replace Cyrillic letters by Latin ones that look the same, as whole news sites do.  Bit
 * k of `which`: replace the k-th pair.
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

/* Remove the accents of Latin letters, as in hasty typing. */
static void
drop_marks(const struct langid_corpus *c, struct span s, struct buf *out)
{
	for (size_t i = 0; i < s.n;) {
		const uint32_t ch = utf8_next(s, &i);

		utf8_put(out, ch < 65536 && c->base[ch] < 0x80 ? c->base[ch] : ch);
	}
}

/* Add English, code or junk before or after the text, at most a third of its length. */
static void
add_leak(const struct langid_corpus *c, struct span s, struct linear_random *r,
    struct buf *out)
{
	const size_t from = c->leak_label[linear_below(r, c->leak_labels)];
	struct span leak = draw_excerpt(draw_line(&c->label[from], r), r);
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
add_noise(struct langid_corpus *c, struct span s, struct linear_random *r)
{
	double u = linear_uniform(r);
	size_t at = 0;
	uint32_t first;

	c->noisy.n = 0;
	if (s.n == 0)
		return s;
	first = utf8_next(s, &at);
	if (first >= 0x400 && first < 0x530) {
		if (u >= look_alikes_share)
			return s;
		add_look_alikes(s, linear_random(r), &c->noisy);
	} else if (u < no_marks_share) {
		drop_marks(c, s, &c->noisy);
	} else if (u < no_marks_share + leak_share && s.n >= LEAK_MIN && c->leak_labels) {
		add_leak(c, s, r, &c->noisy);
	} else {
		return s;
	}
	return buf_span(&c->noisy);
}

size_t
langid_draw_sample(struct langid_corpus *c, struct linear_random *r, unsigned shift,
    uint32_t *row, size_t *label)
{
	const double u = linear_uniform(r) * c->label[c->n - 1].share_end;
	struct span s;
	struct piece_iter pieces = { .codes = &c->codes };
	size_t n = 0;

	*label = 0;
	while (*label + 1 < c->n && c->label[*label].share_end <= u)
		++*label;
	s = draw_excerpt(draw_line(&c->label[*label], r), r);
	if (s.n > SAMPLE_BYTES)
		s.n = end_at(s, SAMPLE_BYTES);
	if (strchr(c->label[*label].name, '-'))
		s = add_noise(c, s, r);
	pieces.text = s;
	while (n + PIECE_FEATURES_MAX <= LINEAR_SAMPLE_MAX &&
	       (s = langid_next_piece(&pieces)).n)
		n += langid_features(&c->codes, s, shift, row + n);
	return n;
}
