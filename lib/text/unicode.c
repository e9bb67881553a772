/* unicode.c - ICU: normalisation, character properties, dictionaries. */
#include "lib/text/unicode.h"
#include "lib/text/utf8.h"

#include <pthread.h>
#include <stdlib.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/uclean.h>
#include <unicode/uloc.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/uversion.h>

static void
icu_failed(UErrorCode ec)
{
	BUG(u_errorName(ec));
}

static void *
allocate(const void *context, size_t n)
{
	return xmalloc(n);
}

static void *
reallocate(const void *context, void *p, size_t n)
{
	return xrealloc(p, n, 1);
}

static void
release(const void *context, void *p)
{
	free(p);
}

void
unicode_memory_open(void)
{
	UErrorCode ec = U_ZERO_ERROR;

	u_setMemoryFunctions(NULL, allocate, reallocate, release, &ec);
	if (U_FAILURE(ec))
		icu_failed(ec);
}

/* UAX #15, section 13, requires support for 30 consecutive marks.  Text has few more. */
static bool
has_mark_run(const UNormalizer2 *nfc, const UChar *u, int32_t n)
{
	enum { MARKS_MAX = 1024 };
	int32_t run = 0;

	for (int32_t i = 0; i < n && run <= MARKS_MAX;) {
		uint32_t c = u[i++];

		if (U16_IS_LEAD(c) && i < n && U16_IS_TRAIL((uint32_t)u[i]))
			c = (uint32_t)U16_GET_SUPPLEMENTARY(c, u[i++]);
		run =
		    c < 0x300 || unorm2_hasBoundaryBefore(nfc, (UChar32)c) ? 0 : run + 1;
	}
	return run > MARKS_MAX;
}

/* For characters of the first plane: the combining class, or NFC_ASK if the character may
 * compose with an earlier one. */
enum { NFC_ASK = 255 };
static unsigned char nfc_class[0x10000];

static void
fill_nfc_class(void)
{
	for (UChar32 c = 0x300; c < 0x10000; c++)
		nfc_class[c] =
		    u_getIntPropertyValue(c, UCHAR_NFC_QUICK_CHECK) == UNORM_YES
			? u_getCombiningClass(c)
			: NFC_ASK;
}

/* Whether s is in NFC by the quick check of UAX #15, section 9, on the first plane.
 * Characters below U+0300 always are. */
static bool
is_plainly_nfc(struct span s)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	const unsigned char *p = (const unsigned char *)s.p;
	unsigned before = 0; /* the class of the last character */
	size_t i = 0;

	for (;;) {
		unsigned class = NFC_ASK;
		uint64_t w;

		for (; s.n - i >= 8; i += 8, before = 0) {
			memcpy(&w, p + i, 8);
			if (w & UINT64_C(0x8080808080808080))
				break;
		}
		if (i == s.n)
			return true;
		if (p[i] < 0xcc) {
			before = 0;
			i++;
			continue;
		}
		pthread_once(&once, fill_nfc_class);
		if (p[i] < 0xf0)
			class = nfc_class[utf8_next(s, &i)];
		if (class == NFC_ASK || (class && class < before))
			return false;
		before = class;
	}
}

enum nfc
unicode_nfc(struct span s, struct buf *b)
{
	UErrorCode ec = U_ZERO_ERROR;
	const UNormalizer2 *nfc = unorm2_getNFCInstance(&ec);
	UChar *u, *v = NULL;
	int32_t n, m, yes, bytes;
	enum nfc result = NFC_SAME;

	if (is_plainly_nfc(s))
		return NFC_SAME;
	if (s.n > UNICODE_NFC_MAX)
		BUG("text is longer than UNICODE_NFC_MAX");
	u = xmalloc(xmul(s.n + 1, sizeof *u));
	u_strFromUTF8(u, (int32_t)s.n + 1, &n, s.p, (int32_t)s.n, &ec);
	yes = unorm2_spanQuickCheckYes(nfc, u, n, &ec);
	if (U_FAILURE(ec))
		icu_failed(ec);
	if (yes == n)
		goto out;
	if (has_mark_run(nfc, u, n)) {
		result = NFC_REFUSED;
		goto out;
	}
	/* NFC never grows UTF-16 text more than threefold (UAX #15, section 9). */
	v = xmalloc(xmul((size_t)n * 3 + 1, sizeof *v));
	m = unorm2_normalize(nfc, u, n, v, n * 3 + 1, &ec);
	if (U_SUCCESS(ec) && (m != n || u_memcmp(u, v, n) != 0)) {
		result = NFC_CHANGED;
		buf_reserve(b, xmul((size_t)m, 3));
		u_strToUTF8(b->p + b->n, m * 3, &bytes, v, m, &ec);
		if (ec == U_STRING_NOT_TERMINATED_WARNING)
			ec = U_ZERO_ERROR;
		b->n += (size_t)bytes;
	}
	if (U_FAILURE(ec))
		icu_failed(ec);
out:
	free(u);
	free(v);
	return result;
}

