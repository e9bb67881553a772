/* unicode.h - UTF-8 and the only door to ICU. */
#ifndef TAMIS_UNICODE_H
#define TAMIS_UNICODE_H

#include <stdint.h>

#include "lib/err.h"
#include "lib/mem.h"

/* Whether all of s is well-formed UTF-8 (no surrogates, no overlongs, up to U+10FFFF). */
bool utf8_valid(struct span s);
/* Offset of the first byte of the first ill-formed sequence; s.n if there is none. */
size_t utf8_error(struct span s);
/* Append s with each maximal ill-formed subpart as U+FFFD; returns how many there were.
 */
uint64_t utf8_mend(struct buf *b, struct span s);
/* Append one code point (at most U+10FFFF, no surrogate). */
void utf8_put(struct buf *b, uint32_t c);
/* The code point at s.p[*at] of valid UTF-8; *at moves past it. */
uint32_t utf8_next(struct span s, size_t *at);

/* The longest text that unicode_nfc takes, in bytes: ICU counts in 32 bits. */
enum { UNICODE_NFC_MAX = INT32_MAX / 12 };

enum nfc {
	NFC_SAME,    /* s is in NFC already */
	NFC_CHANGED, /* what it becomes was appended to b */
	NFC_REFUSED, /* it holds a run of combining marks that no language writes */
};

/* NFC by ICU.  Long runs of marks stay as they are: to sort one takes the square of its
 * length. */
enum nfc unicode_nfc(struct span s, struct buf *b);

/* A charset converter to UTF-8 by a name that ICU knows; NULL: unknown. */
struct charset;
struct charset *charset_open(const char *name);
void charset_to_utf8(
    struct charset *c, struct span s, struct buf *b); /* bad bytes: U+FFFD */
void charset_close(struct charset *c);

/* c in lower case, composed; 0 if it is neither a letter nor a mark. */
uint32_t unicode_letter(uint32_t c);
/* c without the marks that it is composed with. */
uint32_t unicode_base(uint32_t c);
/* The number of c's script, below UNICODE_SCRIPTS; 0: one that many scripts share. */
enum { UNICODE_SCRIPTS = 256 };
unsigned unicode_script(uint32_t c);
const char *unicode_script_name(unsigned script); /* ISO 15924: "Latn"; static */

/* A language's code of ISO 639-3, such as "eng", becomes that of 639-1 if there is one.
 */
void unicode_language(char *code);

const char *unicode_version(void); /* of ICU, "72.1", for reports */

#endif
