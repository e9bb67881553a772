/*
 * html_md_inline.c - write words with emphasis, code and links, as CommonMark reads them.
 *
 * A delimiter is written before the first word that it encloses, and closed before the
 * next word that it does not, so that none is next to a blank inside.  Characters of the
 * text that might be markup are noted, and get a backslash at the end of the block if
 * they would be.
 */
#include <stdlib.h>

#include "filters/web/markdown/html_markdown.h"
#include "filters/web/page/html_link.h"
#include "lib/base/chars.h"

/* Whether a delimiter between two characters can open or close (outer and inner
 * swapped).  Parsers differ in whether symbols are punctuation. */
static bool
is_flanking(enum md_class outer, enum md_class inner)
{
	return inner != MD_SPACE &&
	       (inner == MD_WORD || outer == MD_SPACE || outer == MD_PUNCT);
}

static void
insert(struct md_inline *in, size_t at, const char *p, size_t n)
{
	struct buf *out = in->out;

	buf_reserve(out, n);
	memmove(out->p + at + n, out->p + at, out->n - at);
	memcpy(out->p + at, p, n);
	out->n += n;
	for (size_t i = in->doubts; i-- > 0 && in->doubt[i].at >= at;)
		in->doubt[i].at += (uint32_t)n;
	for (unsigned i = in->depth; i-- > 0 && in->open[i].at > at;)
		in->open[i].at += (uint32_t)n;
	if (in->closed > at)
		in->closed += (uint32_t)n;
	if (in->line > at)
		in->line += (uint32_t)n;
}

void
md_escape_at(struct md_inline *in, size_t at)
{
	insert(in, at, "\\", 1);
	/* The rest of a run may still need its backslashes. */
	for (size_t i = in->doubts; i-- > 0 && in->doubt[i].at > at;) {
		if (in->doubt[i].at == at + 1) {
			in->doubt[i].at++;
			in->doubt[i].n--;
		}
	}
}

static const char *const delimiters[] = {
	[MARK_STRONG] = "**", [MARK_EM] = "*", [MARK_DEL] = "~~"
};

/* At the beginning of an earlier line, which a delimiter is removed from: escape what
 * would begin another block. */
static void
escape_line(struct md_inline *in, size_t at)
{
	const struct span rest = { in->out->p + at, in->out->n - at };
	const char *end = memchr(rest.p, '\n', rest.n);
	const size_t n = end ? (size_t)(end - rest.p) : rest.n;
	const size_t marker = md_find_marker((struct span){ rest.p, n }, false);

	if (marker < n)
		md_escape_at(in, at + marker);
}

/* Remove a delimiter that no parser would read as one. */
static void
unopen(struct md_inline *in, const struct md_span *s, size_t n)
{
	struct buf *out = in->out;
	const size_t at = s->at;

	memmove(out->p + at, out->p + at + n, out->n - at - n);
	out->n -= n;
	if (in->lead == at)
		in->lead = UINT32_MAX;
	if (in->line > at)
		in->line -= (uint32_t)n;
	for (size_t i = in->doubts; i-- > 0 && in->doubt[i].at > at;)
		in->doubt[i].at -= (uint32_t)n;
	if (in->closed > at)
		in->closed -= (uint32_t)n;
	if (s->starts && in->line > at)
		escape_line(in, at);
}

