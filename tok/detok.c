/* detok.c - decode ids to text, byte for byte as SentencePiece does. */
#include "tok/model.h"

#include <stdlib.h>
#include <string.h>

#define SPACE	"\xe2\x96\x81" /* U+2581, a space in pieces */
#define SPACE_N 3
#define BAD	"\xef\xbf\xbd" /* U+FFFD */
#define BAD_N	3

size_t
model_char(const char *s, size_t n, uint32_t *c)
{
	/* The least code point of each length. */
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *u = (const unsigned char *)s;
	size_t len;

	if (u[0] < 0x80) {
		*c = u[0];
		return 1;
	}
	if (u[0] < 0xc2 || u[0] > 0xf4)
		return 0;
	len = u[0] < 0xe0 ? 2 : u[0] < 0xf0 ? 3 : 4;
	if (n < len)
		return 0;
	*c = u[0] & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (u[i] & 0x3f);
	}
	if (*c < least[len] || *c > 0x10ffff || (*c >= 0xd800 && *c <= 0xdfff))
		return 0;
	return len;
}

struct decoded {
	char *p; /* room_for() bytes: large enough for all that is put */
	size_t n;
};

static void
put(struct decoded *t, const char *p, size_t n)
{
	memcpy(t->p + t->n, p, n);
	t->n += n;
}

/* The text of a piece, with spaces for U+2581. */
static void
put_piece(struct decoded *t, const char *p, size_t n)
{
	while (n > 0) {
		if (n >= SPACE_N && memcmp(p, SPACE, SPACE_N) == 0) {
			t->p[t->n++] = ' ';
			p += SPACE_N;
			n -= SPACE_N;
		} else {
			t->p[t->n++] = *p++;
			n--;
		}
	}
}

/*
 * Put the bytes that are held: whole characters, and U+FFFD for each other byte.  The
 * last `keep` of them may wait for more.
 */
static void
put_held(struct decoded *t, struct decoding *s, size_t keep)
{
	size_t at = 0;
	uint32_t c;

	while (s->n_held - at > keep) {
		const size_t len = model_char(s->held + at, s->n_held - at, &c);

		if (len == 0)
			put(t, BAD, BAD_N);
		else
			put(t, s->held + at, len);
		at += len ? len : 1;
	}
	s->n_held = (uint8_t)(s->n_held - at);
	memmove(s->held, s->held + at, s->n_held);
}

/* An upper bound of the size of the text.  False if an id is out of range. */
static bool
room_for(
    const struct model *m, size_t n_held, const uint32_t *ids, size_t n, size_t *room)
{
	*room = 1 + n_held * BAD_N;
	for (size_t i = 0; i < n; i++) {
		size_t most;

		if (ids[i] >= m->n)
			return false;
		most = m->piece[ids[i]].n; /* 6 for a byte piece, at least U+FFFD's 3 */
		if (m->piece[ids[i]].decoded == MODEL_UNKNOWN)
			most = m->unk_surface_n;
		if (__builtin_add_overflow(*room, most, room))
			return false;
	}
	return true;
}

static void
put_next(const struct model *m, struct decoding *s, const struct model_piece *piece,
    struct decoded *t)
{
	s->begun |= t->n > 0;
	if (piece->decoded == MODEL_CONTROL)
		return;
	if (piece->decoded == MODEL_UNKNOWN) {
		put(t, m->unk_surface, m->unk_surface_n);
	} else if ((m->dummy_prefix || m->trims) && !s->begun && piece->n >= SPACE_N &&
		   memcmp(piece->text, SPACE, SPACE_N) == 0) {
		/* A model that trims strips all spaces at the start. */
		s->begun = !m->trims;
		put_piece(t, piece->text + SPACE_N, piece->n - SPACE_N);
	} else {
		put_piece(t, piece->text, piece->n);
	}
}

static void
decode(const struct model *m, struct decoding *s, const uint32_t *ids, size_t n,
    struct decoded *t)
{
	for (size_t i = 0; i < n; i++) {
		const struct model_piece *piece = &m->piece[ids[i]];

		if (piece->decoded == MODEL_BYTE) {
			s->held[s->n_held++] = (char)piece->byte;
			if (s->n_held == sizeof s->held)
				put_held(t, s, sizeof s->held - 1);
			continue;
		}
		put_held(t, s, 0);
		put_next(m, s, piece, t);
	}
	s->begun |= t->n > 0;
}

