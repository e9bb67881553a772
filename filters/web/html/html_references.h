/* html_references.h - decode the character references of HTML, "&eacute;" and "&#233;".
 */
#ifndef TAMIS_HTML_REFERENCES_H
#define TAMIS_HTML_REFERENCES_H

#include <stdint.h>

#include "lib/base/span.h"

/* The read-only table of names, shared by all threads. */
struct html_references;
struct html_references *html_references_new(void);
void html_references_free(struct html_references *r);

struct html_reference {
	size_t length; /* in bytes, from '&' on; 0: it is not a reference */
	uint32_t code[2];
	unsigned n; /* code points */
};

/*
 * Decode the reference at the beginning of s, which begins with '&' (HTML standard,
 * 13.2.5.72 to 13.2.5.80).  attribute: s is in an attribute value, where "&copy=" is not
 * a reference.
 */
struct html_reference html_reference(
    const struct html_references *r, struct span s, bool attribute);

#endif
