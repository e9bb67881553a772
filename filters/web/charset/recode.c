/*
 * recode.c - choose the charset of a text and convert it to UTF-8.
 *
 * Browsers trust labels.  Here, valid UTF-8 wins over any label, and a label must give
 * the letters of some language, or it loses to another one or to the detector.
 */
#include "filters/web/charset/recode.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "filters/web/charset/charset_detect.h"
#include "filters/web/charset/charset_fixes.h"
#include "lib/base/chars.h"
#include "lib/text/utf8.h"

enum { LABEL_MAX = 40 };

/*
 * The labels of the WHATWG Encoding Standard (4.2), each between blanks, and ICU's name
 * of the charset that they mean.  ICU accepts many more names, which would garble pages
 * whose authors guessed.  Omitted are the labels of the standard's "replacement"
 * encoding, and labels of UTF-16 except utf-16, utf-16le and utf-16be.  Charsets without
 * labels of the standard are for the detector.
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
	{ "iso-2022-kr", "" },
	{ "utf-32le", "" },
	{ "utf-32be", "" },
	{ "ibm-850", "" },
	{ "ibm-852", "" },
	{ "ibm-855", "" },
	{ "x-mac-centraleurroman", "" },
};

enum { UTF8, UTF16BE, UTF16LE, NCHARSETS = sizeof charsets / sizeof *charsets };

/*
 * Labels that pages have and the standard lacks, written without '-', '_', '.' and
 * blanks, in lower case.
 */
static const struct {
	const char *slip, *icu;
} slips[] = {
	{ "utf8mb3", "utf-8" },
	{ "utf8mb4", "utf-8" },
	{ "utf", "utf-8" },
	{ "win1250", "windows-1250" },
	{ "win1251", "windows-1251" },
	{ "win1252", "windows-1252" },
	{ "win1253", "windows-1253" },
	{ "win1254", "windows-1254" },
	{ "win1255", "windows-1255" },
	{ "win1256", "windows-1256" },
	{ "win1257", "windows-1257" },
	{ "win1258", "windows-1258" },
	{ "ansi", "windows-1252" },
	{ "western", "windows-1252" },
	{ "isolatin1", "windows-1252" },
	{ "latin9", "iso-8859-15" },
	{ "iso885910", "iso-8859-10" },
	{ "cp874", "windows-874" },
	{ "tis620", "windows-874" },
	{ "cp936", "gb18030" },
	{ "ms936", "gb18030" },
	{ "euccn", "gb18030" },
	{ "cp950", "big5-hkscs" },
	{ "cp932", "windows-31j" },
	{ "ms932", "windows-31j" },
	{ "sjiswin", "windows-31j" },
	{ "eucjpwin", "euc-jp" },
	{ "ujis", "euc-jp" },
	{ "cp949", "windows-949" },
	{ "ms949", "windows-949" },
	{ "uhc", "windows-949" },
	{ "cp850", "ibm-850" },
	{ "ibm850", "ibm-850" },
	{ "cp852", "ibm-852" },
	{ "ibm852", "ibm-852" },
	{ "cp855", "ibm-855" },
	{ "ibm855", "ibm-855" },
	{ "xmacce", "x-mac-centraleurroman" },
};

struct recoder {
	struct charset *open[NCHARSETS]; /* NULL: not opened yet, which is slow */
	struct charset_model *model;	 /* NULL until a charset is detected */
	struct charset_detector *detector;
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
	charset_detector_free(r->detector);
	charset_model_free(r->model);
	buf_free(&r->buf);
	free(r);
}

static size_t
charset_of(const char *icu)
{
	size_t i = 0;

	while (i < NCHARSETS && strcmp(charsets[i].icu, icu) != 0)
		i++;
	return i;
}

static bool
in_label(char c)
{
	return is_digit(c) || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z') ||
	       strchr("-_.:+", c);
}

/* The token in a label: what is left without blanks, quotation marks and trailing junk.
 */
