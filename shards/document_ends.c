/* document_ends.c - read where documents end from the files of other programs. */
#include "shards/document_ends.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/base/num.h"
#include "lib/io/inputs.h"
#include "lib/io/stream.h"

/* Bytes of the header of .idx, and where its numbers are. */
enum { IDX_HEADER = 34, IDX_DTYPE = 17, IDX_SEQUENCES = 18, IDX_DOCUMENTS = 26 };
enum { DTYPE_I32 = 4, DTYPE_U16 = 8 };

struct document_ends {
	enum layout_kind kind;
	char *path;
	uint64_t row; /* ends read so far */
	/* datatrove: the file; Megatron: its documents, lengths and pointers */
	FILE *file, *lengths, *pointers;
	uint64_t sequences, documents; /* Megatron; documents + 1 numbers */
	uint64_t sequence, at;	       /* those before; their tokens */
	uint32_t width;
	struct in *in; /* OLMo */
	struct buf text;
	size_t used; /* bytes of text that are parsed */
	struct buf id;
};

static uint64_t
le(const unsigned char *p, unsigned n)
{
	uint64_t v = 0;

	while (n-- > 0)
		v = v << 8 | p[n];
	return v;
}

static FILE *
open_at(const char *path, uint64_t at, struct err *err)
{
	FILE *f = fopen(path, "rbe");

	if (!f) {
		err_errno(err, "cannot open '%s'", path);
	} else if (fseeko(f, (off_t)at, SEEK_SET) < 0) {
		err_errno(err, "cannot seek in '%s'", path);
		fclose(f);
		return NULL;
	}
	return f;
}

/* Read a number of n bytes: 1; 0 at the end of the file; -1 with *err. */
static int
get(const struct document_ends *d, FILE *f, unsigned n, uint64_t *out, struct err *err)
{
	unsigned char b[8];
	const size_t got = fread(b, 1, n, f);

	if (got == n) {
		*out = le(b, n);
		return 1;
	}
	if (ferror(f))
		return err_errno(err, "cannot read '%s'", d->path);
	if (got > 0)
		return err_set(err, EXIT_DATA,
		    "%s: ends inside a number: copy the file again", d->path);
	return 0;
}

/* ---- Megatron ---- */

static int
open_idx(struct document_ends *d, struct err *err)
{
	unsigned char h[IDX_HEADER];
	uint64_t rows;

	d->lengths = open_at(d->path, 0, err);
	if (!d->lengths)
		return -1;
	if (fread(h, 1, sizeof h, d->lengths) != sizeof h ||
	    memcmp(h, "MMIDIDX\0\0", 9) != 0 || le(h + 9, 8) != 1)
		return err_set(err, EXIT_DATA, "%s: no index of Megatron", d->path);
	if (h[IDX_DTYPE] != DTYPE_U16 && h[IDX_DTYPE] != DTYPE_I32)
		return err_set(err, EXIT_DATA,
		    "%s: type %d of tokens, known are %d (uint16) and %d (int32)",
		    d->path, h[IDX_DTYPE], DTYPE_U16, DTYPE_I32);
	d->width = h[IDX_DTYPE] == DTYPE_U16 ? 2 : 4;
	d->sequences = le(h + IDX_SEQUENCES, 8);
	rows = le(h + IDX_DOCUMENTS, 8);
	if (rows == 0 || d->sequences > UINT64_MAX / 32)
		return err_set(err, EXIT_DATA, "%s: damaged header", d->path);
	d->documents = rows - 1;
	d->pointers = open_at(d->path, IDX_HEADER + 4 * d->sequences, err);
	if (!d->pointers)
		return -1;
	/* The first document begins at sequence 0. */
	d->file = open_at(d->path, IDX_HEADER + 12 * d->sequences + 8, err);
	return d->file ? 0 : -1;
}

static int
next_of_idx(struct document_ends *d, uint64_t *end, struct err *err)
{
	uint64_t last = 0, length = 0, pointer = 0;

	if (d->row == d->documents && d->sequence == d->sequences)
		return 0;
	if (d->row == d->documents || get(d, d->file, 8, &last, err) <= 0 ||
	    last < d->sequence || last > d->sequences)
		return err_set(err, EXIT_DATA,
		    "%s: document %" PRIu64 ": its sequences are not in the file",
		    d->path, d->row);
	for (; d->sequence < last; d->sequence++) {
		if (get(d, d->lengths, 4, &length, err) <= 0 ||
		    get(d, d->pointers, 8, &pointer, err) <= 0)
			return err_set(err, EXIT_DATA,
			    "%s: ends before sequence %" PRIu64 ": copy the file again",
			    d->path, d->sequence);
		if (length > INT32_MAX || pointer != d->at * d->width)
			return err_set(err, EXIT_DATA,
			    "%s: sequence %" PRIu64
			    ": does not follow the one before: rewrite the file",
			    d->path, d->sequence);
		d->at += length;
	}
	*end = d->at;
	return 1;
}

/* ---- OLMo ---- */

