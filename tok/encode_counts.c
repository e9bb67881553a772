/* encode_counts.c - count the text that token ids cannot restore. */
#include "tok/encode_counts.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"
#include "shards/tshard/tshard.h"

#define SPACE	"\xe2\x96\x81" /* U+2581, a space in pieces */
#define SPACE_N 3

/* Whether m encodes some spaces as the bytes of U+2581, which decode to that and not to a
 * space: m lacks a piece for a space. */
static bool
lacks_space(const struct model *m, bool plain_symbols)
{
	uint32_t id;

	if (!m->escapes || !m->byte_fallback)
		return false;
	id = model_find(m, SPACE, SPACE_N);
	return id == MODEL_NO_ID ||
	       (m->piece[id].type != MODEL_NORMAL &&
		   (plain_symbols || m->piece[id].type != MODEL_USER_DEFINED));
}

/* Whether m adds a space to the end of a text, which decoding leaves there. */
static bool
adds_space(const struct model *m)
{
	return m->suffix && m->dummy_prefix;
}

bool
model_loses_text(const struct model *m, bool plain_symbols)
{
	return m->has_charsmap || m->denormalizes || m->trims || !m->byte_fallback ||
	       adds_space(m) || lacks_space(m, plain_symbols);
}

uint64_t
count_u2581(struct span s)
{
	uint64_t n = 0;
	const char *p = s.p, *end = s.p + s.n;

	while (end - p >= SPACE_N && (p = memchr(p, SPACE[0], (size_t)(end - p) - 2))) {
		n += p[1] == SPACE[1] && p[2] == SPACE[2];
		p++;
	}
	return n;
}

/* The ids of [from, from + size) among n ids. */
static uint64_t
count_range(uint32_t from, uint32_t size, const uint32_t *ids, size_t n)
{
	enum { LANES = 4, MOST = 1 << 20 };
	typedef uint32_t lanes __attribute__((vector_size(4 * LANES)));
	uint64_t found = 0;
	size_t i = 0;

	while (n - i >= LANES) {
		const size_t end = n - i < MOST ? n - (n - i) % LANES : i + MOST;
		lanes sum = { 0 };

		for (; i < end; i += LANES) {
			lanes four;

			memcpy(&four, ids + i, sizeof four);
			sum -= (lanes)(four - from < size);
		}
		for (size_t k = 0; k < LANES; k++)
			found += sum[k];
	}
	for (; i < n; i++)
		found += ids[i] - from < size;
	return found;
}

uint64_t
count_unknown(const struct model *m, const uint32_t *ids, size_t n)
{
	return m->byte_fallback ? 0 : count_range(m->unk, 1, ids, n);
}

struct type_ids
type_ids_of(const struct model *m, enum model_piece_type type)
{
	struct type_ids range = { .type = (uint8_t)type, .pure = true };
	uint32_t found = 0;

	for (uint32_t id = 0; id < m->n; id++) {
		if (m->piece[id].type != type)
			continue;
		range.from = found++ ? range.from : id;
		range.to = id + 1;
	}
	range.pure = found == range.to - range.from;
	return range;
}

uint64_t
count_type(const struct model *m, struct type_ids range, const uint32_t *ids, size_t n)
{
	uint64_t found = 0;

	if (range.to == 0)
		return 0;
	if (range.pure)
		return count_range(range.from, range.to - range.from, ids, n);
	for (size_t i = 0; i < n; i++)
		if (ids[i] >= range.from && ids[i] < range.to)
			found += m->piece[ids[i]].type == range.type;
	return found;
}

const char *
unknown_of_language(uint16_t packed)
{
	/* Reports keep the names, so each is made once and stays until exit. */
	static _Atomic(char *) names[1 << 15];
	_Atomic(char *) *slot = &names[packed & 0x7fff];
	char *name = *slot, *none = NULL, language[4];
	struct buf b = { 0 };

	if (name)
		return name;
	tshard_lang_name(packed, language);
	buf_putf(&b, "encode.unk.%s", language[0] ? language : "und");
	buf_putc(&b, '\0');
	if (atomic_compare_exchange_strong(slot, &none, b.p))
		return b.p;
	buf_free(&b);
	return none;
}

static uint64_t
count_newlines(struct span s)
{
	uint64_t n = 0;

	for (const char *p = s.p; s.n > 0 && (p = memchr(p, '\n', s.n));) {
		n++;
		s = span_from(s, (size_t)(++p - s.p));
	}
	return n;
}

