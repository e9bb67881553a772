/* page_fields_impl.h - inside filters/web/meta: the fields of one page, as they are
 * chosen. */
#ifndef TAMIS_PAGE_FIELDS_IMPL_H
#define TAMIS_PAGE_FIELDS_IMPL_H

#include "filters/web/meta/page_facts.h"
#include "filters/web/meta/page_fields.h"
#include "lib/base/mem.h"

enum { PAGE_LIST_MAX = 16 };

struct page_list {
	struct span v[PAGE_LIST_MAX];
	size_t n;
};

struct page_fields {
	unsigned wanted;
	struct page_facts facts;
	struct page_body_facts body;
	bool searched; /* body is of this page */
	const struct html_document *d;
	struct page_origin from;
	struct span app, ld_site;	/* other names of the site */
	struct span base;		/* of relative addresses; may be empty */
	struct span value[PAGE_FIELDS]; /* texts; empty: missing */
	struct page_list licenses, reservations;
	struct span tdm_policy;
	struct arena mem; /* of all values */
	struct buf raw, text, url;
};

/*
 * The text of a value of an attribute: references decoded, and white space and controls
 * reduced to single blanks.  It is valid for the page.
 */
struct span page_text(struct page_fields *f, struct span attr);
/* The same of text without references. */
struct span page_plain_text(struct page_fields *f, struct span s);
/* The same of a string of JSON-LD, which often has references, too. */
struct span page_ld_text(struct page_fields *f, struct span string);
/* The absolute address that an attribute holds; empty: none. */
struct span page_url(struct page_fields *f, struct span attr);
/* The facts of the body, which are searched once; bylines: as in page_body_facts_find().
 */
const struct page_body_facts *page_body(struct page_fields *f, bool bylines);

/* Add a text unless the list has it or is full. */
void page_list_add(struct page_fields *f, struct page_list *l, struct span s);

/* Choose the values of fields. */
void page_choose_title(struct page_fields *f, struct span title);
void page_choose_author(struct page_fields *f);
void page_choose_site(struct page_fields *f);
void page_choose_licenses(struct page_fields *f);
void page_choose_reservations(struct page_fields *f);

#endif
