/* charset_fixes.h - the characters in which ICU differs from the WHATWG Encoding
 * Standard.
 */
#ifndef TAMIS_CHARSET_FIXES_H
#define TAMIS_CHARSET_FIXES_H

#include "lib/text/charset.h"

/* The corrections of a charset, by ICU's name or iso-8859-16; NULL: none.  Static. */
const struct charset_fixes *charset_fixes_of(const char *name);

#endif
