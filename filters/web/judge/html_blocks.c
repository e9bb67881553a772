/* html_blocks.c - divide the text of a page into blocks, and count what is in each. */
#include "filters/web/judge/html_blocks.h"

#include <stdlib.h>

#include "filters/web/html/byte_scan.h"
#include "lib/base/chars.h"
#include "lib/base/hash.h"

/* A longer list of blocks is freed after its page, or every thread would keep one. */
enum { BLOCKS_KEPT = 1 << 16, NODES_KEPT = 1 << 18 };
/* Any odd number with many bits. */
static const uint64_t HASH_FACTOR = 0x9E3779B97F4A7C15;

/* The kind of each tag, plus one; 0: none. */
static const uint8_t around_tag[T_COUNT] = {
	[T_UL] = AROUND_LIST + 1,
	[T_OL] = AROUND_LIST + 1,
	[T_DL] = AROUND_LIST + 1,
	[T_LI] = AROUND_ITEM + 1,
	[T_DD] = AROUND_ITEM + 1,
	[T_TABLE] = AROUND_TABLE + 1,
	[T_TD] = AROUND_CELL + 1,
	[T_NAV] = AROUND_NAV + 1,
	[T_HEADER] = AROUND_HEADER + 1,
	[T_FOOTER] = AROUND_FOOTER + 1,
	[T_ASIDE] = AROUND_ASIDE + 1,
	[T_FORM] = AROUND_FORM + 1,
	[T_ARTICLE] = AROUND_ARTICLE + 1,
	[T_MAIN] = AROUND_MAIN + 1,
	[T_SECTION] = AROUND_SECTION + 1,
	[T_BLOCKQUOTE] = AROUND_QUOTE + 1,
};

/* The hints, in the order of AROUND_STRONG and the following. */
static const uint32_t around_hint[] = { N_STRONG, N_WEAK, N_BOILER, N_COMMENT, N_CONTENT1,
	N_CONTENT2, N_CONTENT3, N_CONTENT4, N_CONTENT5, N_FORUM, N_LEAD, N_KEEP, N_DROP };
enum {
	ALL_HINTS = N_STRONG | N_WEAK | N_BOILER | N_COMMENT | N_CONTENT1 | N_CONTENT2 |
		    N_CONTENT3 | N_CONTENT4 | N_CONTENT5 | N_FORUM | N_LEAD | N_KEEP |
		    N_DROP
};

bool
html_is_fixed(const struct html_tree *t, const struct html_node *n)
{
	if (n->flags & N_HIDDEN)
		return true;
	if (n->tag == T_TEXT || n->tag == T_SUP)
		return n->flags & N_DROP;
	/* An element of an icon or a label, or an invisible one; one that holds the page
	 * is not. */
	return n->flags & N_BOILER && (!(n->flags & N_BLOCK) || n->flags & N_UNSEEN) &&
	       n->end - (size_t)(n - t->node) < t->n / 4 + 2;
}

static bool
is_inline_cell(const struct html_tree *t, const struct html_node *n)
{
	return (n->tag == T_TD || n->tag == T_TH) && t->node[n->parent].tag == T_TR &&
	       !(t->node[n->parent].flags & N_HOLDS_BLOCK);
}

/* Count a child of an element that is a block. */
static void
count_child(struct html_block_sum *s, unsigned tag)
{
	s->run = s->tag == tag && s->run < UINT16_MAX ? (uint16_t)(s->run + 1) : 1;
	s->tag = (uint16_t)tag;
	if (s->run > s->longest)
		s->longest = s->run;
}

static void
add_words(struct html_around_block *a, const struct html_node *n)
{
	a->words = n->words;
	if (n->words > a->best)
		a->best = n->words;
	if (n->words < a->worst)
		a->worst = n->words;
	a->sum = (int16_t)(a->sum + n->words);
}

