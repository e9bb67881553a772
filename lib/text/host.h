/* host.h - the hosts of addresses, in one form for all ways to write them. */
#ifndef TAMIS_HOST_H
#define TAMIS_HOST_H

#include "lib/base/mem.h"
#include "lib/base/span.h"

/*
 * The host of an address, as it is written there, without user name and port; empty if
 * there is none.  The address may have any scheme, or none if its host has a dot.
 */
struct span host_of(struct span url);
/*
 * Append the form of a host that is the same for all ways to write it (URL Standard,
 * 3.5): in lower case, percent-decoded, in the ASCII form of UTS #46, and without final
 * dots.  Returns false, with *out unchanged, if nothing is left.
 */
bool host_put(struct span host, struct buf *out);
/* Whether a host, as host_put writes it, is a number and so has no domains above it. */
bool host_is_address(struct span host);

#endif
