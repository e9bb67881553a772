/*
 * oracle.h - the exact result of near-duplicate removal, and the judgement of another.
 *
 * All pairs of similar documents are known, so the survivors are the lexicographically
 * first maximal independent set by rank, without an approximation.
 */
#ifndef TAMIS_ORACLE_H
#define TAMIS_ORACLE_H

#include "dedup/join.h"
#include "lib/base/table.h"

enum { ORACLE_EXAMPLES = 10 };
/* The distribution of similarities: steps of 0.05 from the threshold, and exactly 1. */
enum { ORACLE_STEP = SIMILARITY_ONE / 20, ORACLE_BINS = 21 };
#define NO_SET	  UINT32_MAX
#define NO_SOURCE UINT32_MAX
#define NO_DOC	  UINT32_MAX

struct oracle_doc {
	struct near_doc doc;
	struct span id;
	uint32_t set;	 /* of shingles; NO_SET: a document without words */
	uint32_t source; /* index of a value; NO_SOURCE: none */
	bool removed;	 /* by the exact result */
	bool kept;	 /* by the result to judge */
};

/* A document of the judged result and its nearest one; indices, or NO_DOC. */
struct oracle_example {
	uint32_t doc, other;
	double similarity;
};

struct oracle_examples {
	struct oracle_example v[ORACLE_EXAMPLES];
	size_t n;
};

struct oracle_result {
	uint64_t without_words, pairs, removed, largest; /* component, in documents */
	uint64_t bin[ORACLE_BINS];
	/* Of the judged result. */
	uint64_t judged_removed, agreed; /* removed by both results */
	uint64_t unjustified;		 /* removed without a similar kept document */
	uint64_t kept_pairs;		 /* similar pairs of kept documents */
	uint64_t missed; /* kept though similar to a kept document that ranks before */
	struct oracle_examples unjustified_at, missed_at;
};

struct oracle {
	enum measure measure;
	uint64_t threshold;
	bool judge;
	struct oracle_doc *doc; /* after oracle_run by rank, the best first */
	uint32_t n;
	size_t cap;
	struct arena mem;
	size_t mem_bytes;    /* of all ids */
	struct table set_of; /* hash of a set -> its number in join */
	struct join *join;
	struct oracle_set *set; /* see oracle.c */
	struct oracle_result r;
};

void oracle_init(struct oracle *o, enum measure measure, uint64_t threshold, bool judge);
/* Bytes that the documents so far need, oracle_run included. */
uint64_t oracle_memory(const struct oracle *o);
/* Whether no more document can be added, whatever the memory. */
bool oracle_full(const struct oracle *o);
/*
 * Add a document, of which doc, id, source and kept are set; copies id.  shingle: its n
 * distinct shingles, sorted.
 */
void oracle_add(
    struct oracle *o, const struct oracle_doc *d, const uint64_t *shingle, uint32_t n);
/* After the last one: fill in r, and `removed` of all documents. */
void oracle_run(struct oracle *o);
void oracle_free(struct oracle *o);

#endif
