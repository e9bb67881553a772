/*
 * user_symbols.h - find user-defined symbols in a text, leftmost and longest.
 *
 * Part of libtamis_tok: includes nothing of lib/, never exits, never prints.
 */
#ifndef TAMIS_USER_SYMBOLS_H
#define TAMIS_USER_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>

struct user_symbol {
	const char *text; /* borrowed */
	size_t n;
};

/* Zero it to begin: without symbols. */
struct user_symbols {
	struct user_symbol *v; /* in the order of their bytes */
	size_t n, cap;
	size_t longest;	  /* bytes */
	bool begins[256]; /* some symbol begins with this byte */
};

/* Add n > 0 bytes.  0, or -1 when memory is out. */
int user_symbols_add(struct user_symbols *s, const char *text, size_t n);
/* To be called after the last user_symbols_add. */
void user_symbols_sort(struct user_symbols *s);
/* The length of the longest symbol that the n > 0 bytes begin with, or 0. */
size_t user_symbols_match(const struct user_symbols *s, const char *text, size_t n);
void user_symbols_free(struct user_symbols *s);

#endif
