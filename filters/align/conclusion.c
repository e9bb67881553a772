/* conclusion.c - what an answer concludes: yes or no, a letter, or a final number. */
#include "filters/align/conclusion.h"

#include "lib/base/chars.h"

static bool
is_letter(char c)
{
	return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}

char
conclusion_yes_no(struct span s)
{
	s = span_trim(s);
	while (s.n && strchr("*\"'", s.p[0]))
		s = span_from(s, 1);
	if (s.n >= 3 && ascii_eq(s.p, "yes", 3) && (s.n == 3 || !is_letter(s.p[3])))
		return 'y';
	if (s.n >= 2 && ascii_eq(s.p, "no", 2) && (s.n == 2 || !is_letter(s.p[2])))
		return 'n';
	return 0;
}

static bool
is_verdict(char c)
{
	return c >= 'A' && c <= 'C';
}

char
conclusion_letter(struct span s)
{
	for (size_t i = s.n; i >= 5; i--) {
		const char *p = s.p + i - 5;

		if (memcmp(p, "[[", 2) == 0 && is_verdict(p[2]) &&
		    memcmp(p + 3, "]]", 2) == 0)
			return p[2];
	}
	s = span_trim(s);
	while (s.n && strchr("*([\"", s.p[0]))
		s = span_from(s, 1);
	while (s.n && strchr("*)].\"", s.p[s.n - 1]))
		s.n--;
	return s.n == 1 && is_verdict(s.p[0]) ? s.p[0] : 0;
}

/* The content of the last \boxed{...} whose braces match. */
static struct span
last_boxed(struct span s)
{
	const struct span head = SPAN("\\boxed{");

	for (size_t i = s.n; i >= head.n; i--) {
		const size_t from = i;
		size_t depth = 1;

		if (memcmp(s.p + i - head.n, head.p, head.n) != 0)
			continue;
		for (size_t k = from; k < s.n; k++) {
			depth += s.p[k] == '{';
			depth -= s.p[k] == '}';
			if (depth == 0)
				return (struct span){ s.p + from, k - from };
		}
		break;
	}
	return (struct span){ NULL, 0 };
}

/* The last number: digits with commas, a point and a sign. */
static struct span
last_number(struct span s)
{
	size_t end = s.n, from;

	while (end && !is_digit(s.p[end - 1]))
		end--;
	for (from = end;
	     from && (is_digit(s.p[from - 1]) || strchr(".,", s.p[from - 1]));)
		from--;
	while (
	    from < end && !is_digit(s.p[from]) && !(s.p[from] == '.' && from + 1 < end))
		from++;
	if (from == end)
		return (struct span){ NULL, 0 };
	/* A sign, but not the hyphen of 3-4. */
	if (from && s.p[from - 1] == '-' && (from == 1 || !is_digit(s.p[from - 2])))
		from--;
	return (struct span){ s.p + from, end - from };
}

struct span
conclusion_final(struct span answer)
{
	const struct span boxed = last_boxed(answer);

	return boxed.p ? boxed : last_number(answer);
}

/* s without white space and dollar signs around it, and a full stop after it. */
static struct span
bare(struct span s)
{
	for (size_t n = s.n + 1; n != s.n;) {
		n = s.n;
		s = span_trim(s);
		if (s.n && s.p[0] == '$')
			s = span_from(s, 1);
		if (s.n && (s.p[s.n - 1] == '.' || s.p[s.n - 1] == '$'))
			s.n--;
	}
	return s;
}

/* The parts of a number: digits before and after its point. */
struct decimal_parts {
	bool negative;
	struct span whole; /* may have commas */
	struct span part;  /* without zeros at its end */
};

static bool
read_number(struct span s, struct decimal_parts *d)
{
	size_t i = 0, digits = 0;

	d->negative = s.n && s.p[0] == '-';
	if (d->negative || (s.n && s.p[0] == '+'))
		s = span_from(s, 1);
	if (s.n && s.p[0] == '$')
		s = span_from(s, 1);
	while (s.n > 1 && s.p[0] == '0' && is_digit(s.p[1]))
		s = span_from(s, 1);
	for (; i < s.n && (is_digit(s.p[i]) || s.p[i] == ','); i++)
		digits += is_digit(s.p[i]);
	d->whole = (struct span){ s.p, i };
	d->part = (struct span){ s.p, 0 };
	if (i < s.n && s.p[i] == '.') {
		d->part = span_from(s, i + 1);
		for (i++; i < s.n && is_digit(s.p[i]); i++)
			digits++;
	}
	while (d->part.n && d->part.p[d->part.n - 1] == '0')
		d->part.n--;
	if (span_eq(d->whole, SPAN("0")))
		d->whole.n = 0;
	if (d->whole.n == 0 && d->part.n == 0)
		d->negative = false;
	return i == s.n && digits > 0;
}

/* Whether two texts are the same without the bytes that skip names. */
static bool
same_without(struct span a, struct span b, const char *skip)
{
	size_t i = 0, k = 0;

	for (;;) {
		while (i < a.n && strchr(skip, a.p[i]))
			i++;
		while (k < b.n && strchr(skip, b.p[k]))
			k++;
		if (i == a.n || k == b.n)
			return i == a.n && k == b.n;
		if (a.p[i++] != b.p[k++])
			return false;
	}
}

bool
conclusion_same(struct span a, struct span b)
{
	struct decimal_parts x, y;

	a = bare(a);
	b = bare(b);
	if (read_number(a, &x) && read_number(b, &y))
		return x.negative == y.negative && same_without(x.whole, y.whole, ",") &&
		       span_eq(x.part, y.part);
	return a.n && b.n && same_without(a, b, " \t\n\r");
}