/* Read more text.  1; 0 at the end of the file; -1 with *err. */
static int
more_text(struct document_ends *d, struct err *err)
{
	enum { PIECE = 1 << 16, LONGEST = 1 << 20 };
	ptrdiff_t n;

	if (d->text.n - d->used > LONGEST)
		return err_set(err, EXIT_DATA, "%s: line %" PRIu64 ": exceeds %d bytes",
		    d->path, d->row + 1, LONGEST);
	if (d->used > 0)
		memmove(d->text.p, d->text.p + d->used, d->text.n - d->used);
	d->text.n -= d->used;
	d->used = 0;
	buf_reserve(&d->text, PIECE);
	n = in_read(d->in, d->text.p + d->text.n, PIECE, err);
	if (n <= 0)
		return (int)n;
	d->text.n += (size_t)n;
	return 1;
}

/* The bytes of the next line with its newline, which quotes may protect; 0: it is not
 * whole. */
static size_t
line_length(const struct document_ends *d)
{
	bool quoted = false;

	for (size_t i = d->used; i < d->text.n; i++) {
		quoted ^= d->text.p[i] == '"';
		if (d->text.p[i] == '\n' && !quoted)
			return i + 1 - d->used;
	}
	return 0;
}

/* Take the next field off a line, without its quotes. */
static void
take_field(struct span *line, struct buf *out)
{
	bool quoted = false;
	size_t i = 0;

	out->n = 0;
	for (; i < line->n && (quoted || line->p[i] != ','); i++) {
		const bool quote = line->p[i] == '"';

		if (quote && quoted && i + 1 < line->n && line->p[i + 1] == '"')
			buf_putc(out, line->p[++i]);
		else if (quote)
			quoted = !quoted;
		else
			buf_putc(out, line->p[i]);
	}
	buf_putc(out, '\0');
	*line = span_from(*line, i < line->n ? i + 1 : i);
}

static int
next_of_csv(struct document_ends *d, uint64_t *end, struct err *err)
{
	struct span line;
	uint64_t begin;
	size_t n;
	int more = 1;

	while ((n = line_length(d)) == 0 && (more = more_text(d, err)) > 0)
		;
	if (more < 0)
		return -1;
	if (n == 0)
		n = d->text.n - d->used; /* the last line may lack its newline */
	if (n == 0)
		return 0;
	line = (struct span){ d->text.p + d->used, n };
	d->used += n;
	while (line.n > 0 && (line.p[line.n - 1] == '\n' || line.p[line.n - 1] == '\r'))
		line.n--;
	take_field(&line, &d->id);
	more = num_u64(d->id.p, &begin) == NULL;
	take_field(&line, &d->id);
	if (!more || num_u64(d->id.p, end) != NULL)
		return err_set(err, EXIT_DATA,
		    "%s: line %" PRIu64 ": does not begin with two numbers of tokens",
		    d->path, d->row + 1);
	if (begin != d->at)
		return err_set(err, EXIT_DATA,
		    "%s: line %" PRIu64 ": document begins at token %" PRIu64
		    ", the one before ends at %" PRIu64,
		    d->path, d->row + 1, begin, d->at);
	take_field(&line, &d->id);
	d->at = *end;
	return 1;
}

/* ---- all ---- */

int
document_ends_open(
    struct document_ends **out, enum layout_kind kind, const char *path, struct err *err)
{
	struct document_ends *d;

	*out = NULL;
	if (kind != LAYOUT_MEGATRON && access(path, F_OK) < 0 && errno == ENOENT)
		return 0;
	*out = d = xcalloc(1, sizeof *d);
	d->kind = kind;
	d->path = xstrdup(path);
	if (inputs_note_path(path, err) < 0)
		return -1;
	if (kind == LAYOUT_MEGATRON)
		return open_idx(d, err);
	if (kind == LAYOUT_OLMO)
		d->in = in_open(d->path, err);
	else
		d->file = open_at(d->path, 0, err);
	return d->in || d->file ? 0 : -1;
}

int
document_ends_next(struct document_ends *d, uint64_t *end, struct err *err)
{
	int more;

	if (d->kind == LAYOUT_MEGATRON)
		more = next_of_idx(d, end, err);
	else if (d->kind == LAYOUT_OLMO)
		more = next_of_csv(d, end, err);
	else
		more = get(d, d->file, 8, end, err);
	d->row += more > 0;
	return more;
}

const char *
document_ends_id(const struct document_ends *d)
{
	return d->kind == LAYOUT_OLMO && d->id.n > 1 ? d->id.p : NULL;
}

uint32_t
document_ends_width(const struct document_ends *d)
{
	return d->width;
}

void
document_ends_close(struct document_ends *d)
{
	FILE *const file[] = { d ? d->file : NULL, d ? d->lengths : NULL,
		d ? d->pointers : NULL };

	if (!d)
		return;
	for (size_t i = 0; i < sizeof file / sizeof *file; i++)
		if (file[i])
			fclose(file[i]);
	in_close(d->in);
	buf_free(&d->text);
	buf_free(&d->id);
	free(d->path);
	free(d);
}
