/*
 * html_md_escape.c - put backslashes before characters of the text that Markdown would
 * read as markup, and before few others.
 *
 * A "$" that begins no formula gets one, because many readers take any two for a formula.
 *
 * Whether a run of "*", "_", "~" or "`" is a delimiter depends on later ones, and whether
 * "<", "&" or "]" begins a tag, a reference or an address on what follows.  They are
 * noted, and get their backslashes at the end of the block.
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

/* The next backslash at or after p that is before `second`, or NULL.  k: 0 or 1, for the
 * two bytes that are searched for.  The time for all calls is linear in the text. */
static const char *
find_next(struct md_inline *in, unsigned k, const char *p, char second)
{
	const char *end = in->t->text.p + in->t->text.n, *at = p;

	if (in->seen[k] && p >= in->seen[k] && (!in->found[k] || in->found[k] >= p))
		return in->found[k];
	in->seen[k] = p;
	while ((at = memchr(at, '\\', (size_t)(end - at))) != NULL) {
		if (at + 1 < end && at[1] == second)
			break;
		at++;
	}
	in->found[k] = at;
	return at;
}

static bool
is_letter(char c)
{
	return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}

static bool
is_ascii_punct(char c)
{
	return (unsigned char)c < 0x80 && md_class_of((unsigned char)c) == MD_PUNCT;
}

/* The parts of a possible formula. */
struct tex_parts {
	bool code;     /* a backtick */
	bool commands; /* a backslash before a letter */
	bool scripts;  /* '^' or '_' */
	bool word;  /* three letters in a row that are neither a command nor in braces */
	bool prose; /* two such words with a blank in between */
};

static struct tex_parts
tex_parts_of(struct span s)
{
	enum { WORD = 3 };
	struct tex_parts parts = { 0 };
	size_t depth = 0, letters = 0;
	bool after_word = false;

	for (size_t i = 0; i < s.n; i++) {
		const char c = s.p[i];

		if (c == '\\' && i + 1 < s.n) {
			parts.commands |= is_letter(s.p[i + 1]);
			while (
			    i + 2 < s.n && is_letter(s.p[i + 1]) && is_letter(s.p[i + 2]))
				i++;
			i++;
		}
		parts.code |= c == '`';
		parts.scripts |= c == '^' || c == '_';
		depth += c == '{';
		depth -= c == '}' && depth > 0;
		if (depth == 0 && (is_letter(c) || (unsigned char)c >= 0x80)) {
			if (++letters == WORD) {
				parts.prose |= after_word;
				parts.word = true;
			}
			continue;
		}
		after_word =
		    is_space(c) && (letters >= WORD || (letters == 0 && after_word));
		letters = 0;
	}
	return parts;
}

/* The end of a formula between "$" or "$$" that begins at p, as pandoc reads them, or
 * NULL.  Prices and variables of shells are not formulas: without a command, a formula
 * has an exponent or index and no words. */
static const char *
find_dollars(const struct md_inline *in, const char *p)
{
	enum { FORMULA_MAX = 1000 };
	const char *end = in->text_end, *close;
	const size_t marks = p + 1 < end && p[1] == '$' ? 2 : 1;
	const char *from = p + marks;
	struct tex_parts parts;

	if (end - from > FORMULA_MAX)
		end = from + FORMULA_MAX;
	if (from >= end || (marks == 1 && is_space(*from)))
		return NULL;
	close = memchr(from, '$', (size_t)(end - from));
	if (!close || close == from || close + marks > end)
		return NULL;
	if (marks == 2
		? close[1] != '$'
		: is_space(close[-1]) || (close + 1 < in->text_end && is_digit(close[1])))
		return NULL;
	parts = tex_parts_of((struct span){ from, (size_t)(close - from) });
	if (parts.code || (parts.commands ? parts.prose : !parts.scripts || parts.word))
		return NULL;
	return close + marks;
}

/* The end of a formula that begins with a backslash at p, or NULL. */
static const char *
find_brackets(struct md_inline *in, const char *p)
{
	enum { FORMULA_MAX = 16384 };
	const char *close;
	struct tex_parts parts;
	unsigned k;

	if (in->text_end - p < 2 || (p[1] != '(' && p[1] != '['))
		return NULL;
	k = p[1] == '[';
	close = find_next(in, k, p, k ? ']' : ')');
	/* The time is linear, because each end is tried once. */
	if (!close || close + 2 > in->text_end || close - p > FORMULA_MAX ||
	    close == in->refused[k])
		return NULL;
	parts = tex_parts_of((struct span){ p + 2, (size_t)(close - p - 2) });
	if (!parts.code && !parts.prose)
		return close + 2;
	in->refused[k] = close;
	return NULL;
}

/* Whether a tag or an address in angle brackets may begin at p, if a '>' follows later.
 */
