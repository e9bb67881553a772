/* gather.h - samples filled with the documents of their source. */
#ifndef TAMIS_GATHER_H
#define TAMIS_GATHER_H

#include "mixer/mix/samples.h"
#include "mixer/plan/epoch_parts.h"

/* A sample of a pass, and the slot that it goes to. */
struct sample_request {
	uint64_t index;
	uint32_t slot;
};

/* One thread's means: a reader, permutations, packing. */
struct gatherer;
struct gatherer *gatherer_new(
    struct doc_store *store, const struct epoch_parts *p, bool ids);
void gatherer_free(struct gatherer *g); /* NULL is fine */
struct sample_order *gatherer_order(struct gatherer *g);

/*
 * Fill slots of *out with the n samples v[] of one pass over source s cut to length
 * l->cut[cut], by rising number: in the order in which their documents lie.  0, or -1
 * with *err.
 */
int gather(struct gatherer *g, uint32_t s, uint32_t len_class, uint64_t part,
    const struct sample_request *v, size_t n, struct samples *out, struct err *err);

#endif
