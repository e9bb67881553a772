/* encode.h - what the parts of the command encode share. */
#ifndef TAMIS_ENCODE_H
#define TAMIS_ENCODE_H

#include "lib/driver/doc_list.h"
#include "lib/driver/filter.h"
#include "lib/io/publish.h"
#include "shards/prefix_lock.h"
#include "shards/tshard/tshard.h"
#include "tok/encode_counts.h"
#include "tok/encode_stats.h"
#include "tok/fim.h"
#include "tok/id_file.h"
#include "tok/model_io.h"
#include "tok/tokenizer.h"

/* The filter: its options, what open makes of them, and counts of what is written. */
struct encode {
	const char *model_path, *eod_name, *source, *number, *fim_ids, *tombstones;
	struct tokenizer_options options;
	bool ids, pieces, add_bos, check;
	struct fim fim;

	/* Set by open. */
	struct model model;
	struct tokenizer tokenizer;
	struct type_ids symbols;
	struct doc_list refused; /* --tombstones */
	uint32_t eod;		 /* MODEL_NO_ID: none */
	const char *prefix, *tmp;
	bool quiet;
	bool loses;    /* decoding may not restore the text */
	bool reserves; /* a text can contain eod or a mark of --fim */
	struct lockfile lock;
	struct tshard_writer *writer; /* NULL: lines */
	struct lines_out lines;

	/* Written. */
	uint64_t docs, tokens;
	struct loss_totals losses;
	struct encode_stats stats; /* stats_use is called by map */
};

/* The result of map for the sink. */
struct tokens {
	uint64_t n;	     /* with bos and eod; 0: the document is empty */
	struct id_file file; /* the ids, if there are many; fd -1: they are in id */
	uint64_t text_bytes, unknown, symbols;
	uint64_t byte_tokens; /* of the ids in a file: 0 until they are written */
	struct text_loss loss;
	uint16_t number;   /* the field --number, or 0 */
	uint8_t flags;	   /* TSHARD_SEG_FIM_PSM or TSHARD_SEG_FIM_SPM */
	uint16_t language; /* of tshard_lang_pack */
	uint32_t id[];
};

/* Encode the text of d (encode_text.c).  The result lives as long as d; close it.  NULL
 * if d is bad. */
struct tokens *encode_text(
    const struct encode *e, void *scratch, struct doc *d, bool may_split);
static inline void
tokens_close(struct tokens *t)
{
	id_file_close(&t->file);
}

/* The scratch of a thread, as struct filter has it. */
int encode_open_thread(const void *self, void **scratch, struct err *err);
void encode_close_thread(void *scratch);

/* Writes struct tokens to the shard or as lines (encode_sink.c). */
extern const struct sink encode_sink;

#endif
