/* gather.h - fills samples with the documents of their source. */
#ifndef TAMIS_GATHER_H
#define TAMIS_GATHER_H

#include "mixer/mix/samples.h"
#include "mixer/plan/epoch_parts.h"

/* A sample of an epoch part, and where it goes in struct samples. */
struct sample_request {
	uint64_t index;
	uint32_t slot;
};

/* The working memory of one thread: a document reader, permutations, a packer. */
struct gatherer;
struct gatherer *gatherer_new(
    struct doc_store *store, const struct epoch_parts *p, bool ids);
void gatherer_free(struct gatherer *g); /* NULL is fine */
struct sample_order *gatherer_order(struct gatherer *g);

/*
 * Fill n samples of *out: samples v[], ascending by index, of one epoch part of source s
 * in a length class.  They are filled in the order in which the shards store their
 * documents.  Returns 0, or -1 with *err.
 */
int gather(struct gatherer *g, uint32_t s, uint32_t len_class, uint64_t part,
    const struct sample_request *v, size_t n, struct samples *out, struct err *err);

#endif
