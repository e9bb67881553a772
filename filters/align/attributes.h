/* attributes.h - numbers that judge an answer, such as helpfulness, in fields. */
#ifndef TAMIS_ATTRIBUTES_H
#define TAMIS_ATTRIBUTES_H

#include "lib/driver/filter.h"

/* Read a number field.  A missing one is bad data, never 0: marks d bad, returns false.
 * So are strings, -100, which marks absent labels, and numbers beyond f64. */
bool attribute_get(struct doc *d, struct span name, double *v);

/* Append v, finite, in 17 significant digits and without an exponent: it reads back as
 * the same number. */
void attribute_put(struct buf *b, double v);
/* Set a field to that. */
void attribute_set(struct doc *d, struct span name, double v);

/* A bound, "helpfulness>=3". */
struct bound {
	struct span name;  /* borrowed from the option */
	bool below, equal; /* below: < or <=; equal: >= or <= */
	double v;
};

/* Parse the value of an option.  0, or -1 with *err. */
int bound_parse(struct bound *b, const char *option, const char *s, struct err *err);
bool bound_holds(const struct bound *b, double v);

/* Weights of attributes, in the order in which they are summed. */
struct weights {
	struct weight {
		struct span name;
		double v;
	} v[32];
	size_t n;
};

/* The names of presets, for messages and help. */
#define WEIGHTS_PRESETS "nemotron4-340b or llama3-70b"

/* Parse a preset or "NAME=W,NAME=W".  s: borrowed.  0, or -1 with *err. */
int weights_parse(struct weights *w, const char *s, struct err *err);
/* The sum in f64 over the fields of d.  Returns false after marking d bad. */
bool weights_sum(const struct weights *w, struct doc *d, double *sum);

#endif
