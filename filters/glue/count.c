/* count.c - count documents, bytes, characters and lines, in total and by fields. */
#include <inttypes.h>
#include <stdlib.h>

#include "lib/base/chars.h"
#include "lib/base/hash.h"
#include "lib/base/num.h"
#include "lib/base/table.h"
#include "lib/driver/filter.h"
#include "lib/io/stream.h"
#include "lib/text/json_writer.h"

/* Values of one field that are counted apart; the rest is counted together. */
enum { MAX_VALUES = 1 << 20, MAX_BY = sizeof(struct opt_list) / sizeof(char *) };

struct amounts {
	uint64_t documents, bytes, characters, lines;
};

struct value {
	char *name;
	struct amounts n;
};

/* A field, and the values it was found to have, in order of appearance. */
struct by {
	const char *field;
	struct table at; /* value -> index in v */
	struct value *v;
	size_t n, cap;
	struct amounts missing, other;
};

struct counting {
	struct opt_list fields;
	bool json;
	uint64_t top;

	const char *output;
	struct amounts all;
	struct by by[MAX_BY];
};

static const struct counting defaults = { .top = 50 };

static const struct opt opts[] = {
	OPT_LIST('b', "by", struct counting, fields, "FIELD",
	    "count by the values of FIELD, too; may be given again"),
	OPT_U64(0, "top", struct counting, top,
	    "rows for each field, those of most bytes; 0: all; default: 50"),
	OPT_BOOL('J', "json", struct counting, json, "write JSON, with all values"),
	OPT_ALIAS(OPT_T_U64, 'n', "top", struct counting, top, "N"),
	OPT_END,
};

static int
count_open(void *self, struct setup *setup, struct err *err)
{
	struct counting *c = self;

	c->output = setup->c->output;
	setup->all_docs = true; /* counts only what --where selects */
	for (size_t i = 0; i < c->fields.n; i++)
		c->by[i].field = c->fields.v[i];
	return 0;
}

static void
count_close(void *self)
{
	struct counting *c = self;

	for (size_t i = 0; i < c->fields.n; i++) {
		for (size_t k = 0; k < c->by[i].n; k++)
			free(c->by[i].v[k].name);
		free(c->by[i].v);
		table_free(&c->by[i].at);
	}
}

static uint64_t
sum_bytes(uint64_t w)
{
	const uint64_t low = UINT64_C(0x00ff00ff00ff00ff);

	return ((w & low) + (w >> 8 & low)) * UINT64_C(0x0001000100010001) >> 48;
}

/* Continuation bytes and line ends in the first n bytes at p; n is a multiple of 8. */
static void
count_words(const char *p, size_t n, uint64_t *continuations, uint64_t *lines)
{
	enum { STEP = 255 }; /* words, so that a sum fits its byte */
	const uint64_t ones = UINT64_C(0x0101010101010101), sevens = ones * 0x7f;

	while (n > 0) {
		const size_t words = n / 8 < STEP ? n / 8 : STEP;
		uint64_t sum = 0, sum_lines = 0, w, x;

		for (size_t i = 0; i < words; i++) {
			memcpy(&w, p + 8 * i, 8);
			x = w ^ ones * '\n';
			sum += w >> 7 & ~(w >> 6) & ones;
			sum_lines += ~(((x & sevens) + sevens) | x | sevens) >> 7;
		}
		*continuations += sum_bytes(sum);
		*lines += sum_bytes(sum_lines);
		p += 8 * words;
		n -= 8 * words;
	}
}

static struct amounts
amounts_of(struct span text)
{
	struct amounts a = { .documents = 1, .bytes = text.n };
	const size_t whole = text.n & ~(size_t)7;
	uint64_t continuations = 0;

	count_words(text.p, whole, &continuations, &a.lines);
	for (size_t i = whole; i < text.n; i++) {
		continuations += ((unsigned char)text.p[i] & 0xc0) == 0x80;
		a.lines += text.p[i] == '\n';
	}
	a.characters = text.n - continuations;
	a.lines += text.n > 0 && text.p[text.n - 1] != '\n';
	return a;
}

static void
count_map(const void *self, void *scratch, struct doc *d)
{
	struct amounts *a = doc_alloc(d, sizeof *a);

	*a = amounts_of(doc_text(d));
	doc_state_set(d, a);
}

static void
add(struct amounts *to, const struct amounts *a)
{
	to->documents += a->documents;
	to->bytes += a->bytes;
	to->characters += a->characters;
	to->lines += a->lines;
}

/* The amounts to which a document with this value of the field belongs. */
static struct amounts *
amounts_by(struct by *by, struct doc *d)
{
	struct span value;
	uint64_t *at;
	bool fresh;

	if (!doc_str(d, span_of(by->field), &value) &&
	    !doc_get(d, span_of(by->field), &value))
		return &by->missing;
	if (by->n == MAX_VALUES && !table_get(&by->at, hash128(value, 0)))
		return &by->other;
	at = table_put(&by->at, hash128(value, 0), &fresh);
	if (fresh) {
		GROW(by->v, by->n, by->cap);
		*at = by->n;
		by->v[by->n++] = (struct value){ .name = memcpy(xcalloc(1, value.n + 1),
						     value.p, value.n) };
	}
	return &by->v[*at].n;
}

