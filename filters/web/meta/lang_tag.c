/* lang_tag.c - normalise the language tags of web pages (BCP 47). */
#include "filters/web/meta/lang_tag.h"

#include "lib/base/chars.h"
#include "lib/text/unicode.h"

static bool
is_all_letters(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (ascii_lower(s.p[i]) < 'a' || ascii_lower(s.p[i]) > 'z')
			return false;
	return true;
}

static bool
is_alphanumeric(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_digit(s.p[i]) && !is_all_letters((struct span){ s.p + i, 1 }))
			return false;
	return true;
}

/* Append a subtag: scripts have a capital, and regions are capitals (RFC 5646, 2.1.1). */
static size_t
put_subtag(struct span s, bool extension, char *out)
{
	const bool letters = is_all_letters(s) && !extension;

	for (size_t i = 0; i < s.n; i++) {
		const char low = ascii_lower(s.p[i]);
		const bool capital =
		    letters && (s.n == 2 || (s.n == 4 && i == 0)) && low >= 'a';

		out[i] = capital ? (char)(low - 'a' + 'A') : low;
	}
	return s.n;
}

/* The language at the front of a tag.  Returns its length in s; 0: none. */
static size_t
put_language(struct span s, char out[LANG_TAG_SIZE], size_t *at)
{
	size_t n = 0;

	while (n < s.n && s.p[n] != '-' && s.p[n] != '_')
		n++;
	if (n < 2 || n > 3 || !is_all_letters((struct span){ s.p, n }))
		return 0;
	for (size_t i = 0; i < n; i++)
		out[i] = ascii_lower(s.p[i]);
	out[n] = '\0';
	unicode_language(out);
	*at = strlen(out);
	return strcmp(out, "und") == 0 || strcmp(out, "mul") == 0 ? 0 : n;
}

bool
lang_tag(struct span s, char out[LANG_TAG_SIZE])
{
	bool extension = false;
	size_t at = 0, n;

	s = span_trim(s);
	if (s.n >= LANG_TAG_SIZE)
		return false;
	n = put_language(s, out, &at);
	if (n == 0)
		return false;
	s = span_from(s, n);
	while (s.n > 0) {
		s = span_from(s, 1);
		for (n = 0; n < s.n && s.p[n] != '-' && s.p[n] != '_'; n++)
			;
		if (n == 0 || n > 8 || !is_alphanumeric((struct span){ s.p, n }))
			return false;
		out[at++] = '-';
		extension |= n == 1;
		at += put_subtag((struct span){ s.p, n }, extension, out + at);
		s = span_from(s, n);
	}
	out[at] = '\0';
	return true;
}