static struct span
label_token(struct span s)
{
	size_t n = 0;

	while (s.n > 0 && (is_space(*s.p) || strchr("\"'`;=:", *s.p)))
		s = span_from(s, 1);
	while (n < s.n && s.p[n] && in_label(s.p[n]))
		n++;
	return (struct span){ s.p, n };
}

/* Write a label to `to` in lower case without punctuation. */
static void
squeeze(struct span label, char to[LABEL_MAX + 1])
{
	size_t n = 0;

	for (size_t i = 0; i < label.n && n < LABEL_MAX; i++)
		if (!strchr("-_.: ", label.p[i]))
			to[n++] = ascii_lower(label.p[i]);
	to[n] = '\0';
}

/* Whether a list of labels between blanks has one that squeezes to `label`. */
static bool
has_squeezed(const char *labels, const char *label)
{
	while (*labels) {
		const size_t n = strcspn(labels, " ");
		char one[LABEL_MAX + 1];

		squeeze((struct span){ labels, n }, one);
		if (n > 0 && strcmp(one, label) == 0)
			return true;
		labels += n + (labels[n] == ' ');
	}
	return false;
}

/* The index in charsets[] of a label that only differs from one by its punctuation, or is
 * a known slip. */
static size_t
find_slip(struct span name)
{
	char label[LABEL_MAX + 1];
	size_t i;

	squeeze(name, label);
	for (i = 0; i < sizeof slips / sizeof *slips; i++)
		if (strcmp(label, slips[i].slip) == 0)
			return charset_of(slips[i].icu);
	for (i = 0; i < NCHARSETS && !has_squeezed(charsets[i].labels, label); i++)
		;
	return i;
}

