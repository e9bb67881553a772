/* check_classes.c - the table of character classes against ICU, for every code point. */
#include <check.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include "lib/text/unicode.h"

Suite *classes_suite(void);

static bool
has(UChar32 c, UProperty p)
{
	return u_hasBinaryProperty(c, p);
}

static bool
one_of(UChar32 c, const UChar32 *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == c)
			return true;
	return false;
}

#define ONE_OF(c, ...)                                                                   \
	one_of(c, (const UChar32[]){ __VA_ARGS__ },                                      \
	    sizeof((const UChar32[]){ __VA_ARGS__ }) / sizeof(UChar32))

static bool
is_symbol(UChar32 c)
{
	const bool sign = c > 0x20 && c < 0x7f && !u_isalnum(c);

	return sign || (c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7f && c < 0xa0) ||
	       ONE_OF(c, 0xab, 0xb4, 0xbb, 0x2013, 0x2014, 0x2019, 0x201c, 0x201d, 0x201e,
		   0x2026, 0x2236, 0x2501, 0x25ba, 0x3001, 0x3002, 0x3008, 0x3009, 0x300a,
		   0x300b, 0x300c, 0x300d, 0x3010, 0x3011, 0xff01, 0xff05, 0xff08, 0xff09,
		   0xff0c, 0xff0e, 0xff11, 0xff1a, 0xff1b, 0xff1f, 0xff5e);
}

/* The flags of c, each by the property that defines it. */
static uint32_t
flags(UChar32 c)
{
	const uint32_t category = U_GET_GC_MASK(c);
	const bool terminal =
	    has(c, UCHAR_S_TERM) || ONE_OF(c, 0x17d4, 0x17d5, 0x17d6, 0x17d9, 0x17da);
	const struct {
		bool is;
		uint32_t flag;
	} row[] = {
		{ category & U_GC_L_MASK, CHAR_ALPHA },
		{ u_getIntPropertyValue(c, UCHAR_NUMERIC_TYPE) != U_NT_NONE,
		    CHAR_NUMBER },
		{ category & U_GC_ND_MASK, CHAR_DECIMAL },
		{ has(c, UCHAR_WHITE_SPACE) || (c >= 0x1c && c <= 0x1f), CHAR_SPACE },
		{ ONE_OF(c, 0xa, 0xb, 0xc, 0xd, 0x1c, 0x1d, 0x1e, 0x85, 0x2028, 0x2029),
		    CHAR_LINE_END },
		{ has(c, UCHAR_UPPERCASE), CHAR_UPPER },
		{ has(c, UCHAR_LOWERCASE) || (category & U_GC_LT_MASK), CHAR_LOWER },
		{ has(c, UCHAR_ALPHABETIC), CHAR_ALPHABETIC },
		{ terminal || is_symbol(c), CHAR_SYMBOL },
		{ terminal, CHAR_TERMINAL },
		{ has(c, UCHAR_EXTENDED_PICTOGRAPHIC), CHAR_PICTOGRAPH },
	};
	uint32_t bits = 0;

	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		bits |= row[i].is ? row[i].flag : 0;
	return bits;
}

static enum word_class
word(UChar32 c)
{
	static const enum word_class of[] = {
		[U_WB_ALETTER] = WORD_LETTER,
		[U_WB_FORMAT] = WORD_EXTEND,
		[U_WB_KATAKANA] = WORD_DICTIONARY,
		[U_WB_MIDLETTER] = WORD_MID_LETTER,
		[U_WB_MIDNUM] = WORD_MID_NUM,
		[U_WB_NUMERIC] = WORD_NUMERIC,
		[U_WB_EXTENDNUMLET] = WORD_EXTEND_NUM_LET,
		[U_WB_EXTEND] = WORD_EXTEND,
		[U_WB_MIDNUMLET] = WORD_MID_NUM_LET,
		[U_WB_REGIONAL_INDICATOR] = WORD_REGIONAL,
		[U_WB_HEBREW_LETTER] = WORD_HEBREW,
		[U_WB_SINGLE_QUOTE] = WORD_SINGLE_QUOTE,
		[U_WB_DOUBLE_QUOTE] = WORD_DOUBLE_QUOTE,
		[U_WB_ZWJ] = WORD_ZWJ,
		[U_WB_WSEGSPACE] = WORD_OTHER,
	};
	const size_t class = (size_t)u_getIntPropertyValue(c, UCHAR_WORD_BREAK);
	UErrorCode ec = U_ZERO_ERROR;
	const UScriptCode script = uscript_getScript(c, &ec);

	if (has(c, UCHAR_WHITE_SPACE) || ONE_OF(c, 0x1c, 0x1d, 0x1e, 0x1f, 0x200b))
		return WORD_SPACE;
	if (c == '@')
		return WORD_LETTER;
	if (ONE_OF(c, ':', 0xfe55, 0xff1a))
		return WORD_OTHER;
	if (c >= 0xff10 && c <= 0xff19)
		return WORD_NUMERIC;
	if (c >= 0xac00 && c <= 0xd7a3)
		return WORD_HANGUL;
	if (class == U_WB_OTHER &&
	    (script == USCRIPT_HAN || script == USCRIPT_HIRAGANA ||
		script == USCRIPT_KATAKANA ||
		u_getIntPropertyValue(c, UCHAR_LINE_BREAK) == U_LB_COMPLEX_CONTEXT))
		return WORD_DICTIONARY;
	return class < sizeof of / sizeof *of ? of[class] : WORD_OTHER;
}

static enum sentence_class
sentence(UChar32 c)
{
	static const enum sentence_class of[] = {
		[U_SB_ATERM] = SENTENCE_ATERM,
		[U_SB_CLOSE] = SENTENCE_CLOSE,
		[U_SB_FORMAT] = SENTENCE_EXTEND,
		[U_SB_LOWER] = SENTENCE_LOWER,
		[U_SB_NUMERIC] = SENTENCE_NUMERIC,
		[U_SB_OLETTER] = SENTENCE_LETTER,
		[U_SB_SEP] = SENTENCE_SEP,
		[U_SB_SP] = SENTENCE_SPACE,
		[U_SB_STERM] = SENTENCE_STERM,
		[U_SB_UPPER] = SENTENCE_UPPER,
		[U_SB_CR] = SENTENCE_CR,
		[U_SB_EXTEND] = SENTENCE_EXTEND,
		[U_SB_LF] = SENTENCE_LF,
		[U_SB_SCONTINUE] = SENTENCE_CONTINUE,
	};
	const size_t class = (size_t)u_getIntPropertyValue(c, UCHAR_SENTENCE_BREAK);

	return class < sizeof of / sizeof *of ? of[class] : SENTENCE_OTHER;
}

/* The table is filled by ranges and categories; each entry is as if filled alone. */
START_TEST(every_code_point)
{
	const uint32_t *classes = unicode_classes();

	for (UChar32 c = 0; c < 0x110000; c++) {
		const uint32_t want =
		    flags(c) | (uint32_t)sentence(c) << 4 | (uint32_t)word(c);

		ck_assert_msg(classes[c] == want, "U+%04X: %x, want %x", (unsigned)c,
		    (unsigned)classes[c], (unsigned)want);
	}
}
END_TEST

Suite *
classes_suite(void)
{
	Suite *s = suite_create("classes");
	TCase *t = tcase_create("classes");

	tcase_add_test(t, every_code_point);
	suite_add_tcase(s, t);
	return s;
}
