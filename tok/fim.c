/* fim.c - fill-in-the-middle: choose the splits, put the parts in order. */
#include "tok/fim.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/chars.h"
#include "lib/base/hash.h"
#include "lib/base/num.h"
#include "tok/model_io.h"

/* ---- the model ---- */

/* given: "PRE,SUF,MID", or NULL. */
static int
choose_ids(struct fim *f, const struct model *m, const char *path, const char *given,
    uint32_t eod, struct err *err)
{
	const char *list = given ? given : "<fim_prefix>,<fim_suffix>,<fim_middle>";
	uint32_t *id[] = { &f->pre, &f->suf, &f->mid };
	struct buf name = { 0 };
	struct span item;
	size_t n = 0;
	int rc = 0;

	for (const char *rest = list; list_next(&rest, &item); n++)
		continue;
	if (n != 3)
		return err_set(err, EXIT_USAGE,
		    "--fim-ids '%s': %zu ids or pieces: write three, PRE,SUF,MID", given,
		    n);
	for (size_t i = 0; rc == 0 && list_next(&list, &item); i++) {
		name.n = 0;
		buf_put(&name, item.p, item.n);
		buf_putc(&name, '\0');
		/* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): 3 items */
		rc = model_choose(m, path, "fim-ids", name.p, id[i], err);
	}
	buf_free(&name);
	if (rc == 0 && (f->pre == f->suf || f->pre == f->mid || f->suf == f->mid ||
			   f->pre == eod || f->suf == eod || f->mid == eod))
		return err_set(err, EXIT_USAGE,
		    "--fim-ids: PRE, SUF, MID and eod have ids %" PRIu32 ", %" PRIu32
		    ", %" PRIu32 " and %" PRIu32 ": name four that differ",
		    f->pre, f->suf, f->mid, eod);
	return rc;
}

int
fim_open(struct fim *f, const struct model *m, const char *path,
    const struct tokenizer_options *o, const char *ids, uint32_t eod, struct err *err)
{
	struct tokenizer_options inner = *o;

	if (m->suffix && m->dummy_prefix)
		return err_set(err, EXIT_DATA,
		    "%s: the model puts a space after each text, and --fim would put one "
		    "after each part: encode without --fim",
		    path);
	if (choose_ids(f, m, path, ids, eod, err) < 0)
		return -1;
	f->prefixes = m->dummy_prefix;
	inner.no_prefix = true;
	return f->prefixes ? tokenizer_open(&f->inner, m, path, &inner, err) : 0;
}

void
fim_close(struct fim *f)
{
	tokenizer_close(&f->inner);
}

/* ---- a document ---- */

/* splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t
draw(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* Whether a draw falls into a share of all draws. */
static bool
falls_in(uint64_t drawn, double share)
{
	return (double)(drawn >> 11) * 0x1p-53 < share;
}

/* A number below n.  n is at most the size of a text, so the bias is below 2^-30. */
static uint64_t
below(uint64_t drawn, uint64_t n)
{
	return (uint64_t)((u128)drawn * n >> 64);
}

static bool
begins_character(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

static uint64_t
count_characters(struct span s)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += begins_character(s.p[i]);
	return n;
}

/* The first byte of character `no`, given that character `seen` starts at byte `at`. */
static size_t
find_character(struct span s, size_t at, uint64_t seen, uint64_t no)
{
	while (seen < no && at < s.n) {
		at++;
		if (at == s.n || begins_character(s.p[at]))
			seen++;
	}
	return at;
}

struct fim_split
fim_choose(const struct fim *f, struct span id, struct span text)
{
	struct hash128 h = hash128(text, hash64(id, f->seed));
	uint64_t state = h.hi, places, first, second;
	struct fim_split split = { .kind = FIM_NONE };

	if (!falls_in(h.lo, f->rate))
		return split;
	split.kind = falls_in(draw(&state), f->spm) ? FIM_SPM : FIM_PSM;
	places = count_characters(text) + 1;
	first = below(draw(&state), places);
	second = below(draw(&state), places);
	if (first > second) {
		uint64_t t = first;

		first = second;
		second = t;
	}
	split.a = find_character(text, 0, 0, first);
	split.b = find_character(text, split.a, first, second);
	return split;
}

static void
put_mark(struct fim_part *p, uint32_t mark)
{
	p->mark[p->n_marks++] = mark;
}

void
fim_parts(const struct fim *f, const struct fim_split *split, const struct tokenizer *t,
    struct span text, struct fim_part part[3])
{
	/* The dummy prefix belongs to the prefix only. */
	const struct tokenizer *inner = f->prefixes ? &f->inner : t;
	const struct fim_part prefix = { .text = { text.p, split->a }, .tokenizer = t },
			      middle = { .text = { text.p + split->a,
					     split->b - split->a },
				      .tokenizer = inner },
			      suffix = { .text = span_from(text, split->b),
				      .tokenizer = inner };

	part[0] = split->kind == FIM_PSM ? prefix : suffix;
	part[1] = split->kind == FIM_PSM ? suffix : prefix;
	part[2] = middle;
	put_mark(&part[0], f->pre);
	put_mark(&part[split->kind == FIM_PSM ? 1 : 0], f->suf);
	put_mark(&part[split->kind == FIM_PSM ? 2 : 1], f->mid);
}
