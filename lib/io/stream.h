/*
 * stream.h - read and write files: plain, gzip or zstd, "-" or a path.  Input formats are
 * detected from the content.  Output is published whole or not at all.
 */
#ifndef TAMIS_STREAM_H
#define TAMIS_STREAM_H

#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"

struct in;

/* Open for reading; "-" is standard input.  NULL with *err. */
struct in *in_open(const char *path, struct err *err);
/* The same, for a file that an output may replace. */
struct in *in_open_unnoted(const char *path, struct err *err);
/*
 * Read up to n decompressed bytes.  0: end of file; -1 with *err.  Compressed data that
 * is damaged or truncated is EXIT_DATA, after everything that decodes.
 */
ptrdiff_t in_read(struct in *in, void *p, size_t n, struct err *err);
/* After EXIT_DATA: read on at the next frame or member that decodes, or end the file. */
void in_resync(struct in *in);
/* For messages: the path, or "standard input", or the name that in_set_name set. */
const char *in_name(const struct in *in);
void in_set_name(struct in *in, const char *name);
/* After a read: whether the file is compressed. */
bool in_packed(const struct in *in);
/* Bytes read from the file so far, before decompression. */
uint64_t in_position(const struct in *in);
void in_close(struct in *in);

enum packing { PACK_NONE, PACK_ZSTD, PACK_GZIP };

struct out;

/*
 * Open for writing; NULL or "-" is standard output.  A path is written under a temporary
 * name.  level 0: compress by the suffix, .zst or .gz; otherwise zstd at that level, or
 * gzip for .gz.  Suffixes of other formats are refused.  The output is one zstd frame or
 * gzip member.  mode: of a new file, before the umask.  NULL with *err.
 */
struct out *out_open(const char *path, int level, unsigned mode, struct err *err);
/* Whether the output is standard output, a pipe or a device: there is no rename. */
bool out_in_place(const struct out *o);
/* Before the first write: compress on n threads, not counting the caller's; at first 1.
 * 0: use little memory and no thread, for one of many outputs. */
void out_threads(struct out *o, uint64_t n);
/* Name an output that is written in place so in messages. */
void out_set_name(struct out *o, const char *name);
int out_write(struct out *o, struct span raw, struct err *err);
/* Write and sync all that is left, so that little can fail before out_commit. */
int out_finish(struct out *o, struct err *err);
/* End the compressed data and publish.  Frees o.  0, or -1 with *err. */
int out_commit(struct out *o, struct err *err);
void out_abort(struct out *o); /* removes the temporary, frees o; NULL is fine */

/* Versions of the libraries, "1.5.4", for reports. */
const char *stream_zstd_version(void);
const char *stream_zlib_version(void);

/* Publish a small file, uncompressed.  mode: before the umask.  0, or -1 with *err. */
int file_put(const char *path, struct span s, unsigned mode, struct err *err);
/* The same, but a file that already has the name keeps it: the first writer wins. */
int file_put_first(const char *path, struct span s, unsigned mode, struct err *err);
/* Refuse a suffix of another format, such as .zst.  Long runs call this before they
 * begin; file_put does it, too. */
int file_put_check(const char *path, struct err *err);
/* Read a whole file of at most `max` bytes into b (appended).  0, or -1 with *err. */
int file_get(const char *path, size_t max, struct buf *b, struct err *err);
/* The same, for a file that an output may replace. */
int file_get_unnoted(const char *path, size_t max, struct buf *b, struct err *err);

#endif
