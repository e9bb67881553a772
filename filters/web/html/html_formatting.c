/* html_formatting.c - active formatting elements, such as a <b> that continues in the
 * next paragraph: HTML standard, 13.2.4.3 and 13.2.6.4.7. */
#include <stdlib.h>

#include "filters/web/html/html_document_state.h"
#include "lib/base/chars.h"
#include "lib/base/hash.h"

static int
by_name(const void *a, const void *b)
{
	const struct attr_hash *x = a, *y = b;

	if (x->name != y->name)
		return x->name < y->name ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

static uint64_t
hash_lower(struct span s, struct buf *lower)
{
	lower->n = 0;
	for (size_t i = 0; i < s.n; i++)
		buf_putc(lower, ascii_lower(s.p[i]));
	return hash64(buf_span(lower), 0);
}

/* A hash of the attributes of the tag at `at`, whatever their order; never 0. */
static uint64_t
hash_attrs(struct formatting *f, const struct html_tokenizer *t, uint32_t at)
{
	const char *p = html_tag_attrs(t, at);
	struct html_raw_attr a;
	size_t n = 0;
	uint64_t sum = 1;
	bool self_closing;

	while (html_next_attr(&p, t->end, &a, &self_closing)) {
		GROW(f->attr, n, f->attr_cap);
		f->attr[n].name = hash_lower(a.name, &f->value);
		f->value.n = 0;
		html_decode_value(t, a.value, &f->value);
		f->attr[n].value = hash64(buf_span(&f->value), 1);
		f->attr[n].place = n;
		n++;
	}
	if (n > 1)
		qsort(f->attr, n, sizeof *f->attr, by_name);
	/* Of attributes with one name, the first counts. */
	for (size_t i = 0; i < n; i++)
		if (i == 0 || f->attr[i].name != f->attr[i - 1].name)
			sum +=
			    (f->attr[i].name ^ f->attr[i].value) * (f->attr[i].value | 1);
	return sum ? sum : 1;
}

static uint64_t
hash_of(struct html_parser *p, int i)
{
	struct formatting *f = &p->formatting;

	if (!f->hash[i])
		f->hash[i] = hash_attrs(f, &p->source, node_of(p, f->node[i])->at);
	return f->hash[i];
}

/* The index of the first element after the last marker. */
static int
segment(const struct formatting *f)
{
	return scan_last(f->code, 0, f->n, MARKER) + 1;
}

int
find_formatting(const struct html_parser *p, uint32_t code)
{
	const struct formatting *f = &p->formatting;

	return scan_last(f->code, segment(f), f->n, code);
}

void
remove_formatting(struct html_parser *p, int i)
{
	struct formatting *f = &p->formatting;
	const size_t after = (size_t)(--f->n - i);

	node_of(p, f->node[i])->listed = 0;
	memmove(f->node + i, f->node + i + 1, after * sizeof *f->node);
	memmove(f->code + i, f->code + i + 1, after * sizeof *f->code);
	memmove(f->hash + i, f->hash + i + 1, after * sizeof *f->hash);
}

static void
insert_formatting(
    struct html_parser *p, int i, uint32_t node, uint32_t code, uint64_t hash)
{
	struct formatting *f = &p->formatting;
	const size_t after = (size_t)(f->n - i);

	if (f->n == f->cap) {
		f->cap = f->cap ? f->cap * 2 : 64;
		f->node = xrealloc(f->node, (size_t)f->cap, sizeof *f->node);
		f->code = xrealloc(f->code, (size_t)f->cap, sizeof *f->code);
		f->hash = xrealloc(f->hash, (size_t)f->cap, sizeof *f->hash);
	}
	memmove(f->node + i + 1, f->node + i, after * sizeof *f->node);
	memmove(f->code + i + 1, f->code + i, after * sizeof *f->code);
	memmove(f->hash + i + 1, f->hash + i, after * sizeof *f->hash);
	f->node[i] = node;
	f->code[i] = code;
	f->hash[i] = hash;
	f->n++;
	node_of(p, node)->listed = 1;
}

/* Leave n entries. */
static void
truncate_formatting(struct html_parser *p, int n)
{
	struct formatting *f = &p->formatting;

	while (f->n > n)
		node_of(p, f->node[--f->n])->listed = 0;
}

int
find_entry(const struct html_parser *p, uint32_t node)
{
	const struct formatting *f = &p->formatting;

	return p->dom.node[node].listed ? scan_last(f->node, 0, f->n, node) : -1;
}

/* Of three equal elements, remove the first: the Noah's Ark clause. */
static void
limit_equals(struct html_parser *p, int from)
{
	struct formatting *f = &p->formatting;
	const int last = f->n - 1;
	const uint32_t code = f->code[last];
	int same = 0, equal = 0, first = -1;
	uint64_t hash;

	for (int i = from; i < last && same < 3; i++)
		same += f->code[i] == code;
	if (same < 3)
		return;
	hash = hash_of(p, last);
	for (int i = last - 1; i >= from; i--) {
		if (f->code[i] == code &&
		    (f->hash[i] ? f->hash[i] : hash_of(p, i)) == hash) {
			equal++;
			first = i;
		}
	}
	if (equal >= 3)
		remove_formatting(p, first);
}

void
push_formatting(struct html_parser *p, uint32_t node)
{
	struct formatting *f = &p->formatting;
	const int from = segment(f);

	insert_formatting(p, f->n, node, node_of(p, node)->code, 0);
	limit_equals(p, from);
	if (f->n - from > HTML_FORMATTING)
		remove_formatting(p, from);
}

void
push_marker(struct html_parser *p)
{
	insert_formatting(p, p->formatting.n, 0, MARKER, 0);
}

void
clear_to_marker(struct html_parser *p)
{
	const int marker = scan_last(p->formatting.code, 0, p->formatting.n, MARKER);

	truncate_formatting(p, marker < 0 ? 0 : marker);
}

/* Whether the page has had its copies of formatting elements.  More would take more than
 * linear memory. */
static bool
out_of_copies(const struct html_parser *p)
{
	const struct html_tokenizer *t = &p->source;

	return p->copies >=
	       (uint64_t)(t->p - t->begin) / HTML_BYTES_PER_COPY + HTML_FREE_COPIES;
}

/* A copy of a formatting element, outside the tree. */
static uint32_t
copy_element(struct html_parser *p, uint32_t node)
{
	const struct dom_node from = *node_of(p, node);

	p->copies++;
	return dom_new(&p->dom, from.code, from.at, from.attr);
}

/* Let a copy take the place of an entry.  Returns the copy. */
static uint32_t
copy_entry(struct html_parser *p, int i)
{
	uint32_t *node = &p->formatting.node[i];
	const uint32_t copy = copy_element(p, *node);

	node_of(p, *node)->listed = 0;
	node_of(p, copy)->listed = 1;
	*node = copy;
	return copy;
}

/* Open again the elements that were closed by the end of a block. */
void
reconstruct_formatting(struct html_parser *p)
{
	struct formatting *f = &p->formatting;
	int i = f->n;

	while (i > 0 && f->code[i - 1] != MARKER && !node_of(p, f->node[i - 1])->open)
		i--;
	for (; i < f->n; i++) {
		if (out_of_copies(p) || p->open.n >= HTML_DEPTH + HTML_FORMATTING) {
			truncate_formatting(p, i);
			return;
		}
		copy_entry(p, i);
		dom_insert(&p->dom, f->node[i], appropriate_place(p, current_node(p)));
		push(p, f->node[i]);
	}
}

/* The furthest block: the first special element above index i of the stack; -1: none. */
static int
furthest_block(const struct html_parser *p, int i)
{
	const struct open_elements *o = &p->open;

	do
		i++;
	while (i < o->n && !(o->flags[i] & E_SPECIAL));
	return i < o->n ? i : -1;
}

/* The copies of formatting elements between the formatting element and the block, from
 * the block on. */
struct copies {
	uint32_t node[3];
	int n;
	uint32_t last; /* the outermost node so far */
	int bookmark;  /* where the copy of the formatting element goes in the list */
};

/*
 * Steps 11 to 14 of the algorithm for the elements from index `block` of the stack down
 * to `at`: at most three formatting elements are copied around the block, and the others
 * leave the stack.
 */
static void
copy_between(struct html_parser *p, int at, int block, struct copies *c)
{
	for (int i = block - 1; i > at; i--) {
		const int entry = find_entry(p, p->open.node[i]);

		if (entry < 0)
			continue;
		if (i + 3 < block) {
			remove_formatting(p, entry);
			c->bookmark -= entry < c->bookmark;
			continue;
		}
		if (c->n == 0)
			c->bookmark = entry + 1;
		c->node[c->n] = copy_entry(p, entry);
		dom_remove(&p->dom, c->last);
		dom_insert(&p->dom, c->last, (struct dom_place){ c->node[c->n], 0 });
		c->last = c->node[c->n++];
	}
}

/* Rewrite the stack from index `at`, where the formatting element is, to the block: the
 * copies, the block, the copy of the formatting element. */
static void
rebuild_stack(
    struct html_parser *p, int at, int block, const struct copies *c, uint32_t inner)
{
	const uint32_t block_node = p->open.node[block];
	int i;

	for (i = at; i <= block; i++)
		clear_open(p, i);
	i = at;
	for (int copy = c->n - 1; copy >= 0; copy--)
		set_open(p, i++, c->node[copy]);
	set_open(p, i++, block_node);
	set_open(p, i++, inner);
	close_gap(p, i, block + 1);
}

/* One turn of the outer loop.  Returns false at the end. */
static bool
adopt(struct html_parser *p, uint32_t code)
{
	struct formatting *f = &p->formatting;
	const int entry = find_formatting(p, code);
	struct copies c;
	uint32_t formatting, block, inner;
	uint64_t hash;
	int at, block_at;

	if (entry < 0) {
		any_other_end_tag(p);
		return false;
	}
	formatting = f->node[entry];
	hash = f->hash[entry];
	at = scan_last(p->open.node, 0, p->open.n, formatting);
	if (at < 0) {
		remove_formatting(p, entry);
		return false;
	}
	if (scan_last_flag(p->open.flags, 0, p->open.n, SCOPE) > at)
		return false;
	block_at = furthest_block(p, at);
	if (block_at < 0 || out_of_copies(p)) {
		if (block_at < 0)
			pop_to(p, at);
		remove_formatting(p, entry);
		return false;
	}
	block = p->open.node[block_at];
	c = (struct copies){ .last = block, .bookmark = entry };
	copy_between(p, at, block_at, &c);
	dom_remove(&p->dom, c.last);
	dom_insert(&p->dom, c.last, appropriate_place(p, p->open.node[at - 1]));
	inner = copy_element(p, formatting);
	dom_move_children(&p->dom, block, inner);
	dom_insert(&p->dom, inner, (struct dom_place){ block, 0 });
	insert_formatting(p, c.bookmark, inner, code, hash);
	remove_formatting(p, find_entry(p, formatting));
	rebuild_stack(p, at, block_at, &c, inner);
	return true;
}

void
adoption_agency(struct html_parser *p, uint32_t code)
{
	if (current_code(p) == code && !node_of(p, current_node(p))->listed) {
		pop(p);
		return;
	}
	for (int i = 0; i < 8 && adopt(p, code); i++)
		;
}
