/* doc.h - inside the driver: documents and blocks of them. */
#ifndef TAMIS_DOC_H
#define TAMIS_DOC_H

#include "lib/driver/filter.h"
#include "lib/text/json.h"

enum { MAX_STAGES = 32 };

/* The facts about its run that a document needs. */
struct doc_env {
	struct span text_key, id_key;
	bool no_text;  /* documents need not have the text */
	bool repair;   /* --on-bad=repair */
	bool by_line;  /* records are lines: messages then state FILE:LINE */
	uint32_t tags; /* a bit per stage: --tag */
};

struct edit {
	struct edit *next;
	struct span key;
	struct span raw; /* JSON; p == NULL: the text, quoted when it is written;
			    n == 0: no longer there */
};

/* One rule that a document broke. */
struct rule_hit {
	struct rule_hit *next;
	const char *rule;
	double value, threshold;
	bool measured; /* value and threshold are set */
	size_t stage;  /* that applied the rule */
};

struct doc {
	struct span json; /* the record as read; empty if a source made the document */
	bool unscanned;	  /* doc_scan has yet to find the fields and the text in json */
	struct json_field *field;
	size_t nfields;
	struct span raw_text; /* the text field's JSON string */
	struct span text;     /* decoded; p == NULL: not yet */
	struct edit *edits;
	struct rule_hit *hits; /* last first */
	const char *bad;       /* the error message if it is malformed; arena */
	const char *path;      /* of its file */
	uint64_t place;	       /* line or record number in its file, from 1 */
	uint64_t ordinal;      /* see doc_ordinal */
	struct doc *made;      /* by doc_new, in order; next_made links them */
	struct doc *next_made, **last_made;
	uint32_t nmade, part; /* part: number among those made of one document; 0: read */
	bool dropped;
	uint32_t unselected; /* a bit per stage: --where does not match */
	size_t stage;	     /* the current one, or the one that dropped it */
	void *state[2];
	void **more_state; /* of stages beyond two */
	struct block *block;
	size_t written; /* with --split-by: its end in the block's out */
};

struct named_count {
	const char *what; /* static */
	uint64_t n;
};

struct counts {
	struct named_count *v;
	size_t n, cap;
};

void counts_add(struct counts *c, const char *what, uint64_t n);

/* Records of one file in a block: byte ranges of data until the block is whole. */
struct file_slice {
	struct record_range range; /* range.rest is set once data no longer moves */
	size_t from, to;
	bool empty;	    /* one record of no bytes */
	bool overlong;	    /* a record above --max-doc follows */
	const char *damage; /* or data that cannot be read: the whole message; arena */
	const char *bad;    /* message about a bad record that follows; NULL: none */
	uint64_t bad_at;    /* its offset in the file */
	const char *bad_as; /* its count with repair, where it is not a document */
};

struct block {
	struct buf data;
	struct file_slice *slice;
	size_t nslices, slice_cap;
	uint64_t first; /* ordinal of its first record */
	struct doc *doc;
	size_t ndocs, doc_cap;
	size_t nrecords; /* documents or not */
	bool text_read;	 /* filters read the text: decode it with the first scan */
	bool made;	 /* a filter called doc_new since the documents were listed */
	struct json_fields fields;
	struct arena mem;
	struct counts counts;
	struct buf out, rejects;
	struct buf scratch;	 /* to build values in */
	struct span result;	 /* the bytes to write, in out or data */
	const struct doc *fatal; /* first bad document, when they stop the run */
	const struct doc_env *env;
};

/* A new document at the end of the block. */
struct doc *block_add(struct block *b, const struct doc *init);
/* List the documents that doc_new made, each after the one it was made of. */
void block_list_made(struct block *b);
void block_free(struct block *b);

/*
 * Find the fields and the text of a JSON line, unless that is done.  Marks d bad if it is
 * not a document.  Filters need not call it: the functions of filter.h do.
 */
void doc_scan(struct doc *d);
/* Append the record of d, which is scanned, with all edits applied, and a newline. */
void doc_emit(const struct doc *d, struct buf *out);
/* The value of d's "drop" field: the rules it broke in the last stage with a hit. */
struct span doc_drops(struct doc *d);
/* The same after the rules that the field lists already, from other stages and runs. */
struct span doc_merged_drops(struct doc *d);
/* Mark d bad, unless it is already: "PATH:UNIT PLACE: WHAT". */
void doc_bad_at(
    struct doc *d, const char *path, const char *unit, uint64_t place, const char *what);
/* Mark d bad: the record is longer than --max-doc (bytes). */
void doc_bad_overlong(struct doc *d, uint64_t max_doc);

extern const struct record_source jsonl_source;
/* The work of doc_scan. */
void jsonl_scan(struct doc *d);

#endif
