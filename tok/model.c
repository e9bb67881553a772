/* model.c - parse SentencePiece's protocol buffer, strictly and without a library. */
#include "tok/model.h"

#include <stdlib.h>
#include <string.h>

#include "tok/charsmap.h"

const char model_no_memory[] = "does not fit into memory";

/* Protocol buffer bytes that are not parsed yet. */
struct wire {
	const unsigned char *p, *end;
};

struct wire_field {
	uint64_t number;
	unsigned type;	/* 0 varint, 1 64 bit, 2 bytes, 5 32 bit */
	uint64_t value; /* types 0 and 5 */
	const char *p;	/* type 2 */
	size_t n;
};

static bool
wire_varint(struct wire *w, uint64_t *v)
{
	*v = 0;
	for (unsigned shift = 0; shift < 64; shift += 7) {
		if (w->p == w->end)
			return false;
		unsigned char b = *w->p++;

		*v |= (uint64_t)(b & 0x7f) << shift;
		if (b < 0x80)
			return true;
	}
	return false;
}

static bool
wire_skip(struct wire *w, uint64_t n, const unsigned char **at)
{
	if ((uint64_t)(w->end - w->p) < n)
		return false;
	*at = w->p;
	w->p += n;
	return true;
}

/* The next field: 1, 0 at the end, -1 if the bytes are not a protocol buffer. */
static int
wire_next(struct wire *w, struct wire_field *f)
{
	uint64_t key, n;
	const unsigned char *at;

	if (w->p == w->end)
		return 0;
	*f = (struct wire_field){ 0 };
	if (!wire_varint(w, &key) || key >> 3 == 0)
		return -1;
	f->number = key >> 3;
	f->type = (unsigned)(key & 7);
	switch (f->type) {
	case 0:
		return wire_varint(w, &f->value) ? 1 : -1;
	case 1:
		return wire_skip(w, 8, &at) ? 1 : -1;
	case 2:
		if (!wire_varint(w, &n) || !wire_skip(w, n, &at))
			return -1;
		f->p = (const char *)at;
		f->n = (size_t)n;
		return 1;
	case 5:
		if (!wire_skip(w, 4, &at))
			return -1;
		f->value = (uint64_t)at[0] | (uint64_t)at[1] << 8 |
			   (uint64_t)at[2] << 16 | (uint64_t)at[3] << 24;
		return 1;
	default:
		return -1;
	}
}

static struct wire
wire_of(const void *p, size_t n)
{
	const unsigned char *u = p;

	return (struct wire){ u, u + n };
}

static int
upper_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* 10 for "<0x0A>"; -1 for any other form. */
static int
byte_of(const char *p, size_t n)
{
	int hi, lo;

	if (n != 6 || memcmp(p, "<0x", 3) != 0 || p[5] != '>')
		return -1;
	hi = upper_hex(p[3]);
	lo = upper_hex(p[4]);
	return hi < 0 || lo < 0 ? -1 : hi * 16 + lo;
}

static const char *
parse_piece(struct model_piece *piece, const struct wire_field *from)
{
	struct wire w = wire_of(from->p, from->n);
	struct wire_field f;
	int more;

	*piece = (struct model_piece){ .type = MODEL_NORMAL };
	while ((more = wire_next(&w, &f)) > 0) {
		if (f.number == 1 && f.type == 2) {
			piece->text = f.p;
			piece->n = (uint32_t)f.n; /* below MODEL_MAX_BYTES */
		} else if (f.number == 2 && f.type == 5) {
			uint32_t bits = (uint32_t)f.value;

			memcpy(&piece->score, &bits, sizeof bits);
		} else if (f.number == 3 && f.type == 0) {
			if (f.value < MODEL_NORMAL || f.value > MODEL_BYTE)
				return "has a piece of unknown type";
			piece->type = (uint8_t)f.value;
		}
	}
	if (more < 0)
		return "has a broken piece";
	if (piece->n == 0)
		return "has an empty piece";
	if (piece->type == MODEL_BYTE) {
		int byte = byte_of(piece->text, piece->n);

		if (byte < 0)
			return "has a byte piece without a byte";
		piece->byte = (uint8_t)byte;
	}
	return NULL;
}

/* The names that the model gives to its special pieces. */
struct special_names {
	struct wire_field bos, eos, pad;
};

static const char *
parse_trainer(struct model *m, struct special_names *names, const struct wire_field *from)
{
	struct wire w = wire_of(from->p, from->n);
	struct wire_field f;
	int more;

	while ((more = wire_next(&w, &f)) > 0) {
		if (f.number == 3 && f.type == 0) {
			if (f.value < MODEL_UNIGRAM || f.value > MODEL_CHAR)
				return "is of unknown type";
			m->kind = (int)f.value;
		} else if (f.number == 24 && f.type == 0) {
			m->suffix = f.value != 0;
		} else if (f.number == 35 && f.type == 0) {
			m->byte_fallback = f.value != 0;
		} else if (f.number == 44 && f.type == 2) {
			m->unk_surface = f.p;
			m->unk_surface_n = (uint32_t)f.n;
		} else if (f.number == 46 && f.type == 2 && f.n > 0) {
			names->bos = f;
		} else if (f.number == 47 && f.type == 2 && f.n > 0) {
			names->eos = f;
		} else if (f.number == 48 && f.type == 2 && f.n > 0) {
			names->pad = f;
		}
	}
	return more < 0 ? "has a broken trainer_spec" : NULL;
}