/* Put a run of backticks around the code from `at`, longer than any in it. */
static void
close_code(struct md_inline *in, size_t at)
{
	struct buf *out = in->out;
	size_t run = 0, longest = 0;
	const bool pad = out->p[at] == '`' || out->p[out->n - 1] == '`';
	struct buf *ticks = in->scratch;

	for (size_t i = at; i < out->n; i++) {
		run = out->p[i] == '`' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	ticks->n = 0;
	for (size_t i = 0; i <= longest; i++)
		buf_putc(ticks, '`');
	if (pad)
		buf_putc(ticks, ' ');
	insert(in, at, ticks->p, ticks->n);
	if (pad)
		buf_putc(out, ' ');
	buf_put(out, ticks->p, longest + 1);
	in->coded = true;
}

/* Escape a run of a character at the end of the text, which its delimiter follows. */
static void
force_doubt(struct md_inline *in, char c)
{
	struct md_doubt *d = in->doubts > 0 ? &in->doubt[in->doubts - 1] : NULL;

	if (d && d->c == c && d->at + d->n == in->out->n)
		d->opens = true;
}

/* Close the innermost span.  next: the class of what follows. */
static void
close_one(struct md_inline *in, enum md_class next)
{
	const unsigned kind = in->open[--in->depth].kind;
	const size_t at = in->open[in->depth].at;
	size_t last = in->out->n;
	const char *d;

	if (kind == MARK_CODE) {
		close_code(in, at);
		return;
	}
	md_guard_backslash(in);
	if (kind == MARK_LINK) {
		buf_puts(in->out, "](");
		buf_put(in->out, in->target.p, in->target.n);
		buf_putc(in->out, ')');
		return;
	}
	d = delimiters[kind];
	force_doubt(in, d[0]);
	/* The delimiters in a row are one to a parser. */
	if (kind != MARK_DEL && in->closed == last) {
		while (in->out->p[last - 1] == '*')
			last--;
	}
	if (!is_flanking(next, md_class_before(in->out, last))) {
		unopen(in, &in->open[in->depth], strlen(d));
		return;
	}
	buf_puts(in->out, d);
	*(kind == MARK_DEL ? &in->struck : &in->starred) = true;
	in->closed = (uint32_t)in->out->n;
}

/* Whether the next word is in a span of this kind. */
static bool
is_wanted(const struct md_inline *in, unsigned kind)
{
	if (kind == MARK_STRONG && in->no_strong)
		return false;
	return in->in[kind] > 0 && !in->given_up[kind];
}

/* Close the spans that the next word is not in. */
static void
close_unwanted(struct md_inline *in, enum md_class next)
{
	const bool code = in->in[MARK_CODE] > 0, link = in->in[MARK_LINK] > 0;
	unsigned keep = 0;
	bool linked = false;

	/* "`a``b`" would be read differently. */
	if (code && next != MD_SPACE && is_wanted(in, MARK_CODE) &&
	    md_is_open(in, MARK_CODE) && (!link || md_is_open(in, MARK_LINK)))
		return;

	for (; keep < in->depth; keep++) {
		const unsigned kind = in->open[keep].kind;

		linked |= kind == MARK_LINK;
		if (!is_wanted(in, kind) ||
		    (kind == MARK_LINK && in->link->value.at != in->linked) ||
		    (kind == MARK_CODE && code &&
			((in->new_code && next == MD_SPACE) ||
			    (link && !linked && is_wanted(in, MARK_LINK)))))
			break;
	}
	while (in->depth > keep)
		close_one(in, next);
}

/* Append an address, unless the page has written too much of them. */
static bool
find_target(struct md_inline *in, struct html_raw address, struct buf *out)
{
	if (in->targets == 0 ||
	    !html_link_target(in->t, address, in->base, in->scratch, out))
		return false;
	if (out->n > in->targets) {
		in->targets = 0;
		return false;
	}
	in->targets -= out->n;
	return true;
}

/* Prepare the address of the innermost link.  Returns whether it has one. */
static bool
begin_link(struct md_inline *in)
{
	in->target.n = 0;
	if (!in->link || in->link->value.at == in->linked ||
	    !find_target(in, in->link->value, &in->target))
		return false;
	in->linked = in->link->value.at;
	return true;
}

/* Whether the delimiter of `kind` could close an open span: it is after another character
 * than a blank or its own kind. */
static bool
may_close(const struct md_inline *in, unsigned kind)
{
	const struct md_span *last = in->depth > 0 ? &in->open[in->depth - 1] : NULL;

	if (kind > MARK_EM || md_class_before(in->out, in->out->n) == MD_SPACE ||
	    (last && last->kind <= MARK_EM &&
		last->at + strlen(delimiters[last->kind]) == in->out->n))
		return false;
	return md_is_open(in, MARK_STRONG) || md_is_open(in, MARK_EM);
}

/* Open a span before a word that begins with a character of class `first`. */
static void
open_one(struct md_inline *in, unsigned kind, enum md_class first)
{
	struct buf *out = in->out;
	const char last = out->n > 0 ? out->p[out->n - 1] : '\n';

	if (kind == MARK_LINK && !begin_link(in)) {
		in->given_up[kind] = true;
		return;
	}
	/* "*a***b**", "~~a~~~~b~~" and "**a*b*c**" would be read differently. */
	if (kind <= MARK_DEL &&
	    (!is_flanking(md_class_before(out, out->n), first) ||
		(in->closed == out->n && out->n > 0) || may_close(in, kind))) {
		in->given_up[kind] = true;
		return;
	}
	md_guard_backslash(in);
	if (kind == MARK_LINK && last == '!') {
		out->p[out->n - 1] = '\\';
		buf_putc(out, '!');
	}
	if (out->n == in->line)
		in->lead = (uint32_t)out->n;
	in->open[in->depth++] = (struct md_span){ .at = (uint32_t)out->n,
		.kind = (uint8_t)kind,
		.starts = md_at_line_start(in) };
	if (kind == MARK_LINK)
		buf_putc(out, '[');
	else if (kind != MARK_CODE)
		buf_puts(out, delimiters[kind]);
}

bool
md_is_open(const struct md_inline *in, unsigned kind)
{
	for (unsigned i = 0; i < in->depth; i++) {
		if (in->open[i].kind == kind)
			return true;
	}
	return false;
}

/* The outermost kind that the next word is in and that is not open; code is the
 * innermost; MD_SPANS: none. */
static unsigned
next_wanted(const struct md_inline *in)
{
	unsigned best = MD_SPANS;

	for (unsigned kind = 0; kind < MD_SPANS; kind++) {
		if (is_wanted(in, kind) && !md_is_open(in, kind) &&
		    (best == MD_SPANS || best == MARK_CODE ||
			(kind != MARK_CODE && in->since[kind] < in->since[best])))
			best = kind;
	}
	return best;
}

/* Whether another delimiter follows that of `kind`, of another character. */
static bool
has_inner(const struct md_inline *in, unsigned kind)
{
	for (unsigned k = 0; k < MD_SPANS; k++) {
		if (k != kind && !(k <= MARK_EM && kind <= MARK_EM) && is_wanted(in, k) &&
		    !md_is_open(in, k))
			return true;
	}
	return false;
}

/* Open the spans that the next word is in. */
static void
open_wanted(struct md_inline *in, enum md_class first)
{
	unsigned kind;

	if (md_is_open(in, MARK_CODE))
		return;
	while ((kind = next_wanted(in)) < MD_SPANS)
		open_one(in, kind, has_inner(in, kind) ? MD_PUNCT : first);
}

void
md_close_for(struct md_inline *in, char c)
{
	close_unwanted(in, md_class_of((unsigned char)c));
}

void
md_close_code(struct md_inline *in)
{
	while (md_is_open(in, MARK_CODE))
		close_one(in, MD_SPACE);
}

void
md_take_mark(struct md_inline *in, const struct html_mark *m)
{
	unsigned *count = &in->in[m->kind];

	if (m->kind == MARK_TEX) {
		in->tex = !m->end;
		return;
	}
	if (m->kind > MARK_LINK)
		return;
	in->new_code |= m->kind == MARK_CODE && !m->end && *count == 0;
	if (m->kind == MARK_LINK && !m->end) {
		in->link = m;
		in->given_up[MARK_LINK] = false;
	}
	if (!m->end && (*count)++ == 0) {
		in->given_up[m->kind] = false;
		in->since[m->kind] = m;
	}
	if (m->end && *count > 0)
		--*count;
}

void
md_put_word(struct md_inline *in, struct span word, bool space)
{
	const enum md_class first = md_class_at(word);

	close_unwanted(in, space ? MD_SPACE : first);
	in->new_code = false;
	if (space)
		buf_putc(in->out, ' ');
	/* A mark of emphasis is not emphasized itself. */
	for (unsigned kind = MARK_STRONG; kind <= MARK_DEL; kind++) {
		if (word.p[0] == delimiters[kind][0] && !in->tex)
			in->given_up[kind] |= !md_is_open(in, kind);
	}
	open_wanted(in, first);
	md_put_text(in, word,
	    md_is_open(in, MARK_CODE) ? MD_CODE
	    : in->tex		      ? MD_FORMULA
				      : MD_PROSE);
}

/* Write the alternative text of an image. */
static void
put_alt(struct md_inline *in, struct span alt)
{
	bool space = false;

	alt = span_trim(alt);
	for (size_t i = 0; i < alt.n; i++) {
		const char c = alt.p[i];

		if (is_space(c)) {
			space = true;
			continue;
		}
		if (space)
			buf_putc(in->out, ' ');
		space = false;
		if (strchr("[]`<*_\\", c) || (c == '|' && in->cell) ||
		    (c == '&' && i + 1 < alt.n && !is_space(alt.p[i + 1])))
			buf_putc(in->out, '\\');
		buf_putc(in->out, c);
	}
}

bool
md_find_image(struct md_inline *in, const struct html_mark *m, struct html_raw *alt)
{
	const struct html_image image = html_image_of(in->t, m);

	in->image.n = 0;
	if (image.dot || is_wanted(in, MARK_CODE) ||
	    !find_target(in, image.src, &in->image))
		return false;
	*alt = image.alt;
	return true;
}

void
md_put_image(struct md_inline *in, struct html_raw alt, bool space)
{
	close_unwanted(in, space ? MD_SPACE : MD_PUNCT);
	if (space)
		buf_putc(in->out, ' ');
	open_wanted(in, MD_PUNCT);
	md_guard_backslash(in);
	buf_puts(in->out, "![");
	if (html_image_alt(in->t, alt, in->scratch))
		put_alt(in, buf_span(in->scratch));
	buf_puts(in->out, "](");
	buf_put(in->out, in->image.p, in->image.n);
	buf_putc(in->out, ')');
}

void
md_close_all(struct md_inline *in)
{
	while (in->depth > 0)
		close_one(in, MD_SPACE);
}

void
md_end_inline(struct md_inline *in)
{
	md_close_all(in);
	md_escape_doubts(in);
	in->starred = in->coded = in->struck = in->new_code = false;
	in->closed = 0;
	in->lead = UINT32_MAX;
}

void
md_free_inline(struct md_inline *in)
{
	buf_free(&in->target);
	buf_free(&in->image);
	free(in->doubt);
}
