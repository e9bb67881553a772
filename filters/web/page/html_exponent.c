/* html_exponent.c - distinguish exponents and indexes from notes, ordinals and charges.
 */
#include "filters/web/page/html_tree.h"
#include "lib/base/chars.h"
#include "lib/text/utf8.h"

static bool
is_letter(char c)
{
	return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}

/* Part of a word: an ASCII letter or digit, or any byte of another character. */
static bool
is_word(char c)
{
	return is_letter(c) || is_digit(c) || (unsigned char)c >= 0x80;
}

/* Remove the last character of s, which is not empty. */
static uint32_t
take_last(struct span *s)
{
	size_t n = s->n - 1, at;

	while (n > 0 && ((unsigned char)s->p[n] & 0xC0) == 0x80)
		n--;
	s->n = at = n;
	return utf8_next(*s, &at);
}

static bool
is_greek(uint32_t c)
{
	return (c >= 0x391 && c <= 0x3A9) || (c >= 0x3B1 && c <= 0x3C9) || c == 0x3D1 ||
	       c == 0x3D5 || c == 0x3F5;
}

/* A letter that stands for a quantity in any text: Greek, mathematical, or a derivative.
 */
static bool
is_symbol(uint32_t c)
{
	return is_greek(c) || c == 0x2202 || c == 0x2207 || c == 0x2102 || c == 0x2115 ||
	       c == 0x211A || c == 0x211D || c == 0x2124 ||
	       (c >= 0x1D400 && c <= 0x1D7FF);
}

/* An operator or space that is not ASCII. */
static bool
is_operator(uint32_t c)
{
	switch (c) {
	case 0xB1:   /* plus-minus */
	case 0xB7:   /* middle dot */
	case 0xD7:   /* times */
	case 0x2009: /* thin spaces */
	case 0x200A:
	case 0x202F:
	case 0x2013: /* dash */
	case 0x2212: /* minus */
	case 0x2219: /* bullet and dot operators */
	case 0x22C5:
	case 0x2248: /* almost equal */
	case 0x2264: /* bounds */
	case 0x2265:
		return true;
	default:
		return false;
	}
}

/* Whether nothing of a word is at the end of s. */
static bool
ends_outside_word(struct span s)
{
	return s.n == 0 || !is_word(s.p[s.n - 1]) ||
	       ((unsigned char)s.p[s.n - 1] >= 0x80 && is_operator(take_last(&s)));
}

/* Whether s ends in a short term in parentheses without words, as "(x+1)". */
static bool
ends_in_term(struct span s)
{
	enum { TERM_MAX = 32 };

	if (s.n < 3 || s.p[s.n - 1] != ')')
		return false;
	for (size_t k = 2; k <= s.n && k <= TERM_MAX; k++) {
		const char c = s.p[s.n - k];

		if (c == '(')
			return k > 2;
		if (is_letter(c) && is_letter(s.p[s.n - k + 1]))
			return false;
	}
	return false;
}

/* Whether s ends in a symbol that is not part of a word or of a name as "TNF-\u03b1" and
 * "IL-1\u03b2", which often have notes. */
static bool
ends_in_symbol(struct span s)
{
	enum { MU = 0x3BC, OMEGA = 0x3A9, PI = 0x3C0 };
	uint32_t c;

	if (s.n == 0)
		return false;
	c = take_last(&s);
	/* These are units. */
	if (!is_symbol(c) || c == MU || c == OMEGA)
		return false;
	return (ends_outside_word(s) && !(s.n > 0 && s.p[s.n - 1] == '-')) ||
	       (c == PI && is_digit(s.p[s.n - 1]));
}

/* Whether s ends in a variable: one letter that is not part of a word.  Square metres
 * are usually written as "5 m2". */
static bool
ends_in_variable(struct span s)
{
	size_t n = s.n;

	if (n == 0 || !is_letter(s.p[n - 1]))
		return false;
	if (--n == 0)
		return true;
	if (s.p[n] == 'm' && is_digit(s.p[n - 1 - (n > 1 && s.p[n - 1] == ' ')]))
		return false;
	s.n = n;
	return is_digit(s.p[n - 1]) || ends_outside_word(s);
}

/* Whether s ends in a letter after a symbol, as "\u03c0r". */
static bool
ends_in_product(struct span s)
{
	if (s.n < 2 || !is_letter(s.p[s.n - 1]))
		return false;
	s.n--;
	return ends_in_symbol(s);
}

/* Whether s ends in a number that may have an exponent: a price may not, and longer
 * numbers more often have notes. */
static bool
ends_in_base(struct span s)
{
	size_t n = s.n;

	if (n == 0 || !is_digit(s.p[n - 1]))
		return false;
	n -= n > 1 && s.p[n - 1] == '0' && s.p[n - 2] == '1' ? 2 : 1;
	return n == 0 || !(is_word(s.p[n - 1]) || strchr("$.,", s.p[n - 1]));
}

