/* page_facts.h - inside filters/web/meta: what a web page states about itself, unread. */
#ifndef TAMIS_PAGE_FACTS_H
#define TAMIS_PAGE_FACTS_H

#include "filters/web/html/html_document.h"
#include "filters/web/meta/json_ld.h"

/* Values of <meta>, each the first of its names.  Lower numbers are more reliable than
 * higher ones for the same field. */
enum page_fact {
	FACT_TITLE_OG,
	FACT_TITLE_TWITTER,
	FACT_TITLE_OTHER,
	FACT_DESCRIPTION_OG,
	FACT_DESCRIPTION,
	FACT_DESCRIPTION_TWITTER,
	FACT_DESCRIPTION_OTHER,
	FACT_SITE_OG,
	FACT_SITE_APP,
	FACT_SITE_PUBLISHER,
	FACT_PUBLISHED,
	FACT_PUBLISHED_OTHER,
	FACT_MODIFIED,
	FACT_MODIFIED_OTHER,
	FACT_LANG_HTTP,
	FACT_LANG_OG,
	FACT_LANG_OTHER,
	FACT_TYPE_OG,
	FACT_URL_OG,
	FACT_TDM_RESERVATION,
	FACT_TDM_POLICY,
	/* Of other elements. */
	FACT_LANG_HTML,
	FACT_LANG_XML,
	FACT_BASE,
	FACT_CANONICAL,
	FACT_COUNT
};

enum {
	FACT_AUTHORS = 8,
	FACT_LICENSES = 8,
	FACT_ROBOTS = 8,
	FACT_WALKS = 8,
	FACT_H1S = 4,
	FACT_BYLINES = 4
};

/* The ancestors of elements that are looked at per page, so that the time is linear. */
enum { FACT_STEPS = 4096 };

/* Spans are of the page and have its references; empty: missing. */
struct page_facts {
	struct span fact[FACT_COUNT];
	struct span author[FACT_AUTHORS];
	unsigned author_name[FACT_AUTHORS]; /* equal for the same name of <meta> */
	size_t authors;
	struct span license[FACT_LICENSES]; /* addresses */
	size_t licenses;
	unsigned steps; /* taken from links to their ancestors */
	struct span robots_name[FACT_ROBOTS], robots[FACT_ROBOTS]; /* name and content */
	size_t nrobots;
	uint32_t h1[FACT_H1S]; /* nodes */
	size_t h1s;
	struct json_ld ld;
};

/* Collect the facts of a document.  Time is linear in its size. */
void page_facts_find(const struct html_document *d, struct page_facts *f);

/* Facts for which all elements of a page have to be searched. */
struct page_body_facts {
	uint32_t author[FACT_BYLINES]; /* elements that hold a name */
	bool marked[FACT_BYLINES];     /* by rel or itemprop, not only by class */
	size_t authors;
	struct span published, modified; /* by itemprop */
	struct span time;		 /* of the first <time> */
};
/* bylines: search for authors, too. */
void page_body_facts_find(
    const struct html_document *d, bool bylines, struct page_body_facts *f);

/* Append the text of an element.  It is cut after about `max` bytes, maybe in a
 * character.
 */
void page_element_text(
    const struct html_document *d, uint32_t node, size_t max, struct buf *out);

/* The attributes of a tag that matter here. */
enum {
	TA_NAME,
	TA_PROPERTY,
	TA_ITEMPROP,
	TA_HTTP_EQUIV,
	TA_CONTENT,
	TA_LANG,
	TA_XML_LANG,
	TA_TYPE,
	TA_DATETIME,
	TA_COUNT
};

/* Read the attributes of the tag of an element: attr has TA_COUNT of them.  The first of
 * each name counts; p is NULL for a missing one. */
void page_tag_attrs(
    const struct html_document *d, const struct dom_node *n, struct span *attr);
/* The attribute A_ of an element; empty if it does not have it. */
struct span page_kept_attr(
    const struct html_document *d, const struct dom_node *n, unsigned name);
/* Whether a list of words between white space has this one, in lower case. */
bool page_has_word(struct span list, struct span word);

#endif