/* A text that grows. */
struct output {
	char **p;
	size_t n, *cap;
};

/* Make room for n bytes and a NUL.  False when memory is out. */
static bool
output_reserve(struct output *o, size_t n)
{
	const size_t want = o->n + n + 1; /* both are in memory: no overflow */
	size_t cap = *o->cap + *o->cap / 2;
	char *more;

	if (*o->p && want <= *o->cap)
		return true;
	cap = cap < want ? want : cap;
	more = realloc(*o->p, cap);
	if (!more)
		return false;
	*o->p = more;
	*o->cap = cap;
	return true;
}

/*
 * Append the n bytes at p as SentencePiece's Normalizer rewrites them, up to where more
 * bytes may change the rule that applies.  last: no more follow.  Sets *used to the bytes
 * that it took.  False when memory is out.
 */
static bool
denormalize(const struct model *m, const char *p, size_t n, bool last, size_t *used,
    struct output *o)
{
	size_t at = 0;
	uint32_t c;

	while (at < n && (last || n - at >= CHARSMAP_MAX_KEY)) {
		size_t from, to;
		const char *s = charsmap_find(&m->denormalizer, p + at, n - at, &from);

		if (s) {
			to = strlen(s);
		} else if ((to = model_char(p + at, n - at, &c)) > 0) {
			s = p + at;
			from = to;
		} else {
			s = BAD;
			to = BAD_N;
			from = 1;
		}
		if (!output_reserve(o, to))
			return false;
		memcpy(*o->p + o->n, s, to);
		o->n += to;
		at += from;
	}
	*used = at;
	return true;
}

/* As model_decode_next, for a model that denormalizes.  room: as room_for. */
static int
decode_rewritten(const struct model *m, struct decoding *s, const uint32_t *ids, size_t n,
    bool last, size_t room, struct output *o)
{
	struct decoded t = { NULL, 0 };
	char *raw = NULL;
	size_t used;
	int rc = -1;

	if (!__builtin_add_overflow(room, s->n_rest, &room))
		raw = malloc(room);
	if (!raw || !output_reserve(o, 0))
		goto out;
	t.p = raw + s->n_rest;
	memcpy(raw, s->rest, s->n_rest);
	decode(m, s, ids, n, &t);
	if (last)
		put_held(&t, s, 0);
	t.n += s->n_rest;
	if (!denormalize(m, raw, t.n, last, &used, o))
		goto out;
	s->n_rest = (uint16_t)(t.n - used);
	memcpy(s->rest, raw + used, s->n_rest);
	rc = 0;
out:
	free(raw);
	return rc;
}

int
model_decode_next(const struct model *m, struct decoding *s, const uint32_t *ids,
    size_t n, bool last, char **text, size_t *cap, size_t *len)
{
	struct decoded t = { NULL, 0 };
	size_t room;

	*len = 0;
	if (!room_for(m, s->n_held, ids, n, &room))
		return -1;
	if (m->denormalizes) {
		struct output o = { text, 0, cap };
		const int rc = decode_rewritten(m, s, ids, n, last, room, &o);

		*len = o.n;
		return rc;
	}
	if (*cap < room) {
		free(*text);
		*text = malloc(room);
		*cap = *text ? room : 0;
	}
	if (!*text)
		return -1;
	t.p = *text;
	decode(m, s, ids, n, &t);
	if (last)
		put_held(&t, s, 0);
	*len = t.n;
	return 0;
}

int
model_decode(
    const struct model *m, const uint32_t *ids, size_t n, char **text, size_t *len)
{
	struct decoding s = { 0 };
	size_t cap = 0;

	*text = NULL;
	if (model_decode_next(m, &s, ids, n, true, text, &cap, len) < 0) {
		free(*text);
		*text = NULL;
		return -1;
	}
	(*text)[*len] = '\0';
	return 0;
}
