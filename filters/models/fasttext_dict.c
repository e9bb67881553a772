/* fasttext_dict.c - the dictionary and the prune index of a fastText model. */
#include <stdlib.h>

#include "filters/models/fasttext_impl.h"

/* Slots to probe while reading a dictionary.  Hundreds occur by chance; more mean that
 * the words were chosen to collide. */
enum { STEPS_MAX = 1 << 14 };

/* After a word's NUL come its count and its type. */
enum { ENTRY = sizeof(int64_t) + 1 };

struct span
ft_dict_label(const struct ft_dict *d, uint32_t label)
{
	return span_of((const char *)d->base + d->label[label]);
}

int64_t
ft_dict_count(const struct ft_dict *d, uint32_t label)
{
	int64_t count;
	struct span w = ft_dict_label(d, label);

	memcpy(&count, w.p + w.n + 1, sizeof count);
	return count;
}

/* FNV-1a has patterns in its bits; an odd factor spreads them over the upper ones. */
static inline size_t
first_slot(const struct ft_dict *d, uint32_t hash)
{
	return (size_t)((uint64_t)(hash * 0x9e3779b1u) * d->slots >> 32);
}

void
ft_dict_fetch(const struct ft_dict *d, uint32_t hash)
{
	__builtin_prefetch(&d->slot[first_slot(d, hash)]);
}

/* The slot of a word, or the free slot where it would go.  Returns NULL after `steps`
 * probes. */
static struct ft_slot *
find_slot(const struct ft_dict *d, struct span word, uint32_t hash, size_t steps)
{
	size_t i = first_slot(d, hash);

	for (; d->slot[i].number; i = i + 1 < d->slots ? i + 1 : 0) {
		const struct ft_slot *s = &d->slot[i];
		const char *p = (const char *)d->base + s->at;

		/* Words end with a NUL and contain none. */
		if (s->hash == hash && word.n < d->bytes - s->at &&
		    memcmp(p, word.p, word.n) == 0 && p[word.n] == '\0')
			break;
		if (steps-- == 0)
			return NULL;
	}
	return &d->slot[i];
}

int32_t
ft_dict_find(const struct ft_dict *d, struct span word, uint32_t hash)
{
	const struct ft_slot *s = find_slot(d, word, hash, d->slots);

	return s ? (int32_t)s->number - 1 : FT_NO_WORD;
}

size_t
ft_dict_read(struct ft_dict *d, const unsigned char *base, size_t bytes, uint32_t n,
    uint32_t words, const char **why)
{
	size_t at = 0;

	*why = "the file is truncated in the dictionary";
	/* An entry has at least a NUL, which bounds n before it is used as a size. */
	if (n > bytes / (ENTRY + 1))
		return 0;
	*d = (struct ft_dict){ .base = base, .bytes = bytes, .n = n, .words = words };
	d->label = xcalloc((size_t)(n - words) + 1, sizeof *d->label);
	d->slots = (size_t)n + n / 2 + 1;
	d->slot = xcalloc(d->slots, sizeof *d->slot);
	for (uint32_t i = 0; i < n; i++) {
		const unsigned char *word = base + at,
				    *end = memchr(word, '\0', bytes - at);
		struct ft_slot *slot;
		struct span s;
		uint32_t h;

		if (!end || bytes - (size_t)(end - base) < ENTRY + 1)
			return 0;
		if (end[ENTRY] != (i >= words)) {
			*why = "words and labels are not in order";
			return 0;
		}
		if (at > UINT32_MAX) {
			*why = "dictionary is larger than 4 GiB";
			return 0;
		}
		if (i >= words)
			d->label[i - words] = (uint32_t)at;
		s = (struct span){ (const char *)word, (size_t)(end - word) };
		h = ft_hash(s);
		slot = find_slot(d, s, h, STEPS_MAX);
		if (!slot) {
			*why = "too many words have the same hash";
			return 0;
		}
		/* Of duplicate words the last one counts, as in libfasttext. */
		*slot = (struct ft_slot){ h, (uint32_t)at, i + 1 };
		at = (size_t)(end - base) + ENTRY + 1;
	}
	return at;
}

void
ft_dict_free(struct ft_dict *d)
{
	free(d->label);
	free(d->slot);
}

bool
ft_prune_read(struct ft_prune *p, const unsigned char *pairs, size_t n, uint32_t buckets,
    uint64_t rows)
{
	const size_t groups = buckets / 64 + 1;
	int32_t pair[2];

	p->has = xcalloc(groups, sizeof *p->has);
	p->rank = xcalloc(groups, sizeof *p->rank);
	for (size_t k = 0; k < n; k++) {
		memcpy(pair, pairs + k * sizeof pair, sizeof pair);
		if (pair[0] < 0 || (uint32_t)pair[0] >= buckets || pair[1] < 0 ||
		    (uint32_t)pair[1] >= rows)
			return false;
		p->has[pair[0] / 64] |= UINT64_C(1) << pair[0] % 64;
	}
	for (size_t i = 0; i < groups; i++) {
		p->rank[i] = (uint32_t)p->n;
		p->n += (size_t)__builtin_popcountll(p->has[i]);
	}
	/* One more, since a lookup of a bucket without a row may read past the last
	 * one. */
	p->row = xcalloc(p->n + 1, sizeof *p->row);
	for (size_t k = 0; k < n; k++) {
		uint64_t below;

		memcpy(pair, pairs + k * sizeof pair, sizeof pair);
		below = p->has[pair[0] / 64] & ((UINT64_C(1) << pair[0] % 64) - 1);
		/* Of duplicate buckets the last one counts, as in libfasttext. */
		p->row[p->rank[pair[0] / 64] + (uint32_t)__builtin_popcountll(below)] =
		    (uint32_t)pair[1];
	}
	return true;
}
