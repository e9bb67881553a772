/* encode.h - what the parts of the command encode share. */
#ifndef TAMIS_ENCODE_H
#define TAMIS_ENCODE_H

#include "lib/driver/doc_list.h"
#include "lib/driver/filter.h"
#include "lib/io/publish.h"
#include "shards/prefix_lock.h"
#include "shards/tshard/tshard.h"
#include "shards/tshard/tshard_align.h"
#include "tok/encode_counts.h"
#include "tok/encode_stats.h"
#include "tok/fim.h"
#include "tok/id_file.h"
#include "tok/model_io.h"
#include "tok/template/chat_render.h"
#include "tok/tokenizer.h"

/* What to do with a conversation of more than --seq tokens. */
enum chat_truncate { CHAT_TRUNCATE_REFUSE, CHAT_TRUNCATE_DROP, CHAT_TRUNCATE_TURNS };

/* How conversations are encoded. */
struct chat_options {
	const char *name; /* of the template, or its file; NULL: documents are texts */
	enum chat_policy policy;
	enum chat_loss loss;
	enum chat_truncate truncate;
	uint64_t seq; /* 0: no limit */
	bool prompt_only, pairs;
	const char *label_names; /* separated by commas, or NULL */

	/* Set by chat_options_open. */
	struct chat_template template;
	struct tokenizer inner; /* without a dummy prefix, if the model has one */
	bool prefixes;
	bool rendered; /* --template none: the fields prompt and completion */
	const char *label[TSHARD_MOST_LABELS];
	uint32_t n_labels;
	char *label_text;
};

/* Refuse options that do not go together.  Returns 0, or -1 with *err. */
int chat_options_check(const struct chat_options *o, struct err *err);
/* Open the template, and set the options of the tokenizer that it needs.  Returns 0, or
 * -1 with *err; call chat_options_close in any case. */
int chat_options_open(struct chat_options *o, const struct model *m, const char *path,
    struct tokenizer_options *t, struct err *err);
void chat_options_close(struct chat_options *o);

/* Tokens [from, to) of a conversation are targets. */
struct target_range {
	uint64_t from, to;
};

/* The filter: its options, what open makes of them, and counts of what is written. */
struct encode {
	const char *model_path, *eod_name, *source, *number, *fim_ids, *tombstones;
	struct tokenizer_options options;
	bool ids, pieces, add_bos, check;
	struct fim fim;
	struct chat_options chat;

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
	uint64_t docs, tokens, targets;
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
	/* Of a conversation: */
	uint64_t targets;	    /* tokens that are */
	struct target_range *range; /* in order, not adjacent */
	size_t n_ranges;
	float *label;		/* NaN: absent */
	uint32_t prompt_tokens; /* of an answer of a pair */
	struct tokens *next;	/* the other answer */
	uint32_t id[];
};

/* Encode the text of d (encode_text.c).  The result lives as long as d; close it.  NULL
 * if d is bad. */
struct tokens *encode_text(
    const struct encode *e, void *scratch, struct doc *d, bool may_split);
/* The same for a conversation (encode_chat.c).  NULL if d is bad or dropped. */
struct tokens *encode_conversation(const struct encode *e, void *scratch, struct doc *d);
static inline void
tokens_close(struct tokens *t)
{
	for (; t; t = t->next)
		id_file_close(&t->file);
}

/* The scratch of a thread, as struct filter has it. */
int encode_open_thread(const void *self, void **scratch, struct err *err);
void encode_close_thread(void *scratch);

/* Writes struct tokens to the shard or as lines (encode_sink.c). */
extern const struct sink encode_sink;

#endif
