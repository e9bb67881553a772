/* bestfit.c - best-fit decreasing in constant time per document. */
#include "mixer/plan/bestfit.h"

#include <assert.h>
#include <stdlib.h>

#include "lib/base/mem.h"
#include "mixer/plan/fragment_spread.h"

#define NONE UINT32_MAX

/* ---- sets of small numbers ---- */

enum { LEVELS = 4 }; /* 64^4 numbers: BESTFIT_SEQ_MAX */

/* A bitmap of numbers.  Each level has a bit per nonzero word of the level below. */
struct bits {
	uint64_t *level[LEVELS];
	uint32_t words[LEVELS];
	unsigned levels;
};

static void
bits_init(struct bits *s, uint32_t n)
{
	do {
		n = (n + 63) / 64;
		s->level[s->levels] = xcalloc(n, sizeof **s->level);
		s->words[s->levels++] = n;
	} while (n > 1);
}

static void
bits_release(struct bits *s)
{
	for (unsigned i = 0; i < s->levels; i++)
		free(s->level[i]);
}

static inline void
bits_set(struct bits *s, uint32_t v)
{
	for (unsigned i = 0; i < s->levels; i++, v >>= 6) {
		uint64_t *w = &s->level[i][v >> 6], was = *w;

		*w |= UINT64_C(1) << (v & 63);
		if (was)
			break;
	}
}

static inline void
bits_clear(struct bits *s, uint32_t v)
{
	for (unsigned i = 0; i < s->levels; i++, v >>= 6) {
		uint64_t *w = &s->level[i][v >> 6];

		*w &= ~(UINT64_C(1) << (v & 63));
		if (*w)
			break;
	}
}

/* The least member that is at least v, or NONE. */
static inline uint32_t
bits_next(const struct bits *s, uint32_t v)
{
	for (unsigned i = 0; i < s->levels; i++, v++) {
		uint32_t w = v >> 6;
		uint64_t m;

		if (w >= s->words[i])
			return NONE;
		m = s->level[i][w] & ~UINT64_C(0) << (v & 63);
		if (m) {
			v = w << 6 | (uint32_t)__builtin_ctzll(m);
			while (i-- > 0)
				v = v << 6 | (uint32_t)__builtin_ctzll(s->level[i][v]);
			return v;
		}
		v = w;
	}
	return NONE;
}

/* ---- packing ---- */

/* A document that fills whole samples of its own. */
struct long_doc {
	uint64_t sample; /* its first whole sample */
	uint64_t before; /* whole samples of earlier documents */
	uint32_t doc;
};

/*
 * Remainders are bucketed by gap: the room that one leaves in an empty sample.  Ascending
 * gaps are descending lengths.
 */
struct bestfit {
	uint32_t seq;
	struct bits gaps;
	uint32_t *docs; /* [gap]: number of remainders, later their end in order */
	struct bits rooms;
	/*
	 * [room]: number of samples with that room.  While packing, it is a stack
	 * instead: 1 + the sample on top, 0 if empty.
	 */
	uint32_t *open;
	uint32_t *below; /* [sample]: the stack entry below it in open */

	/*
	 * Mixed samples hold remainders.  First by the order in which they were opened
	 * ...
	 */
	uint32_t nmixed;
	uint32_t *order;  /* documents by gap */
	uint32_t *rest;	  /* [doc]: tokens of its remainder */
	uint32_t *mixed;  /* [doc]: sample of its remainder; later its rank */
	uint32_t *pieces; /* [sample]: number of pieces, later the end in piece */
	uint32_t *rank;	  /* [sample]: its rank by first document, or NONE */
	/* ... then by first document. */
	uint64_t *number; /* [rank]: of the sample */
	uint32_t *first;  /* [rank]: start in piece; one extra entry at the end */
	struct bestfit_piece *piece;

	struct long_doc *long_doc; /* one extra entry at the end */
	uint32_t nlong;
	uint64_t samples;
	uint64_t *sample_of; /* [number]: the sample with that number; NULL: identity */
};

struct bestfit *
bestfit_new(uint32_t seq)
{
	struct bestfit *b = xcalloc(1, sizeof *b);
	size_t n = BESTFIT_WINDOW;

	assert(seq >= 1 && seq <= BESTFIT_SEQ_MAX);
	b->seq = seq;
	bits_init(&b->gaps, seq);
	bits_init(&b->rooms, seq);
	b->docs = xcalloc(seq, sizeof *b->docs);
	b->open = xcalloc(seq, sizeof *b->open);
	b->below = xcalloc(n, sizeof *b->below);
	b->order = xcalloc(n, sizeof *b->order);
	b->rest = xcalloc(n, sizeof *b->rest);
	b->mixed = xcalloc(n, sizeof *b->mixed);
	b->pieces = xcalloc(n, sizeof *b->pieces);
	b->rank = xcalloc(n, sizeof *b->rank);
	b->number = xcalloc(n, sizeof *b->number);
	b->first = xcalloc(n + 1, sizeof *b->first);
	b->piece = xcalloc(n, sizeof *b->piece);
	b->long_doc = xcalloc(n + 1, sizeof *b->long_doc);
	return b;
}