/* Open element i. */
static void
enter(struct html_blocks *b, const struct html_tree *t, size_t i)
{
	const struct html_node *n = &t->node[i];
	struct html_around_block *a;
	unsigned kind;

	GROW(b->open, b->depth, b->open_cap);
	a = &b->open[b->depth];
	*a = b->open[b->depth - 1];
	b->depth++;
	a->node = (uint32_t)i;
	a->fixed |= html_is_fixed(t, n);
	if (n->flags & N_COMPANION)
		a->company = n->parent;
	if (n->flags & N_KEEP)
		a->kept = true;
	if (n->flags & N_DROP)
		a->kept = false;
	b->sum[i].first = (uint32_t)b->n;
	if (n->flags & N_BLOCK) {
		if (!is_inline_cell(t, n))
			a->box = (uint32_t)i;
		if (a->depth < UINT8_MAX)
			a->depth++;
		count_child(&b->sum[n->parent], n->tag);
		a->path = (a->path ^ n->tag ^ n->look) * 2654435761u;
	}
	if (n->flags & N_BLOCK)
		add_words(a, n);
	kind = around_tag[n->tag];
	if (kind)
		a->at[kind - 1] = (uint8_t)a->depth;
	if (!(n->flags & ALL_HINTS))
		return;
	for (size_t k = 0; k < sizeof around_hint / sizeof *around_hint; k++)
		if (n->flags & around_hint[k])
			a->at[AROUND_STRONG + k] = (uint8_t)a->depth;
}

/* Classes of bytes. */
enum {
	B_SPACE = 1,
	B_DIGIT = 2,
	B_COMMA = 4,
	B_STOP = 8,
	B_SIGN = 16,
	B_HIGH = 32, /* may begin a character that counts */
};

static const uint8_t byte_class[256] = {
	[' '] = B_SPACE,
	['\t'] = B_SPACE,
	['\n'] = B_SPACE,
	['\r'] = B_SPACE,
	['\f'] = B_SPACE,
	['0'] = B_DIGIT,
	['1'] = B_DIGIT,
	['2'] = B_DIGIT,
	['3'] = B_DIGIT,
	['4'] = B_DIGIT,
	['5'] = B_DIGIT,
	['6'] = B_DIGIT,
	['7'] = B_DIGIT,
	['8'] = B_DIGIT,
	['9'] = B_DIGIT,
	[','] = B_COMMA,
	[';'] = B_COMMA,
	['.'] = B_STOP,
	['!'] = B_STOP,
	['?'] = B_STOP,
	['|'] = B_SIGN,
	['/'] = B_SIGN,
	['#'] = B_SIGN,
	['*'] = B_SIGN,
	['>'] = B_SIGN,
	['+'] = B_SIGN,
	['@'] = B_SIGN,
	['$'] = B_SIGN,
	['&'] = B_SIGN,
	[0xC2] = B_HIGH,
	[0xD8] = B_HIGH,
	[0xE0] = B_HIGH,
	[0xE2] = B_HIGH,
	[0xE3] = B_HIGH,
	[0xEF] = B_HIGH,
};

/* The bytes of a character of three bytes, and of the two at its beginning; 0: s is
 * shorter. */
struct high_character {
	uint32_t two, three;
};

static struct high_character
high_character(const char *p, size_t n)
{
	const unsigned char *u = (const unsigned char *)p;
	struct high_character c = { 0, 0 };

	if (n >= 2)
		c.two = (uint32_t)u[0] << 8 | u[1];
	if (n >= 3)
		c.three = c.two << 8 | u[2];
	return c;
}

