/* vocab_settings.h - the settings of a vocabulary that both trainers follow. */
#ifndef TAMIS_VOCAB_SETTINGS_H
#define TAMIS_VOCAB_SETTINGS_H

#include "tok/vocab_symbols.h"

#define VOCAB_SPACE SPAN("\xe2\x96\x81") /* U+2581, a space in pieces */

struct vocab_settings {
	uint64_t size; /* pieces, at most */
	double coverage;
	struct special_ids special_ids;
	bool states_ids; /* the model states the ids of unk, bos and eos */
	struct symbols user, control;
	bool has_space;	   /* a user symbol is one space */
	bool takes_spaces; /* a user symbol contains spaces, which train no other piece */
	struct buf required; /* characters that get a piece, U+2581 for a space */
};

#endif