/* Why decoding does not restore the text from byte `at` on. */
static const char *
loss_reason(const struct model *m, struct span text, size_t at)
{
	const struct span rest = span_from(text, at);

	if (m->escapes && span_starts(rest, SPAN(SPACE)))
		return "a U+2581 decodes to a space";
	if (rest.n > 0 && *rest.p == ' ' && lacks_space(m, true))
		return "the model has no piece for a space";
	if (adds_space(m) && rest.n == 0)
		return "the model adds a space to the end";
	if (m->trims && (rest.n == 0 || *rest.p == ' '))
		return "the model removes extra spaces";
	if (m->has_charsmap && m->denormalizes)
		return "the model's normalizer or denormalizer rewrites characters";
	if (m->has_charsmap)
		return "the model's normalizer rewrites characters";
	if (m->denormalizes)
		return "the model's denormalizer rewrites characters";
	if (!m->byte_fallback)
		return "the model has no piece for a character";
	return "the model decodes to other text";
}

void
loss_start(struct loss_check *c, const struct model *m, struct span text)
{
	*c = (struct loss_check){ .model = m,
		.text = text,
		.loss.at = NOT_LOST,
		.decoded = c->decoded,
		.cap = c->cap };
}

/* The bytes that two texts have in common at their start. */
static size_t
common_bytes(struct span a, struct span b)
{
	enum { AT_ONCE = 256 };
	const size_t n = a.n < b.n ? a.n : b.n;
	size_t i = 0;

	while (n - i >= AT_ONCE && memcmp(a.p + i, b.p + i, AT_ONCE) == 0)
		i += AT_ONCE;
	while (i < n && a.p[i] == b.p[i])
		i++;
	return i;
}

/* Compare the next decoded text.  A U+2581 of the text may be a space of it. */
static void
compare(struct loss_check *c, struct span decoded)
{
	const struct model *m = c->model;

	while (!c->differs && decoded.n > 0) {
		const struct span rest = span_from(c->text, c->at);
		const size_t same = common_bytes(rest, decoded);

		c->at += same;
		decoded = span_from(decoded, same);
		if (decoded.n == 0)
			break;
		if (c->loss.at == NOT_LOST)
			c->loss.at = c->at;
		c->differs = !m->escapes || *decoded.p != ' ' ||
			     !span_starts(span_from(c->text, c->at), SPAN(SPACE));
		if (c->differs)
			break;
		c->at += SPACE_N;
		decoded = span_from(decoded, 1);
	}
	c->newlines += count_newlines(decoded);
}

static void
end_comparison(struct loss_check *c)
{
	struct text_loss *loss = &c->loss;
	uint64_t lost;

	loss->changed = c->differs || c->at < c->text.n;
	if (loss->changed && loss->at == NOT_LOST)
		loss->at = c->at;
	if (loss->at != NOT_LOST)
		loss->why = loss_reason(c->model, c->text, loss->at);
	if (!loss->changed)
		return;
	lost = count_newlines(span_from(c->text, c->at));
	loss->newlines = lost > c->newlines ? lost - c->newlines : 0;
}

int
loss_next(struct loss_check *c, const uint32_t *ids, size_t n, bool last)
{
	enum { BLOCK = 4096 }; /* ids: their text stays in the cache */

	for (size_t k; n > 0 || last; ids += k, n -= k) {
		const bool ends = last && n <= BLOCK;
		size_t size;

		k = n < BLOCK ? n : BLOCK;
		if (model_decode_next(c->model, &c->decoding, ids, k, ends, &c->decoded,
			&c->cap, &size) < 0)
			return -1;
		compare(c, (struct span){ c->decoded, size });
		if (!ends)
			continue;
		end_comparison(c);
		break;
	}
	return 0;
}

void
loss_free(struct loss_check *c)
{
	free(c->decoded);
	c->decoded = NULL;
	c->cap = 0;
}

/* The model to use instead of m, so that decoding restores texts. */
static const char *
advice(const struct model *m)
{
	const bool rewrites = m->has_charsmap || m->trims;

	if (lacks_space(m, true))
		return "with a piece for the space, as 'tamis vocab' makes";
	if (adds_space(m))
		return "that adds no space to the end";
	if (!m->byte_fallback)
		return rewrites ? "with byte fallback that does not normalize"
				: "with byte fallback";
	return rewrites ? "that does not normalize" : "without a denormalizer";
}

void
warn_of_losses(
    const struct loss_totals *l, uint64_t docs, const struct model *m, const char *path)
{
	if (l->unknown > 0)
		warning("%s: wrote %" PRIu64
			" unknown pieces for characters that the model lacks: use a "
			"model with byte fallback",
		    path, l->unknown);
	if (l->newlines > 0)
		warning("%s: %" PRIu64 " of %" PRIu64
			" documents decode to other text, without %" PRIu64
			" newline%s: use a model %s",
		    path, l->changed, docs, l->newlines, l->newlines == 1 ? "" : "s",
		    advice(m));
	else if (l->changed > 0)
		warning("%s: %" PRIu64 " of %" PRIu64
			" documents decode to other text: use a model %s",
		    path, l->changed, docs, advice(m));
}
