/* host.c - find the host of an address, and bring it into one form. */
#include "lib/text/host.h"

#include <unicode/uidna.h>

#include "lib/base/chars.h"
#include "lib/text/utf8.h"

enum { HOST_MAX = 1024 }; /* a name has at most 253 bytes; escapes take more */

static bool
is_slash(char c)
{
	return c == '/' || c == '\\';
}

static size_t
slashes(struct span s)
{
	size_t n = 0;

	while (n < s.n && is_slash(s.p[n]))
		n++;
	return n;
}

/* The bytes of a scheme in front, without its ':'; 0 if there is none. */
static size_t
scheme_of(struct span s)
{
	size_t n = 0;

	while (n < s.n && ((ascii_lower(s.p[n]) >= 'a' && ascii_lower(s.p[n]) <= 'z') ||
			      (n > 0 && (is_digit(s.p[n]) || memchr("+-.", s.p[n], 3)))))
		n++;
	return n < s.n && s.p[n] == ':' ? n : 0;
}

static size_t
until(struct span s, const char *set)
{
	size_t n = 0;

	while (n < s.n && !(s.p[n] && strchr(set, s.p[n])))
		n++;
	return n;
}

/* Remove what precedes the authority.  Returns false if there is no authority. */
static bool
skip_scheme(struct span *s)
{
	const size_t n = scheme_of(*s);
	const struct span rest = span_from(*s, n > 0 ? n + 1 : 0);
	const bool web = (n == 4 && ascii_eq(s->p, "http", 4)) ||
			 (n == 5 && ascii_eq(s->p, "https", 5));

	if (slashes(rest) > 1 || web) {
		*s = span_from(rest, web ? slashes(rest) : 2);
		return true;
	}
	/* "a.example/b" and "a.example:80/b", but neither "b/c" nor "mailto:b@a.example".
	 */
	return memchr(s->p, '.', n > 0 ? n : until(*s, "/\\?#:")) != NULL;
}

struct span
host_of(struct span url)
{
	struct span none = { url.p, 0 };
	const char *at;

	while (url.n > 0 && (unsigned char)*url.p <= ' ')
		url = span_from(url, 1);
	if (url.n == 0 || !skip_scheme(&url))
		return none;
	url.n = until(url, "/\\?#");
	while (url.n > 0 && (at = memchr(url.p, '@', url.n)) != NULL)
		url = span_from(url, (size_t)(at - url.p) + 1);
	if (url.n > 0 && *url.p == '[')
		url.n = url.n == until(url, "]") ? 0 : until(url, "]") + 1;
	else
		url.n = until(url, ":");
	while (url.n > 0 && (unsigned char)url.p[url.n - 1] <= ' ')
		url.n--;
	return url.n > 0 ? url : none;
}

/* Replace escapes by the bytes that they stand for, and letters by lower case.  Returns
 * the length. */
static size_t
decode(struct span s, char *to)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		int high = i + 2 < s.n && s.p[i] == '%' ? hex_digit(s.p[i + 1]) : -1;
		int low = high < 0 ? -1 : hex_digit(s.p[i + 2]);

		to[n++] = ascii_lower(low < 0 ? s.p[i] : (char)(high * 16 + low));
		i += low < 0 ? 0 : 2;
	}
	return n;
}

/* Replace a name of UTF-8 by its ASCII form.  One that has none stays as it is. */
static struct span
to_ascii(struct span name, char *to)
{
	/* As browsers: hyphens may be anywhere. */
	const uint32_t harmless = UIDNA_ERROR_LEADING_HYPHEN |
				  UIDNA_ERROR_TRAILING_HYPHEN | UIDNA_ERROR_HYPHEN_3_4 |
				  UIDNA_ERROR_EMPTY_LABEL;
	UIDNAInfo info = UIDNA_INFO_INITIALIZER;
	UErrorCode code = U_ZERO_ERROR;
	UIDNA *idna = uidna_openUTS46(
	    UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ,
	    &code);
	int32_t n = 0;

	if (U_SUCCESS(code))
		n = uidna_nameToASCII_UTF8(
		    idna, name.p, (int32_t)name.n, to, HOST_MAX, &info, &code);
	uidna_close(idna);
	if (U_FAILURE(code) || (info.errors & ~harmless) || n <= 0 || n > HOST_MAX)
		return name;
	return (struct span){ to, (size_t)n };
}

bool
host_put(struct span host, struct buf *out)
{
	char plain[HOST_MAX], ascii[HOST_MAX];
	bool is_ascii = true;
	struct span name;

	if (host.n > HOST_MAX)
		return false;
	name = (struct span){ plain, decode(host, plain) };
	for (size_t i = 0; i < name.n; i++)
		is_ascii &= (unsigned char)name.p[i] < 0x80;
	if (!is_ascii && utf8_valid(name))
		name = to_ascii(name, ascii);
	while (name.n > 0 && name.p[name.n - 1] == '.')
		name.n--;
	buf_put(out, name.p, name.n);
	return name.n > 0;
}

bool
host_is_address(struct span host)
{
	size_t n = host.n;

	while (n > 0 && is_digit(host.p[n - 1]))
		n--;
	return host.n > 0 &&
	       (*host.p == '[' || n == 0 || (n < host.n && host.p[n - 1] == '.'));
}
