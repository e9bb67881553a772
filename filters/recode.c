/* recode.c - choose a charset as browsers do, but trust valid UTF-8 more than any claim.
 */
#include "filters/recode.h"

#include <stdlib.h>

#include "lib/unicode.h"

enum { NAME_MAX_LEN = 40, CACHE = 8 };

struct cached {
	char name[NAME_MAX_LEN + 1];
	struct charset *charset; /* NULL: no such charset */
};

struct recoder {
	struct cached cache[CACHE];
	size_t n, oldest;
	struct buf buf;
};

struct recoder *
recoder_new(void)
{
	struct recoder *d = xcalloc(1, sizeof *d);

	/* So that a span of nothing points somewhere, too. */
	buf_reserve(&d->buf, 1);
	return d;
}

void
recoder_free(struct recoder *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->n; i++)
		charset_close(d->cache[i].charset);
	buf_free(&d->buf);
	free(d);
}

/*
 * Whether browsers know the name: the families of labels of the WHATWG Encoding Standard,
 * 4.2.  ICU knows many more, some of which turn any page into nonsense.
 */
static bool
is_web_charset(struct span name)
{
	static const char *const families[] = { "utf-8", "utf8", "utf-16", "iso-8859",
		"iso8859", "iso_8859", "iso88", "latin", "l1", "l2", "l3", "l4", "l5",
		"l6", "windows-12", "windows-874", "windows-31j", "windows-949",
		"x-cp125", "cp125", "cp866", "866", "ibm866", "ibm819", "cp819", "koi",
		"cskoi8", "macintosh", "mac", "x-mac", "gb", "x-gbk", "csgb", "chinese",
		"big5", "cn-big5", "csbig5", "x-x-big5", "euc-jp", "x-euc-jp", "cseuc",
		"iso-2022-jp", "csiso", "shift", "sjis", "x-sjis", "ms_kanji", "ms932",
		"csshiftjis", "euc-kr", "ks_c", "ksc", "korean", "tis-620", "dos-874",
		"us-ascii", "ascii", "ansi_x3", "arabic", "hebrew", "greek", "cyrillic",
		"asmo-708", "ecma-11", "elot_928", "logical", "visual" };

	for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
		const struct span f = span_of(families[i]);
		size_t k = 0;

		while (k < f.n && k < name.n && (name.p[k] | 0x20) == (f.p[k] | 0x20))
			k++;
		if (k == f.n)
			return !memchr(name.p, ',', name.n);
	}
	return false;
}

/* The converter of this name; NULL: unknown.  Opening one is slow, so a few are kept. */
static struct charset *
find_charset(struct recoder *d, struct span name)
{
	struct cached *c;

	if (name.n == 0 || name.n > NAME_MAX_LEN || memchr(name.p, '\0', name.n) ||
	    !is_web_charset(name))
		return NULL;
	for (size_t i = 0; i < d->n; i++) {
		if (span_eq(span_of(d->cache[i].name), name))
			return d->cache[i].charset;
	}
	if (d->n < CACHE) {
		c = &d->cache[d->n++];
	} else {
		c = &d->cache[d->oldest];
		d->oldest = (d->oldest + 1) % CACHE;
		charset_close(c->charset);
	}
	memcpy(c->name, name.p, name.n);
	c->name[name.n] = '\0';
	c->charset = charset_open(c->name);
	return c->charset;
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
convert(struct recoder *d, struct span bytes, struct span name, struct recoded *out)
{
	struct charset *c = find_charset(d, name);

	if (!c)
		return false;
	charset_to_utf8(c, bytes, &d->buf);
	out->text = buf_span(&d->buf);
	out->converted = true;
	return true;
}

void
recode(struct recoder *d, struct span bytes, const struct span *names, size_t n,
    struct recoded *out)
{
	d->buf.n = 0;
	*out = (struct recoded){ .text = bytes };
	if (span_starts(bytes, SPAN("\xEF\xBB\xBF"))) {
		bytes = out->text = span_from(bytes, 3);
		n = 0;
	} else if (span_starts(bytes, SPAN("\xFE\xFF"))) {
		if (convert(d, span_from(bytes, 2), SPAN("utf-16be"), out))
			return;
	} else if (span_starts(bytes, SPAN("\xFF\xFE"))) {
		if (convert(d, span_from(bytes, 2), SPAN("utf-16le"), out))
			return;
	}
	/* ISO-2022-JP and its like write all they have in ASCII, behind escapes. */
	if (utf8_valid(bytes) &&
	    (n == 0 || !memchr(bytes.p, '\x1B', bytes.n) || !is_ascii(bytes)))
		return;
	for (size_t i = 0; i < n; i++) {
		if (convert(d, bytes, names[i], out))
			return;
	}
	out->mended = utf8_mend(&d->buf, bytes);
	out->text = buf_span(&d->buf);
}