/* Whether s ends in "5x": a factor before 10, not "1920x" or "0x". */
static bool
ends_in_times(struct span s)
{
	size_t n = s.n;
	bool point = false;

	if (n == 0 || (s.p[n - 1] != 'x' && s.p[n - 1] != 'X'))
		return false;
	n -= n > 1 && s.p[n - 2] == ' ' ? 2 : 1;
	s.n = n;
	while (
	    n > 0 && (is_digit(s.p[n - 1]) || s.p[n - 1] == '.' || s.p[n - 1] == ',')) {
		n--;
		point |= !is_digit(s.p[n]);
	}
	s = (struct span){ s.p + n, s.n - n };
	return s.n > 0 && is_digit(s.p[s.n - 1]) && (point || s.n == 1) &&
	       !span_eq(s, SPAN("0"));
}

/* Whether s ends in the 10 of "5*10", with any sign of multiplication. */
static bool
ends_in_ten(struct span s)
{
	if (s.n < 2 || s.p[s.n - 1] != '0' || s.p[s.n - 2] != '1')
		return false;
	s.n -= 2;
	return ends_in_times(s) ||
	       (ends_outside_word(s) && !(s.n > 0 && strchr("$.,", s.p[s.n - 1])));
}

/* Whether s ends in the 10 of a range or season, as "2009-10", whose digits have no
 * exponent themselves. */
static bool
ends_in_range(struct span s)
{
	const struct span dash = SPAN("\u2013");

	if (s.n < 3 || s.p[s.n - 1] != '0' || s.p[s.n - 2] != '1')
		return false;
	s.n -= 2;
	if (s.p[s.n - 1] == '-')
		s.n--;
	else if (s.n > dash.n && span_eq(span_from(s, s.n - dash.n), dash))
		s.n -= dash.n;
	else
		return false;
	if (s.n == 0 || !is_digit(s.p[s.n - 1]))
		return false;
	while (s.n > 0 && is_digit(s.p[s.n - 1]))
		s.n--;
	return s.n == 0 || s.p[s.n - 1] != '^';
}

/* The kinds of scripts that can be exponents or indexes. */
enum script {
	SCRIPT_OTHER,
	SCRIPT_NUMBER,
	SCRIPT_SIGNED,
	SCRIPT_PLUS,
	SCRIPT_LETTER,
	SCRIPT_RATIO,
	SCRIPT_EXPRESSION
};

/* Read a minus sign, which may be a dash. */
static bool
take_minus(struct span *s)
{
	static const struct span minus[] = { { "-", 1 }, { "\u2212", 3 },
		{ "\u2013", 3 } };

	for (size_t i = 0; i < sizeof minus / sizeof *minus; i++)
		if (span_starts(*s, minus[i])) {
			*s = span_from(*s, minus[i].n);
			return true;
		}
	return false;
}

/* Read a number of up to 3 digits.  Returns its length; 0: none. */
static size_t
take_number(struct span *s)
{
	size_t n = 0;

	while (n < s->n && is_digit(s->p[n]))
		n++;
	if (n > 3)
		return 0;
	*s = span_from(*s, n);
	return n;
}

/* Read letters that are usual in an exponent.  Returns how many are Latin, and adds to
 * *greek how many are not. */
static size_t
take_letters(struct span *s, size_t *greek)
{
	size_t latin = 0;

	while (s->n > 0) {
		size_t at = 0;

		if (memchr("ijkmnpqrstuvwxyzNT", s->p[0], 18)) {
			latin++;
			at = 1;
		} else if (is_greek(utf8_next(*s, &at))) {
			++*greek;
		} else {
			break;
		}
		*s = span_from(*s, at);
	}
	return latin;
}

/* Skip white space, also that which does not break. */
static struct span
skip_space(struct span s)
{
	const struct span nbsp = SPAN("\u00a0");

	while (s.n > 0 && (is_space(s.p[0]) || span_starts(s, nbsp)))
		s = span_from(s, is_space(s.p[0]) ? 1 : nbsp.n);
	return s;
}

/* Whether a script is a short expression with a variable and a sign, as "n+1", "-x" and
 * "2n".  The marks of notes and charges, as "1-3", "a,b" and "2+", are not. */
static bool
is_expression(struct span s)
{
	enum { EXPRESSION_MAX = 24 };
	size_t terms = 0, greek = 0, latin = 0;
	bool sign, factor, mixed = false;

	if (s.n > EXPRESSION_MAX)
		return false;
	sign = take_minus(&s);
	factor = s.n == 2 && memchr("ikmnx", s.p[1], 5);
	for (;; terms++) {
		const size_t before = greek, digits = take_number(&s);
		const size_t letters = take_letters(&s, &greek);

		/* Others are ordinals and abbreviations. */
		if (digits + letters + greek == before ||
		    letters > 1 + (size_t)(sign || greek > before))
			return false;
		mixed |= greek > before && digits + letters > 0;
		latin += letters;
		if (s.n == 0)
			break;
		s = skip_space(s);
		if (s.n > 0 && (s.p[0] == '+' || s.p[0] == '/'))
			s = span_from(s, 1);
		else if (!take_minus(&s))
			return false;
		s = skip_space(s);
	}
	if (latin + greek == 0)
		return false;
	/* Ordinals have most other letters: "2e", "1r". */
	return sign || terms > 0 || (factor && latin == 1) || mixed;
}

