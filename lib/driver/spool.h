/* spool.h - documents between the two passes of a run, in an unnamed temporary file. */
#ifndef TAMIS_SPOOL_H
#define TAMIS_SPOOL_H

#include "lib/driver/doc.h"
#include "lib/io/stream.h"

struct spool;

/* A spool in directory dir (borrowed).  NULL with *err. */
struct spool *spool_open(const char *dir, struct err *err);
/* Any thread: append d, with its place and ordinal, to out. */
void spool_put(const struct doc *d, struct buf *out);
/* Any thread: compress records for spool_write.  *packer: one per thread. */
void spool_pack(
    const struct spool *s, struct packer **packer, struct span raw, struct buf *packed);
/* Serial.  0, or -1 with *err. */
int spool_write(struct spool *s, struct span packed, struct span raw, struct err *err);
/* The end of the first pass.  0, or -1 with *err. */
int spool_end(struct spool *s, struct err *err);
/* A path by which this process can read the spool; valid until spool_free. */
char *spool_path(struct spool *s);
extern const struct record_source spool_source;
void spool_free(struct spool *s); /* NULL is fine */

#endif
