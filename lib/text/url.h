/* url.h - resolve and normalise the addresses of the web. */
#ifndef TAMIS_URL_H
#define TAMIS_URL_H

#include "lib/base/mem.h"
#include "lib/base/span.h"

/* Longer addresses, in bytes, are not used: they hold data. */
enum { URL_MAX = 2048 };

enum url_use {
	URL_NAME, /* names a page: http or https, without fragment */
	URL_LINK, /* is followed: also ftp and mailto, with fragment; relative without
		     base */
};

/*
 * Append the address that browsers find for ref in a page at base (RFC 3986, 5.2; URL
 * Standard, 4.4).  base is an http or https address, or empty.  ref may be in *out.
 * Scheme and host get lower case; the default port and dot segments are removed;
 * backslashes become slashes; bytes that an address cannot have are percent-encoded.
 * Returns false, with *out unchanged, for addresses without host, with another scheme or
 * a user name, or longer than URL_MAX.
 */
bool url_resolve(struct span base, struct span ref, enum url_use use, struct buf *out);

#endif
