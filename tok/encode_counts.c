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

bool
model_lacks_space(const struct model *m)
{
	uint32_t id;

	if (!m->escapes || !m->byte_fallback)
		return false;
	id = model_find(m, SPACE, SPACE_N);
	return id == MODEL_NO_ID || (m->piece[id].type != MODEL_NORMAL &&
					m->piece[id].type != MODEL_USER_DEFINED);
}

bool
model_loses_text(const struct model *m)
{
	return m->has_charsmap || m->trims || !m->byte_fallback || model_lacks_space(m);
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

uint64_t
count_unknown(const struct model *m, const uint32_t *ids, size_t n)
{
	uint64_t unknown = 0;

	for (size_t i = 0; i < n; i++)
		unknown += ids[i] == m->unk;
	return unknown;
}

struct symbol_ids
symbol_ids_of(const struct model *m)
{
	struct symbol_ids range = { 0, 0 };

	for (uint32_t id = 0; id < m->n; id++) {
		if (m->piece[id].type != MODEL_USER_DEFINED)
			continue;
		range.from = range.to ? range.from : id;
		range.to = id + 1;
	}
	return range;
}

uint64_t
count_symbols(
    const struct model *m, struct symbol_ids range, const uint32_t *ids, size_t n)
{
	uint64_t found = 0;

	for (size_t i = 0; i < n; i++)
		if (ids[i] >= range.from && ids[i] < range.to)
			found += m->piece[ids[i]].type == MODEL_USER_DEFINED;
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
	if (rest.n > 0 && *rest.p == ' ' && model_lacks_space(m))
		return "the model has no piece for a space";
	if (m->trims && (rest.n == 0 || *rest.p == ' '))
		return "the model removes extra spaces";
	if (m->has_charsmap)
		return "the model's normalizer rewrites characters";
	if (!m->byte_fallback)
		return "the model has no piece for a character";
	return "the model decodes to other text";
}

/* Compare two texts.  A U+2581 of `text` may be a space of `decoded`. */
static void
compare_texts(
    const struct model *m, struct span text, struct span decoded, struct text_loss *loss)
{
	size_t i = 0, k = 0;

	loss->at = NOT_LOST;
	while (i < text.n && k < decoded.n) {
		if (text.p[i] == decoded.p[k]) {
			i++;
			k++;
			continue;
		}
		loss->at = loss->at == NOT_LOST ? i : loss->at;
		if (!m->escapes || decoded.p[k] != ' ' ||
		    !span_starts(span_from(text, i), SPAN(SPACE)))
			break;
		i += SPACE_N;
		k++;
	}
	loss->changed = i < text.n || k < decoded.n;
	if (loss->changed && loss->at == NOT_LOST)
		loss->at = i;
	if (loss->at != NOT_LOST)
		loss->why = loss_reason(m, text, loss->at);
}

int
text_loss(const struct model *m, struct span text, const uint32_t *ids, size_t n,
    struct text_loss *loss)
{
	char *p;
	struct span decoded;
	uint64_t before, after;

	if (model_decode(m, ids, n, &p, &decoded.n) < 0)
		return -1;
	decoded.p = p;
	compare_texts(m, text, decoded, loss);
	before = count_newlines(text);
	after = loss->changed ? count_newlines(decoded) : before;
	loss->newlines = before > after ? before - after : 0;
	free(p);
	return 0;
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
	if (l->changed > 0)
		warning("%s: %" PRIu64 " of %" PRIu64
			" documents decode to other text, without %" PRIu64
			" newlines: use a model %s",
		    path, l->changed, docs, l->newlines,
		    model_lacks_space(m)
			? "with a piece for the space, as 'tamis vocab' makes"
			: "with byte fallback that does not normalize");
}
