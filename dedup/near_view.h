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
 * all of them, or without repetitions if these are many.  Sets *scope to a hash of the
 * values of v->scope.  Calls doc_bad if d has no number in v->priority.
 */
struct near_doc near_describe(
    const struct near_view *v, struct near_scratch *s, struct doc *d, uint64_t *scope);
void near_scratch_free(struct near_scratch *s);

#endif