/* The class of a character outside ASCII; 0: none. */
static unsigned
high_class(struct high_character c)
{
	switch (c.two) {
	case 0xC2B7: /* middle dot */
	case 0xC2BB: /* right guillemet */
		return B_SIGN;
	case 0xD89F: /* Arabic question mark */
		return B_STOP;
	case 0xD88C: /* Arabic comma */
		return B_COMMA;
	}
	switch (c.three) {
	case 0xE280A6: /* ellipsis */
	case 0xE38082: /* ideographic full stop */
	case 0xEFBC81: /* wide exclamation mark */
	case 0xEFBC9F: /* wide question mark */
	case 0xE0A5A4: /* danda */
		return B_STOP;
	case 0xE38081: /* ideographic comma */
	case 0xEFBC8C: /* wide comma */
	case 0xEFBC9B: /* wide semicolon */
		return B_COMMA;
	case 0xE280A2: /* bullet */
	case 0xE280BA: /* right single guillemet */
	case 0xE28692: /* right arrow */
		return B_SIGN;
	}
	return 0;
}

/* Count a character outside ASCII that begins at p.  Returns its class. */
static unsigned
count_high(struct html_block *b, const char *p, size_t n)
{
	const struct high_character c = high_character(p, n);

	b->rights += c.two == 0xC2A9;
	/* pound, yen, euro */
	b->prices += c.two == 0xC2A3 || c.two == 0xC2A5 || c.three == 0xE282AC;
	return high_class(c);
}

/* Count a word.  Short words without capitals are frequent in the sentences of languages
 * with spaces. */
static void
count_word(struct html_block *b, const char *p, size_t n)
{
	b->words++;
	if (n <= 3 && *p >= 'a' && *p <= 'z')
		b->short_words++;
	if (*p >= 'A' && *p <= 'Z')
		b->capitals++;
	if (n >= 4 && ((p[0] == '1' && p[1] == '9') || (p[0] == '2' && p[1] == '0')) &&
	    is_digit(p[2]) && is_digit(p[3]) && (n == 4 || !is_digit(p[4])))
		b->years++;
}

/* Whether a text without white space at its end ends as a sentence does. */
static bool
ends_sentence(const char *p, size_t n)
{
	struct high_character c = { 0, 0 };

	if (byte_class[(unsigned char)p[n - 1]] == B_STOP || p[n - 1] == '"')
		return true;
	if (n >= 3)
		c = high_character(p + n - 3, 3);
	/* Two of them are quotation marks. */
	if (c.three == 0xE2809D || c.three == 0xE3808D)
		return true;
	if (n >= 2)
		c.two = high_character(p + n - 2, 2).two;
	return high_class(c) == B_STOP;
}

/* Note how a text begins, if it is the first of its block, and ends. */
static void
see_ends(struct html_block *b, const char *p, size_t n)
{
	if (b->words == 0) {
		size_t i = 0;

		while (i < n && is_space(p[i]))
			i++;
		b->starts_low = i < n && p[i] >= 'a' && p[i] <= 'z';
	}
	while (n > 0 && is_space(p[n - 1]))
		n--;
	if (n > 0) {
		b->ends_stop = ends_sentence(p, n);
		b->ends_colon = p[n - 1] == ':';
	}
}

/* Count a character that is neither a letter nor white space. */
static void
count_sign(struct html_block *b, const char *p, size_t n)
{
	unsigned class = byte_class[(unsigned char)*p];

	if (class == B_HIGH)
		class = count_high(b, p, n);
	b->digits += class == B_DIGIT;
	b->commas += class == B_COMMA;
	b->stops += class == B_STOP;
	b->signs += class == B_SIGN;
	b->prices += *p == '$';
}

/* Count the characters of a text of t->text. */
static void
count_text(struct html_block *b, const char *p, size_t n)
{
	const char *word = p, *const end = p + n;

	see_ends(b, p, n);
	for (; p < end; p += SCAN_STEP) {
		uint32_t others = scan_others(p, (size_t)(end - p));

		for (; others; others &= others - 1) {
			const char *at = p + __builtin_ctz(others);

			if (byte_class[(unsigned char)*at] != B_SPACE) {
				count_sign(b, at, (size_t)(end - at));
				continue;
			}
			if (at > word)
				count_word(b, word, (size_t)(at - word));
			word = at + 1;
		}
	}
	if (end > word)
		count_word(b, word, (size_t)(end - word));
}