void
bestfit_free(struct bestfit *b)
{
	if (!b)
		return;
	bits_release(&b->gaps);
	bits_release(&b->rooms);
	free(b->docs);
	free(b->open);
	free(b->below);
	free(b->order);
	free(b->rest);
	free(b->mixed);
	free(b->pieces);
	free(b->rank);
	free(b->number);
	free(b->first);
	free(b->piece);
	free(b->long_doc);
	free(b->sample_of);
	free(b);
}

/* Discard the last pack. */
static void
forget(struct bestfit *b)
{
	free(b->sample_of);
	b->sample_of = NULL;
	b->nmixed = b->nlong = 0;
	b->samples = 0;
}

static inline void
add_gap(struct bestfit *b, uint32_t gap)
{
	if (b->docs[gap]++ == 0)
		bits_set(&b->gaps, gap);
}

static void
clear_rooms(struct bestfit *b)
{
	uint32_t c = 0;

	while ((c = bits_next(&b->rooms, c)) != NONE) {
		bits_clear(&b->rooms, c);
		b->open[c] = 0;
	}
}

static inline void
add_rooms(struct bestfit *b, uint32_t room, uint32_t n)
{
	if (room == 0)
		return;
	if (b->open[room] == 0)
		bits_set(&b->rooms, room);
	b->open[room] += n;
}

/*
 * Count packing `docs` documents of one length.  Returns the number of samples opened.
 * The best fit is the sample filled last for as long as another document fits, so all
 * samples of one room are filled alike, in one step.
 */
static uint32_t
count_alike(struct bestfit *b, uint32_t len, uint32_t docs)
{
	uint32_t c = bits_next(&b->rooms, len), opened = 0;

	while (docs > 0) {
		uint32_t room = c == NONE ? b->seq : c;
		uint32_t each = room < 2 * len ? 1 : room / len;
		uint32_t filled = each == 1 ? docs : docs / each;

		if (filled == 0) {
			filled = 1;
			each = docs;
		}
		if (c == NONE) {
			opened += filled;
		} else {
			if (filled > b->open[c])
				filled = b->open[c];
			b->open[c] -= filled;
			if (b->open[c] == 0) {
				bits_clear(&b->rooms, c);
				c = bits_next(&b->rooms, c);
			}
		}
		docs -= filled * each;
		add_rooms(b, room - each * len, filled);
	}
	return opened;
}

uint64_t
bestfit_count(struct bestfit *b, const uint32_t *len, uint32_t n)
{
	uint64_t samples = 0;
	uint32_t gap = 0;

	assert(n <= BESTFIT_WINDOW);
	forget(b);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t rest = len[i];

		if (rest >= b->seq) {
			samples += rest / b->seq;
			rest %= b->seq;
			if (rest == 0)
				continue;
		}
		add_gap(b, b->seq - rest);
	}
	while ((gap = bits_next(&b->gaps, gap)) != NONE) {
		samples += count_alike(b, b->seq - gap, b->docs[gap]);
		bits_clear(&b->gaps, gap);
		b->docs[gap] = 0;
	}
	clear_rooms(b);
	return samples;
}

/* Sort the remainders, longest first.  docs[gap] becomes the end of a gap in order[]. */
static void
sort_remainders(struct bestfit *b, const uint32_t *len, uint32_t n)
{
	uint32_t gap, at = 0;

	for (uint32_t i = 0; i < n; i++) {
		b->rest[i] = len[i] < b->seq ? len[i] : len[i] % b->seq;
		if (b->rest[i])
			add_gap(b, b->seq - b->rest[i]);
	}
	for (gap = 0; (gap = bits_next(&b->gaps, gap)) != NONE; gap++) {
		uint32_t docs = b->docs[gap];

		b->docs[gap] = at;
		at += docs;
	}
	for (uint32_t i = 0; i < n; i++)
		if (b->rest[i])
			b->order[b->docs[b->seq - b->rest[i]]++] = i;
}

