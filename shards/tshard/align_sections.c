/* align_sections.c - read MASK, PAIR and LABEL, and check the form of their entries. */
#include "shards/tshard/tshard_align.h"
#include "shards/tshard/tshard_impl.h"

#include <stdlib.h>

void
tsi_pair_put(const struct tshard_pair *p, unsigned char out[TSI_PAIR])
{
	tsi_put64(out, p->number);
	tsi_put32(out + 8, p->prompt);
	tsi_put16(out + 12, p->rank);
	tsi_put16(out + 14, 0);
}

void
tsi_pair_get(const unsigned char in[TSI_PAIR], struct tshard_pair *p)
{
	p->number = tsi_get64(in);
	p->prompt = tsi_get32(in + 8);
	p->rank = tsi_get16(in + 12);
}

const char *
tsi_wrong_pair(
    const struct tshard_pair *last, bool first, const struct tshard_pair *p, uint32_t n)
{
	if (p->prompt == 0 || p->prompt >= n)
		return "the prompt must have a token, and leave one for the answer";
	if (p->rank == 0) {
		if (!first && last->rank == 0)
			return "the prompt before has one answer only";
		return first || p->number > last->number
			   ? NULL
			   : "the number of the pair does not rise";
	}
	if (first || p->rank != last->rank + 1u)
		return "the ranks of a pair must be 0, 1, 2 and so on";
	if (p->number != last->number)
		return "a pair starts with a rank above 0";
	return p->prompt == last->prompt ? NULL : "answers of a pair have other prompts";
}

bool
tsi_label_ok(const char *name)
{
	return tsi_number_ok(name) && strlen(name) <= TSHARD_LABEL_NAME;
}

bool
tsi_value_ok(uint32_t bits)
{
	return bits == 0x7fc00000 || (bits >> 23 & 0xff) != 0xff;
}

/* ---- opening ---- */

static int
load_names(struct tshard *s, const struct tshard_section *sec, struct tshard_error *e)
{
	s->label = calloc(s->n_labels, sizeof *s->label);
	s->labels = calloc(s->n_labels, sizeof *s->labels);
	if (!s->label || !s->labels)
		return tsi_nomem(e);
	if (tshard_section_read(
		s, sec, TSI_LABEL, s->label, s->n_labels * sizeof *s->label, e) < 0)
		return -1;
	for (uint32_t i = 0; i < s->n_labels; i++) {
		uint64_t at = sec->offset + TSI_LABEL + (uint64_t)i * TSI_LABEL_NAME;
		size_t len = strnlen(s->label[i], TSI_LABEL_NAME);

		for (size_t k = len; k < TSI_LABEL_NAME; k++)
			if (s->label[i][k] != '\0')
				return tsi_bad(s, e, TSI_SDX, at + k,
				    "LABEL: a name is not padded with zeros: use an "
				    "intact copy");
		if (len == TSI_LABEL_NAME || !tsi_label_ok(s->label[i]))
			return tsi_bad(s, e, TSI_SDX, at,
			    "LABEL: a name is not 1 to 23 of A-Za-z0-9._/+-: use an "
			    "intact copy");
		for (uint32_t k = 0; k < i; k++)
			if (strcmp(s->label[i], s->label[k]) == 0)
				return tsi_bad(s, e, TSI_SDX, at,
				    "LABEL: two names are equal: regenerate the shard");
		s->labels[i] = s->label[i];
	}
	return 0;
}

int
tsi_align_load(struct tshard *s, struct tshard_error *e)
{
	const struct tshard_section *sec = tshard_section(s, "LABEL");
	unsigned char head[TSI_LABEL];
	uint64_t bytes;

	if (!sec)
		return 0;
	if (sec->bytes < TSI_LABEL)
		return tsi_bad(s, e, TSI_SDX, sec->offset,
		    "LABEL: the section is too short: regenerate the shard");
	if (tshard_section_read(s, sec, 0, head, sizeof head, e) < 0)
		return -1;
	s->n_labels = tsi_get32(head);
	s->label_rows = tsi_get32(head + 4);
	if (s->n_labels == 0 || s->n_labels > TSHARD_MOST_LABELS)
		return tsi_bad(s, e, TSI_SDX, sec->offset,
		    "LABEL: %u names, a shard has 1 to 64: use an intact copy",
		    s->n_labels);
	bytes = TSI_LABEL + (uint64_t)s->n_labels * TSI_LABEL_NAME +
		s->label_rows * (TSI_LABEL + UINT64_C(4) * s->n_labels);
	if (sec->bytes != bytes || sec->count != s->label_rows)
		return tsi_bad(s, e, TSI_SDX, sec->offset + 4,
		    "LABEL: %llu bytes, %llu entries of %u names take %llu: use an "
		    "intact copy",
		    (unsigned long long)sec->bytes, (unsigned long long)s->label_rows,
		    s->n_labels, (unsigned long long)bytes);
	return load_names(s, sec, e);
}