static struct span
text_of(const struct html_tree *t, const struct html_node *n)
{
	return span_trim((struct span){ t->text.p + n->off, n->len });
}

static bool
contains(struct span s, struct span part)
{
	while (s.n >= part.n) {
		const char *at = memchr(s.p, *part.p, s.n - part.n + 1);

		if (!at)
			return false;
		if (memcmp(at, part.p, part.n) == 0)
			return true;
		s = span_from(s, (size_t)(at - s.p) + 1);
	}
	return false;
}

/* The beginning of a text, which with its length distinguishes it from others. */
static struct span
text_start(const struct html_tree *t, const struct html_node *n)
{
	enum { START = 64 };

	return (struct span){ t->text.p + n->off, n->len < START ? n->len : START };
}

/* Add text i to the last block, or begin one. */
static void
add_text(struct html_blocks *b, const struct html_tree *t, size_t i, bool broken)
{
	const struct html_node *n = &t->node[i];
	const struct html_around_block *a = &b->open[b->depth - 1];
	struct html_block *to;

	if (broken) {
		GROW(b->block, b->n, b->cap);
		to = &b->block[b->n++];
		memset(to, 0, sizeof *to);
		to->first = (uint32_t)i;
		to->around = *a;
	}
	to = &b->block[b->n - 1];
	to->last = (uint32_t)i;
	to->chars += n->chars;
	to->kept += a->kept ? n->chars : 0;
	if (n->flags & N_LINK) {
		to->linked += n->chars;
		to->links++;
	}
	count_text(to, t->text.p + n->off, n->len);
	to->hash = (to->hash + 1) * HASH_FACTOR ^ hash64(text_start(t, n), n->len);
}

/* Sum up the counts of the blocks in each element. */
static void
sum_up(struct html_blocks *b, const struct html_tree *t)
{
	enum { PROSE_MIN = 25 };

	for (size_t i = 0; i < b->n; i++) {
		const struct html_block *k = &b->block[i];
		struct html_block_sum *s = &b->sum[k->around.box];

		s->blocks++;
		s->chars += k->chars;
		s->linked += k->linked;
		if (k->chars - k->linked >= PROSE_MIN && k->linked < k->chars / 2)
			s->prose += k->chars;
	}
	for (size_t i = t->n; i-- > 1;) {
		const struct html_block_sum *s = &b->sum[i];
		struct html_block_sum *up = &b->sum[t->node[i].parent];

		up->blocks += s->blocks;
		up->chars += s->chars;
		up->linked += s->linked;
		up->prose += s->prose;
	}
}

static uint64_t
key_of(const struct html_block *b, bool by_path)
{
	return by_path ? (b->around.path + 1) * HASH_FACTOR : b->hash;
}

/* The first block that has the same key as block i; i: there is none before it. */
static size_t
find_first(struct html_blocks *b, size_t i, bool by_path)
{
	enum { PROBES = 16 };
	const uint64_t key = key_of(&b->block[i], by_path);
	size_t at = (size_t)(key >> 32) & (b->slots - 1);

	for (int n = 0; n < PROBES; n++) {
		if (!b->slot[at]) {
			b->slot[at] = (uint32_t)i + 1;
			return i;
		}
		if (key_of(&b->block[b->slot[at] - 1], by_path) == key)
			return b->slot[at] - 1;
		at = (at + 1) & (b->slots - 1);
	}
	return i;
}

static void
clear_slots(struct html_blocks *b)
{
	enum { SLOTS_MIN = 64 };

	b->slots = SLOTS_MIN;
	while (b->slots < 2 * b->n)
		b->slots *= 2;
	if (b->slots > b->slot_cap) {
		b->slot_cap = b->slots;
		b->slot = xrealloc(b->slot, b->slot_cap, sizeof *b->slot);
	}
	memset(b->slot, 0, b->slots * sizeof *b->slot);
}

