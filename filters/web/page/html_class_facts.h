/* html_class_facts.h - what the classes of a page say, found once for each. */
#ifndef TAMIS_HTML_CLASS_FACTS_H
#define TAMIS_HTML_CLASS_FACTS_H

#include <stdint.h>

#include "lib/base/span.h"

/* Names in the list of a class that are looked for. */
enum {
	CLASS_FURNITURE = 1 << 0,  /* see html_furniture_hint() */
	CLASS_ADMONITION = 1 << 1, /* of documentation */
	CLASS_CALLOUT = 1 << 2,	   /* the same, of an <aside> */
	CLASS_KATEX = 1 << 3,	   /* shows a formula */
	CLASS_MATHJAX = 1 << 4,	   /* begins with "MathJax" */
	CLASS_MJX = 1 << 5,	   /* begins with "mjx-" */
};

struct html_class_facts {
	struct span value;
	uint32_t hints; /* N_ bits: see html_class_hints_find() */
	uint32_t hash;	/* of its letters */
	int8_t weight;	/* of its words */
	uint8_t names;	/* CLASS_ */
	bool weighed;	/* hash and weight are set */
};

/* The classes of a page that were seen last, as most occur many times; zero the rows to
 * begin.  Their values must stay where they are. */
enum { CLASS_MEMO = 512 };
struct html_class_memo {
	struct html_class_facts row[CLASS_MEMO];
	struct html_class_facts other; /* of a value that does not stay */
};

/* What a class says, until the next call.  stays: see html_class_memo.  *known: it was
 * found before; else the caller sets its hints. */
struct html_class_facts *html_class_facts_of(
    struct html_class_memo *memo, struct span value, bool stays, bool *known);
/* named: the class may have one of the CLASS_ names. */
void html_class_set_hints(struct html_class_facts *f, uint32_t hints, bool named);
/* Set hash and weight, if they are not yet. */
void html_class_weigh(struct html_class_facts *f, const int8_t *weights);

#endif
