/* vocab_symbols.c - the options of vocab that name pieces: symbols and special ids. */
#include "tok/vocab_symbols.h"

#include <inttypes.h>
#include <stdlib.h>

#include "lib/base/chars.h"
#include "lib/base/num.h"
#include "lib/text/utf8.h"
#include "tok/model.h"

#define BYTE_PIECES 256

static bool
one_char(struct span s)
{
	size_t at = 0;

	utf8_next(s, &at);
	return at == s.n;
}

static bool
reserved(struct span s)
{
	static const char *const names[] = { "<unk>", "<s>", "</s>", "<pad>" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (span_eq(s, span_of(names[i])))
			return true;
	return s.n == 6 && span_starts(s, SPAN("<0x")) && s.p[5] == '>';
}

#define SPACE SPAN("\xe2\x96\x81") /* U+2581 */

/* Take the first byte off a symbol; a space if it is U+2581, which is one in pieces. */
static char
next_byte(struct span *s)
{
	const bool space = span_starts(*s, SPACE);
	const char c = space ? ' ' : *s->p;

	*s = span_from(*s, space ? SPACE.n : 1);
	return c;
}

/* Whether two symbols are one piece. */
static bool
same_piece(struct span a, struct span b)
{
	while (a.n && b.n)
		if (next_byte(&a) != next_byte(&b))
			return false;
	return !a.n && !b.n;
}

static bool
contains(const struct symbols *list, struct span s)
{
	for (size_t i = 0; i < list->n; i++)
		if (same_piece(list->v[i], s))
			return true;
	return false;
}

/* The problem with a symbol, and how to fix it; or NULL. */
static const char *
wrong_symbol(const struct symbols *before, struct span s, bool control)
{
	if (s.n == 0)
		return "is empty: write A,B without empty items";
	if (!utf8_valid(s))
		return "is not UTF-8: write another";
	/* SentencePiece would take the character for the symbol, and fail. */
	if (control && one_char(s))
		return "is one character, which texts contain: write a longer one";
	if (reserved(s))
		return "is reserved for a special or byte piece: remove it";
	if (contains(before, s))
		return "occurs twice: remove one";
	return NULL;
}

/* The character that \c stands for; 0: none. */
static char
escaped(char c)
{
	switch (c) {
	case 'n':
		return '\n';
	case 't':
		return '\t';
	case 'r':
		return '\r';
	case '\\':
	case ',':
		return c;
	default:
		return '\0';
	}
}

/* Read one item of the list, up to its comma or NUL.  False: *p is a wrong escape. */
static bool
next_symbol(const char **p, struct buf *item)
{
	item->n = 0;
	for (; **p && **p != ','; ++*p) {
		char c = **p;

		if (c == '\\') {
			c = escaped((*p)[1]);
			if (!c)
				return false;
			++*p;
		}
		buf_putc(item, c);
	}
	return true;
}

int
symbols_parse(struct symbols *s, const char *option, const char *list, bool control,
    struct err *err)
{
	struct buf item = { 0 };
	int rc = 0;

	for (const char *p = list, *from = p; p; p = *p ? p + 1 : NULL, from = p) {
		const size_t no = s->n + 1;
		const char *wrong;

		if (!next_symbol(&p, &item)) {
			rc = err_set(err, EXIT_USAGE,
			    "--%s: symbol %zu, '%.*s', has a wrong escape: write \\n, "
			    "\\t, \\r, \\\\ or \\,",
			    option, no, (int)(p - from) + (p[1] ? 2 : 1), from);
			break;
		}
		wrong = wrong_symbol(s, buf_span(&item), control);
		if (wrong) {
			rc = err_set(err, EXIT_USAGE, "--%s: symbol %zu, '%.*s', %s",
			    option, no, (int)(p - from), from, wrong);
			break;
		}
		GROW(s->v, s->n, s->cap);
		s->v[s->n++] =
		    (struct span){ arena_copy(&s->text, buf_span(&item)), item.n };
	}
	buf_free(&item);
	return rc;
}

static void
add_pieces(struct model *m, const struct symbols *s)
{
	for (size_t i = 0; i < s->n; i++)
		m->piece[m->n++] = (struct model_piece){ .text = s->v[i].p,
			.n = (uint32_t)s->v[i].n,
			.type = MODEL_USER_DEFINED };
}

/* The trainer matches all symbols with the matcher that model_nested describes. */
static int
count_nested(const struct symbols *user, const struct symbols *control)
{
	struct model m = { 0 };
	int nested;

	if (user->n + control->n == 0)
		return 0;
	m.piece = xcalloc(user->n + control->n, sizeof *m.piece);
	add_pieces(&m, user);
	add_pieces(&m, control);
	nested = model_nested(&m);
	free(m.piece);
	return nested;
}

int
symbols_check(const struct symbols *user, const struct symbols *control, struct err *err)
{
	int nested;

	for (size_t i = 0; i < control->n; i++)
		if (contains(user, control->v[i]))
			return err_set(err, EXIT_USAGE,
			    "--control-symbols: symbol %zu, '%.*s', occurs twice: remove "
			    "one",
			    i + 1, (int)control->v[i].n, control->v[i].p);
	nested = count_nested(user, control);
	if (nested < 0)
		return err_set(err, EXIT_SYSTEM, "out of memory for symbols");
	if (nested > MODEL_MAX_NESTED)
		return err_set(err, EXIT_USAGE,
		    "--user-symbols, --control-symbols: %d symbols or more are prefixes "
		    "of one another, and SentencePiece allows %d: remove some",
		    nested, MODEL_MAX_NESTED);
	return 0;
}

void
symbols_csv(const struct symbols *s, struct buf *csv)
{
	for (size_t k = 0; k < s->n; k++) {
		const struct span symbol = s->v[k];

		buf_puts(csv, k ? ",\"" : "\"");
		for (size_t i = 0; i < symbol.n; i++) {
			if (symbol.p[i] == '"')
				buf_puts(csv, "\"\"");
			else if (symbol.p[i] == ' ')
				buf_puts(csv, "\xe2\x96\x81");
			else
				buf_putc(csv, symbol.p[i]);
		}
		buf_putc(csv, '"');
	}
	buf_putc(csv, '\0');
}

bool
symbols_have_space(const struct symbols *s)
{
	return contains(s, SPAN(" "));
}

bool
symbols_contain_space(const struct symbols *s)
{
	for (size_t i = 0; i < s->n; i++)
		for (size_t at = 0; at < s->v[i].n; at++)
			if (s->v[i].p[at] == ' ' ||
			    span_starts(span_from(s->v[i], at), SPACE))
				return true;
	return false;
}

void
symbols_free(struct symbols *s)
{
	free(s->v);
	arena_free(&s->text);
	*s = (struct symbols){ 0 };
}

const char *
special_name(unsigned which)
{
	static const char *const names[SPECIALS] = { "unk", "bos", "eos", "pad" };

	return names[which];
}

/* The special piece of an item "NAME=ID", with its length before the ID; SPECIALS: none.
 */
static unsigned
find_special(struct span item, size_t *n)
{
	unsigned i;

	for (i = 0; i < SPECIALS; i++) {
		*n = strlen(special_name(i));
		if (item.n > *n && span_starts(item, span_of(special_name(i))) &&
		    item.p[*n] == '=')
			break;
	}
	++*n;
	return i;
}

static int
parse_id(struct span item, size_t at, unsigned which, uint64_t size, uint32_t *id,
    struct err *err)
{
	const struct span value = span_from(item, at);
	char digits[16] = "";
	uint64_t v;

	if (span_eq(value, SPAN("none")) || span_eq(value, SPAN("-1"))) {
		if (which == SPECIAL_UNK)
			return err_set(err, EXIT_USAGE,
			    "--special-ids: '%.*s': every model has an unk piece: give "
			    "it an id",
			    (int)item.n, item.p);
		*id = SPECIAL_NONE;
		return 0;
	}
	if (value.n < sizeof digits)
		memcpy(digits, value.p, value.n);
	if (num_u64(digits, &v) || v >= size)
		return err_set(err, EXIT_USAGE,
		    "--special-ids: '%.*s': the id must be from 0 to %" PRIu64
		    ", or none",
		    (int)item.n, item.p, size - 1);
	*id = (uint32_t)v;
	return 0;
}

int
special_ids_parse(struct special_ids *s, const char *list, uint64_t size, struct err *err)
{
	struct span item;

	*s = (struct special_ids){ .id = { 0, 1, 2, 3 } };
	while (list_next(&list, &item)) {
		size_t at;
		unsigned which = find_special(item, &at);

		if (which == SPECIALS)
			return err_set(err, EXIT_USAGE,
			    "--special-ids: '%.*s': write unk=ID, bos=ID, eos=ID or "
			    "pad=ID",
			    (int)item.n, item.p);
		if (parse_id(item, at, which, size, &s->id[which], err) < 0)
			return -1;
	}
	for (unsigned i = 0; i < SPECIALS; i++)
		for (unsigned k = 0; k < i; k++)
			if (s->id[i] != SPECIAL_NONE && s->id[i] == s->id[k])
				return err_set(err, EXIT_USAGE,
				    "--special-ids: %s and %s have id %" PRIu32
				    ": give each an id of its own, or none",
				    special_name(k), special_name(i), s->id[i]);
	return 0;
}

uint32_t
special_ids_most(const struct special_ids *s)
{
	uint32_t most = 0;

	for (unsigned i = 0; i < SPECIALS; i++)
		if (s->id[i] != SPECIAL_NONE && s->id[i] > most)
			most = s->id[i];
	return most;
}

/* Check the characters that must get a piece. */
static int
open_required(struct vocab_settings *v, const char *required, struct err *err)
{
	const struct span s = required ? span_of(required) : SPAN("");

	if (!utf8_valid(s))
		return err_set(err, EXIT_USAGE, "--required-chars: not UTF-8");
	for (size_t at = 0, from = 0; at < s.n; from = at) {
		const uint32_t c = utf8_next(s, &at);
		const struct span one = { s.p + from, at - from };

		if (c == '\t' || c == 0x2585)
			return err_set(err, EXIT_USAGE,
			    "--required-chars: U+%04" PRIX32
			    " cannot be learnt: name it in --user-symbols",
			    c);
		if (contains(&v->user, one))
			return err_set(err, EXIT_USAGE,
			    "--required-chars: '%.*s' is in --user-symbols, too: "
			    "remove one",
			    (int)one.n, one.p);
		if (c == ' ')
			buf_put(&v->required, VOCAB_SPACE.p, VOCAB_SPACE.n);
		else
			buf_put(&v->required, one.p, one.n);
	}
	return 0;
}

int
vocab_settings_open(
    struct vocab_settings *s, const struct piece_options *o, struct err *err)
{
	uint64_t fixed = BYTE_PIECES;

	if (s->size == 0 || s->size > VOCAB_SIZE_MAX)
		return err_set(err, EXIT_USAGE,
		    "--size %" PRIu64 ": must be from 1 to %" PRIu64, s->size,
		    VOCAB_SIZE_MAX);
	if (special_ids_parse(&s->special_ids, o->special, s->size, err) < 0)
		return -1;
	s->states_ids = o->special != NULL;
	for (unsigned i = 0; i < SPECIALS; i++)
		fixed += s->special_ids.id[i] != SPECIAL_NONE;
	if (s->size <= fixed)
		return err_set(err, EXIT_USAGE,
		    "--size %" PRIu64 ": a model has %" PRIu64
		    " fixed pieces and at most %" PRIu64 " in all: write 300 to %" PRIu64,
		    s->size, fixed, VOCAB_SIZE_MAX, VOCAB_SIZE_MAX);
	if (symbols_parse(&s->user, "user-symbols", o->user, false, err) < 0 ||
	    symbols_parse(&s->control, "control-symbols", o->control, true, err) < 0 ||
	    symbols_check(&s->user, &s->control, err) < 0)
		return -1;
	s->has_space = symbols_have_space(&s->user);
	s->takes_spaces = symbols_contain_space(&s->user);
	return open_required(s, o->required, err);
}

void
vocab_settings_free(struct vocab_settings *s)
{
	symbols_free(&s->user);
	symbols_free(&s->control);
	buf_free(&s->required);
}
