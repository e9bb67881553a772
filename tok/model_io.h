/* model_io.h - read a model file, choose its special tokens, write lines of output. */
#ifndef TAMIS_MODEL_IO_H
#define TAMIS_MODEL_IO_H

#include "lib/base/err.h"
#include "lib/base/mem.h"
#include "lib/io/stream.h"
#include "lib/text/json_writer.h"
#include "tok/model.h"

/* Exit with EXIT_SYSTEM and a message.  For lack of memory, on any thread. */
_Noreturn void no_memory(void);

/* Have lack of memory end this program by no_memory, in SentencePiece too, and soon. */
void memory_open(void);

/* Read the model in `path`.  Returns 0 with *m to be freed by model_free, or -1, *err. */
int model_load(struct model *m, const char *path, struct err *err);
/*
 * The token that `name`, the value of an option, names by its id or piece.  path is the
 * file of m, for messages.  Returns 0 with *id, or -1 with *err.
 */
int model_choose(const struct model *m, const char *path, const char *option,
    const char *name, uint32_t *id, struct err *err);

/* Append n ids, a space before each but the first of a line. */
void put_ids(const uint32_t *ids, size_t n, bool first, struct buf *b);
/* Append the pieces of n ids as JSON strings. */
void put_pieces(
    const struct model *m, const uint32_t *ids, size_t n, struct json_writer *w);

/* Output of lines, compressed on request.  After lines_out_open, append to `raw`. */
struct lines_out {
	struct buf raw; /* not written yet */
	struct out *out;
};

/* As out_open.  Returns 0, or -1 with *err; call lines_out_close in any case. */
int lines_out_open(struct lines_out *l, const char *path, int level, struct err *err);
/* Write `raw` once it is large enough.  Serial.  Returns 0, or -1 with *err. */
int lines_out_flush(struct lines_out *l, struct err *err);
/* Write the rest and commit.  Returns 0, or -1 with *err. */
int lines_out_commit(struct lines_out *l, struct err *err);
void lines_out_close(struct lines_out *l); /* drops output that is not committed */

#endif
