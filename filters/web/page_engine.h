/* page_engine.h - the option of extract that states what finds the main content of pages.
 */
#ifndef TAMIS_PAGE_ENGINE_H
#define TAMIS_PAGE_ENGINE_H

#include "filters/web/page/html_page.h"
#include "lib/driver/filter.h"

enum { ENGINE_RULES, ENGINE_MODEL };
#define ENGINE_CHOICES "rules|model"

/* The options, and what page_engine_open() makes of them. */
struct page_engine {
	unsigned kind;	  /* ENGINE_ */
	const char *path; /* of the model; NULL: the built-in one */
	bool tag;	  /* set fields of the type of page */
	bool types;	  /* the caller's: find the types also without --tag */
	struct html_model *model;
};

/* Read the model that the options ask for.  Returns 0, or -1 with *err.  Call
 * page_engine_close() after success. */
int page_engine_open(struct page_engine *e, struct setup *setup, struct err *err);
void page_engine_close(struct page_engine *e);
/* Have a parser use the engine, which must outlive it. */
void page_engine_use(const struct page_engine *e, struct html *html);
/* With --tag: set the fields 'page_type' and 'page_type_p' of the latest page. */
void page_engine_tag(const struct page_engine *e, const struct html *html, struct doc *d);
/* The name of an enum html_page_type, such as "article". */
const char *page_type_name(unsigned type);

#endif
