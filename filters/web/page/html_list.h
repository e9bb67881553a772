/* html_list.h - number the items of a list as browsers do. */
#ifndef TAMIS_HTML_LIST_H
#define TAMIS_HTML_LIST_H

#include "filters/web/page/html_tree.h"

/* An open list. */
struct html_list {
	bool ordered;
	char type; /* of numbers: one of "1aAiI" */
	int step;  /* 1, or -1 if reversed */
	long next; /* number of the next item */
};

/* The size of a number as text, with its NUL. */
enum { HTML_NUMBER = 24 };

static inline bool
html_is_list(const struct html_node *n)
{
	return n->tag == T_OL || n->tag == T_UL || n->tag == T_MENU || n->tag == T_DIR;
}

/* Begin the list of a node that html_is_list(). */
void html_list_begin(
    const struct html_tree *t, const struct html_node *n, struct html_list *l);
/* Count an item of an ordered list.  Returns its number. */
long html_list_count(
    const struct html_tree *t, const struct html_node *item, struct html_list *l);
/* Write a number as the list shows it, without punctuation. */
void html_list_format(const struct html_list *l, long number, char out[HTML_NUMBER]);
/* Drop the numbers that the items of ordered lists have in their texts, too. */
void html_drop_own_numbers(struct html_tree *t);

#endif