static int
count_write(void *self, struct doc *d, struct err *err)
{
	struct counting *c = self;
	const struct amounts *a = doc_state(d);

	if (!doc_selected(d))
		return 0;
	add(&c->all, a);
	for (size_t i = 0; i < c->fields.n; i++)
		add(amounts_by(&c->by[i], d), a);
	return 0;
}

/* Most bytes first, then most documents, then by name. */
static int
by_size(const void *a, const void *b)
{
	const struct value *x = a, *y = b;

	if (x->n.bytes != y->n.bytes)
		return x->n.bytes < y->n.bytes ? 1 : -1;
	if (x->n.documents != y->n.documents)
		return x->n.documents < y->n.documents ? 1 : -1;
	return strcmp(x->name, y->name);
}

static double
percent(uint64_t part, uint64_t all)
{
	return all ? 100.0 * (double)part / (double)all : 0;
}

static void
put_row(
    const char *name, const struct amounts *a, const struct amounts *all, struct buf *b)
{
	buf_putf(b,
	    "%12" PRIu64 " %6.2f%% %15" PRIu64 " %6.2f%% %15" PRIu64 " %12" PRIu64
	    "  %s\n",
	    a->documents, percent(a->documents, all->documents), a->bytes,
	    percent(a->bytes, all->bytes), a->characters, a->lines, name);
	for (size_t i = b->n - strlen(name) - 1; i + 1 < b->n; i++)
		if ((unsigned char)b->p[i] < ' ' || b->p[i] == 0x7f)
			b->p[i] = '?';
}

static void
put_table(const struct counting *c, struct buf *b)
{
	buf_putf(b, "%12s %7s %15s %7s %15s %12s\n", "documents", "", "bytes", "",
	    "characters", "lines");
	put_row("total", &c->all, &c->all, b);
	for (size_t i = 0; i < c->fields.n; i++) {
		const struct by *by = &c->by[i];
		size_t rows = c->top && c->top < by->n ? (size_t)c->top : by->n;
		struct amounts rest = by->other;

		buf_putf(b, "\nby %s, %zu value%s\n", by->field, by->n, plural(by->n));
		for (size_t k = 0; k < rows; k++)
			put_row(by->v[k].name, &by->v[k].n, &c->all, b);
		for (size_t k = rows; k < by->n; k++)
			add(&rest, &by->v[k].n);
		if (rest.documents)
			put_row("(other values)", &rest, &c->all, b);
		if (by->missing.documents)
			put_row("(missing)", &by->missing, &c->all, b);
	}
}

/* Fields of the object that w is in. */
static void
put_amounts(const struct amounts *a, struct json_writer *w)
{
	jw_u64(jw_key(w, "documents"), a->documents);
	jw_u64(jw_key(w, "bytes"), a->bytes);
	jw_u64(jw_key(w, "characters"), a->characters);
	jw_u64(jw_key(w, "lines"), a->lines);
}

static void
put_json(const struct counting *c, struct buf *b)
{
	struct json_writer writer = { .out = b }, *w = &writer;

	jw_object(w);
	put_amounts(&c->all, w);
	jw_object(jw_key(w, "by"));
	for (size_t i = 0; i < c->fields.n; i++) {
		const struct by *by = &c->by[i];

		jw_object(jw_any_key(w, span_of(by->field)));
		jw_array(jw_key(w, "values"));
		for (size_t k = 0; k < by->n; k++) {
			jw_object(w);
			jw_text(jw_key(w, "value"), by->v[k].name);
			put_amounts(&by->v[k].n, w);
			jw_end(w);
		}
		jw_end(w);
		jw_object(jw_key(w, "other"));
		put_amounts(&by->other, w);
		jw_end(w);
		jw_object(jw_key(w, "missing"));
		put_amounts(&by->missing, w);
		jw_end(w);
		jw_end(w);
	}
	jw_end(w);
	jw_end(w);
	buf_putc(b, '\n');
}

static int
count_finish(void *self, struct span report, struct err *err)
{
	struct counting *c = self;
	struct buf b = { 0 };
	struct out *out;
	int rc = -1;

	for (size_t i = 0; i < c->fields.n; i++)
		if (c->by[i].n)
			qsort(c->by[i].v, c->by[i].n, sizeof *c->by[i].v, by_size);
	if (c->json)
		put_json(c, &b);
	else
		put_table(c, &b);
	out = out_open(c->output, 0, 0666, err);
	if (out && out_write(out, buf_span(&b), err) < 0)
		out_abort(out);
	else if (out)
		rc = out_commit(out, err);
	buf_free(&b);
	return rc;
}

static const struct sink count_sink = { .write = count_write, .finish = count_finish };

const struct filter filter_count = {
	.name = "count",
	.summary = "count documents, bytes, characters and values of fields",
	.example = "tamis count --by lang --by source docs.jsonl.zst",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.open = count_open,
	.close = count_close,
	.map = count_map,
	.sink = &count_sink,
};
