/*
 * html_md_escape.c - put backslashes before characters of the text that Markdown would
 * read as markup, and before few others.
 *
 * Whether a run of "*", "_", "~" or "`" is a delimiter depends on later ones.  It is
 * noted, and gets its backslashes at the end of the block.
 */
#include "filters/web/markdown/html_markdown.h"
#include "lib/base/chars.h"
#include "lib/text/utf8.h"

/* Code points of a class that is not that of letters, in order. */
static const struct {
	uint32_t from, to;
	enum md_class is;
} classes[] = {
	{ 0x00A0, 0x00A0, MD_SPACE },
	{ 0x00A1, 0x00A9, MD_SYMBOL },
	{ 0x00AB, 0x00B1, MD_SYMBOL },
	{ 0x00B4, 0x00B4, MD_SYMBOL },
	{ 0x00B6, 0x00B8, MD_SYMBOL },
	{ 0x00BB, 0x00BB, MD_PUNCT },
	{ 0x00BF, 0x00BF, MD_PUNCT },
	{ 0x00D7, 0x00D7, MD_SYMBOL },
	{ 0x00F7, 0x00F7, MD_SYMBOL },
	{ 0x0375, 0x037E, MD_SYMBOL },
	{ 0x0384, 0x0387, MD_SYMBOL },
	{ 0x055A, 0x055F, MD_PUNCT },
	{ 0x0589, 0x058F, MD_SYMBOL },
	{ 0x05BE, 0x05C6, MD_SYMBOL },
	{ 0x05F3, 0x060F, MD_SYMBOL },
	{ 0x061B, 0x061F, MD_PUNCT },
	{ 0x066A, 0x066D, MD_PUNCT },
	{ 0x06D4, 0x06D4, MD_PUNCT },
	{ 0x0964, 0x0965, MD_PUNCT },
	{ 0x0E3F, 0x0E3F, MD_SYMBOL },
	{ 0x0E4F, 0x0E5B, MD_SYMBOL },
	{ 0x1680, 0x1680, MD_SPACE },
	{ 0x2000, 0x200A, MD_SPACE },
	{ 0x2010, 0x2027, MD_PUNCT },
	{ 0x202F, 0x202F, MD_SPACE },
	{ 0x2030, 0x205E, MD_SYMBOL },
	{ 0x205F, 0x205F, MD_SPACE },
	{ 0x207A, 0x207E, MD_SYMBOL },
	{ 0x208A, 0x208E, MD_SYMBOL },
	{ 0x20A0, 0x2BFF, MD_SYMBOL },
	{ 0x2E00, 0x2FFF, MD_SYMBOL },
	{ 0x3000, 0x3000, MD_SPACE },
	{ 0x3001, 0x3003, MD_PUNCT },
	{ 0x3004, 0x3004, MD_SYMBOL },
	{ 0x3008, 0x3020, MD_SYMBOL },
	{ 0x3030, 0x303F, MD_SYMBOL },
	{ 0x30A0, 0x30A0, MD_PUNCT },
	{ 0x30FB, 0x30FB, MD_PUNCT },
	{ 0xE000, 0xF8FF, MD_SYMBOL },
	{ 0xFE10, 0xFE6B, MD_SYMBOL },
	{ 0xFF01, 0xFF0F, MD_SYMBOL },
	{ 0xFF1A, 0xFF20, MD_SYMBOL },
	{ 0xFF3B, 0xFF40, MD_SYMBOL },
	{ 0xFF5B, 0xFF65, MD_SYMBOL },
	{ 0xFFE0, 0xFFFD, MD_SYMBOL },
	{ 0x1F000, 0x1FAFF, MD_SYMBOL },
};

enum md_class
md_class_of(uint32_t c)
{
	if (c < 0x80)
		return c <= ' ' ? MD_SPACE
		       : is_digit((char)c) || (ascii_lower((char)c) >= 'a' &&
						  ascii_lower((char)c) <= 'z')
			   ? MD_WORD
			   : MD_PUNCT;
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
		if (c <= classes[i].to)
			return c >= classes[i].from ? classes[i].is : MD_WORD;
	}
	return MD_WORD;
}

enum md_class
md_class_at(struct span s)
{
	size_t at = 0;

	return s.n > 0 ? md_class_of(utf8_next(s, &at)) : MD_SPACE;
}

enum md_class
md_class_before(const struct buf *out, size_t at)
{
	size_t from = at;

	while (
	    from > 0 && at - from < 4 && ((unsigned char)out->p[--from] & 0xC0) == 0x80)
		;
	return md_class_at((struct span){ out->p + from, at - from });
}

/* The next place at or after p of two bytes, or of one if `second` is NUL; or NULL.  k:
 * which of them.  The time for all calls is linear in the text. */
