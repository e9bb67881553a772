/* answered.h - the conversation of a document, read for filters that judge its answer. */
#ifndef TAMIS_ANSWERED_H
#define TAMIS_ANSWERED_H

#include "lib/driver/filter.h"
#include "lib/text/messages.h"

/* The scratch of one thread. */
struct answered {
	struct messages turns; /* parts of the document */
	struct arena mem;      /* of decoded texts, until the next document */
	struct buf buf;
};

/* The open_thread and close_thread of a filter whose scratch is a struct answered. */
int answered_open(const void *self, void **scratch, struct err *err);
void answered_close(void *scratch);

/*
 * Read the field `messages` of d and check its turns; flags: TURNS_END_ASSISTANT and
 * others.  Returns false after marking d bad.
 */
bool answered_read(struct answered *a, struct doc *d, unsigned flags);

/* Identify the first n turns: roles, texts and calls count, the form of JSON does not. */
struct hash128 answered_hash(struct answered *a, size_t n);
/* The same of all turns but the last: what the last one answers. */
struct hash128 answered_prompt(struct answered *a);
/* The text of the last turn; valid until the next answered_read. */
struct span answered_text(struct answered *a);

#endif