static const char *
check_charsmap(const struct wire_field *f)
{
	switch (charsmap_check(f->p, f->n)) {
	case CHARSMAP_NO_MEMORY:
		return model_no_memory;
	case CHARSMAP_BROKEN:
		return "has a broken charsmap";
	case CHARSMAP_OK:
		break;
	}
	return NULL;
}

static const char *
parse_normalizer(struct model *m, const struct wire_field *from)
{
	struct wire w = wire_of(from->p, from->n);
	struct wire_field f;
	const char *why = NULL;
	int more = 0;

	while (!why && (more = wire_next(&w, &f)) > 0) {
		if (f.number == 2 && f.type == 2) {
			m->has_charsmap = f.n > 0;
			m->charsmap = f.p;
			m->n_charsmap = f.n;
			why = check_charsmap(&f);
		} else if (f.number == 3 && f.type == 0) {
			m->dummy_prefix = f.value != 0;
		} else if (f.number == 4 && f.type == 0) {
			m->trims = f.value != 0;
		} else if (f.number == 5 && f.type == 0) {
			m->escapes = f.value != 0;
		}
	}
	if (why)
		return why;
	return more < 0 ? "has a broken normalizer_spec" : NULL;
}

/* The switches of a denormalizer: add_dummy_prefix, remove_extra_whitespaces and
 * escape_whitespaces.  All are on by default, and trainers turn all off. */
enum { FIRST_SWITCH = 3, LAST_SWITCH = 5, ALL_SWITCHES = 7 };

/* switches: a bit for each that is on. */
static const char *
parse_denormalizer(struct model *m, const struct wire_field *from, unsigned *switches)
{
	struct wire w = wire_of(from->p, from->n);
	struct wire_field f;
	const char *why = NULL;
	int more = 0;

	while (!why && (more = wire_next(&w, &f)) > 0) {
		if (f.number == 2 && f.type == 2) {
			m->denormalizes = f.n > 0;
			why = check_charsmap(&f);
			if (!why)
				charsmap_open(&m->denormalizer, f.p, f.n);
		} else if (f.number >= FIRST_SWITCH && f.number <= LAST_SWITCH &&
			   f.type == 0) {
			const unsigned bit = 1u << (f.number - FIRST_SWITCH);

			*switches = f.value ? *switches | bit : *switches & ~bit;
		}
	}
	if (why)
		return why;
	return more < 0 ? "has a broken denormalizer_spec" : NULL;
}

/* Count and allocate the pieces, and check that the file is complete. */
static const char *
count_pieces(struct model *m, struct wire w)
{
	struct wire_field f;
	int more;
	uint32_t n = 0, trainers = 0, normalizers = 0;

	while ((more = wire_next(&w, &f)) > 0) {
		n += f.number == 1 && f.type == 2;
		trainers += f.number == 2 && f.type == 2;
		normalizers += f.number == 3 && f.type == 2;
	}
	if (more < 0)
		return "is truncated or of another format";
	if (n == 0)
		return "has no pieces";
	/* They follow the pieces, so a file that is cut between two pieces lacks them. */
	if (trainers != 1 || normalizers != 1)
		return "is truncated";
	m->piece = calloc(n, sizeof *m->piece);
	if (!m->piece)
		return model_no_memory;
	m->n = n;
	return NULL;
}

static const char *
parse_all(struct model *m, struct special_names *names, struct wire w)
{
	struct wire_field f;
	const char *why = NULL;
	unsigned switches = ALL_SWITCHES; /* of the denormalizer */
	uint32_t i = 0;

	while (!why && wire_next(&w, &f) > 0) {
		if (f.type != 2)
			continue;
		if (f.number == 1)
			why = parse_piece(&m->piece[i++], &f);
		else if (f.number == 2)
			why = parse_trainer(m, names, &f);
		else if (f.number == 3)
			why = parse_normalizer(m, &f);
		else if (f.number == 5)
			why = parse_denormalizer(m, &f, &switches);
	}
	if (!why && m->denormalizes && switches)
		why = "has a denormalizer that changes spaces";
	return why;
}

uint32_t
model_find(const struct model *m, const char *text, size_t n)
{
	for (uint32_t i = 0; i < m->n; i++) {
		if (m->piece[i].n == n && memcmp(m->piece[i].text, text, n) == 0)
			return i;
	}
	return MODEL_NO_ID;
}

static int
by_text(const void *a, const void *b)
{
	const struct model_piece *x = a, *y = b;
	int c = memcmp(x->text, y->text, x->n < y->n ? x->n : y->n);

	return c ? c : (x->n > y->n) - (x->n < y->n);
}