static bool
is_tag(const char *p, const char *end, bool line_start)
{
	const char *q = p + 1;

	if (q < end && (*q == '!' || *q == '?'))
		return true;
	q += q < end && *q == '/';
	if (q == end || !is_letter(*q)) {
		/* an address of mail */
		while (q < end && !is_space(*q) && !memchr("<>@", *q, 3))
			q++;
		return q < end && *q == '@';
	}
	while (q < end && (is_letter(*q) || is_digit(*q) || *q == '-'))
		q++;
	if (line_start || q == end || !is_space(*q))
		return true;
	while (q < end && is_space(*q))
		q++;
	return q == end || is_letter(*q) || memchr("/>_:", *q, 4);
}

/* Whether a character reference begins at p. */
static bool
is_reference(const char *p, const char *end)
{
	enum { NAME_MAX_BYTES = 33 };
	const char *q = p + 1;

	q += q < end && *q == '#';
	while (q < end && q - p < NAME_MAX_BYTES && (is_letter(*q) || is_digit(*q)))
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

bool
md_at_line_start(const struct md_inline *in)
{
	size_t line = in->line;

	/* Delimiters may be removed later. */
	while (line < in->out->n && memchr("*~", in->out->p[line], 2))
		line++;
	return in->out->n == line;
}

/* Note a character that may be markup, depending on what follows. */
static void
note(struct md_inline *in, char c)
{
	GROW(in->doubt, in->doubts, in->doubt_cap);
	in->doubt[in->doubts++] = (struct md_doubt){
		.at = (uint32_t)in->out->n, .n = 1, .c = c, .opens = md_at_line_start(in)
	};
}

/* Whether the output ends in a backslash that would escape the next character. */
static bool
ends_in_escape(const struct md_inline *in)
{
	size_t n = in->out->n;

	while (n > in->line && in->out->p[n - 1] == '\\')
		n--;
	return (in->out->n - n) % 2 != 0;
}

void
md_guard_backslash(struct md_inline *in)
{
	if (ends_in_escape(in))
		buf_putc(in->out, '\\');
}

/* Write a special character of a formula, in which references and tags are escaped. */
static void
put_in_formula(struct md_inline *in, char c)
{
	if ((c == '<' || c == '&') && !ends_in_escape(in))
		note(in, c);
	if (c == '|' && in->cell)
		buf_putc(in->out, '\\');
	buf_putc(in->out, c);
}

/* Write a special character, or a run of it.  Returns the length. */
static size_t
put_special(struct md_inline *in, const char *p, const char *end)
{
	const char c = *p, *close = NULL;

	if (memchr("*_~`", c, 4))
		return put_run(in, p, end);
	if (c == '$')
		close = find_dollars(in, p);
	else if (c == '\\')
		close = find_brackets(in, p);
	if (close)
		in->math_end = close;
	else if (c == '[' || c == ']' ? md_is_open(in, MARK_LINK)
		 : c == '\\'	      ? p + 1 < end && is_ascii_punct(p[1])
				      : c == '$' || (c == '|' && in->cell))
		buf_putc(in->out, '\\');
	else if (c == '<' || c == '&' || c == ']')
		note(in, c);
	buf_putc(in->out, c);
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
md_put_text(struct md_inline *in, struct span word, enum md_text text)
{
	const char *p = word.p, *end = p + word.n;

	if (text == MD_PROSE && p >= in->math_end && is_ascii_punct(*p))
		md_guard_backslash(in);
	while (p < end) {
		const char *from = p;

		while (p < end && !is_special(in, *p, text == MD_CODE))
			p++;
		buf_put(in->out, from, (size_t)(p - from));
		if (p == end)
			break;
		if (text == MD_CODE) {
			buf_puts(in->out, "\\|");
			p++;
		} else if (text == MD_FORMULA || p < in->math_end) {
			put_in_formula(in, *p++);
		} else {
			p += put_special(in, p, end);
		}
	}
}

/* Whether a noted character that is not a delimiter is markup.  *close: the last '>' of
 * the block, as far as it is searched for; NULL at first. */
static bool
is_markup(const struct md_inline *in, const struct md_doubt *d, const char **close)
{
	const char *p = in->out->p + d->at, *end = in->out->p + in->out->n;

	if (d->c == '&')
		return is_reference(p, end);
	if (d->c == ']')
		return p + 1 < end && p[1] == '(';
	if (!*close)
		*close = end - 1;
	while (*close > p && **close != '>')
		--*close;
	/* The beginning of some tags begins a block of HTML. */
	return is_tag(p, end, d->opens) && (d->opens || (*close > p && **close == '>'));
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
	const char *close = NULL;
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

		if (memchr("<&]", d->c, 3))
			markup = is_markup(in, d, &close);
		else if (d->c == '`')
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
