/* request.h - the request that a document makes: its conversation and its id. */
#ifndef TAMIS_REQUEST_H
#define TAMIS_REQUEST_H

#include "filters/align/answered.h"

enum { IDS_OWN, IDS_CONTENT };
#define IDS_WORDS "own|content"
enum { REQUEST_ID_MAX = 64 }; /* bytes, the limit of servers */

struct request_rules {
	const struct common *c;
	unsigned ids;
	bool turns;	/* read them also if the document has an id */
	unsigned flags; /* of messages_check */
};

struct request {
	/* JSON: the field, or a user's turn with the text; p == NULL: not read */
	struct span messages;
	struct span id; /* text; valid as long as d */
};

/*
 * Find the request of d; its turns are in a.  The id is the document's own, or, without
 * one and with IDS_CONTENT, the first 16 hexadecimal digits of a hash of the turns.
 * Returns false after marking d bad.
 */
bool request_read(const struct request_rules *rules, struct answered *a, struct doc *d,
    struct request *r);

#endif