static const char *
find_next(struct md_inline *in, unsigned k, const char *p, char first, char second)
{
	const char *end = in->t->text.p + in->t->text.n, *at = p;

	if (in->seen[k] && p >= in->seen[k] && (!in->found[k] || in->found[k] >= p))
		return in->found[k];
	in->seen[k] = p;
	while ((at = memchr(at, first, (size_t)(end - at))) != NULL) {
		if (!second || (at + 1 < end && at[1] == second))
			break;
		at++;
	}
	in->found[k] = at;
	return at;
}

/* If a formula between "$" or "$$" begins at p, as pandoc reads them, note its end. */
static void
find_dollars(struct md_inline *in, const char *p)
{
	enum { FORMULA_MAX = 1000 };
	const char *end = in->t->text.p + in->t->text.n, *close;
	const size_t marks = p + 1 < end && p[1] == '$' ? 2 : 1;
	const char *from = p + marks;

	if (end - from > FORMULA_MAX)
		end = from + FORMULA_MAX;
	if (from >= end || (marks == 1 && is_space(*from)))
		return;
	close = memchr(from, '$', (size_t)(end - from));
	if (!close || close == from || close + marks > end)
		return;
	if (marks == 2 ? close[1] != '$'
		       : is_space(close[-1]) || (close + 1 < end && is_digit(close[1])))
		return;
	in->math_end = close + marks;
}

/* Whether a character reference may begin at p. */
static bool
is_reference(const char *p, const char *end)
{
	enum { NAME_MAX_BYTES = 32 };
	const char *q = p + 1;

	if (q < end && *q == '#')
		q++;
	while (q < end && q - p < NAME_MAX_BYTES &&
	       md_class_of((unsigned char)*q) == MD_WORD)
		q++;
	return q < end && q > p + 1 && *q == ';';
}

/* The class of the character at p, which may be after the word; *known: whether it is
 * certain to be in the same block. */
static enum md_class
class_after(const struct md_inline *in, const char *p, const char *word_end, bool *known)
{
	const char *end = in->t->text.p + in->t->text.n;

	/* A blank in a cell can become "<br>". */
	*known = p < word_end || (!in->cell && (p >= end || is_space(*p)));
	return md_class_at((struct span){ p, (size_t)(end - p) });
}

/* Write a run of characters that may be delimiters, and note it.  Returns its length. */
static size_t
put_run(struct md_inline *in, const char *p, const char *end)
{
	const enum md_class before = md_class_before(in->out, in->out->n);
	struct md_doubt d = { .at = (uint32_t)in->out->n, .c = *p };
	bool known, left, right;
	enum md_class after;
	size_t n = 1;

	while (p + n < end && p[n] == *p)
		n++;
	buf_put(in->out, p, n);
	d.n = (uint32_t)n;
	after = class_after(in, p + n, end, &known);
	left = !known || after == MD_WORD || (after != MD_SPACE && before != MD_WORD);
	right = before != MD_SPACE && (!known || before == MD_WORD || after != MD_WORD);
	d.opens = left && (*p != '_' || !right || before != MD_WORD);
	d.closes = right && (*p != '_' || !left || after != MD_WORD || !known);
	GROW(in->doubt, in->doubts, in->doubt_cap);
	in->doubt[in->doubts++] = d;
	return n;
}

/* Whether the character at p, which is not a delimiter, would be markup. */
static bool
is_markup(struct md_inline *in, const char *p)
{
	enum { TAG_MAX = 256 };
	const char *end = in->t->text.p + in->t->text.n, *close;
	const char next = p + 1 < end ? p[1] : ' ';

	switch (*p) {
	case '<':
		if (next == '!' || next == '?')
			return true;
		if (md_class_of((unsigned char)next) != MD_WORD && next != '/')
			return false;
		if (in->out->n == in->line)
			return true;
		close = find_next(in, 0, p, '>', '\0');
		return close && close - p <= TAG_MAX;
	case '&':
		return is_reference(p, end);
	case ']':
		return next == '(' || md_is_open(in, MARK_LINK);
	case '[':
		return md_is_open(in, MARK_LINK);
	default:
		return false;
	}
}

/* Whether the text itself has a backslash before a character that it would escape. */
static bool
is_escaped(const struct md_inline *in, char c)
{
	size_t n = in->out->n;

	if (c == '\\')
		return false;
	while (n > in->line && in->out->p[n - 1] == '\\')
		n--;
	return (in->out->n - n) % 2 != 0;
}

/* Write a special character, or a run of it.  Returns the length. */
static size_t
put_special(struct md_inline *in, const char *p, const char *end)
{
	const char *text_end = in->t->text.p + in->t->text.n, *close = NULL;

	if (p >= in->math_end && !is_escaped(in, *p)) {
		if (memchr("*_~`", *p, 4))
			return put_run(in, p, end);
		if (*p == '$')
			find_dollars(in, p);
		else if (*p == '\\' && p + 1 < text_end && p[1] == '(')
			close = find_next(in, 1, p, '\\', ')');
		else if (*p == '\\' && p + 1 < text_end && p[1] == '[')
			close = find_next(in, 2, p, '\\', ']');
		else if (is_markup(in, p))
			buf_putc(in->out, '\\');
		if (close)
			in->math_end = close + 2;
	}
	if (*p == '|' && in->cell)
		buf_putc(in->out, '\\');
	buf_putc(in->out, *p);
	return 1;
}

