/* html_doctype.h - read the DOCTYPE of a web page. */
#ifndef TAMIS_HTML_DOCTYPE_H
#define TAMIS_HTML_DOCTYPE_H

#include "lib/base/span.h"

struct html_doctype {
	struct span name, public_id, system_id; /* p is NULL: missing */
	bool force_quirks;
};

/* Read what is between "<!DOCTYPE" and '>' (HTML standard, 13.2.5.53 to 13.2.5.68).
 * closed: there is a '>'. */
struct html_doctype html_doctype_read(struct span s, bool closed);
/* Whether it makes a document one of quirks mode (13.2.6.4.1). */
bool html_doctype_is_quirky(const struct html_doctype *d);

#endif
