/*
 * stream.h - bytes in and out of files: '-' or a path, plain, gzip or zstd by content,
 * and output that appears under its name whole or not at all.
 */
#ifndef TAMIS_STREAM_H
#define TAMIS_STREAM_H

#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"

struct in;

/* Open for reading; "-" is standard input.  NULL with *err. */
struct in *in_open(const char *path, struct err *err);
/* Up to n decompressed bytes; 0 only at the end; -1 with *err (a truncated stream too).
 */
ptrdiff_t in_read(struct in *in, void *p, size_t n, struct err *err);
const char *in_name(
    const struct in *in);		/* for messages: the path, or "standard input" */
uint64_t in_bytes(const struct in *in); /* compressed bytes read so far */
void in_close(struct in *in);

/*
 * Decompress the whole of a gzip, zlib or raw deflate stream in memory, up to max bytes,
 * appended to out.  False: it is none of these, is damaged, or would be longer.
 */
bool inflate_whole(struct span in, size_t max, struct buf *out);

enum packing { PACK_NONE, PACK_ZSTD, PACK_GZIP };

struct out;

/*
 * Open for writing; NULL or "-" is standard output.  A path is written as a temporary
 * beside it.  level 0: by the name (.zst, .gz), else zstd at that level.  mode: of a
 * new file, before the umask.
 */
struct out *out_open(const char *path, int level, unsigned mode, struct err *err);
bool out_in_place(
    const struct out *o); /* a pipe or device, which has no name of its own */
enum packing out_packing(const struct out *o);
/* Any thread: append `raw` to `packed` as a frame of its own.  pack_ctx: NULL at first.
 */
struct packer;
void out_pack(
    const struct out *o, struct packer **pack_ctx, struct span raw, struct buf *packed);
void packer_free(struct packer *p);
/* Serial: packed bytes, and the raw ones they stand for (for the end mark's count, hash).
 */
int out_write(struct out *o, struct span packed, struct span raw, struct err *err);
/* End mark, flush, fsync, rename, fsync of the folder.  Frees o.  0, or -1 with *err. */
int out_commit(struct out *o, struct err *err);
void out_abort(struct out *o); /* remove the temporary; frees o; NULL is fine */

/* Versions of the libraries, "1.5.4", for reports. */
const char *stream_zstd_version(void);
const char *stream_zlib_version(void);

/* Write a small file whole or not at all.  mode: before the umask. */
int file_put(const char *path, struct span s, unsigned mode, struct err *err);
/* Make a rename to `path` last: fsync its folder.  0, or -1 with *err. */
int dir_sync(const char *path, struct err *err);
/* Read a whole file of at most `max` bytes into b (appended).  0, or -1 with *err. */
int file_get(const char *path, size_t max, struct buf *b, struct err *err);
/*
 * The one name of what would be written as path, though it need not be there yet: links
 * and dots of its folder resolved.  malloc'd.
 */
char *file_resolve(const char *path);
/* Have an interrupt, or die(), remove this file; path must live until it is forgotten. */
void temporary_add(const char *path);
void temporary_remove(const char *path);
void temporary_note(const char *path, int there); /* the one or the other */
/* "DIR/NAME.HOST.PID.N.tmp" for path, in b, NUL-terminated: where writers put what is not
 * done. */
void file_tmp_name(const char *path, struct buf *b);

#endif
