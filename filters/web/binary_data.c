/* binary_data.c - recognize data that is not text by magic numbers (WHATWG MIME Sniffing,
 * and the registrations of the formats) and control characters. */
#include "filters/web/binary_data.h"

#include "filters/web/html/byte_scan.h"
#include "filters/web/page/html_page.h"

/* Bytes at the beginning that show whether a text is binary data. */
enum { BINARY_PROBE = 8192 };

struct magic_number {
	size_t at;
	struct span bytes;
};

#define AT(at, bytes)                                                                    \
	{                                                                                \
		at,                                                                      \
		{                                                                        \
			(bytes), sizeof(bytes) - 1                                       \
		}                                                                        \
	}

static const struct magic_number numbers[] = {
	/* images */
	AT(0, "\x89PNG\r\n\x1A\n"),
	AT(0, "GIF87a"),
	AT(0, "GIF89a"),
	AT(0, "\xFF\xD8\xFF"), /* JPEG */
	AT(0, "II*\0"),	       /* TIFF */
	AT(0, "MM\0*"),
	AT(0, "8BPS\0\1"), /* Photoshop */
	AT(0, "\0\0\1\0"), /* icons and cursors */
	AT(0, "\0\0\2\0"),
	AT(0, "\0\0\0\x0CJXL \r\n\x87\n"),
	AT(0, "\0\0\0\x0CjP  \r\n\x87\n"),
	AT(0, "AT&TFORM"), /* DjVu */
	/* sound and video */
	AT(4, "ftyp"), /* MP4, HEIF, AVIF */
	AT(0, "OggS\0"),
	AT(0, "fLaC\0"),
	AT(0, "ID3\2"),
	AT(0, "ID3\3"),
	AT(0, "ID3\4"),
	AT(0, "MThd\0\0\0\6"),
	AT(0, "FLV\1"),
	AT(0, "\x1A\x45\xDF\xA3"), /* Matroska, WebM */
	AT(0, "\0\0\1\xBA"),	   /* MPEG */
	AT(0, "\0\0\1\xB3"),
	AT(0, "\x30\x26\xB2\x75\x8E\x66\xCF\x11"), /* Windows Media */
	AT(0, ".RMF\0\0\0"),
	/* documents */
	AT(0, "%PDF-"),
	AT(0, "%!PS-Adobe-"),
	AT(0, "{\\rtf1"),
	AT(0, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), /* Microsoft Office before 2007 */
	AT(0, "ITSF\3\0\0\0"),			   /* Compiled HTML Help */
	AT(60, "BOOKMOBI"),
	/* fonts */
	AT(0, "wOFF"),
	AT(0, "wOF2"),
	AT(0, "OTTO\0"),
	AT(0, "true\0"),
	AT(0, "ttcf\0"),
	AT(0, "\0\1\0\0"),
	/* archives and compressed data */
	AT(0, "PK\3\4"), /* zip, Java, OpenDocument, Office since 2007, EPUB */
	AT(0, "PK\5\6"),
	AT(0, "\x1F\x8B\x08"),
	AT(0, "\x1F\x9D\x90"),
	AT(0, "\x28\xB5\x2F\xFD"),
	AT(0, "\xFD\x37zXZ\0"),
	AT(4, "1AY&SY"), /* bzip2 */
	AT(0, "7z\xBC\xAF\x27\x1C"),
	AT(0, "Rar!\x1A\7"),
	AT(0, "MSCF\0\0\0\0"),
	AT(0, "\x04\x22\x4D\x18"),
	AT(0, "\xFF\x06\0\0sNaPpY"),
	AT(0, "\xED\xAB\xEE\xDB"), /* RPM */
	AT(0, "!<arch>\ndebian"),
	AT(257, "ustar"),
	/* programs and data */
	AT(0, "\x7F"
	      "ELF"),
	AT(0, "MZ\x90\0"),
	AT(0, "\xCA\xFE\xBA\xBE"),
	AT(0, "\xCF\xFA\xED\xFE"),
	AT(0, "\xCE\xFA\xED\xFE"),
	AT(0, "\0asm"),
	AT(0, "CWS\x0A"), /* Flash 10 */
	AT(0, "SQLite format 3\0"),
	AT(0, "PAR1\x15"),
	AT(0, "\x93NUMPY"),
	AT(0, "\x89HDF\r\n\x1A\n"),
	/* what Git LFS leaves in the place of a file */
	AT(0, "version https://git-lfs.github.com/spec/"),
};

/* RIFF and IFF files hold their type after a length of four bytes. */
static bool
is_chunk_file(struct span s)
{
	static const struct {
		const char *container, *type;
	} rows[] = { { "RIFF", "WEBP" }, { "RIFF", "WAVE" }, { "RIFF", "AVI " },
		{ "FORM", "AIFF" }, { "FORM", "AIFC" } };

	for (size_t i = 0; s.n >= 12 && i < sizeof rows / sizeof *rows; i++)
		if (memcmp(s.p, rows[i].container, 4) == 0 &&
		    memcmp(s.p + 8, rows[i].type, 4) == 0)
			return true;
	return false;
}

/* Whether a file is an image, a video, sound, a font, an archive, an office document, a
 * program or the like. */
static bool
has_binary_magic(struct span start)
{
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		const struct magic_number *m = &numbers[i];

		if (start.n >= m->at && span_starts(span_from(start, m->at), m->bytes))
			return true;
	}
	return is_chunk_file(start);
}

static struct span
beginning(struct span text)
{
	return (struct span){ text.p, text.n < BINARY_PROBE ? text.n : BINARY_PROBE };
}

/* The number of binary data bytes of WHATWG MIME Sniffing, 3: the controls except white
 * space and ESC, which begins the escapes of ISO 2022. */
static size_t
count_controls(struct span start)
{
	const char *p = start.p, *const end = p + start.n;
	size_t controls;

	scan_visible(start.p, start.n, &controls);
	if (controls == 0)
		return 0;
	while ((p = memchr(p, 0x1B, (size_t)(end - p)))) {
		controls--;
		p++;
	}
	return controls;
}

bool
text_has_controls(struct span text)
{
	text = beginning(text);
	return count_controls(text) * 64 > text.n;
}

bool
text_is_binary(struct span bytes, struct span text)
{
	text = beginning(text);
	return has_binary_magic(bytes) || (text.n > 0 && memchr(text.p, '\0', text.n));
}

bool
page_is_binary(struct span bytes, const struct recoded *page)
{
	const struct span start = beginning(page->text);
	const size_t controls = count_controls(start);
	/* A page of valid UTF-8 may have a few. */
	const size_t most =
	    page->converted || page->repaired > 0 ? start.n / 64 : start.n / 4;

	return has_binary_magic(bytes) || (controls > most && !html_looks_like(start));
}
