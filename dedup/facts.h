/* facts.h - which document each removed one duplicates, for the fields of --tag. */
#ifndef TAMIS_FACTS_H
#define TAMIS_FACTS_H

#include "dedup/spill.h"
#include "lib/base/span.h"

struct dup_facts;
struct dup_facts *facts_new(struct spill_pool *pool); /* pool: borrowed */

/* A document was removed in favour of leader, a kept document. */
void facts_removed(
    struct dup_facts *f, uint64_t number, uint64_t leader, double similarity);
/* A document was removed in favour of `of`, which may be removed itself.  0, or -1 with
 * *err. */
int facts_same(struct dup_facts *f, uint64_t of, uint64_t removed, struct err *err);
/* The id of a document that may be a leader; copied.  Either all leaders have one, or
 * none.  0, or -1 with *err. */
int facts_id(struct dup_facts *f, uint64_t number, struct span id, struct err *err);
/* After all of the above.  0, or -1 with *err. */
int facts_finish(struct dup_facts *f, struct err *err);

struct fact {
	bool removed;	   /* false: it is a leader itself */
	struct span id;	   /* of its leader; empty without facts_id */
	uint64_t count;	   /* documents removed in favour of the leader */
	double similarity; /* to the leader, to four places */
};
/* The fact about a document.  False: it was kept, and removed none. */
bool facts_find(const struct dup_facts *f, uint64_t number, struct fact *fact);
void facts_free(struct dup_facts *f); /* NULL is fine */

#endif
