/* holdout.h - which documents a source holds out, by a hash of their ids. */
#ifndef TAMIS_HOLDOUT_H
#define TAMIS_HOLDOUT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Whether a document is among the held-out fraction, in units of 1 / SHARE_ONE.  id_hash
 * is the XXH3-128 of its id, as in DOC.  A document held out at some fraction is held out
 * at every larger one.
 */
bool held_out(uint64_t fraction, const unsigned char id_hash[16]);

#endif