static enum script
script_kind(struct span s)
{
	struct span rest = s;
	const bool minus = take_minus(&rest);
	const bool plus = !minus && s.n > 0 && s.p[0] == '+';

	if (plus)
		rest = span_from(s, 1);
	if (take_number(&rest) > 0) {
		if (rest.n == 0)
			return minus ? SCRIPT_SIGNED : plus ? SCRIPT_PLUS : SCRIPT_NUMBER;
		if (!plus && rest.p[0] == '/') {
			rest = span_from(rest, 1);
			if (take_number(&rest) > 0 && rest.n == 0)
				return SCRIPT_RATIO;
		}
	}
	/* Others are ordinals and abbreviations: "1e", "no", "Mr". */
	if (s.n == 1 && memchr("ijkmnxyzNT", s.p[0], 10))
		return SCRIPT_LETTER;
	return is_expression(s) ? SCRIPT_EXPRESSION : SCRIPT_OTHER;
}

/* Remove a word from the end of s, if it is there and not part of a longer one. */
static bool
take_word(struct span *s, struct span word)
{
	const struct span before = { s->p, s->n - word.n };

	if (s->n < word.n || !span_eq(span_from(*s, before.n), word) ||
	    !(ends_outside_word(before) || is_digit(before.p[before.n - 1])))
		return false;
	*s = before;
	return true;
}

/* Whether s ends in a unit or product that usually has this exponent: "cm", "mc". */
static bool
ends_in_unit(struct span s, struct span script, enum script kind)
{
	static const struct {
		struct span name;
		const char *powers;
	} units[] = { { { "cm", 2 }, "23" }, { { "dm", 2 }, "23" }, { { "km", 2 }, "23" },
		{ { "mm", 2 }, "23" }, { { "nm", 2 }, "23" }, { { "mc", 2 }, "2" },
		{ { "mv", 2 }, "2" }, { { "kg", 2 }, "" }, { { "mol", 3 }, "" },
		{ { "min", 3 }, "" } };

	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (take_word(&s, units[i].name))
			return kind == SCRIPT_SIGNED ||
			       (script.n == 1 && strchr(units[i].powers, script.p[0]));
	return false;
}

/* Whether s ends in a product of two variables after '=', as "=mc". */
static bool
ends_in_equation(struct span s)
{
	size_t n = s.n;

	if (n < 3 || s.p[n - 1] < 'a' || s.p[n - 1] > 'z' || s.p[n - 2] < 'a' ||
	    s.p[n - 2] > 'z')
		return false;
	n -= 2;
	n -= n > 1 && s.p[n - 1] == ' ';
	return s.p[n - 1] == '=';
}

static enum html_script
index_of(struct span before, enum script kind, struct span after)
{
	/* "H2O" and "N2" stay as they are. */
	return ends_in_variable(before) &&
		       (kind == SCRIPT_LETTER ||
			   (kind == SCRIPT_NUMBER && before.p[before.n - 1] >= 'a')) &&
		       !(after.n > 0 && is_letter(after.p[0]))
		   ? SCRIPT_BARE
		   : SCRIPT_NONE;
}

enum html_script
html_script_of(struct span before, struct span script, struct span after, bool sup)
{
	const enum script kind = script_kind(script);
	const bool digit = script.n == 1 || kind != SCRIPT_NUMBER;
	bool power, number;

	if (kind == SCRIPT_OTHER)
		return SCRIPT_NONE;
	if (!sup)
		return index_of(before, kind, after);
	/* An exponent of 1 is a note. */
	if (kind == SCRIPT_NUMBER && span_eq(script, SPAN("1")))
		return SCRIPT_NONE;
	if (kind == SCRIPT_PLUS)
		return ends_in_ten(before) ? SCRIPT_BARE : SCRIPT_NONE;
	power = ends_in_variable(before) || ends_in_term(before) ||
		(digit && (ends_in_symbol(before) || ends_in_product(before)));
	number = (ends_in_base(before) || ends_in_ten(before)) &&
		 !(kind == SCRIPT_NUMBER && ends_in_range(before));
	if (kind >= SCRIPT_RATIO)
		/* "2 1/2" is a number itself. */
		return power || (number && kind == SCRIPT_EXPRESSION) ? SCRIPT_BRACED
								      : SCRIPT_NONE;
	return power || number || ends_in_equation(before) ||
		       ends_in_unit(before, script, kind)
		   ? SCRIPT_BARE
		   : SCRIPT_NONE;
}
