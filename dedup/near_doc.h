/* near_doc.h - a document among near duplicates: its number and its rank. */
#ifndef TAMIS_NEAR_DOC_H
#define TAMIS_NEAR_DOC_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Decisions of an earlier run: documents that it kept stand for those like them. */
enum near_age { NEAR_NEW, NEAR_OLD_REMOVED, NEAR_OLD_KEPT };

struct near_doc {
	uint64_t number;      /* below 2^NUMBER_BITS */
	double priority;      /* the larger the better, and then priority_rest */
	uint64_t length;      /* of the text, in bytes: the longer the better */
	uint64_t content, id; /* hashes of the text and of the id: the less the better */
	uint64_t sum;	      /* of shingles_of, mixed with the scope */
	uint64_t shingles;    /* number of shingles, with repetitions */
	enum near_age age;
	int16_t priority_rest; /* what priority lacks of a 64-bit integer */
};

enum { NUMBER_BITS = 40, NUMBER_BYTES = 5 };

/* Below 0: a ranks before b.  A document can only be removed in favour of one before. */
int near_doc_order(const struct near_doc *a, const struct near_doc *b);

/* Whether their shingles are the same, each as often. */
static inline bool
near_doc_same(const struct near_doc *a, const struct near_doc *b)
{
	return a->sum == b->sum && a->shingles == b->shingles;
}

/* 40 bits in 5 bytes, and 64 in 8, little-endian. */
static inline void
store40(unsigned char *p, uint64_t v)
{
	for (int i = 0; i < 5; i++)
		p[i] = (unsigned char)(v >> 8 * i);
}

static inline uint64_t
load40(const unsigned char *p)
{
	uint64_t v = 0;

	for (int i = 0; i < 5; i++)
		v |= (uint64_t)p[i] << 8 * i;
	return v;
}

static inline void
store64(unsigned char *p, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		p[i] = (unsigned char)(v >> 8 * i);
}

static inline uint64_t
load64(const unsigned char *p)
{
	uint64_t v = 0;

	for (int i = 0; i < 8; i++)
		v |= (uint64_t)p[i] << 8 * i;
	return v;
}

#endif
