/* json_ld.h - the facts that the JSON-LD of a web page states about its main entity. */
#ifndef TAMIS_JSON_LD_H
#define TAMIS_JSON_LD_H

#include "lib/base/mem.h"
#include "lib/base/span.h"

enum { LD_AUTHORS = 8, LD_LICENSES = 4, LD_NAMES = 64 };

/* Values are the bytes between the quotes of JSON strings; empty: missing. */
struct ld_entity {
	unsigned rank; /* how likely it is the main entity; 0: there is none */
	struct span type, headline, name, description, language;
	struct span published, created, modified;
	struct span publisher;		/* its name, or its @id */
	struct span author[LD_AUTHORS]; /* the same */
	size_t authors;
	struct span license[LD_LICENSES];
	size_t licenses;
};

/* A person or organisation to which others refer by its @id. */
struct ld_name {
	struct span id, name;
};

/* Zero it to begin a page. */
struct json_ld {
	struct ld_entity main; /* the first of the highest rank */
	struct ld_entity page; /* the first that describes the page itself */
	struct span site;      /* the name of the first WebSite */
	struct ld_name name[LD_NAMES];
	size_t names;
};

/*
 * Read the content of a script of the type application/ld+json, and keep spans of it.
 * Anything but JSON is tolerated: comments around it, line ends in strings, missing and
 * additional commas, a missing end.  Values more than 16 levels deep are skipped.  Time
 * is linear in s.n.
 */
void json_ld_read(struct json_ld *ld, struct span s);
/* The name that an author or publisher stands for; empty: unknown. */
struct span json_ld_name(const struct json_ld *ld, struct span name_or_id);
/* Append a string with its escapes decoded, valid UTF-8 without NUL. */
void json_ld_decode(struct span s, struct buf *out);

#endif