void
unicode_put_folded(struct buf *b, uint32_t c)
{
	UErrorCode ec = U_ZERO_ERROR;
	const UNormalizer2 *nfd = unorm2_getNFDInstance(&ec);
	UChar parts[16];
	char utf8[64];
	int32_t n, bytes;

	if (c == 0x130) { /* the only one whose lower case is two characters */
		buf_puts(b, "i\xcc\x87");
		return;
	}
	c = (uint32_t)u_tolower((UChar32)c);
	n = unorm2_getDecomposition(nfd, (UChar32)c, parts, 16, &ec);
	if (U_FAILURE(ec))
		icu_failed(ec);
	if (n < 0) {
		utf8_put(b, c);
		return;
	}
	u_strToUTF8(utf8, sizeof utf8, &bytes, parts, n, &ec);
	buf_put(b, utf8, (size_t)bytes);
}

static bool
is_dictionary(UChar32 c, int wb)
{
	UErrorCode ec = U_ZERO_ERROR;
	UScriptCode script;

	if (wb == U_WB_KATAKANA)
		return true;
	if (wb != U_WB_OTHER)
		return false;
	if (u_getIntPropertyValue(c, UCHAR_LINE_BREAK) == U_LB_COMPLEX_CONTEXT)
		return true;
	script = uscript_getScript(c, &ec);
	return script == USCRIPT_HAN || script == USCRIPT_HIRAGANA ||
	       script == USCRIPT_KATAKANA;
}

/*
 * Word_Break as ICU's root locale tailors it: ':' is never part of a word, and Hangul
 * syllables join only each other.  '@' is a letter, as in ICU 72 and no other version.
 */
static enum word_class
word_class_of(UChar32 c, bool is_white)
{
	static const uint8_t of[] = {
		[U_WB_ALETTER] = WORD_LETTER,
		[U_WB_FORMAT] = WORD_EXTEND,
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
	};
	int wb = u_getIntPropertyValue(c, UCHAR_WORD_BREAK);

	if (is_white || c == 0x200b)
		return WORD_SPACE;
	if (c == '@')
		return WORD_LETTER;
	if (c == ':' || c == 0xfe55 || c == 0xff1a)
		return WORD_OTHER;
	if (c >= 0xff10 && c <= 0xff19)
		return WORD_NUMERIC;
	if (c >= 0xac00 && c <= 0xd7a3)
		return WORD_HANGUL;
	if (is_dictionary(c, wb))
		return WORD_DICTIONARY;
	return wb >= 0 && wb < (int)(sizeof of / sizeof *of) ? (enum word_class)of[wb]
							     : WORD_OTHER;
}

