/* bad.h - the documents that were bad in the earlier ones of several passes. */
#ifndef TAMIS_BAD_H
#define TAMIS_BAD_H

#include <stddef.h>
#include <stdint.h>

struct bad_doc {
	uint64_t ordinal;
	char *why;
};

struct bad_list {
	struct bad_doc *v;
	size_t n, cap;
};

/* Zero it to begin. */
struct bad_docs {
	struct bad_list known; /* of earlier passes, sorted by ordinal */
	struct bad_list added; /* of this pass: only the thread that adds may look */
};

/* The message about a document that was bad in an earlier pass; NULL: it was not.  Any
 * thread. */
const char *bad_docs_find(const struct bad_docs *b, uint64_t ordinal);
/* Serial, by ordinal: a document is bad in this pass.  why: the message, copied. */
void bad_docs_add(struct bad_docs *b, uint64_t ordinal, const char *why);
/* At the end of a pass: bad_docs_find finds the added documents from now on. */
void bad_docs_merge(struct bad_docs *b);
void bad_docs_free(struct bad_docs *b);

#endif
