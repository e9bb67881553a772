/* model_io.h - what encode, decode and their like read and write: a model in, lines out.
 */
#ifndef TAMIS_MODEL_IO_H
#define TAMIS_MODEL_IO_H

#include "lib/base/err.h"
#include "lib/base/mem.h"
#include "lib/io/stream.h"
#include "tok/model.h"

/* Read path into m, to be given to model_free.  Returns 0, or -1 with *err. */
int model_load(struct model *m, const char *path, struct err *err);
/* The token that an option names by its id or piece.  path: of m.  0, or -1 with *err. */
int model_choose(const struct model *m, const char *path, const char *option,
    const char *name, uint32_t *id, struct err *err);

/* Lines on their way out.  lines_out_open, then add to `raw`. */
struct lines_out {
	struct buf raw; /* not written yet */
	struct out *out;
};

/* As out_open.  Returns 0, or -1 with *err; lines_out_close in any case. */
int lines_out_open(struct lines_out *l, const char *path, int level, struct err *err);
/* Write `raw` if that is worth it.  Serial.  Returns 0, or -1 with *err. */
int lines_out_flush(struct lines_out *l, struct err *err);
/* Write the rest and commit.  Returns 0, or -1 with *err. */
int lines_out_commit(struct lines_out *l, struct err *err);
void lines_out_close(struct lines_out *l); /* what was not committed goes */

#endif