/* Pack n documents of one length. */
static void
pack_alike(struct bestfit *b, uint32_t len, const uint32_t *docs, uint32_t n)
{
	uint32_t c = bits_next(&b->rooms, len);

	for (uint32_t i = 0; i < n; i++) {
		uint32_t room = b->seq, sample = b->nmixed;

		if (c == NONE) {
			b->pieces[b->nmixed++] = 0;
		} else {
			room = c;
			sample = b->open[c] - 1;
			b->open[c] = b->below[sample];
			if (b->open[c] == 0) {
				bits_clear(&b->rooms, c);
				c = bits_next(&b->rooms, c);
			}
		}
		b->mixed[docs[i]] = sample;
		b->pieces[sample]++;
		room -= len;
		if (room == 0)
			continue;
		b->below[sample] = b->open[room];
		b->open[room] = sample + 1;
		if (b->below[sample] == 0)
			bits_set(&b->rooms, room);
		if (room >= len)
			c = room; /* no smaller sufficient room exists */
	}
}

/* Number the samples and list the pieces of mixed ones, in document order. */
static void
number_samples(struct bestfit *b, const uint32_t *len, uint32_t n)
{
	uint32_t ranked = 0, pieces = 0;
	uint64_t whole = 0;

	for (uint32_t s = 0; s < b->nmixed; s++)
		b->rank[s] = NONE;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t whole_tokens = len[i] - b->rest[i], s = b->mixed[i];

		if (whole_tokens) {
			b->long_doc[b->nlong++] = (struct long_doc){
				.sample = whole + ranked, .before = whole, .doc = i
			};
			whole += whole_tokens / b->seq;
		}
		if (b->rest[i] == 0)
			continue;
		if (b->rank[s] == NONE) {
			uint32_t of = b->pieces[s];

			b->rank[s] = ranked;
			b->number[ranked] = whole + ranked;
			b->first[ranked++] = b->pieces[s] = pieces;
			pieces += of;
		}
		b->piece[b->pieces[s]++] =
		    (struct bestfit_piece){ i, whole_tokens, b->rest[i] };
		b->mixed[i] = b->rank[s];
	}
	b->first[ranked] = pieces;
	b->long_doc[b->nlong] = (struct long_doc){ whole + ranked, whole, n };
	b->samples = whole + ranked;
}

uint64_t
bestfit_pack(struct bestfit *b, const uint32_t *len, uint32_t n)
{
	uint32_t gap = 0, from = 0;

	assert(n <= BESTFIT_WINDOW);
	forget(b);
	sort_remainders(b, len, n);
	while ((gap = bits_next(&b->gaps, gap)) != NONE) {
		uint32_t end = b->docs[gap];

		pack_alike(b, b->seq - gap, b->order + from, end - from);
		from = end;
		bits_clear(&b->gaps, gap);
		b->docs[gap] = 0;
	}
	clear_rooms(b);
	number_samples(b, len, n);
	return b->samples;
}

const struct bestfit_piece *
bestfit_sample(
    const struct bestfit *b, uint64_t i, struct bestfit_piece *whole, uint32_t *n)
{
	/* Find the number of long documents that begin at or before sample i. */
	uint32_t lo = 0, hi = b->nlong, rank;

	assert(i < b->samples);
	if (b->sample_of)
		i = b->sample_of[i];
	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (b->long_doc[mid].sample <= i)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo > 0) {
		const struct long_doc *s = &b->long_doc[lo - 1];
		uint64_t nth = i - s->sample;

		if (nth < s[1].before - s->before) {
			*whole = (struct bestfit_piece){ s->doc, (uint32_t)(nth * b->seq),
				b->seq };
			*n = 1;
			return whole;
		}
	}
	rank = (uint32_t)(i - b->long_doc[lo].before);
	*n = b->first[rank + 1] - b->first[rank];
	return b->piece + b->first[rank];
}

void
bestfit_spread(struct bestfit *b, const uint64_t *pos, uint64_t of)
{
	struct doc_fragments *docs;
	uint32_t n = 0;

	free(b->sample_of);
	b->sample_of = NULL;
	if (b->nlong == 0)
		return;
	docs = xcalloc(b->nlong, sizeof *docs);
	for (uint32_t i = 0; i < b->nlong; i++) {
		const struct long_doc *s = &b->long_doc[i];
		uint64_t whole = s[1].before - s->before, shared = FRAGMENT_NONE;

		if (b->rest[s->doc])
			shared = b->number[b->mixed[s->doc]];
		if (whole > 1 || shared != FRAGMENT_NONE)
			docs[n++] = (struct doc_fragments){ s->sample, whole, shared };
	}
	b->sample_of = fragment_spread(docs, n, b->samples, pos, of);
	free(docs);
}
