/*
 * bpe.c - merge the characters of a text by byte-pair encoding, as SentencePiece does.
 *
 * A short text is merged with a search for the next pair among all; a window of a long
 * one with a heap.
 *
 * Windows overlap.  A sequence of tokens is the encoding of its text if and only if each
 * two neighbours are that of theirs (docs/tokenizing.md).  So if two windows that begin
 * at token borders have a token in common, the tokens of the first one up to it and those
 * of the second from it on encode the whole.
 */
#include "tok/engine/bpe.h"

#include <stdlib.h>
#include <string.h>

/*
 * Put the ids of a symbol: of its piece, of the parts of an unused piece, or of a
 * character that is not a piece.  A part is shorter than its piece, so recursion ends.
 */
static size_t
/* NOLINTNEXTLINE(misc-no-recursion) */
put_symbol(const struct pieces *p, const char *text, size_t n, uint32_t id, uint32_t *to)
{
	size_t done = 0;

	while (id != MODEL_NO_ID && p->v[id].left > 0) {
		const size_t left = p->v[id].left;

		done +=
		    put_symbol(p, text, left, pieces_lookup(p, text, left), to + done);
		text += left;
		n -= left;
		id = pieces_lookup(p, text, n);
	}
	if (id == MODEL_NO_ID)
		return done + pieces_unknown(p, text, n, to + done);
	to[done] = id;
	return done + 1;
}

/* The symbols of a short text: symbol i is text[from[i], from[next[i]]). */
struct short_text {
	const struct pieces *p;
	const char *text;
	size_t m; /* symbols at first; the next one of the last */
	uint64_t hash[BPE_SHORT + 1];
	struct piece_found pair[BPE_SHORT]; /* what i and next[i] merge to */
	uint32_t id[BPE_SHORT]; /* MODEL_NO_ID: a character that is not looked up yet */
	uint8_t from[BPE_SHORT + 1], next[BPE_SHORT], before[BPE_SHORT + 1];
};

/* Find what symbol i and the next one merge to. */
static inline void
pair_short(struct short_text *s, size_t i)
{
	const size_t j = s->next[i];

	s->pair[i].rank = PIECE_NO_RANK;
	if (j < s->m)
		s->pair[i] =
		    pieces_find(s->p, s->text, s->hash, s->from[i], s->from[s->next[j]]);
}

static void
open_short(struct short_text *s, size_t n)
{
	size_t m = 0;

	if (n > 8)
		pieces_hash(s->text, n, s->hash);
	for (size_t i = 0; i < n; m++) {
		s->from[m] = (uint8_t)i;
		s->next[m] = (uint8_t)(m + 1);
		s->before[m] = (uint8_t)(m - 1);
		s->id[m] = MODEL_NO_ID;
		i += piece_char((unsigned char)s->text[i]);
	}
	s->from[m] = (uint8_t)n;
	s->m = m;
	for (size_t i = 0; i < m; i++)
		pair_short(s, i);
}

/* The symbol that merges next with the one after it; or one that merges with none. */
static inline size_t
best_pair(const struct short_text *s)
{
	size_t best = 0;

	/* NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Assign): there is a symbol */
	for (size_t i = s->next[0]; i < s->m; i = s->next[i])
		if (s->pair[i].rank < s->pair[best].rank)
			best = i;
	return best;
}

size_t
bpe_short(const struct pieces *p, const char *text, size_t n, uint32_t *to)
{
	struct short_text s;
	size_t done = 0, best, j;

	s.p = p;
	s.text = text;
	open_short(&s, n);
	while (best = best_pair(&s), s.pair[best].rank != PIECE_NO_RANK) {
		j = s.next[best];
		s.id[best] = s.pair[best].id;
		s.next[best] = s.next[j];
		s.before[s.next[j]] = (uint8_t)best;
		pair_short(&s, best);
		if (best > 0)
			pair_short(&s, s.before[best]);
	}
	for (size_t i = 0; i < s.m; i = s.next[i]) {
		const size_t from = s.from[i], size = s.from[s.next[i]] - from;

		if (s.id[i] == MODEL_NO_ID)
			s.id[i] = pieces_lookup(p, text + from, size);
		done += put_symbol(p, text + from, size, s.id[i], to + done);
	}
	return done;
}

