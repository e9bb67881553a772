/*
 * filter.h - the contract between a filter and the driver.
 *
 *   read -> [ map (parallel, pure) -> fold (serial, input order) ]... -> emit -> write
 *
 * A filter supplies map, fold, or both.  map sees one document and may not write to
 * anything shared.  fold sees the same documents one at a time, in input order, and may
 * keep state.  So the output is the same for every number of threads.  Work that needs no
 * memory of earlier documents belongs in map.
 *
 * A filter that can decide only after the last document asks for several passes.  The
 * driver presents the same documents in the same order in each.  In all passes but the
 * last, map and fold look at them, and decide() then draws a conclusion.  In the last
 * pass, apply() acts on each document.  A later pass parses only the documents that the
 * filter reads or changes: those it keeps without a look cost little more than a copy.
 *
 * Documents, spans and strings handed to a filter are borrowed until the call returns.
 * doc_alloc() memory lives until the document is written.
 */
#ifndef TAMIS_FILTER_H
#define TAMIS_FILTER_H

#include <stdint.h>

#include "lib/base/hash.h"
#include "lib/base/mem.h"
#include "lib/base/span.h"
#include "lib/driver/common.h"
#include "lib/driver/opt.h"

struct doc;
struct json_writer;
struct run;

/* The position of a record source in one input file.  Zeroed at the file's start. */
struct record_scan {
	const char *path; /* of the file, as given */
	int format;	  /* for the source's own use: the format it detected */
	size_t seen;	  /* bytes of `in` an earlier call searched without success; set
			     with skip: the first of these that resync need not see */
	uint64_t skip;	  /* set by find: bytes to discard after the taken ones */
	bool damaged;	  /* the data that follow `in` are: its last record may be cut */
	bool skip_line;	  /* set by find: discard everything through the next '\n' */
	bool bad;	  /* set by find: the last record taken is a bad document */
	uint64_t max_doc; /* limit on the size of a record, in bytes */
	/* Set with skip if the record is not a document: the driver counts it under this
	 * name (static) instead of reporting a bad document. */
	const char *skip_as;
	/* Set with skip, for resync: the message (static) about a record that is shorter
	 * than skip, and its offset in the skipped bytes. */
	const char *skip_short;
	size_t skip_from;
};

/* Whole records of one file, in file order; next() takes them off the front. */
struct record_range {
	const char *path; /* of the file, as given */
	int format;	  /* as find() left it */
	struct span rest; /* not yet taken */
	uint64_t offset;  /* of rest.p in the (decompressed) file */
	uint64_t ordinal; /* records taken so far from this file */
	uint64_t max_doc;
};

/* Bytes to documents, for a filter whose input is not JSON lines. */
struct record_source {
	/*
	 * Serial.  `in` begins at a record of the file; at_end: no more bytes follow.
	 * Sets *take to the size of the whole records at its front (0 asks for more
	 * bytes) and *records to their number.  A file without a byte may be one record:
	 * *take 0 and *records 1 at its end.  At an over-long record: take the records
	 * before it and set skip or skip_line; the driver reports a bad document.
	 */
	void (*find)(const void *self, struct record_scan *s, struct span in, bool at_end,
	    size_t *take, uint64_t *records);
	/*
	 * Serial; may be NULL.  `in` begins with bytes to skip, of which it returns how
	 * many surely belong to one record, 0 if that needs more bytes.  Sets *found if
	 * another record begins after those: the skipped one is then shorter than s->skip
	 * and a bad document, as it is if the file ends within it.
	 */
	size_t (*resync)(const void *self, const struct record_scan *s, struct span in,
	    bool at_end, bool *found);
	/*
	 * Parallel.  Take the next record off `r` and fill in d (doc_set_text and others,
	 * doc_drop, doc_bad).  Returns false if the record is not a document.
	 */
	bool (*next)(
	    const void *self, void *scratch, struct record_range *r, struct doc *d);
};

/* Of all bytes of a file, decompressed. */
struct file_digest {
	struct hash128 hash;
	uint64_t bytes;
};

/* Replaces the JSON lines writer, for a filter that does not write documents. */
struct sink {
	/* Serial, input order, kept documents only.  Returns 0, or -1 with *err. */
	int (*write)(void *self, struct doc *d, struct err *err);
	/* After end(): documents that the sink took but drops, by a rule (static).  They
	 * are counted as dropped; may be NULL. */
	uint64_t (*drops)(const void *self, const char **rule);
	/* After that: append the fields of the report's object `statistics`, which the
	 * page of the command describes; may be NULL. */
	void (*statistics)(const void *self, struct json_writer *w);
	/* After that: publish.  report: provenance of this run, JSON. */
	int (*finish)(void *self, struct span report, struct err *err);
	/* After that: the digest of the file, for the report beside it, which another run
	 * may replace; may be NULL. */
	struct file_digest (*output)(const void *self);
	bool prefix; /* -o names a prefix of files: open() calls inputs_check for them */
};

/* What open() learns about the run, and states about its own needs. */
struct setup {
	const struct common *c; /* the common options, this filter's --tag and --where */
	unsigned passes;	/* over the documents; above 1: call decide(), apply() */
	/* Places in a chain that the filter must have; alone: it cannot be in one.  last:
	 * it describes the output, so --where is refused. */
	bool first, last, alone;
	bool all_docs; /* present documents outside --where, too: doc_selected */
	/* It does not call doc_text: documents need no text if that is true of all
	 * filters in the chain. */
	bool no_text;
	/* Write DIR/VALUE.jsonl for each value of a field; both NULL: one output. */
	const char *split_by, *split_dir;
	struct uses *uses; /* see setup_uses */
	/* The input files of the run; "-": standard input. */
	char *const *input;
	size_t ninputs;
	const struct run *run;
};