/* ---- reading ---- */

void
tshard_align_of(const struct tshard *s, struct tshard_align *out)
{
	out->mask = tshard_section(s, "MASK") != NULL;
	out->pairs = tshard_section(s, "PAIR") != NULL;
	out->labels = s->labels;
	out->n_labels = s->n_labels;
}

/* The section, if entries [first, first + n) of `count` exist. */
static const struct tshard_section *
range(const struct tshard *s, const char *tag, const char *what, uint64_t first,
    uint64_t n, uint64_t count, struct tshard_error *e)
{
	const struct tshard_section *sec = tshard_section(s, tag);

	if (!sec)
		tsi_fail(e, TSHARD_DATA,
		    "%s: section %s is missing: name a shard that has it",
		    s->path[TSI_SDX], tag);
	else if (first > count || n > count - first)
		tsi_fail(e, TSHARD_DATA,
		    "%s: %s [%llu, %llu) do not exist: the shard has %llu", s->prefix,
		    what, (unsigned long long)first, (unsigned long long)first + n,
		    (unsigned long long)count);
	else
		return sec;
	return NULL;
}

int
tshard_mask(const struct tshard *s, uint64_t first, size_t n, uint8_t *out,
    struct tshard_error *e)
{
	const struct tshard_section *sec =
	    range(s, "MASK", "tokens", first, n, s->h.tokens, e);
	unsigned char raw[4096];

	if (!sec)
		return -1;
	for (size_t at = 0; at < n;) {
		unsigned skip = first % 8;
		size_t k = 8 * sizeof raw - skip;

		if (k > n - at)
			k = n - at;
		if (tshard_section_read(s, sec, first / 8, raw, (skip + k + 7) / 8, e) <
		    0)
			return -1;
		for (size_t i = 0; i < k; i++)
			out[at + i] = raw[(skip + i) / 8] >> (skip + i) % 8 & 1;
		at += k;
		first += k;
	}
	return 0;
}

int
tshard_pairs(const struct tshard *s, uint64_t first, size_t n, struct tshard_pair *out,
    struct tshard_error *e)
{
	const struct tshard_section *sec =
	    range(s, "PAIR", "rows", first, n, tsi_sequences(&s->h), e);
	/* Read entries to their own places, and decode them there. */
	unsigned char *raw = (unsigned char *)out;

	_Static_assert(sizeof *out == TSI_PAIR, "an entry is decoded in its place");
	if (!sec ||
	    tshard_section_read(s, sec, first * TSI_PAIR, raw, n * TSI_PAIR, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct tshard_pair p;

		tsi_pair_get(raw + i * TSI_PAIR, &p);
		if (p.number == UINT64_MAX)
			p.prompt = p.rank = 0;
		out[i] = p;
	}
	return 0;
}

uint64_t
tshard_label_count(const struct tshard *s)
{
	return s->label_rows;
}

static uint64_t
label_at(const struct tshard *s, uint64_t i)
{
	return TSI_LABEL + (uint64_t)s->n_labels * TSI_LABEL_NAME +
	       i * (TSI_LABEL + UINT64_C(4) * s->n_labels);
}

int
tshard_labels(const struct tshard *s, uint64_t first, size_t n, struct tshard_label *out,
    float *values, struct tshard_error *e)
{
	const struct tshard_section *sec =
	    range(s, "LABEL", "labels", first, n, s->label_rows, e);
	enum { SOME = 16 * (TSI_LABEL + 4 * TSHARD_MOST_LABELS) };
	size_t size = TSI_LABEL + (size_t)4 * s->n_labels, k;
	unsigned char raw[SOME];

	if (!sec)
		return -1;
	for (size_t at = 0; at < n; at += k) {
		k = n - at < SOME / size ? n - at : SOME / size;
		if (tshard_section_read(
			s, sec, label_at(s, first + at), raw, k * size, e) < 0)
			return -1;
		for (size_t i = 0; i < k; i++) {
			const unsigned char *p = raw + i * size;

			out[at + i].row = tsi_get32(p);
			out[at + i].offset = tsi_get32(p + 4);
			for (uint32_t j = 0; j < s->n_labels && values; j++) {
				uint32_t bits = tsi_get32(p + TSI_LABEL + (size_t)4 * j);

				memcpy(&values[(at + i) * s->n_labels + j], &bits, 4);
			}
		}
	}
	return 0;
}

int
tshard_label_find(
    const struct tshard *s, uint64_t row, uint64_t *at, struct tshard_error *e)
{
	uint64_t from = 0, to = s->label_rows;

	while (from < to) {
		uint64_t mid = from + (to - from) / 2;
		struct tshard_label l;

		if (tshard_labels(s, mid, 1, &l, NULL, e) < 0)
			return -1;
		if (l.row < row)
			from = mid + 1;
		else
			to = mid;
	}
	*at = from;
	return 0;
}
