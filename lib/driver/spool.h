/* spool.h - documents between the passes of a run, in an unnamed temporary file. */
#ifndef TAMIS_SPOOL_H
#define TAMIS_SPOOL_H

#include "lib/driver/doc.h"
#include "lib/io/stream.h"

struct spool;

/* A spool in directory dir (borrowed), compressed by `threads`.  NULL with *err. */
struct spool *spool_open(const char *dir, uint64_t threads, struct err *err);
/* Any thread: append d, with its place and ordinal, to out. */
void spool_put(const struct doc *d, struct buf *out);
/* Serial.  0, or -1 with *err. */
int spool_write(struct spool *s, struct span records, struct err *err);
/* The end of the first pass.  0, or -1 with *err. */
int spool_end(struct spool *s, struct err *err);
/* A path by which this process can read the spool; valid until spool_free. */
char *spool_path(struct spool *s);
/* The path that the file had, for messages; valid until spool_free. */
const char *spool_name(const struct spool *s);
extern const struct record_source spool_source;
void spool_free(struct spool *s); /* NULL is fine */

#endif