/* ---- long texts ---- */

enum {
	WINDOW = 8192, /* bytes */
	OVERLAP = 1024 /* bytes, at least */
};

/* A symbol of a window is text[from, end). */
struct bpe_symbol {
	uint32_t from, end, before, next;
	uint32_t rank; /* of the piece that it and the next one merge to */
};

static int
reserve(struct bpe_work *w, size_t n)
{
	if (n <= w->cap)
		return 0;
	free(w->symbol);
	free(w->hash);
	free(w->heap);
	w->symbol = malloc((n + 1) * sizeof *w->symbol);
	w->hash = malloc((n + 1) * sizeof *w->hash);
	/* At first a pair for each symbol, then two for each merge. */
	w->heap = malloc(3 * (n + 1) * sizeof *w->heap);
	w->cap = w->symbol && w->hash && w->heap ? n : 0;
	return w->cap ? 0 : -1;
}

void
bpe_work_free(struct bpe_work *w)
{
	free(w->symbol);
	free(w->hash);
	free(w->heap);
	free(w->window[0].end);
	free(w->window[1].end);
	*w = (struct bpe_work){ 0 };
}

/* A heap of rank << 32 | symbol, the least first. */
static void
heap_push(uint64_t *heap, size_t *n, uint64_t x)
{
	size_t i = (*n)++;

	for (; i > 0 && heap[(i - 1) / 2] > x; i = (i - 1) / 2)
		heap[i] = heap[(i - 1) / 2];
	heap[i] = x;
}

static uint64_t
heap_pop(uint64_t *heap, size_t *n)
{
	const uint64_t top = heap[0], last = heap[--*n];
	size_t i = 0, child;

	for (; (child = 2 * i + 1) < *n; i = child) {
		if (child + 1 < *n && heap[child + 1] < heap[child])
			child++;
		if (heap[child] >= last)
			break;
		heap[i] = heap[child];
	}
	heap[i] = last;
	return top;
}

/* Find the piece that symbol i and the next one merge to.  m: the number of symbols. */
static void
pair_long(const struct pieces *p, struct bpe_work *w, const char *text, size_t m,
    uint32_t i, size_t *n_heap)
{
	struct bpe_symbol *s = &w->symbol[i];

	s->rank = PIECE_NO_RANK;
	if (s->next < m)
		s->rank =
		    pieces_find(p, text, w->hash, s->from, w->symbol[s->next].end).rank;
	if (s->rank != PIECE_NO_RANK)
		heap_push(w->heap, n_heap, (uint64_t)s->rank << 32 | i);
}

/* Merge the symbols of text[0, n). */
static size_t
merge_long(const struct pieces *p, struct bpe_work *w, const char *text, size_t n)
{
	struct bpe_symbol *s = w->symbol;
	size_t m = 0, n_heap = 0;

	pieces_hash(text, n, w->hash);
	for (size_t i = 0; i < n; m++) {
		const size_t end = i + piece_char((unsigned char)text[i]);

		s[m] = (struct bpe_symbol){ .from = (uint32_t)i,
			.end = (uint32_t)end,
			.before = (uint32_t)m - 1,
			.next = (uint32_t)m + 1 };
		i = end;
	}
	for (uint32_t i = 0; i < m; i++)
		pair_long(p, w, text, m, i, &n_heap);
	while (n_heap > 0) {
		const uint64_t top = heap_pop(w->heap, &n_heap);
		const uint32_t i = (uint32_t)top, rank = (uint32_t)(top >> 32);
		uint32_t j;

		if (s[i].rank != rank)
			continue; /* a symbol of the pair has changed */
		j = s[i].next;
		s[i].end = s[j].end;
		s[i].next = s[j].next;
		s[j].rank = PIECE_NO_RANK;
		if (s[i].next < m)
			s[s[i].next].before = i;
		pair_long(p, w, text, m, i, &n_heap);
		if (i > 0)
			pair_long(p, w, text, m, s[i].before, &n_heap);
	}
	return m;
}

