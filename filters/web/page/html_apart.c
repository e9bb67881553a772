/* html_apart.c - find words that only the style of their elements keeps apart. */
#include "filters/web/page/html_tree.h"
#include "lib/base/chars.h"
#include "lib/text/utf8.h"

/* Whether a character is a digit or a capital letter, as far as its code tells. */
static bool
begins_name(uint32_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 0xC0 && c <= 0xDE && c != 0xD7) || (c >= 0x386 && c <= 0x3AB) ||
	       (c >= 0x400 && c <= 0x42F);
}

/* Whether a character is a letter, a digit or the end of parentheses. */
static bool
ends_word(uint32_t c)
{
	if (c < 0x80)
		return ((c | 32) >= 'a' && (c | 32) <= 'z') || is_digit((char)c) ||
		       c == ')';
	return c >= 0xC0 && !(c >= 0x2000 && c <= 0x206F) &&
	       !(c >= 0x3000 && c <= 0x303F);
}

/* The last character of a text; *before: that before it is not white space. */
static uint32_t
last_of(struct span s, bool *before)
{
	size_t at = s.n - 1;

	while (at > 0 && s.n - at < 4 && ((unsigned char)s.p[at] & 0xC0) == 0x80)
		at--;
	*before = at > 0 && !is_space(s.p[at - 1]);
	return utf8_next(s, &at);
}

bool
html_is_apart(const struct html_tree *t, struct span next)
{
	bool word;
	size_t at = 0;
	uint32_t c;

	if (t->text.n == 0 || next.n == 0 || t->pre || t->cells.code)
		return false;
	c = last_of(buf_span(&t->text), &word);
	/* A single letter may be the initial of a word. */
	return word && ends_word(c) && begins_name(utf8_next(next, &at));
}