/* The index in charsets[] of a label; NCHARSETS: unknown. */
static size_t
find_charset(struct span name)
{
	char label[LABEL_MAX + 3];
	size_t i;

	name = label_token(name);
	if (name.n == 0 || name.n > LABEL_MAX)
		return NCHARSETS;
	label[0] = ' ';
	for (i = 0; i < name.n; i++)
		label[i + 1] = ascii_lower(name.p[i]);
	label[i + 1] = ' ';
	label[i + 2] = '\0';
	for (i = 0; i < NCHARSETS && !strstr(charsets[i].labels, label); i++)
		;
	return i < NCHARSETS ? i : find_slip(name);
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

/* The converter of a charset, opened at its first use; NULL: ICU lacks it. */
static struct charset *
charset_at(struct recoder *r, size_t which)
{
	const char *icu = charsets[which].icu;
	const struct charset_fixes *fixes = charset_fixes_of(icu);

	if (!r->open[which])
		r->open[which] =
		    charset_open(fixes && fixes->icu ? fixes->icu : icu, fixes);
	return r->open[which];
}

static bool
convert(struct recoder *r, struct span bytes, size_t which, struct recoded *out)
{
	struct charset *c = charset_at(r, which);

	if (!c)
		return false;
	charset_to_utf8(c, bytes, &r->buf);
	out->text = buf_span(&r->buf);
	out->converted = true;
	return true;
}

/* Begin a conversion: handle a byte order mark, which is removed from *bytes.  Returns
 * whether it decides the charset and the text is done. */
static bool
begin(struct recoder *r, struct span *bytes, struct recoded *out)
{
	r->buf.n = 0;
	*out = (struct recoded){ .text = *bytes };
	if (span_starts(*bytes, SPAN("\xEF\xBB\xBF"))) {
		*bytes = out->text = span_from(*bytes, 3);
		out->source = CHARSET_BOM;
		return false;
	}
	out->source = CHARSET_BOM;
	/* A text of UTF-16 does not begin with a NUL. */
	if ((span_starts(*bytes, SPAN("\xFF\xFE\0\0")) &&
		convert(r, span_from(*bytes, 4), charset_of("utf-32le"), out)) ||
	    (span_starts(*bytes, SPAN("\xFE\xFF")) &&
		convert(r, span_from(*bytes, 2), UTF16BE, out)) ||
	    (span_starts(*bytes, SPAN("\xFF\xFE")) &&
		convert(r, span_from(*bytes, 2), UTF16LE, out)))
		return true;
	out->source = CHARSET_UTF8;
	return false;
}

/* Repair a text as UTF-8. */
static void
repair(struct recoder *r, struct span bytes, struct recoded *out)
{
	r->buf.n = 0;
	out->repaired = utf8_repair(&r->buf, bytes);
	out->text = buf_span(&r->buf);
}

void
recode(struct recoder *r, struct span bytes, const struct span *names, size_t n,
    struct recoded *out)
{
	if (begin(r, &bytes, out))
		return;
	if (out->source == CHARSET_BOM)
		n = 0;
	/* ISO-2022-JP consists of ASCII bytes and escapes, so it is valid UTF-8. */
	if (utf8_valid(bytes) &&
	    (n == 0 || !memchr(bytes.p, '\x1B', bytes.n) || !is_ascii(bytes)))
		return;
	for (size_t i = 0; i < n; i++) {
		const size_t which = find_charset(names[i]);

		if (which == UTF8)
			break;
		if (which < NCHARSETS && convert(r, bytes, which, out)) {
			out->source = i == 0 ? CHARSET_META : CHARSET_OPTION;
			return;
		}
	}
	repair(r, bytes, out);
}

static bool
decode(void *context, const char *icu, struct span bytes, struct buf *out)
{
	struct charset *c = charset_at(context, charset_of(icu));

	if (c)
		charset_to_utf8(c, bytes, out);
	return c != NULL;
}

static struct charset_detector *
detector_of(struct recoder *r)
{
	if (!r->detector) {
		r->model = charset_model_new();
		r->detector = charset_detector_new(r->model, decode, r);
	}
	return r->detector;
}

/* Bytes that show whether a text is UTF-8 with some damage. */
enum { DAMAGE_PROBE = 8192 };

/* Whether a text, which is not valid UTF-8, has more than `times` as many well-formed
 * characters outside ASCII as ill-formed sequences. */
static bool
is_damaged_utf8(struct recoder *r, struct span bytes, uint64_t times)
{
	const size_t error = utf8_error(bytes),
		     from = error > DAMAGE_PROBE / 2 ? error - DAMAGE_PROBE / 2 : 0;
	uint64_t leads = 0, bad;

	bytes = span_from(bytes, from);
	if (bytes.n > DAMAGE_PROBE)
		bytes.n = DAMAGE_PROBE;
	r->buf.n = 0;
	bad = utf8_repair(&r->buf, bytes);
	for (size_t i = 0; i < r->buf.n; i++)
		leads += (unsigned char)r->buf.p[i] >= 0xC0;
	r->buf.n = 0;
	return leads - bad > times * bad;
}

/* The charsets that a text claims to be in. */
struct labels {
	size_t which[CLAIMS_MAX];
	enum charset_source source[CLAIMS_MAX];
	size_t n;
	bool utf8; /* one of them is UTF-8, and not among these */
};

static void
add_label(struct labels *l, struct span name, enum charset_source source)
{
	const size_t which = find_charset(name);

	if (which == NCHARSETS)
		return;
	if (which == UTF8) {
		l->utf8 = true;
		return;
	}
	if (l->n == 1 && l->which[0] == which)
		return;
	l->which[l->n] = which;
	l->source[l->n++] = source;
}

/* How much more improbable than the best a label may make a text, in bits.  Labels are
 * right more often than not, except a default of servers. */
static double
slack(size_t which, size_t pairs)
{
	return which == charset_of("windows-1252") ? 15 + .4 * (double)pairs
						   : 20 + .6 * (double)pairs;
}

/* The plausible one of the labels, or l->n.  The first counts, unless the second one
 * makes the text much more probable. */
static size_t
plausible(const struct labels *l, const struct charset_guess *g)
{
	static const double MUCH = 10;
	size_t best = l->n;

	for (size_t i = 0; i < l->n; i++)
		if (g->claim[i] <= g->bits + slack(l->which[i], g->pairs) &&
		    (best == l->n || g->claim[i] + MUCH < g->claim[best]))
			best = i;
	return best;
}

/* Convert a text in which some bytes are not UTF-8. */
static void
recode_other(struct recoder *r, struct span bytes, const struct charset_hints *hints,
    const struct labels *l, struct recoded *out)
{
	struct charset_claims claims = { .n = l->n };
	struct charset_guess guess;
	size_t label, which = NCHARSETS;

	for (size_t i = 0; i < l->n; i++)
		claims.icu[i] = charsets[l->which[i]].icu;
	charset_detect(detector_of(r), bytes, hints->tags, &claims, &guess);
	label = plausible(l, &guess);
	if (label < l->n) {
		out->source = l->source[label];
		which = l->which[label];
	} else if (hints->option && l->n == 0 && (!l->utf8 || !guess.icu)) {
		out->source = CHARSET_OPTION;
		which = find_charset(span_of(hints->option));
	} else if (guess.icu) {
		out->source = CHARSET_DETECTED;
		which = charset_of(guess.icu);
	} else if (l->n > 0) {
		out->source = l->source[0];
		which = l->which[0];
	}
	out->lost = which == NCHARSETS || !convert(r, bytes, which, out);
	if (out->lost)
		repair(r, bytes, out);
}

/* The charset that the form of a text shows, as NULs show UTF-16; NCHARSETS: none. */
static size_t
by_form(struct recoder *r, struct span bytes)
{
	enum { NUL_PROBE = 4096 };
	const size_t n = bytes.n < NUL_PROBE ? bytes.n : NUL_PROBE;
	const char *icu = NULL;

	if (n > 0 && (memchr(bytes.p, '\0', n) || memchr(bytes.p, '\x1B', bytes.n)))
		icu = charset_by_form(detector_of(r), bytes);
	return icu ? charset_of(icu) : NCHARSETS;
}

void
recode_guess(struct recoder *r, struct span bytes, const struct charset_hints *hints,
    struct recoded *out)
{
	struct labels labels = { .n = 0 };
	size_t which;
	bool valid;

	if (begin(r, &bytes, out))
		return;
	valid = utf8_valid(bytes);
	if (out->source == CHARSET_BOM && valid)
		return;
	which = by_form(r, bytes);
	if (which < NCHARSETS && convert(r, bytes, which, out)) {
		out->source = CHARSET_DETECTED;
		return;
	}
	if (valid)
		return;
	add_label(&labels, hints->http, CHARSET_HTTP);
	if (hints->declared)
		add_label(&labels, hints->declared(bytes), CHARSET_META);
	if (out->source == CHARSET_BOM || is_damaged_utf8(r, bytes, labels.n ? 8 : 1))
		repair(r, bytes, out);
	else
		recode_other(r, bytes, hints, &labels, out);
}

static uint64_t
count_lost(struct span s)
{
	const char *p = s.p, *end = s.p + s.n;
	uint64_t n = 0;

	for (; (p = memchr(p, '\xEF', (size_t)(end - p))); p++)
		n += span_starts(
		    (struct span){ p, (size_t)(end - p) }, SPAN("\xEF\xBF\xBD"));
	return n;
}

bool
recoded_is_lossy(const struct recoded *text)
{
	/* A converter writes U+FFFD without counting it. */
	return text->repaired > 0 || (text->converted && count_lost(text->text) > 0);
}

double
recoded_lost_share(struct span text)
{
	enum { FEW = 10 };
	const uint64_t lost = text.n > 0 ? count_lost(text) : 0;
	uint64_t characters = 0;

	if (lost < FEW)
		return 0;
	for (size_t i = 0; i < text.n; i++)
		characters += ((unsigned char)text.p[i] & 0xC0) != 0x80;
	return (double)lost / (double)characters;
}
