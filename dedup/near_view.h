/* near_view.h - what near-duplicate detection sees of one document. */
#ifndef TAMIS_NEAR_VIEW_H
#define TAMIS_NEAR_VIEW_H

#include "dedup/near_doc.h"
#include "dedup/words.h"
#include "lib/driver/filter.h"

/* What all threads share. */
struct near_view {
	const struct letters *letters; /* letters_table() */
	const char *scope;	       /* names of fields: "lang,dump"; NULL: none */
	const char *priority;	       /* name of a field; NULL: none */
};

enum { SCOPE_MAX = 64 }; /* fields of --scope */

/* The fields of --scope in one document. */
struct near_scope {
	uint64_t hash;	/* of their values */
	uint64_t found; /* bit i: it has field i of the list */
};

/* The same of all documents. */
struct near_scope_use {
	uint64_t documents, found; /* bit i: one of them has field i */
};

/* Refuse a list with an empty name or too many.  0, or -1 with *err. */
int near_scope_check(const struct near_view *v, struct err *err);
static inline void
near_scope_note(struct near_scope_use *u, struct near_scope s)
{
	u->documents++;
	u->found |= s.found;
}
/* Warn of fields that no document has. */
void near_scope_warn(const struct near_view *v, const struct near_scope_use *u);

/* Of one thread.  Zero it to begin. */
struct near_scratch {
	struct near_words words;
	uint64_t *tmp;
	size_t tmp_cap;
	size_t n; /* shingles to sketch: see near_describe */
};

/* The shingles of a document, sorted and without repetitions. */
struct near_shingle_set {
	uint64_t content; /* as in struct near_doc */
	size_t n;
	uint64_t shingle[];
};
/* In memory of d. */
struct near_shingle_set *near_shingle_copy(
    const struct near_view *v, struct near_scratch *s, struct doc *d);
/*
 * Describe d, except for its number, and leave s->n shingles to sketch in s->words.hash:
 * all of them, or without repetitions if these are many.  Sets *scope.  Calls doc_bad if
 * d has no number in v->priority.
 */
struct near_doc near_describe(const struct near_view *v, struct near_scratch *s,
    struct doc *d, struct near_scope *scope);
void near_scratch_free(struct near_scratch *s);

#endif
