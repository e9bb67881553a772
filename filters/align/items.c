/* items.c - make a document of each item of a list in an answer. */
#include <inttypes.h>
#include <stdlib.h>

#include "filters/align/answered.h"
#include "filters/align/list_items.h"
#include "lib/base/chars.h"
#include "lib/base/table.h"
#include "lib/text/unicode.h"
#include "lib/text/utf8.h"

struct items {
	const char *member;
	uint64_t max, min_count;
	bool heads, dedup;

	const struct common *c;
	struct table seen; /* hashes of folded items */
};

struct items_scratch {
	struct answered *answered;
	struct list_items list;
	struct arena mem;
	struct buf fold;
};

static const struct items defaults = { .max = UINT64_MAX, .min_count = 1 };

static const struct opt opts[] = {
	OPT_STR(0, "member", struct items, member, "FIELD",
	    "field with the list; default: the last turn of messages, else the text"),
	OPT_U64(0, "max", struct items, max, "keep the first N items of a list"),
	OPT_U64(0, "min-count", struct items, min_count, "drop lists with fewer items"),
	OPT_BOOL(0, "heads", struct items, heads,
	    "of an item that begins with bold words, keep these"),
	OPT_BOOL(0, "dedup", struct items, dedup,
	    "drop items that occurred before, in any case or Unicode form"),
	OPT_END,
};

static int
items_open(void *self, struct setup *setup, struct err *err)
{
	struct items *o = self;

	setup->no_text = true;
	o->c = setup->c;
	unicode_memory_open();
	if (o->max == 0)
		return err_set(
		    err, EXIT_USAGE, "--max 0: no item can pass: use 1 or more");
	return 0;
}

static void
items_close(void *self)
{
	table_free(&((struct items *)self)->seen);
}

static int
items_open_thread(const void *self, void **scratch, struct err *err)
{
	struct items_scratch *s = xcalloc(1, sizeof *s);
	void *answered;

	if (answered_open(self, &answered, err) < 0) {
		free(s);
		return -1;
	}
	s->answered = answered;
	*scratch = s;
	return 0;
}

static void
items_close_thread(void *scratch)
{
	struct items_scratch *s = scratch;

	answered_close(s->answered);
	free(s->list.v);
	arena_free(&s->mem);
	buf_free(&s->fold);
	free(s);
}

/* The text with the list.  False after marking d bad. */
static bool
find_list(
    const struct items *o, struct items_scratch *s, struct doc *d, struct span *text)
{
	struct span raw;

	if (!o->member && doc_get(d, SPAN("messages"), &raw)) {
		if (!answered_read(s->answered, d, TURNS_END_ASSISTANT))
			return false;
		*text = answered_text(s->answered);
		return true;
	}
	if (doc_get(d, span_of(o->member ? o->member : o->c->text), &raw) &&
	    raw.p[0] == '"')
		return doc_str(d, span_of(o->member ? o->member : o->c->text), text);
	doc_bad(
	    d, "no string field '%s' with a list", o->member ? o->member : o->c->text);
	return false;
}

/* Hash an item without its case, its form in Unicode, and white space and a full stop
 * around it. */
static struct hash128
folded(struct items_scratch *s, struct span item)
{
	while (item.n && item.p[item.n - 1] == '.')
		item.n--;
	item = span_trim(item);
	s->fold.n = 0;
	for (size_t at = 0; at < item.n;) {
		const uint32_t c = utf8_next(item, &at);

		if (c < 0x80 && is_space((char)c)) {
			if (s->fold.n && s->fold.p[s->fold.n - 1] != ' ')
				buf_putc(&s->fold, ' ');
		} else {
			unicode_put_folded(&s->fold, c);
		}
	}
	return hash128(buf_span(&s->fold), 0);
}

static void
set_item(const struct items *o, struct items_scratch *s, struct doc *d, struct span item,
    uint64_t number)
{
	struct hash128 *h;

	doc_remove(d, SPAN("messages"));
	if (o->member)
		doc_remove(d, span_of(o->member));
	doc_set_text(d, doc_copy(d, item));
	doc_set_u64(d, SPAN("item"), number);
	if (!o->dedup)
		return;
	h = doc_alloc(d, sizeof *h);
	*h = folded(s, item);
	doc_state_set(d, h);
}

static void
items_map(const void *self, void *scratch, struct doc *d)
{
	const struct items *o = self;
	struct items_scratch *s = scratch;
	struct list_items *l = &s->list;
	struct span text;

	arena_reset(&s->mem);
	if (!find_list(o, s, d, &text))
		return;
	if (list_items_read(l, text, &s->mem) < 0) {
		doc_drop(d, "items.json");
		return;
	}
	doc_count(d, "JSON arrays with a comma at the end", l->comma);
	if (l->n == 0 || l->n < o->min_count) {
		doc_drop_value(d, "items.few", (double)l->n, (double)o->min_count);
		return;
	}
	for (size_t i = 0; i < l->n && i < o->max; i++) {
		struct doc *to = i ? doc_new(d) : d;
		const struct span item = o->heads ? list_item_head(l->v[i]) : l->v[i];

		set_item(o, s, to, item, i + 1);
	}
}

static int
items_fold(void *self, struct doc *d, struct err *err)
{
	struct items *o = self;
	const struct hash128 *h = doc_state(d);
	bool fresh;

	if (!o->dedup || !h)
		return 0;
	(void)table_put(&o->seen, *h, &fresh);
	if (!fresh)
		doc_drop(d, "items.duplicate");
	return 0;
}

const struct filter filter_items = {
	.name = "items",
	.summary = "make a document of each item of a list in an answer",
	.example =
	    "tamis items --min-count 10 --heads --dedup -o topics.jsonl answers.jsonl",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.open = items_open,
	.close = items_close,
	.map = items_map,
	.fold = items_fold,
	.open_thread = items_open_thread,
	.close_thread = items_close_thread,
};
