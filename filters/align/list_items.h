/*
 * list_items.h - the items of a list in an answer.
 *
 *	Sure! Here are two topics:
 *
 *	1. **Food**: what people eat
 *	   - and drink
 *	2. Sports
 *
 * A list has numbers (1. 1) or bullets (- * + •), or lines that begin with a bold head,
 * or is a JSON array of strings; else each line is an item.  The first of these that the
 * text has decides.  Each item but those of JSON with escapes is a part of the text.
 */
#ifndef TAMIS_LIST_ITEMS_H
#define TAMIS_LIST_ITEMS_H

#include "lib/base/mem.h"
#include "lib/base/span.h"

/* Zero it to begin, free(v) at the end. */
struct list_items {
	struct span *v;
	size_t n, cap;
	bool comma; /* a JSON array had a comma before its end, which was ignored */
};

/*
 * Find the items of text, which replace those in l.  Decoded ones are in mem.  Items have
 * neither white space nor marks of quotation or bold face around them, and are not empty.
 * Nested lists and lines that continue an item belong to it; a paragraph before or after
 * the list does not.  Returns 0, or -1: it begins as a JSON array, but is none of
 * strings.
 */
int list_items_read(struct list_items *l, struct span text, struct arena *mem);

/* The bold head of "**Food**: what people eat", or the item itself. */
struct span list_item_head(struct span item);

#endif