/* Count the copies of each block, as pages have menus twice. */
static void
count_copies(struct html_blocks *b)
{
	clear_slots(b);
	for (size_t i = 0; i < b->n; i++) {
		struct html_block *first;

		b->block[i].same = (uint32_t)find_first(b, i, false);
		first = &b->block[b->block[i].same];
		if (b->block[i].same != i && first->copies < UINT8_MAX)
			first->copies++;
	}
	for (size_t i = 0; i < b->n; i++)
		b->block[i].copies = b->block[b->block[i].same].copies;
}

/* Group the blocks that the page marks up the same way, such as the posts of a thread. */
static void
group(struct html_blocks *b)
{
	clear_slots(b);
	for (size_t i = 0; i < b->n; i++) {
		struct html_block *k = &b->block[i], *first;

		k->group = (uint32_t)find_first(b, i, true);
		first = &b->block[k->group];
		first->members++;
		first->member_chars += k->chars;
		first->member_linked += k->linked;
	}
}

static void
begin(struct html_blocks *b, const struct html_tree *t)
{
	if (b->cap > BLOCKS_KEPT || b->sum_cap > NODES_KEPT)
		html_blocks_free(b);
	b->n = b->depth = 0;
	if (!b->sum || t->n > b->sum_cap) {
		b->sum_cap = t->cap;
		b->sum = xrealloc(b->sum, b->sum_cap, sizeof *b->sum);
	}
	memset(b->sum, 0, t->n * sizeof *b->sum);
	GROW(b->open, b->depth, b->open_cap);
	b->open[b->depth++] =
	    (struct html_around_block){ .kept = t->node[0].flags & N_KEEP };
}

void
html_blocks_find(struct html_blocks *b, const struct html_tree *t)
{
	enum { TITLE_MAX = 300 };
	const struct span title = { t->title.p,
		t->title.n < TITLE_MAX ? t->title.n : TITLE_MAX };
	bool broken = true;
	unsigned breaks = 0;

	begin(b, t);
	for (size_t i = 1; i < t->n; i++) {
		const struct html_node *n = &t->node[i];
		const bool cell = is_inline_cell(t, n);

		while (b->open[b->depth - 1].node != n->parent) {
			const size_t in = b->open[--b->depth].node;

			if (t->node[in].flags & N_BLOCK &&
			    !is_inline_cell(t, &t->node[in]))
				broken = true;
		}
		if (n->tag == T_TEXT) {
			if (n->chars == 0 || n->flags & N_DROP ||
			    b->open[b->depth - 1].fixed)
				continue;
			add_text(b, t, i, broken);
			broken = false;
			breaks = 0;
			continue;
		}
		/* A paragraph may have line breaks; two of them separate paragraphs. */
		if (n->tag == T_BR)
			broken |= breaks++ > 0;
		if (n->flags & N_BLOCK && !cell)
			broken = true;
		enter(b, t, i);
		if (b->open[b->depth - 1].fixed) {
			b->depth--;
			i = n->end - 1;
		}
	}
	sum_up(b, t);
	count_copies(b);
	group(b);
	for (size_t i = 0; i < b->n; i++) {
		struct html_block *k = &b->block[i];
		const struct span s = text_of(t, &t->node[k->first]);

		k->in_title = k->first == k->last && s.n >= 8 && contains(title, s);
	}
}

void
html_blocks_free(struct html_blocks *b)
{
	free(b->block);
	free(b->sum);
	free(b->open);
	free(b->slot);
	b->block = NULL;
	b->sum = NULL;
	b->open = NULL;
	b->slot = NULL;
	b->n = b->cap = b->sum_cap = b->depth = b->open_cap = b->slot_cap = 0;
}