/* Whether a byte may have a meaning in Markdown. */
static bool
is_special(const struct md_inline *in, char c, bool verbatim)
{
	static const bool special[256] = { ['*'] = true,
		['_'] = true,
		['~'] = true,
		['`'] = true,
		['<'] = true,
		['&'] = true,
		['['] = true,
		[']'] = true,
		['$'] = true,
		['\\'] = true };

	return (special[(unsigned char)c] && !verbatim) || (c == '|' && in->cell);
}

void
md_put_text(struct md_inline *in, struct span word, bool verbatim)
{
	const char *p = word.p, *end = p + word.n;

	while (p < end) {
		const char *from = p;

		while (p < end && !is_special(in, *p, verbatim))
			p++;
		buf_put(in->out, from, (size_t)(p - from));
		if (p == end)
			break;
		if (verbatim) {
			buf_puts(in->out, "\\|");
			p++;
		} else {
			p += put_special(in, p, end);
		}
	}
}

/* Keep the runs that would be markup.  Returns the number of their characters. */
static size_t
settle_doubts(struct md_inline *in)
{
	enum { RUNS = 8 };
	unsigned ticks[RUNS] = { 0 };
	/* A run that is escaped becomes several of one. */
	bool ticked = in->coded;
	bool star = false, line = false, tilde = false;
	size_t total = 0;

	for (size_t i = 0; i < in->doubts; i++) {
		if (in->doubt[i].c == '`')
			ticked |= ticks[in->doubt[i].n < RUNS ? in->doubt[i].n : 0]++ > 0;
	}
	for (size_t i = in->doubts; i-- > 0;) {
		struct md_doubt *d = &in->doubt[i];
		bool dummy = false;
		bool *later = d->c == '*'   ? &star
			      : d->c == '_' ? &line
			      : d->c == '~' ? &tilde
					    : &dummy;
		bool markup = d->opens && *later;

		if (d->c == '`')
			markup = ticked;
		else if ((d->c == '*' && in->starred) || (d->c == '~' && in->struck))
			markup = d->opens || d->closes;
		*later |= d->closes;
		if (!markup)
			d->n = 0;
		total += d->n;
	}
	return total;
}

void
md_escape_doubts(struct md_inline *in)
{
	struct buf *out = in->out;
	size_t more = settle_doubts(in), end = out->n;

	buf_reserve(out, more);
	out->n += more;
	for (size_t i = in->doubts; i-- > 0 && more > 0;) {
		const struct md_doubt *d = &in->doubt[i];
		const size_t after = d->at + d->n;

		if (d->n == 0)
			continue;
		memmove(out->p + after + more, out->p + after, end - after);
		more -= d->n;
		for (size_t k = 0; k < d->n; k++) {
			out->p[d->at + more + 2 * k] = '\\';
			out->p[d->at + more + 2 * k + 1] = d->c;
		}
		end = d->at;
	}
	in->doubts = 0;
}

/* Whether a line consists of one mark and blanks, or of marks of a table. */
static bool
is_marks(struct span s, bool first_line)
{
	const char *set = first_line ? "-*_ " : "-*_= ";
	size_t n = 0, dashes = 0;
	bool table = !first_line;

	for (size_t i = 0; i < s.n; i++) {
		n += s.p[i] == s.p[0];
		dashes += s.p[i] == '-';
		if (s.p[i] != ' ' && s.p[i] != s.p[0])
			n = s.n + 1;
		table &= memchr("-|: ", s.p[i], 4) != NULL;
	}
	if (table && dashes > 0)
		return true;
	return n <= s.n && s.p[0] != ' ' && strchr(set, s.p[0]) &&
	       (!first_line || n >= 3);
}

size_t
md_find_marker(struct span s, bool first_line)
{
	size_t n = 0;

	if (s.n == 0)
		return 0;
	while (n < s.n && s.p[n] == s.p[0])
		n++;
	switch (s.p[0]) {
	case '#':
		return n <= 6 && (n == s.n || s.p[n] == ' ') ? 0 : s.n;
	case '>':
		return 0;
	case '~':
		return n >= 3 ? 0 : s.n;
	case '[':
		for (size_t i = 1; i + 1 < s.n; i++) {
			if (s.p[i] == ']')
				return s.p[i + 1] == ':' ? 0 : s.n;
		}
		return s.n;
	case '-':
	case '+':
	case '*':
		if (s.n == 1 || s.p[1] == ' ')
			return 0;
		break;
	default:
		break;
	}
	for (n = 0; n < s.n && n < 9 && is_digit(s.p[n]);)
		n++;
	if (n > 0 && n < s.n && (s.p[n] == '.' || s.p[n] == ')') &&
	    (n + 1 == s.n || s.p[n + 1] == ' '))
		return n;
	return is_marks(s, first_line) ? 0 : s.n;
}