static enum sentence_class
sentence_class_of(UChar32 c)
{
	static const uint8_t of[] = {
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
	int sb = u_getIntPropertyValue(c, UCHAR_SENTENCE_BREAK);

	return sb >= 0 && sb < (int)(sizeof of / sizeof *of) ? (enum sentence_class)of[sb]
							     : SENTENCE_OTHER;
}

/* PUNCTUATION of datatrove 0.10.1, utils/text.py, beyond ASCII and control characters. */
static bool
is_listed_symbol(UChar32 c)
{
	static const uint16_t list[] = { 0xab, 0xb4, 0xbb, 0x2013, 0x2014, 0x2019, 0x201c,
		0x201d, 0x201e, 0x2026, 0x2236, 0x2501, 0x25ba, 0x3001, 0x3002, 0x3008,
		0x3009, 0x300a, 0x300b, 0x300c, 0x300d, 0x3010, 0x3011, 0xff01, 0xff05,
		0xff08, 0xff09, 0xff0c, 0xff0e, 0xff11, 0xff1a, 0xff1b, 0xff1f, 0xff5e };

	for (size_t i = 0; i < sizeof list / sizeof *list; i++)
		if (c == list[i])
			return true;
	return false;
}

/* TERMINAL_PUNCTUATION there: Sentence_Terminal, and Khmer signs that got it later. */
static bool
is_terminal(UChar32 c)
{
	return u_hasBinaryProperty(c, UCHAR_S_TERM) || (c >= 0x17d4 && c <= 0x17d6) ||
	       c == 0x17d9 || c == 0x17da;
}

/* Categories whose characters may have a property; check_unicode.c compares the result
 * with ICU for every code point. */
enum {
	/* White_Space */
	IN_SPACE = U_GC_Z_MASK | U_GC_CC_MASK,
	/* Uppercase or Lowercase; of Lo, only two Latin-1 signs */
	IN_CASE =
	    U_GC_LC_MASK | U_GC_LM_MASK | U_GC_MN_MASK | U_GC_NL_MASK | U_GC_SO_MASK,
	/* Sentence_Terminal */
	IN_TERMINAL = U_GC_P_MASK,
	/* Numeric_Type other than None; of Lo, only ideographs */
	IN_NUMBER = U_GC_N_MASK | U_GC_SO_MASK,
	/* Alphabetic: all of those in ALL_ALPHABETIC, and some of these */
	ALL_ALPHABETIC = U_GC_L_MASK | U_GC_NL_MASK,
	IN_ALPHABETIC = U_GC_M_MASK | U_GC_SO_MASK,
	/* Extended_Pictographic; it includes unassigned code points */
	IN_PICTOGRAPH = U_GC_LL_MASK | U_GC_S_MASK | U_GC_P_MASK | U_GC_CN_MASK,
};

/* Flags that are an ICU property. */
static uint32_t
properties_of(UChar32 c, uint32_t category)
{
	uint32_t flags = category & ALL_ALPHABETIC ? CHAR_ALPHABETIC : 0;

	if ((category & IN_CASE) || c < 0x100) {
		if (u_hasBinaryProperty(c, UCHAR_UPPERCASE))
			flags |= CHAR_UPPER;
		if ((category & U_GC_LT_MASK) || u_hasBinaryProperty(c, UCHAR_LOWERCASE))
			flags |= CHAR_LOWER;
	}
	if ((category & IN_ALPHABETIC) && u_hasBinaryProperty(c, UCHAR_ALPHABETIC))
		flags |= CHAR_ALPHABETIC;
	if ((category & IN_PICTOGRAPH) &&
	    u_hasBinaryProperty(c, UCHAR_EXTENDED_PICTOGRAPHIC))
		flags |= CHAR_PICTOGRAPH;
	return flags;
}

static uint32_t
flags_of(UChar32 c, uint32_t category)
{
	uint32_t flags = properties_of(c, category);
	bool ascii_sign =
	    c > 0x20 && c < 0x7f && !(category & (U_GC_L_MASK | U_GC_N_MASK));

	if (category & U_GC_L_MASK)
		flags |= CHAR_ALPHA;
	if (category & U_GC_ND_MASK)
		flags |= CHAR_DECIMAL;
	if ((c >= 0x0a && c <= 0x0d) || (c >= 0x1c && c <= 0x1e) || c == 0x85 ||
	    c == 0x2028 || c == 0x2029)
		flags |= CHAR_LINE_END;
	if (ascii_sign || is_listed_symbol(c) || (c < 0x20 && c != '\t' && c != '\n') ||
	    (c >= 0x7f && c < 0xa0))
		flags |= CHAR_SYMBOL;
	return flags;
}

/* All bits of c except CHAR_NUMBER. */
static uint32_t
bits_of(UChar32 c, uint32_t category)
{
	const bool is_white =
	    (category & IN_SPACE) && (u_isUWhiteSpace(c) || (c >= 0x1c && c <= 0x1f));
	const enum sentence_class class = sentence_class_of(c);
	uint32_t bits = (uint32_t)word_class_of(c, is_white) | (uint32_t) class << 4 |
			flags_of(c, category);

	if (is_white)
		bits |= CHAR_SPACE;
	if ((category & IN_TERMINAL) && is_terminal(c))
		bits |= CHAR_TERMINAL | CHAR_SYMBOL;
	return bits;
}

/*
 * Set the bits of code points from `from` below `limit`, which have one category.  In
 * long ranges (ideographs, syllables of Hangul and Yi) all of a block have the same bits,
 * except CHAR_NUMBER.  Ranges without bits stay untouched: they are most of the table.
 */
static UBool
fill_classes(const void *context, UChar32 from, UChar32 limit, UCharCategory category)
{
	enum { LONG = 1024, UNASSIGNED_LONG = 2048, BLOCK = 128 };
	const uint32_t mask = U_MASK(category);
	const bool is_long = limit - from >= LONG;
	uint32_t *table = *(uint32_t *const *)context, bits = 0;

	if (mask & (U_GC_CO_MASK | U_GC_CS_MASK))
		return 1;
	if (mask & U_GC_CN_MASK) {
		/* Only Extended_Pictographic has unassigned code points. */
		for (UChar32 c = from; limit - from < UNASSIGNED_LONG && c < limit; c++)
			if (u_hasBinaryProperty(c, UCHAR_EXTENDED_PICTOGRAPHIC))
				table[c] = CHAR_PICTOGRAPH;
		return 1;
	}
	for (UChar32 c = from; c < limit; c++) {
		if (!is_long || c == from || c % BLOCK == 0)
			bits = bits_of(c, mask);
		table[c] = bits;
		if (((mask & IN_NUMBER) || word_class(bits) == WORD_DICTIONARY) &&
		    u_getIntPropertyValue(c, UCHAR_NUMERIC_TYPE) != U_NT_NONE)
			table[c] |= CHAR_NUMBER;
	}
	return 1;
}

const uint32_t *
unicode_classes(void)
{
	static uint32_t *table;

	if (table)
		return table;
	table = xcalloc(0x110000, sizeof *table);
	u_enumCharTypes(fill_classes, &table);
	return table;
}

struct word_breaker {
	UBreakIterator *words;
	UChar text[2 * WORD_RUN_MAX];
};

struct word_breaker *
word_breaker_open(struct err *err)
{
	UErrorCode ec = U_ZERO_ERROR;
	struct word_breaker *b = xmalloc(sizeof *b);

	b->words = ubrk_open(UBRK_WORD, "", NULL, 0, &ec);
	if (U_FAILURE(ec)) {
		err_set(err, EXIT_SYSTEM,
		    "ICU has no word dictionaries: %s: install the ICU data",
		    u_errorName(ec));
		free(b);
		return NULL;
	}
	return b;
}

size_t
word_breaker_ends(struct word_breaker *b, struct span s, uint32_t *end)
{
	UErrorCode ec = U_ZERO_ERROR;
	int32_t n, from = 0, to;
	size_t k = 0, at = 0;

	u_strFromUTF8(b->text, 2 * WORD_RUN_MAX, &n, s.p, (int32_t)s.n, &ec);
	if (ec == U_STRING_NOT_TERMINATED_WARNING)
		ec = U_ZERO_ERROR;
	ubrk_setText(b->words, b->text, n, &ec);
	if (U_FAILURE(ec))
		icu_failed(ec);
	while ((to = ubrk_next(b->words)) != UBRK_DONE) {
		while (from < to)
			from += utf8_next(s, &at) >= 0x10000 ? 2 : 1;
		end[k++] = (uint32_t)at;
	}
	return k;
}

void
word_breaker_close(struct word_breaker *b)
{
	if (b)
		ubrk_close(b->words);
	free(b);
}

const char *
unicode_version(void)
{
	return U_ICU_VERSION;
}

/* The first character of c after normalisation by n. */
static uint32_t
first_of(const UNormalizer2 *n, uint32_t c)
{
	UErrorCode ec = U_ZERO_ERROR;
	UChar in[2], out[32];
	int32_t k = 0, m;

	U16_APPEND_UNSAFE(in, k, c);
	m = unorm2_normalize(n, in, k, out, 32, &ec);
	if (U_FAILURE(ec) || m == 0)
		return c;
	return U16_IS_LEAD(out[0]) ? (uint32_t)U16_GET_SUPPLEMENTARY(out[0], out[1])
				   : out[0];
}

uint32_t
unicode_letter(uint32_t c)
{
	UErrorCode ec = U_ZERO_ERROR;

	if (!(U_GET_GC_MASK((UChar32)c) & (U_GC_L_MASK | U_GC_M_MASK)))
		return 0;
	return first_of(unorm2_getNFCInstance(&ec), (uint32_t)u_tolower((UChar32)c));
}

uint32_t
unicode_base(uint32_t c)
{
	UErrorCode ec = U_ZERO_ERROR;

	return first_of(unorm2_getNFDInstance(&ec), c);
}

unsigned
unicode_script(uint32_t c)
{
	UErrorCode ec = U_ZERO_ERROR;
	const UScriptCode s = uscript_getScript((UChar32)c, &ec);

	return s <= USCRIPT_INHERITED || (unsigned)s >= UNICODE_SCRIPTS ? 0 : (unsigned)s;
}

bool
unicode_inherits_script(uint32_t c)
{
	UErrorCode ec = U_ZERO_ERROR;

	return uscript_getScript((UChar32)c, &ec) == USCRIPT_INHERITED;
}

const char *
unicode_script_name(unsigned script)
{
	return uscript_getShortName((UScriptCode)script);
}

void
unicode_language(char *code)
{
	UErrorCode ec = U_ZERO_ERROR;
	char shorter[4];

	if (strlen(code) == 3 && uloc_getLanguage(code, shorter, 4, &ec) == 2 &&
	    U_SUCCESS(ec))
		memcpy(code, shorter, 3);
}
