/* web_date.c - read the dates that web pages state. */
#include "filters/web/meta/web_date.h"

#include <stdio.h>

#include "lib/base/chars.h"

struct web_time {
	int year, month, day;
	int hour, minute, second; /* hour < 0: unknown */
	bool zoned;
	int offset; /* in minutes east of UTC */
};

enum { YEAR_MIN = 1990, YEAR_MAX = 2099 };

/* Longer values, in bytes, are not dates. */
enum { DATE_MAX = 100 };

/* Take a number of `min` to `max` digits off s, all that it has there.  -1: none. */
static int
take_digits(struct span *s, size_t min, size_t max)
{
	size_t n = 0;
	int v = 0;

	while (n < s->n && n <= max && is_digit(s->p[n]))
		n++;
	if (n < min || n > max)
		return -1;
	for (size_t i = 0; i < n; i++)
		v = v * 10 + (s->p[i] - '0');
	*s = span_from(*s, n);
	return v;
}

static bool
take(struct span *s, const char *any_of)
{
	if (s->n == 0 || !*s->p || !strchr(any_of, *s->p))
		return false;
	*s = span_from(*s, 1);
	return true;
}

static void
skip_blanks(struct span *s)
{
	while (s->n > 0 && is_space(*s->p))
		*s = span_from(*s, 1);
}

/* The length of the letters at the front of s. */
static size_t
word_length(struct span s)
{
	size_t n = 0;

	while (n < s.n && ascii_lower(s.p[n]) >= 'a' && ascii_lower(s.p[n]) <= 'z')
		n++;
	return n;
}

/* The month of an English name or its first letters; 0: none. */
static int
month_of(struct span word)
{
	static const char *const names[] = { "january", "february", "march", "april",
		"may", "june", "july", "august", "september", "october", "november",
		"december" };

	for (int i = 0; i < 12; i++)
		if (word.n >= 3 && word.n <= strlen(names[i]) &&
		    ascii_eq(word.p, names[i], word.n))
			return i + 1;
	return 0;
}

static int
days_in_month(int year, int month)
{
	static const signed char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

static bool
is_day(const struct web_time *t)
{
	return t->year >= YEAR_MIN && t->year <= YEAR_MAX && t->month >= 1 &&
	       t->month <= 12 && t->day >= 1 &&
	       t->day <= days_in_month(t->year, t->month);
}

/* The time zone at the front of s, if it is UTC or an offset. */
static void
take_zone(struct span *s, struct web_time *t)
{
	const int sign = s->n > 0 && *s->p == '-' ? -1 : 1;
	const size_t word = word_length(*s);
	int hours, minutes = 0;

	t->zoned = (word == 1 && ascii_lower(*s->p) == 'z') ||
		   (word == 3 && (ascii_eq(s->p, "utc", 3) || ascii_eq(s->p, "gmt", 3)));
	*s = span_from(*s, word);
	if (word > 0 && !t->zoned)
		return;
	if (!take(s, "+-"))
		return;
	t->zoned = false;
	if (s->n >= 4 && is_digit(s->p[2]) && is_digit(s->p[3])) {
		struct span two = { s->p, 2 };

		hours = take_digits(&two, 2, 2);
		*s = span_from(*s, 2);
		minutes = take_digits(s, 2, 2);
	} else {
		hours = take_digits(s, 1, 2);
		if (take(s, ":"))
			minutes = take_digits(s, 2, 2);
	}
	if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59)
		return;
	t->zoned = true;
	t->offset = sign * (hours * 60 + minutes);
}

/* "am" and "pm". */
static void
take_half_day(struct span *s, struct web_time *t)
{
	const size_t n = word_length(*s);

	if (n != 2 || ascii_lower(s->p[1]) != 'm')
		return;
	if (ascii_lower(*s->p) == 'p' && t->hour < 12)
		t->hour += 12;
	else if (ascii_lower(*s->p) == 'a' && t->hour == 12)
		t->hour = 0;
	*s = span_from(*s, n);
	skip_blanks(s);
}

/* A time after a date.  One that is not valid is left out. */
static void
take_time(struct span *s, struct web_time *t)
{
	t->hour = -1;
	skip_blanks(s);
	if (take(s, "Tt,"))
		skip_blanks(s);
	if (word_length(*s) == 2 && ascii_eq(s->p, "at", 2)) {
		*s = span_from(*s, 2);
		skip_blanks(s);
	}
	t->hour = take_digits(s, 1, 2);
	t->minute = t->second = 0;
	if (t->hour < 0 || !take(s, ":") || (t->minute = take_digits(s, 2, 2)) < 0) {
		t->hour = -1;
		return;
	}
	if (take(s, ":")) {
		t->second = take_digits(s, 2, 2);
		if (take(s, ".,"))
			take_digits(s, 1, 9);
	}
	/* A leap second is the last one of its minute. */
	if (t->second == 60)
		t->second = 59;
	skip_blanks(s);
	take_half_day(s, t);
	if (t->hour > 23 || t->minute > 59 || t->second < 0 || t->second > 59)
		t->hour = -1;
	else
		take_zone(s, t);
}

/* "2024-05-06", with any of "-/." between the numbers, or "20240506". */
static bool
take_iso_day(struct span *s, struct web_time *t)
{
	struct span rest = *s;
	const int whole = take_digits(&rest, 8, 8);

	if (whole >= 0) {
		t->year = whole / 10000;
		t->month = whole / 100 % 100;
		t->day = whole % 100;
	} else {
		char mark[2] = { 0 };

		t->year = take_digits(&rest, 4, 4);
		if (rest.n > 0)
			mark[0] = *rest.p;
		if (t->year < 0 || !take(&rest, "-/."))
			return false;
		t->month = take_digits(&rest, 1, 2);
		if (!take(&rest, mark))
			return false;
		t->day = take_digits(&rest, 1, 2);
	}
	*s = rest;
	return is_day(t);
}

