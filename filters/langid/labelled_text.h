/* labelled_text.h - the training text of langid-train in memory, by label and source. */
#ifndef TAMIS_LABELLED_TEXT_H
#define TAMIS_LABELLED_TEXT_H

#include "filters/langid/text_features.h"

/* Where a training document comes from. */
struct langid_source {
	struct span lang, script, name; /* script, name: may be empty */
	double weight;			/* relative to the label's other sources */
};

struct corpus_source {
	char *name;
	struct span *line;
	size_t n, cap;
	uint64_t bytes;
	double weight;
	double share_end; /* sum of the shares up to and including this source */
};

struct corpus_label {
	/* "en-Latn"; before langid_corpus_ready() the script may be missing. */
	char name[LINEAR_LABEL_MAX + 1];
	struct corpus_source *source;
	size_t n;
	uint64_t bytes;
	double share_end;	/* sum of the shares up to and including this label */
	uint64_t *script_chars; /* [UNICODE_SCRIPTS]: characters of each script */
};

/* Zero it to begin. */
struct langid_corpus {
	struct corpus_label *label; /* sorted by name once ready */
	size_t n, lines;
	uint64_t bytes;
	struct char_codes codes;
	uint16_t *base; /* [65536]: each character without its marks */
	/* Labels whose text is mixed into samples: en-Latn, und, zxx. */
	size_t leak_label[3], leak_labels;
	struct arena text;
	struct buf noisy; /* the last sample, if noise was added */
};

/* Copy the lines of a document, except short ones.  Returns 0, or -1 with *err
 * (EXIT_DATA). */
int langid_corpus_add(struct langid_corpus *c, const struct langid_source *s,
    struct span text, struct err *err);
/*
 * After the last document: detect scripts, make the char codes, compute shares.  focus:
 * comma-separated languages whose share is not reduced; NULL: all.  Returns 0, or -1 with
 * *err (EXIT_DATA) if there is too little text to train on.
 */
int langid_corpus_ready(struct langid_corpus *c, const char *focus, struct err *err);
void langid_corpus_free(struct langid_corpus *c);

#endif
