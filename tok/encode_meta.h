/* encode_meta.h - META of a DOCS shard: the tokenizer, and the reports of the inputs. */
#ifndef TAMIS_ENCODE_META_H
#define TAMIS_ENCODE_META_H

#include "lib/base/mem.h"
#include "tok/model.h"

struct tokenizer_facts {
	const struct model *model;
	const char *path;   /* of the model */
	uint32_t eod;	    /* MODEL_NO_ID: none */
	bool adds_bos;	    /* each document begins with the model's bos */
	bool plain_symbols; /* text never becomes a user-defined symbol */
	const char *ties;   /* of a unigram model, as sp_ties returns it; else NULL */
};

/* Append META.  report: provenance of this run, JSON. */
void put_meta(const struct tokenizer_facts *t, struct span report, struct buf *b);

#endif