/* "06.05.2024", which is in the order of the day, or "05/16/2024", of which one number
 * must be the day. */
static bool
take_numbers(struct span *s, struct web_time *t)
{
	struct span rest = *s;
	const int a = take_digits(&rest, 1, 2);
	const bool dots = rest.n > 0 && *rest.p == '.';
	int b;

	if (a < 0 || !take(&rest, "./-"))
		return false;
	b = take_digits(&rest, 1, 2);
	if (!take(&rest, dots ? "." : "/-"))
		return false;
	t->year = take_digits(&rest, 4, 4);
	if (!dots && a <= 12 && b <= 12 && a != b)
		return false;
	t->day = dots || a > 12 ? a : b;
	t->month = dots || a > 12 ? b : a;
	*s = rest;
	return is_day(t);
}

/* "6 May 2024", "May 6th, 2024", "Mon, 06 May 2024": a day, a month and a year. */
static bool
take_words(struct span *s, struct web_time *t)
{
	t->year = t->month = t->day = 0;
	for (int i = 0; i < 5 && s->n > 0 && (t->year <= 0 || !t->month || !t->day);
	     i++) {
		const size_t n = word_length(*s);
		const struct span word = { s->p, n };

		if (n > 0) {
			if (month_of(word) && !t->month)
				t->month = month_of(word);
			*s = span_from(*s, n);
		} else if (!t->day && (t->day = take_digits(s, 1, 2)) >= 0) {
			const size_t ordinal = word_length(*s);

			if (ordinal == 2)
				*s = span_from(*s, 2);
		} else {
			t->day = t->day < 0 ? 0 : t->day;
			t->year = take_digits(s, 4, 4);
			if (t->year < 0)
				return false;
		}
		while (take(s, " ,.-\t\n"))
			;
	}
	return is_day(t);
}

/* Days since some day of the proleptic Gregorian calendar. */
static long
day_number(int year, int month, int day)
{
	const long y = month > 2 ? year : year - 1, m = (month + 9) % 12;

	return y * 365 + y / 4 - y / 100 + y / 400 + (m * 306 + 5) / 10 + day;
}

static bool
is_too_late(const struct web_time *t, struct span latest)
{
	struct web_time limit;

	return take_iso_day(&latest, &limit) &&
	       day_number(t->year, t->month, t->day) >
		   day_number(limit.year, limit.month, limit.day) + 1;
}

static void
print_date(const struct web_time *t, char out[WEB_DATE_SIZE])
{
	/* The ranges of all numbers are known: the remainders tell the compiler. */
	int n = snprintf(out, WEB_DATE_SIZE, "%04u-%02u-%02u", (unsigned)t->year % 10000,
	    (unsigned)t->month % 100, (unsigned)t->day % 100);

	if (t->hour < 0)
		return;
	n += snprintf(out + n, WEB_DATE_SIZE - (size_t)n, "T%02u:%02u:%02u",
	    (unsigned)t->hour % 100, (unsigned)t->minute % 100,
	    (unsigned)t->second % 100);
	if (t->zoned && t->offset == 0)
		snprintf(out + n, WEB_DATE_SIZE - (size_t)n, "Z");
	else if (t->zoned)
		snprintf(out + n, WEB_DATE_SIZE - (size_t)n, "%c%02u:%02u",
		    t->offset < 0 ? '-' : '+',
		    (unsigned)(t->offset < 0 ? -t->offset : t->offset) / 60 % 100,
		    (unsigned)(t->offset < 0 ? -t->offset : t->offset) % 60);
}

bool
web_date(struct span s, struct span latest, char out[WEB_DATE_SIZE])
{
	struct web_time t = { .hour = -1 };
	struct span rest;

	s = span_trim(s);
	if (s.n > DATE_MAX)
		return false;
	rest = s;
	if (!take_iso_day(&rest, &t)) {
		rest = s;
		if (!take_numbers(&rest, &t)) {
			rest = s;
			if (!take_words(&rest, &t))
				return false;
		}
	}
	if (is_too_late(&t, latest))
		return false;
	take_time(&rest, &t);
	print_date(&t, out);
	return true;
}

bool
web_date_is_ambiguous(struct span s)
{
	int a, b;

	s = span_trim(s);
	a = take_digits(&s, 1, 2);
	if (a < 1 || a > 12 || !take(&s, "/-"))
		return false;
	b = take_digits(&s, 1, 2);
	return b >= 1 && b <= 12 && a != b && take(&s, "/-") &&
	       take_digits(&s, 4, 4) >= 0;
}

bool
web_date_of_url(struct span url, struct span latest, char out[WEB_DATE_SIZE])
{
	for (size_t i = 8; i + 8 <= url.n; i++) {
		struct span rest = span_from(url, i);
		struct web_time t = { .hour = -1 };

		if (*rest.p != '1' && *rest.p != '2')
			continue;
		if (!strchr("/-_=", url.p[i - 1]) || is_digit(rest.p[4]))
			continue;
		if (take_iso_day(&rest, &t) && !is_too_late(&t, latest)) {
			print_date(&t, out);
			return true;
		}
	}
	return false;
}
