/* doc.h - inside the driver: what a document and a block of them are made of. */
#ifndef TAMIS_DOC_H
#define TAMIS_DOC_H

#include "lib/driver/filter.h"
#include "lib/io/stream.h"
#include "lib/text/json.h"

enum { MAX_STAGES = 32 };

struct edit {
	struct edit *next;
	struct span key;
	struct span raw; /* JSON; p == NULL: the text, quoted when it is written */
};

struct broken {
	struct broken *next;
	const char *rule;
	double value, threshold;
	bool measured; /* value and threshold are set */
	size_t stage;  /* that found it */
};

struct doc {
	struct span
	    json; /* the record as it was read; empty if split made the document */
	struct member *member;
	size_t nmembers;
	struct span raw_text; /* the text member's JSON string */
	struct span text;     /* decoded; p == NULL: not yet */
	struct edit *edits;
	struct broken *broken; /* rules, last first */
	const char *bad;       /* why it is malformed, with its place; arena */
	const char *path;      /* of its file */
	uint64_t place;	       /* line or record number in its file, from 1 */
	uint64_t ordinal;      /* in the whole run, from 0 */
	bool dropped;
	uint32_t outside; /* a bit a stage: --where does not match, it does not see it */
	size_t stage;	  /* where it is, or was dropped */
	void *carry[2];
	void **more_carry; /* stages beyond two */
	struct block *block;
	size_t written; /* with routes: where it ends in the block's out */
};

struct count {
	const char *what; /* static */
	uint64_t n;
};

struct counts {
	struct count *v;
	size_t n, cap;
};

void counts_add(struct counts *c, const char *what, uint64_t n);

/* Records of one file in a block: byte ranges of data until the block is whole. */
struct stretch {
	struct piece piece; /* piece.rest is set when data no longer moves */
	size_t from, to;
	const char *overlong; /* a bad record follows: why */
};

struct block {
	struct buf data;
	struct stretch *stretch;
	size_t nstretches, stretch_cap;
	uint64_t first; /* ordinal of its first record */
	struct doc *doc;
	size_t ndocs, doc_cap;
	size_t nrecords; /* some of which may have been no documents */
	struct members members;
	struct arena mem;
	struct counts counts;
	struct buf out, packed, rejects;
	struct buf scratch;	 /* of whoever makes something for the arena */
	struct span result;	 /* what to write: of out or data */
	const struct doc *fatal; /* first bad document, when they stop the run */
	struct run *run;
};

/* The record of d with all edits in it and a newline behind, appended to out. */
void doc_emit(const struct doc *d, struct span text_key, struct buf *out);
/* d's "drop" member: the rules that the last stage to find fault found broken. */
struct span doc_drops(struct doc *d);
void doc_bad_at(
    struct doc *d, const char *path, const char *unit, uint64_t place, const char *what);

/* What documents need to know of the run they are in. */
struct span run_text_key(const struct run *r);
struct span run_id_key(const struct run *r);
const struct common *run_common(const struct run *r);
bool run_tags(const struct run *r, size_t stage);
bool run_by_line(const struct run *r); /* records are lines: messages say so */

extern const struct split jsonl_split;
/* Scan d->json: members, text.  Marks d bad if it is no document. */
void jsonl_scan(struct doc *d);

#endif
