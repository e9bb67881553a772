/* near_doc.c - the rank of a document among near duplicates. */
#include "dedup/near_doc.h"

int
near_doc_order(const struct near_doc *a, const struct near_doc *b)
{
	if (a->age != b->age)
		return a->age > b->age ? -1 : 1;
	if (a->priority != b->priority)
		return a->priority > b->priority ? -1 : 1;
	if (a->priority_rest != b->priority_rest)
		return a->priority_rest > b->priority_rest ? -1 : 1;
	if (a->length != b->length)
		return a->length > b->length ? -1 : 1;
	if (a->content != b->content)
		return a->content < b->content ? -1 : 1;
	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}