/*
 * The digests of the output, and of an input.  Valid in end() and in a sink's finish(),
 * where the struct setup of open() still is.
 */
struct file_digest setup_output(const struct setup *s);
struct file_digest setup_input(const struct setup *s, size_t i);

/* Have reports list a library, model or rule file that output depends on.  Copied. */
void setup_uses(struct setup *s, struct span name, struct span version);

struct filter {
	const char *name;	/* "langid" */
	const char *summary;	/* one line, no full stop: help and man NAME */
	const char *example;	/* a command line for --help; the man page has it, too */
	const char *operands;	/* of the usage line; NULL: "[FILE...]" */
	const char *output;	/* name of the value of -o in --help; NULL: FILE */
	const struct opt *opts; /* see opt.h */
	const void *defaults;	/* the filter's own struct in its initial state */
	size_t size;		/* of that struct, in bytes */

	/* Check options, load models, state needs.  0, or -1 with *err. */
	int (*open)(void *self, struct setup *s, struct err *err);
	/* Called once after a successful open(), whether or not the run succeeded. */
	void (*close)(void *self);

	/* Parallel: may read what open() set, nothing else. */
	void (*map)(const void *self, void *scratch, struct doc *d);
	/* Serial, input order: may change self.  0, or -1 with *err to stop the run. */
	int (*fold)(void *self, struct doc *d, struct err *err);
	/* With several passes: at the end of each but the last; may be NULL.  A filter
	 * with three or more counts its passes here. */
	int (*decide)(void *self, struct err *err);
	/* Parallel and pure: acts on a document of the last pass. */
	void (*apply)(const void *self, void *scratch, struct doc *d);

	/* After the last document of all passes; may be NULL.  The place to refuse the
	 * run, and to write files of one's own.  0, or -1 with *err. */
	int (*end)(void *self, struct err *err);
	/* Once nothing can refuse the run any more, before its outputs are published; may
	 * be NULL.  The place to publish files of one's own.  0, or -1 with *err. */
	int (*publish)(void *self, struct err *err);
	/* After the summary of a run that succeeded; may be NULL.  The place for warnings
	 * and details about all documents: an error is the last line of a run. */
	void (*remark)(const void *self);

	/* Per-thread scratch memory for map and apply, if they want any. */
	int (*open_thread)(const void *self, void **scratch, struct err *err);
	void (*close_thread)(void *scratch);

	/* It selects documents by request: no warning if it drops most of them. */
	bool selects;

	const struct record_source *source; /* NULL: JSON lines in */
	const struct sink *sink;	    /* NULL: JSON lines out */
};

/* A filter may read a document ... */
struct span doc_text(struct doc *d); /* decoded UTF-8, edits applied */
/* The JSON value of a field; false: missing. */
bool doc_get(struct doc *d, struct span key, struct span *raw);
/* The decoded string of a field; false: missing, or not a string. */
bool doc_str(struct doc *d, struct span key, struct span *s);
struct span doc_id(struct doc *d); /* BASENAME:ORDINAL if it has none */
/*
 * Position among the documents that this filter reads, from 0.  It is the same in all
 * passes and not necessarily dense.  Valid in fold, apply and a sink's write.
 */
uint64_t doc_ordinal(const struct doc *d);
bool doc_selected(const struct doc *d);	  /* --where matches, or was not given */
void *doc_alloc(struct doc *d, size_t n); /* never NULL, 16-byte aligned */
struct span doc_copy(struct doc *d, struct span s); /* in doc_alloc memory */
void doc_state_set(struct doc *d, void *p); /* map -> fold, sink; one per filter */
void *doc_state(const struct doc *d);

/* ... and change it.  Unchanged fields keep their exact bytes. */
void doc_set_text(
    struct doc *d, struct span text); /* borrowed until written: doc_alloc it */
void doc_set_str(struct doc *d, struct span key, struct span value);
void doc_set_u64(struct doc *d, struct span key, uint64_t value);
void doc_set_num(struct doc *d, struct span key, double value, int places);
void doc_set_raw(
    struct doc *d, struct span key, struct span json); /* json: valid, borrowed */
void doc_remove(struct doc *d, struct span key);       /* with its comma, if there */
/* Set the fields of json, an object, in the object that the field key holds; others stay.
 * Any other value than null makes d bad: --tag must not replace it. */
void doc_merge_object(struct doc *d, struct span key, struct span json);
/* Drop d for breaking a rule ("length.min", static).  Call once per rule broken. */
void doc_drop(struct doc *d, const char *rule);
void doc_drop_value(struct doc *d, const char *rule, double value, double threshold);
/* Add n to a count of the report (what: static). */
void doc_count(struct doc *d, const char *what, uint64_t n);
void doc_bad(struct doc *d, const char *fmt, ...) PRINTF(2, 3); /* malformed input */
/* Whether to repair what has one obvious repair: --on-bad=repair. */
bool doc_repair(const struct doc *d);
/*
 * In map: a further document that follows d and those made of d before.  It begins with
 * d's fields, edits included, and without an id of its own; set its text.  The filter's
 * fold and all later filters see it; its own map does not.  d itself continues, too:
 * drop it if the new documents replace it.
 */
struct doc *doc_new(struct doc *d);

#endif
