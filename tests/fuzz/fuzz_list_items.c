/* fuzz_list_items.c - lists in answers: items are trimmed UTF-8, not empty, and parts of
 * the text unless it is JSON. */
#include <stdint.h>
#include <stdlib.h>

#include "filters/align/list_items.h"
#include "lib/base/chars.h"
#include "lib/text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
must(bool ok)
{
	if (!ok)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	const struct span text = { (const char *)p, n };
	struct arena mem = { 0 };
	struct list_items l = { 0 };
	size_t total = 0;

	if (utf8_valid(text) && list_items_read(&l, text, &mem) == 0)
		for (size_t i = 0; i < l.n; i++) {
			const struct span head = list_item_head(l.v[i]);

			must(l.v[i].n > 0 && span_trim(l.v[i]).n == l.v[i].n);
			must(utf8_valid(l.v[i]) && utf8_valid(head) && head.n > 0);
			must(
			    head.p >= l.v[i].p && head.p + head.n <= l.v[i].p + l.v[i].n);
			total += l.v[i].n;
		}
	must(total <= n);
	free(l.v);
	arena_free(&mem);
	return 0;
}
