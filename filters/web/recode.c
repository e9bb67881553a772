/* recode.c - choose a charset as browsers do, except that valid UTF-8 wins over any
 * label.
 */
#include "filters/web/recode.h"

#include <stdlib.h>
#include <string.h>

#include "filters/web/charset_fixes.h"
#include "lib/base/chars.h"
#include "lib/text/utf8.h"

enum { LABEL_MAX = 40 };

/*
 * The labels of the WHATWG Encoding Standard (4.2), each between blanks, and ICU's name
 * of the charset that they mean.  ICU accepts many more names, which would garble pages
 * whose authors guessed.  Omitted are the labels of the standard's "replacement"
 * encoding, and labels of UTF-16 except utf-16, utf-16le and utf-16be.
 */
static const struct {
	const char *icu, *labels;
} charsets[] = {
	{ "utf-8", " unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 "
		   "x-unicode20utf8 " },
	{ "utf-16be", " utf-16be " },
	{ "utf-16le", " utf-16 utf-16le " },
	{ "ibm866", " 866 cp866 csibm866 ibm866 " },
	{ "iso-8859-2",
	    " csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 "
	    "iso_8859-2:1987 l2 latin2 " },
	{ "iso-8859-3",
	    " csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 "
	    "iso_8859-3:1988 l3 latin3 " },
	{ "iso-8859-4",
	    " csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 "
	    "iso_8859-4:1988 l4 latin4 " },
	{ "iso-8859-5", " csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 "
			"iso88595 iso_8859-5 iso_8859-5:1988 " },
	{ "iso-8859-6", " arabic asmo-708 csiso88596e csiso88596i csisolatinarabic "
			"ecma-114 iso-8859-6 iso-8859-6-e iso-8859-6-i iso-ir-127 "
			"iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987 " },
	{ "iso-8859-7", " csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 "
			"iso-ir-126 iso8859-7 iso88597 iso_8859-7 iso_8859-7:1987 "
			"sun_eu_greek " },
	{ "iso-8859-8", " csiso88598e csiso88598i csisolatinhebrew hebrew iso-8859-8 "
			"iso-8859-8-e iso-8859-8-i iso-ir-138 iso8859-8 iso88598 "
			"iso_8859-8 iso_8859-8:1988 logical visual " },
	{ "iso-8859-10", " csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 "
			 "latin6 " },
	{ "iso-8859-13", " iso-8859-13 iso8859-13 iso885913 " },
	{ "iso-8859-14", " iso-8859-14 iso8859-14 iso885914 " },
	{ "iso-8859-15",
	    " csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9 " },
	{ "iso-8859-16", " iso-8859-16 " },
	{ "koi8-r", " cskoi8r koi koi8 koi8-r koi8_r " },
	{ "koi8-u", " koi8-ru koi8-u " },
	{ "macintosh", " csmacintosh mac macintosh x-mac-roman " },
	{ "x-mac-cyrillic", " x-mac-cyrillic x-mac-ukrainian " },
	{ "windows-874",
	    " dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874 " },
	{ "windows-1250", " cp1250 windows-1250 x-cp1250 " },
	{ "windows-1251", " cp1251 windows-1251 x-cp1251 " },
	/* In a <meta>, x-user-defined means windows-1252, by the HTML standard. */
	{ "windows-1252", " ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 "
			  "iso-8859-1 iso-ir-100 iso8859-1 iso88591 iso_8859-1 "
			  "iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252 "
			  "x-user-defined " },
	{ "windows-1253", " cp1253 windows-1253 x-cp1253 " },
	{ "windows-1254", " cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 "
			  "iso_8859-9 iso_8859-9:1989 l5 latin5 windows-1254 x-cp1254 " },
	{ "windows-1255", " cp1255 windows-1255 x-cp1255 " },
	{ "windows-1256", " cp1256 windows-1256 x-cp1256 " },
	{ "windows-1257", " cp1257 windows-1257 x-cp1257 " },
	{ "windows-1258", " cp1258 windows-1258 x-cp1258 " },
	{ "gb18030",
	    " chinese csgb2312 csiso58gb231280 gb18030 gb2312 gb_2312 gb_2312-80 "
	    "gbk iso-ir-58 x-gbk " },
	{ "big5-hkscs", " big5 big5-hkscs cn-big5 csbig5 x-x-big5 " },
	{ "euc-jp", " cseucpkdfmtjapanese euc-jp x-euc-jp " },
	{ "iso-2022-jp", " csiso2022jp iso-2022-jp " },
	{ "windows-31j",
	    " csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j "
	    "x-sjis " },
	{ "windows-949", " cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 "
			 "ks_c_5601-1989 ksc5601 ksc_5601 windows-949 " },
};

