/* kind.h - recognise files that are not JSON lines, by their content. */
#ifndef TAMIS_KIND_H
#define TAMIS_KIND_H

#include "lib/base/mem.h"

/*
 * Whether a file that should hold JSON lines is of another known kind.  head: its first
 * bytes, decompressed, a block or the whole file.  path: as given, "-" for standard
 * input. Appends "PROBLEM: FIX" to why if so.
 */
bool kind_problem(const char *path, struct span head, struct buf *why);

#endif
