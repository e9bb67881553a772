/* page_fields.h - the fields that --fields adds to the document of a web page. */
#ifndef TAMIS_PAGE_FIELDS_H
#define TAMIS_PAGE_FIELDS_H

#include "filters/web/html/html_document.h"
#include "lib/driver/filter.h"

enum page_field {
	PAGE_TITLE,
	PAGE_AUTHOR,
	PAGE_PUBLISHED,
	PAGE_MODIFIED,
	PAGE_SITE,
	PAGE_CANONICAL,
	PAGE_DESCRIPTION,
	PAGE_LANG,
	PAGE_KIND,
	PAGE_LICENSES,
	PAGE_RESERVATIONS,
	PAGE_FIELDS
};

/* The longest text of a field, in bytes.  Longer ones are cut at the end of a character.
 */
enum { PAGE_FIELD_MAX = 2048 };

/*
 * Read a comma-separated list of names of fields; "all" and "none" stand for themselves.
 * *wanted: their bits 1 << PAGE_x.  Returns 0, or -1 with *err if a name is unknown.
 */
int page_fields_parse(const char *list, unsigned *wanted, struct err *err);

/* The memory of one thread. */
struct page_fields;
struct page_fields *page_fields_new(unsigned wanted);
void page_fields_free(struct page_fields *f);

/* The record that a page is from; empty spans: unknown. */
struct page_origin {
	struct span url, date; /* date: of the capture */
	struct span headers;   /* of the HTTP response */
};
/*
 * Find the fields of a page.  title: the text of its <title>.  Time is linear in the size
 * of the page.
 */
void page_fields_find(struct page_fields *f, const struct html_document *d,
    struct span title, const struct page_origin *from);
/* Set the fields that were found last in a document. */
void page_fields_set(const struct page_fields *f, struct doc *d);

#endif