enum { UTF8, UTF16BE, UTF16LE, NCHARSETS = sizeof charsets / sizeof *charsets };

struct recoder {
	struct charset *open[NCHARSETS]; /* NULL: not opened yet, which is slow */
	struct buf buf;
};

struct recoder *
recoder_new(void)
{
	struct recoder *r = xcalloc(1, sizeof *r);

	/* An empty span must not have a null pointer. */
	buf_reserve(&r->buf, 1);
	return r;
}

void
recoder_free(struct recoder *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < NCHARSETS; i++)
		charset_close(r->open[i]);
	buf_free(&r->buf);
	free(r);
}

/* The index in charsets[] of a label; NCHARSETS: unknown. */
static size_t
find_charset(struct span name)
{
	char label[LABEL_MAX + 3];
	size_t i;

	while (name.n > 0 && is_space(*name.p))
		name = span_from(name, 1);
	while (name.n > 0 && is_space(name.p[name.n - 1]))
		name.n--;
	if (name.n == 0 || name.n > LABEL_MAX)
		return NCHARSETS;
	label[0] = ' ';
	for (i = 0; i < name.n; i++) {
		const char c = name.p[i];

		if (c <= ' ' || c > '~')
			return NCHARSETS;
		label[i + 1] = ascii_lower(c);
	}
	label[i + 1] = ' ';
	label[i + 2] = '\0';
	for (i = 0; i < NCHARSETS && !strstr(charsets[i].labels, label); i++)
		;
	return i;
}

bool
recoder_knows(struct span label)
{
	return find_charset(label) < NCHARSETS;
}

static bool
is_ascii(struct span s)
{
	unsigned char any = 0;

	for (size_t i = 0; i < s.n; i++)
		any |= (unsigned char)s.p[i];
	return any < 0x80;
}

static bool
convert(struct recoder *r, struct span bytes, size_t which, struct recoded *out)
{
	const char *icu = charsets[which].icu;
	const struct charset_fixes *fixes = charset_fixes_of(icu);

	if (!r->open[which])
		r->open[which] =
		    charset_open(fixes && fixes->icu ? fixes->icu : icu, fixes);
	if (!r->open[which])
		return false;
	charset_to_utf8(r->open[which], bytes, &r->buf);
	out->text = buf_span(&r->buf);
	out->converted = true;
	return true;
}

void
recode(struct recoder *r, struct span bytes, const struct span *names, size_t n,
    struct recoded *out)
{
	r->buf.n = 0;
	*out = (struct recoded){ .text = bytes };
	if (span_starts(bytes, SPAN("\xEF\xBB\xBF"))) {
		bytes = out->text = span_from(bytes, 3);
		n = 0;
	} else if (span_starts(bytes, SPAN("\xFE\xFF"))) {
		if (convert(r, span_from(bytes, 2), UTF16BE, out))
			return;
	} else if (span_starts(bytes, SPAN("\xFF\xFE"))) {
		if (convert(r, span_from(bytes, 2), UTF16LE, out))
			return;
	}
	/* ISO-2022-JP consists of ASCII bytes and escapes, so it is valid UTF-8. */
	if (utf8_valid(bytes) &&
	    (n == 0 || !memchr(bytes.p, '\x1B', bytes.n) || !is_ascii(bytes)))
		return;
	for (size_t i = 0; i < n; i++) {
		const size_t which = find_charset(names[i]);

		if (which == UTF8)
			break;
		if (which < NCHARSETS && convert(r, bytes, which, out))
			return;
	}
	out->repaired = utf8_repair(&r->buf, bytes);
	out->text = buf_span(&r->buf);
}

bool
recoded_is_lossy(const struct recoded *text)
{
	const char *p = text->text.p, *end = p + text->text.n;

	/* A converter writes U+FFFD without counting it. */
	for (; text->converted && (p = memchr(p, '\xEF', (size_t)(end - p))); p++)
		if (span_starts(
			(struct span){ p, (size_t)(end - p) }, SPAN("\xEF\xBF\xBD")))
			return true;
	return text->repaired > 0;
}

bool
recoded_is_mostly_utf8(const struct recoded *text)
{
	uint64_t leads = 0;

	for (size_t i = 0; i < text->text.n; i++)
		leads += (unsigned char)text->text.p[i] >= 0xC0;
	return !text->converted && leads > 2 * text->repaired;
}

bool
can_be_western(struct span bytes)
{
	enum { ONE_IN = 10 }; /* may be adjacent */
	uint64_t outside = 0, adjacent = 0;
	bool before = false;

	for (size_t i = 0; i < bytes.n; i++) {
		const bool high = (unsigned char)bytes.p[i] >= 0x80;

		outside += high;
		adjacent += high && before;
		before = high;
	}
	return ONE_IN * adjacent <= outside;
}
