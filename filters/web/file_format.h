/* file_format.h - detect the format of a file for extract. */
#ifndef TAMIS_FILE_FORMAT_H
#define TAMIS_FILE_FORMAT_H

#include "lib/base/span.h"

enum file_format {
	FORMAT_UNKNOWN, /* more bytes are needed */
	FORMAT_WARC,
	FORMAT_HTML,
	FORMAT_TEXT,
	FORMAT_ARC,	  /* the predecessor of WARC */
	FORMAT_DOCUMENTS, /* JSON lines with a text: what extract writes */
};

/*
 * Detect the format by the path and the first bytes of the file, decompressed.  whole:
 * they are the whole file.  enough: no more of them can be had; the format is then not
 * FORMAT_UNKNOWN.  text_key: the field of documents that has their text.
 */
enum file_format file_format_of(
    const char *path, struct span start, bool whole, bool enough, struct span text_key);
/* Whether a path has a suffix that browsers read as XML, also before .gz or .zst. */
bool file_is_xhtml(const char *path);
/* The message about a format that extract does not read; NULL: it does. */
const char *file_format_refused(enum file_format f);

/*
 * The charset that a text declares in its first two lines, as for Python, Emacs, Vim, XML
 * or CSS ("coding: NAME", "encoding='NAME'").  Empty if there is none.
 */
struct span text_declared_charset(struct span text);

#endif