/* Encode the window text[from, from + n) into v. */
static int
encode_window(const struct pieces *p, struct bpe_work *w, const char *text, size_t from,
    size_t n, struct bpe_window *v)
{
	size_t m;

	if (n > UINT32_MAX / 2 || reserve(w, n) < 0)
		return -1;
	if (v->cap < n) {
		free(v->end);
		v->end = malloc(n * sizeof *v->end);
		v->cap = v->end ? n : 0;
		if (!v->end)
			return -1;
	}
	m = merge_long(p, w, text + from, n);
	v->from = from;
	v->n = 0;
	for (size_t i = 0; i < m; i = w->symbol[i].next)
		v->end[v->n++] = w->symbol[i].end;
	return 0;
}

static size_t
token_start(const struct bpe_window *v, size_t i)
{
	return v->from + (i > 0 ? v->end[i - 1] : 0);
}

/* Append the ids of the tokens [from, to) of v. */
static int
put_tokens(const struct pieces *p, const char *text, const struct bpe_window *v,
    size_t from, size_t to, struct token_ids *ids)
{
	for (size_t i = from; i < to; i++) {
		const char *s = text + token_start(v, i);
		const size_t n = v->from + v->end[i] - token_start(v, i);

		if (token_ids_reserve(ids, 3 * n + PIECES_UNKNOWN) < 0)
			return -1;
		ids->n += put_symbol(p, s, n, pieces_lookup(p, s, n), ids->v + ids->n);
	}
	return 0;
}

/* The end of a window of about n bytes from `from` on: a whole character. */
static size_t
window_end(const char *text, size_t end, size_t from, size_t n)
{
	size_t at = from + n;

	if (n >= end - from)
		return end;
	while (((unsigned char)text[at] & 0xc0) == 0x80)
		at--;
	return at;
}

/* Find a token of a that is one of b, too.  False if there is none. */
static bool
common_token(
    const struct bpe_window *a, const struct bpe_window *b, size_t *of_a, size_t *of_b)
{
	size_t i = *of_a, j = 0;

	while (i < a->n && j < b->n) {
		const size_t x = token_start(a, i), y = token_start(b, j);

		if (x == y && a->from + a->end[i] == b->from + b->end[j]) {
			*of_a = i;
			*of_b = j;
			return true;
		}
		if (x <= y)
			i++;
		if (y <= x)
			j++;
	}
	return false;
}

/* The first token of v that begins in its last OVERLAP bytes, but not the first of all.
 */
static size_t
next_from(const struct bpe_window *v)
{
	const size_t size = v->end[v->n - 1];
	size_t i = v->n;

	while (i > 1 && v->end[i - 1] + OVERLAP > size)
		i--;
	return i;
}

int
bpe_long(const struct pieces *p, struct bpe_work *w, const char *text, size_t n,
    struct token_ids *ids)
{
	struct bpe_window *a = &w->window[0], *b = &w->window[1], *swap;
	size_t size = WINDOW, first = 0; /* the first token of a that is not put yet */

	if (n == 0)
		return 0;
	if (encode_window(p, w, text, 0, window_end(text, n, 0, size), a) < 0)
		return -1;
	while (a->from + a->end[a->n - 1] < n) {
		size_t shared = next_from(a), same = 0, from;

		shared = shared > first ? shared : first;
		from = shared < a->n ? token_start(a, shared) : a->from;
		if (shared < a->n && from > a->from &&
		    (encode_window(p, w, text, from,
			 window_end(text, n, from, size) - from, b) < 0))
			return -1;
		if (shared == a->n || from == a->from ||
		    !common_token(a, b, &shared, &same)) {
			/* The end of the window is felt too far from it. */
			from = token_start(a, first);
			size *= 2;
			if (encode_window(p, w, text, from,
				window_end(text, n, from, size) - from, a) < 0)
				return -1;
			first = 0;
			continue;
		}
		if (put_tokens(p, text, a, first, shared, ids) < 0)
			return -1;
		swap = a;
		a = b;
		b = swap;
		first = same;
		size = WINDOW;
	}
	return put_tokens(p, text, a, first, a->n, ids);
}
