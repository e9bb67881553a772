/* extract.h - what extract and extract-explain share: options and the reading of pages.
 */
#ifndef TAMIS_EXTRACT_H
#define TAMIS_EXTRACT_H

#include "filters/web/page_engine.h"
#include "lib/driver/filter.h"

enum { AS_AUTO, AS_WARC, AS_HTML, AS_TEXT };
enum { FORMAT_AS_TEXT, FORMAT_AS_MARKDOWN };
#define AS_CHOICES "auto|warc|html|text"

struct extract {
	unsigned as, format;
	bool all_text, links, images, repair;
	const char *source, *charset, *fields;
	struct page_engine engine;
	bool explains, as_html; /* of extract-explain */

	unsigned wanted; /* see page_fields_parse() */
	struct html_tables *tables;
	struct span id_key, text_key;
};

/* Parts of struct filter. */
int extract_open(void *self, struct setup *setup, struct err *err);
void extract_close(void *self);
int extract_open_thread(const void *self, void **scratch, struct err *err);
void extract_close_thread(void *scratch);
extern const struct record_source extract_source;

#endif
