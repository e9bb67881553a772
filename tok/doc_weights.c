/* doc_weights.c - the weights of documents by the value of a field. */
#include "tok/doc_weights.h"

#include <stdlib.h>

#include "lib/base/chars.h"
#include "lib/base/num.h"
#include "lib/driver/filter.h"

enum { WEIGHT_MAX = 1000 };

/* The place of the last '=' in s, or s.n. */
static size_t
last_equals(struct span s)
{
	size_t at = s.n;

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '=')
			at = i;
	return at;
}

static struct value_weight *
find(const struct doc_weights *w, struct span value)
{
	for (size_t i = 0; i < w->n; i++)
		if (span_eq(w->v[i].value, value))
			return &w->v[i];
	return NULL;
}

static int
parse_item(struct doc_weights *w, struct span item, struct err *err)
{
	const size_t at = last_equals(item);
	struct value_weight new = { { item.p, at }, 0, false };

	if (at == 0 || at == item.n)
		return err_set(err, EXIT_USAGE, "--weight: '%.*s': write VALUE=W",
		    (int)item.n, item.p);
	if (num_whole(span_from(item, at + 1), 3, false, &new.weight) != NUM_OK ||
	    new.weight > (uint64_t)WEIGHT_MAX * DOC_WEIGHT_ONE)
		return err_set(err, EXIT_USAGE,
		    "--weight: '%.*s': the weight must be from 0 to %d, with at most "
		    "three "
		    "decimals",
		    (int)item.n, item.p, WEIGHT_MAX);
	if (find(w, new.value))
		return err_set(err, EXIT_USAGE,
		    "--weight: '%.*s' occurs twice: remove one", (int)at, item.p);
	GROW(w->v, w->n, w->cap);
	w->v[w->n++] = new;
	return 0;
}

int
doc_weights_parse(struct doc_weights *w, const char *list, struct err *err)
{
	const char *colon = list ? strchr(list, ':') : NULL;
	struct span item;

	if (!list)
		return 0;
	if (!colon || colon == list)
		return err_set(err, EXIT_USAGE,
		    "--weight '%s': no field: write FIELD:VALUE=W,...", list);
	w->field = (struct span){ list, (size_t)(colon - list) };
	list = colon + 1;
	while (list_next(&list, &item))
		if (parse_item(w, item, err) < 0)
			return -1;
	return 0;
}

uint64_t
doc_weights_of(const struct doc_weights *w, struct doc *d, struct value_weight **match)
{
	struct span value;

	*match = NULL;
	if (!w->field.n)
		return 1;
	if (doc_str(d, w->field, &value))
		*match = find(w, value);
	return *match ? (*match)->weight : DOC_WEIGHT_ONE;
}

void
doc_weights_note(struct value_weight *match)
{
	if (match)
		match->matched = true;
}

void
doc_weights_unmatched(
    const struct doc_weights *w, void (*print)(const char *fmt, ...) PRINTF(1, 2))
{
	for (size_t i = 0; i < w->n; i++)
		if (!w->v[i].matched)
			print("--weight: no document has '%.*s' in field '%.*s'",
			    (int)w->v[i].value.n, w->v[i].value.p, (int)w->field.n,
			    w->field.p);
}

void
doc_weights_free(struct doc_weights *w)
{
	free(w->v);
	*w = (struct doc_weights){ 0 };
}
