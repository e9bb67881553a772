/*
 * filter.h - the abstraction every filter shares.
 *
 *   read ---> [ map (parallel, pure) ---> fold (serial, input order) ]... ---> emit --->
 * write
 *
 * A filter supplies map, fold, or both.  map sees one document and may not write to
 * anything shared; fold sees the same documents one at a time in the order they were
 * read, and may remember what it likes.  The output is thus the same for every number
 * of threads.  What needs no memory of earlier documents belongs in map.
 *
 * Everything a filter is handed (documents, spans, strings) is borrowed: valid until the
 * call returns.  doc_alloc() memory lives until the document is written.
 */
#ifndef TAMIS_FILTER_H
#define TAMIS_FILTER_H

#include <stdint.h>

#include "lib/base/mem.h"
#include "lib/base/span.h"
#include "lib/driver/common.h"
#include "lib/driver/opt.h"

struct doc;

/* Where the cutting of one input file stands.  The driver zeroes it at the file's start.
 */
struct cut {
	const char *path; /* of the file, as given */
	int format;	  /* the splitter's own: what it found the file to be */
	size_t seen;	  /* bytes of `in` an earlier call has looked at in vain */
	uint64_t skip;	  /* set by cut: throw away so many bytes after what was taken */
	bool skip_line;	  /* set by cut: throw away all up to and with the next '\n' */
	uint64_t max_doc; /* no record may be larger */
	/* Set with skip where the record is no document anyway: counted so (static), not
	 * bad. */
	const char *skip_as;
};

/* Whole records of one file, in the order of the file; next() takes them off its front.
 */
struct piece {
	const char *path; /* of the file, as given */
	int format;	  /* as cut() left it */
	struct span rest; /* what next() has not taken yet */
	uint64_t offset;  /* of rest.p in the (decompressed) file */
	uint64_t ordinal; /* lines or records taken so far from this file */
	uint64_t max_doc;
};

/* bytes -> documents, for a filter whose input is not JSON lines. */
struct split {
	/*
	 * Serial.  `in` begins at a record of the file; at_end: no more bytes will come.
	 * Sets *take to the bytes of whole records at its front (0 asks for more bytes)
	 * and *records to how many they are.  An over-long record: take what is before
	 * it, set cut->skip or cut->skip_line, and it becomes a bad document.
	 */
	void (*cut)(const void *self, struct cut *c, struct span in, bool at_end,
	    size_t *take, uint64_t *records);
	/*
	 * Parallel.  Take the next record off `p` and fill in d (doc_set_text and others,
	 * doc_drop, doc_bad).  Returns false when the record is no document.
	 */
	bool (*next)(const void *self, void *scratch, struct piece *p, struct doc *d);
};

/* In place of the JSON lines writer, for a filter whose output is not documents. */
struct sink {
	/* Serial, input order, documents that were kept.  Returns 0, or -1 with *err. */
	int (*write)(void *self, struct doc *d, struct err *err);
	/* After the last one: commit.  report: this run's provenance, one JSON object. */
	int (*finish)(void *self, struct span report, struct err *err);
};

struct filter {
	const char *name;	/* "langid" */
	const char *summary;	/* one line, no full stop: help and man NAME */
	const struct opt *opts; /* drives parsing, --help and completion */
	const void *defaults;	/* the filter's own struct, as it starts out */
	size_t size;		/* of that struct, in bytes */

	/* Check options, load models.  Returns 0, or -1 with *err filled in. */
	int (*open)(void *self, const struct common *c, struct err *err);
	/* On many threads at once: may read what open() set, and no more. */
	void (*map)(const void *self, void *scratch, struct doc *d);
	/* On one thread, in input order: may change self. */
	void (*fold)(void *self, struct doc *d);
	/* Libraries and models its output depends on, as "name":"version" in JSON, or
	 * NULL; asked for after open(), must live until close(). */
	const char *(*libraries)(const void *self);
	/* Always called once after a good open(); what sink->finish did not commit goes.
	 */
	void (*close)(void *self);

	/*
	 * Parallel, pure, in place of map for documents that are outside --where.  A
	 * filter with a sink, which takes all documents, refuses --where without it.
	 */
	void (*pass_by)(const void *self, void *scratch, struct doc *d);

	/* Per-thread scratch for map, if it wants any. */
	int (*open_thread)(const void *self, void **scratch, struct err *err);
	void (*close_thread)(void *scratch);

	const struct split *split; /* NULL: JSON lines in */
	const struct sink *sink;   /* NULL: JSON lines out */

	/*
	 * If set, map and fold only look.  After the last document barrier() decides, the
	 * input is read a second time, and apply() (parallel, pure) acts on each
	 * document.
	 */
	int (*barrier)(void *self, struct err *err);
	void (*apply)(const void *self, void *scratch, struct doc *d);
	/* Whether this run wants the barrier, after open(); NULL: always. */
	bool (*two_pass)(const void *self);

	/*
	 * If set, and it returns a folder after open(): in place of one output each
	 * document goes to the file of that folder that has its member route_key as name.
	 */
	const char *(*route)(const void *self);
	const char *route_key;
};

/* What a filter may ask of a document ... */
struct span doc_text(struct doc *d); /* decoded UTF-8, edits seen */
bool doc_get(
    struct doc *d, struct span key, struct span *raw); /* the member's JSON value */
bool doc_str(
    struct doc *d, struct span key, struct span *s); /* false: absent or no string */
struct span doc_id(struct doc *d);	    /* BASENAME:ORDINAL where it has none */
uint64_t doc_ordinal(const struct doc *d);  /* 0.. over the whole run's input documents */
void *doc_alloc(struct doc *d, size_t n);   /* never NULL, 16-byte aligned */
void doc_state_set(struct doc *d, void *p); /* map -> fold, sink; one slot a filter */
void *doc_state(const struct doc *d);

/* ... and what it may do to one.  Untouched members keep their exact bytes. */
void doc_set_text(
    struct doc *d, struct span text); /* borrowed until written: doc_alloc it */
void doc_set_str(struct doc *d, struct span key, struct span value);
void doc_set_u64(struct doc *d, struct span key, uint64_t value);
void doc_set_num(struct doc *d, struct span key, double value, int places);
void doc_set_raw(
    struct doc *d, struct span key, struct span json); /* json: valid, borrowed */
/* Drop it for breaking a rule ("length.min", static).  Call once per rule broken. */
void doc_drop(struct doc *d, const char *rule);
void doc_drop_value(struct doc *d, const char *rule, double value, double threshold);
void doc_count(
    struct doc *d, const char *what, uint64_t n); /* into the report's counts */
void doc_bad(struct doc *d, const char *fmt, ...) PRINTF(2, 3); /* malformed input */
/* True when the user asked to mend what has one obvious repair (--on-bad=mend). */
bool doc_repair(const struct doc *d);

/* The front door's side: parse, run, return the exit code. */
int filter_main(const struct filter *f, int argc, char *argv[]);
/* The same for several filters in one process: "A [options] : B [options] FILE...". */
extern const char chain_summary[];
int chain_main(const struct filter *(*find)(const char *), int argc, char *argv[]);

#endif