int
model_nested(const struct model *m)
{
	struct model_piece *v = malloc(m->n * sizeof *v), *open[MODEL_MAX_NESTED + 1];
	int depth = 0, most = 0;
	uint32_t n = 0;

	if (!v)
		return -1;
	for (uint32_t i = 0; i < m->n; i++)
		if (m->piece[i].type == MODEL_USER_DEFINED)
			v[n++] = m->piece[i];
	qsort(v, n, sizeof *v, by_text);
	/* Sorted, the prefixes of v[i] come before it and are still open. */
	for (uint32_t i = 0; i < n && depth <= MODEL_MAX_NESTED; i++) {
		while (depth > 0 && (open[depth - 1]->n > v[i].n ||
					memcmp(open[depth - 1]->text, v[i].text,
					    open[depth - 1]->n) != 0))
			depth--;
		open[depth++] = &v[i];
		most = depth > most ? depth : most;
	}
	free(v);
	return most;
}

/* As SentencePiece's eos_id() and its like: the piece must be a CONTROL one. */
static uint32_t
control_id(const struct model *m, const struct wire_field *name, const char *usual)
{
	uint32_t id = name->p ? model_find(m, name->p, name->n)
			      : model_find(m, usual, strlen(usual));

	return id != MODEL_NO_ID && m->piece[id].type == MODEL_CONTROL ? id : MODEL_NO_ID;
}

static const char *
check_pieces(struct model *m)
{
	bool byte[256] = { false };
	unsigned bytes = 0;

	m->unk = MODEL_NO_ID;
	for (uint32_t i = 0; i < m->n; i++) {
		if (m->piece[i].type == MODEL_UNKNOWN) {
			if (m->unk != MODEL_NO_ID)
				return "has two unknown pieces";
			m->unk = i;
		} else if (m->piece[i].type == MODEL_BYTE) {
			bytes += !byte[m->piece[i].byte];
			byte[m->piece[i].byte] = true;
		}
		/* Its text is cut there in SentencePiece's trie: ids would not be those
		 * of their texts. */
		if (m->kind == MODEL_UNIGRAM &&
		    memchr(m->piece[i].text, 0, m->piece[i].n))
			return "is a unigram model with a NUL in a piece";
	}
	if (m->unk == MODEL_NO_ID)
		return "has no unknown piece";
	if (bytes != (m->byte_fallback ? 256 : 0))
		return "has byte pieces that disagree with byte_fallback";
	return NULL;
}

/*
 * SentencePiece decodes ids by their text, and looks for a text among the reserved pieces
 * first.
 */
static const char *
resolve_decoded(struct model *m)
{
	struct model_piece *reserved = malloc(m->n * sizeof *reserved), *found;
	bool first[256] = { false };
	size_t n = 0;

	if (!reserved)
		return model_no_memory;
	for (uint32_t i = 0; i < m->n; i++) {
		struct model_piece *p = &m->piece[i];

		p->decoded = p->type;
		if (p->type == MODEL_CONTROL || p->type == MODEL_UNKNOWN ||
		    p->type == MODEL_BYTE) {
			reserved[n++] = *p;
			first[(unsigned char)p->text[0]] = true;
		}
	}
	qsort(reserved, n, sizeof *reserved, by_text);
	for (uint32_t i = 0; i < m->n; i++) {
		struct model_piece *p = &m->piece[i];

		if (!first[(unsigned char)p->text[0]])
			continue;
		found = bsearch(p, reserved, n, sizeof *reserved, by_text);
		if (found && p->type != found->type) {
			p->decoded = found->type;
			p->byte = found->byte;
		}
	}
	free(reserved);
	return NULL;
}

int
model_parse(struct model *m, const void *bytes, size_t n, const char **why)
{
	static const char surface[] = " \xe2\x81\x87 ";
	struct special_names names = { { 0 }, { 0 }, { 0 } };

	/* The defaults of sentencepiece_model.proto. */
	*m = (struct model){ .kind = MODEL_UNIGRAM,
		.dummy_prefix = true,
		.trims = true,
		.escapes = true,
		.unk_surface = surface,
		.unk_surface_n = sizeof surface - 1 };
	*why = n > MODEL_MAX_BYTES ? "is larger than 256 MiB" : NULL;
	if (*why)
		return -1;
	m->bytes = malloc(n + 1);
	if (!m->bytes) {
		*why = model_no_memory;
		return -1;
	}
	m->n_bytes = n;
	if (n > 0)
		memcpy(m->bytes, bytes, n);
	*why = count_pieces(m, wire_of(m->bytes, n));
	if (!*why)
		*why = parse_all(m, &names, wire_of(m->bytes, n));
	if (!*why)
		*why = check_pieces(m);
	if (!*why)
		*why = resolve_decoded(m);
	if (*why) {
		model_free(m);
		return -1;
	}
	m->bos = control_id(m, &names.bos, "<s>");
	m->eos = control_id(m, &names.eos, "</s>");
	m->pad = control_id(m, &names.pad, "<pad>");
	return 0;
}

void
model_free(struct model *m)
{
	free(m->piece);
	free(m->bytes);
	*m = (struct model){ 0 };
}
