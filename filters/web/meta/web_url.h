/* web_url.h - resolve and normalise the addresses in web pages. */
#ifndef TAMIS_WEB_URL_H
#define TAMIS_WEB_URL_H

#include "lib/base/mem.h"
#include "lib/base/span.h"

/* Longer addresses, in bytes, are not used. */
enum { WEB_URL_MAX = 2048 };

/*
 * Append the absolute form of ref, which may be relative to base (RFC 3986, 5.2; base may
 * be empty).  Scheme and host get lower case; the default port, the fragment and dot
 * segments are removed; bytes that an address cannot have are percent-encoded.  Returns
 * false, with *out unchanged, if the result is not an http or https address of at most
 * WEB_URL_MAX bytes, or has a user name.
 */
bool web_url_resolve(struct span base, struct span ref, struct buf *out);
/*
 * Whether an address is a licence or dedication of Creative Commons.  Appends its normal
 * form, "https://creativecommons.org/licenses/by/4.0/", without the name of a
 * translation.
 */
bool web_url_is_cc(struct span url, struct buf *out);

#endif
