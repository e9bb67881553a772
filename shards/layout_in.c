/* layout_in.c - read tokens in the layouts of other programs. */
#include "shards/layout_in.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "lib/base/mem.h"
#include "lib/io/inputs.h"
#include "shards/document_ends.h"
#include "shards/tshard/tshard.h"

enum { PART = 1 << 16 /* tokens */, HEAD = 256 /* bytes of a header that are read */ };

struct layout_in {
	const struct token_layout *l;
	const char *path;
	struct layout_hints hints;
	FILE *tokens, *loss;	    /* loss NULL: there is none */
	struct document_ends *ends; /* NULL: by eod or bos */
	struct hasher *hasher;
	uint32_t width;
	uint64_t bytes, n; /* of the file; tokens in it */
	uint64_t at;	   /* the token after `ids` */
	uint64_t end;	   /* where the document ends; n without `ends` */
	uint64_t empty;
	bool open;	  /* a document has begun and not ended */
	size_t next, got; /* of ids */
	uint32_t ids[PART];
	unsigned char raw[PART * 4], mask[PART];
	uint64_t with, without; /* tokens of the document with loss and without */
};

static uint32_t
le32(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

static int
bad(const struct layout_in *in, struct err *err, const char *problem)
{
	return err_set(err, EXIT_DATA, "%s: %s", in->path, problem);
}

/* Open a file beside the tokens or that of the tokens.  optional: it may be missing. */
static int
open_file(FILE **f, const char *path, bool optional, struct err *err)
{
	*f = fopen(path, "rbe");
	if (!*f && (!optional || errno != ENOENT))
		return err_errno(err, "cannot open '%s'", path);
	return *f ? inputs_note_path(path, err) : 0;
}

/* The path with another ending, to free(). */
static char *
beside(const struct layout_in *in, const char *ending)
{
	const size_t n = strlen(in->path), k = strlen(in->l->tokens);
	const bool cut = n > k && strcmp(in->path + n - k, in->l->tokens) == 0;
	struct buf b = { 0 };

	buf_putf(&b, "%.*s%s", (int)(cut ? n - k : n), in->path, ending);
	buf_putc(&b, '\0');
	return b.p;
}

/* ---- headers ---- */

/* The header of numpy, version 1 to 3: a magic, its length, and a dictionary as text. */
static int
read_numpy(struct layout_in *in, const unsigned char *head, size_t n, uint64_t *skip,
    struct err *err)
{
	const bool wide = head[6] > 1;
	const size_t at = wide ? 12 : 10;
	const char *text = (const char *)head + at, *descr;

	if (n < at + 16 || head[6] > 3)
		return bad(in, err, "header of numpy: unknown version");
	*skip = at + (wide ? le32(head + 8) : (uint32_t)head[8] | (uint32_t)head[9] << 8);
	descr = strstr(text, "'descr':");
	if (descr && (strstr(descr, "'<u2'") || strstr(descr, "'<i2'")))
		in->width = 2;
	else if (descr && (strstr(descr, "'<u4'") || strstr(descr, "'<i4'")))
		in->width = 4;
	else
		return bad(in, err,
		    "header of numpy: not an array of numbers of 16 or 32 bits: store it "
		    "with dtype uint16 or uint32");
	if (in->bytes < *skip)
		return bad(in, err, "header of numpy: longer than the file");
	return 0;
}

static int
read_llmc(struct layout_in *in, const unsigned char *head, size_t n, struct err *err)
{
	const uint32_t magic = n < 12 ? 0 : le32(head);

	if (magic == LLMC_MAGIC_U16 && le32(head + 4) == LLMC_VERSION_U16)
		in->width = 2;
	else if (magic == LLMC_MAGIC_U32 && le32(head + 4) == LLMC_VERSION_U32)
		in->width = 4;
	else
		return bad(in, err,
		    "no header of llm.c with tokens: for files without a header use "
		    "--from nanogpt");
	if (in->bytes != LLMC_HEADER + (uint64_t)le32(head + 8) * in->width)
		return err_set(err, EXIT_DATA,
		    "%s: %" PRIu64 " bytes, the header tells of %" PRIu32
		    " tokens: copy the file again",
		    in->path, in->bytes, le32(head + 8));
	return 0;
}

/* Find the width of tokens and where they begin. */
static int
read_head(struct layout_in *in, struct err *err)
{
	unsigned char head[HEAD + 1] = { 0 };
	const size_t n = fread(head, 1, HEAD, in->tokens);
	uint64_t skip = 0;
	int rc = 0;

	in->width = in->hints.width;
	if (in->l->kind == LAYOUT_OLMO && n > 12 && memcmp(head, "\x93NUMPY", 6) == 0) {
		rc = read_numpy(in, head, n, &skip, err);
	} else if (in->l->kind == LAYOUT_LLMC) {
		rc = read_llmc(in, head, n, err);
		skip = LLMC_HEADER;
	} else if (in->l->kind == LAYOUT_MEGATRON) {
		in->width = document_ends_width(in->ends);
	}
	if (rc < 0)
		return -1;
	if ((in->bytes - skip) % in->width != 0)
		return err_set(err, EXIT_DATA,
		    "%s: %" PRIu64 " bytes, tokens take %" PRIu32
		    " bytes each, with a rest: set --bytes",
		    in->path, in->bytes - skip, in->width);
	in->n = (in->bytes - skip) / in->width;
	if (fseeko(in->tokens, (off_t)skip, SEEK_SET) < 0)
		return err_errno(err, "cannot seek in '%s'", in->path);
	return 0;
}

/* ---- opening ---- */

static int
open_beside(struct layout_in *in, struct err *err)
{
	char *path;
	int rc = 0;

	if (in->l->documents) {
		path = beside(in, in->l->documents);
		rc = document_ends_open(&in->ends, in->l->kind, path, err);
		free(path);
	}
	if (rc == 0 && in->l->loss) {
		path = beside(in, in->l->loss);
		rc = open_file(&in->loss, path, true, err);
		free(path);
	}
	return rc;
}

int
layout_in_open(struct layout_in **out, const struct token_layout *l, const char *path,
    const struct layout_hints *hints, struct err *err)
{
	struct layout_in *in = xcalloc(1, sizeof *in);
	struct stat st;

	*out = in;
	in->l = l;
	in->path = path;
	in->hints = *hints;
	in->hasher = hasher_new();
	if (open_file(&in->tokens, path, false, err) < 0)
		return -1;
	if (fstat(fileno(in->tokens), &st) < 0)
		return err_errno(err, "cannot read '%s'", path);
	if (!S_ISREG(st.st_mode))
		return bad(in, err, "not a regular file");
	in->bytes = (uint64_t)st.st_size;
	if (open_beside(in, err) < 0 || read_head(in, err) < 0)
		return -1;
	if (!in->ends && hints->eod == TSHARD_NONE && hints->bos == TSHARD_NONE)
		return bad(in, err,
		    "no file has the ends of its documents: name the token that ends or "
		    "begins one with --eod or --bos");
	in->end = in->ends ? 0 : in->n;
	return 0;
}

/* ---- reading ---- */

static int
read_tokens(struct layout_in *in, struct err *err)
{
	const uint64_t left = in->n - in->at;
	const size_t n = left < PART ? (size_t)left : PART;

	if (fread(in->raw, in->width, n, in->tokens) != n ||
	    (in->loss && fread(in->mask, 1, n, in->loss) != n)) {
		if (ferror(in->tokens) || (in->loss && ferror(in->loss)))
			return err_errno(err, "cannot read '%s'", in->path);
		return err_set(err, EXIT_DATA,
		    "%s: it or its loss mask ends before token %" PRIu64
		    ": copy the files again",
		    in->path, in->at + n);
	}
	hasher_add(in->hasher, (struct span){ (const char *)in->raw, n * in->width });
	for (size_t i = 0; i < n; i++)
		in->ids[i] = in->width == 2 ? (uint32_t)in->raw[2 * i] |
						  (uint32_t)in->raw[2 * i + 1] << 8
					    : le32(in->raw + 4 * i);
	in->at += n;
	in->next = 0;
	in->got = n;
	return 0;
}

/* Find where the next document ends.  1; 0 after the last one; -1 with *err. */
static int
begin_document(struct layout_in *in, uint64_t from, struct err *err)
{
	uint64_t end;
	int more;

	while ((more = document_ends_next(in->ends, &end, err)) > 0) {
		if (end < from || end > in->n)
			return err_set(err, EXIT_DATA,
			    "%s: document ends at token %" PRIu64 ", after %" PRIu64
			    " of %" PRIu64 " tokens: its files do not belong together",
			    in->path, end, from, in->n);
		in->end = end;
		if (end > from)
			return 1;
		in->empty++;
	}
	if (more == 0 && from < in->n)
		return err_set(err, EXIT_DATA,
		    "%s: %" PRIu64 " tokens, the last document ends at %" PRIu64
		    ": its files do not belong together",
		    in->path, in->n, from);
	return more;
}

/* The length of the document's part in ids[next..next + most). */
static size_t
part_length(const struct layout_in *in, size_t most, bool *ends)
{
	const uint32_t *v = in->ids + in->next;

	for (size_t i = 0; i < most; i++) {
		/* The bos of a document may be in the part after its first tokens. */
		if (v[i] == in->hints.bos && in->hints.bos != TSHARD_NONE &&
		    (i > 0 || in->open)) {
			*ends = true;
			return i;
		}
		if (v[i] == in->hints.eod && in->hints.eod != TSHARD_NONE) {
			*ends = true;
			return i + 1;
		}
	}
	*ends = in->at - in->got + in->next + most == in->n;
	return most;
}

/* Count tokens with and without loss. */
static int
count_loss(struct layout_in *in, struct layout_part *part, struct err *err)
{
	for (size_t i = 0; i < part->n; i++)
		if (in->loss && in->mask[in->next + i] == 0)
			in->without++;
		else
			in->with++;
	if (!part->ends)
		return 0;
	part->loss = in->without == 0;
	if (in->with > 0 && in->without > 0)
		return err_set(err, EXIT_DATA,
		    "%s: document that ends at token %" PRIu64
		    ": only a part of it has loss, which shards of documents cannot store"
		    ": split the document, or remove its .loss file",
		    in->path, in->at - in->got + in->next + part->n);
	in->with = in->without = 0;
	return 0;
}

int
layout_in_next(struct layout_in *in, struct layout_part *part, struct err *err)
{
	uint64_t from;
	size_t most;
	int more;

	*part = (struct layout_part){ 0 };
	if (in->next == in->got && in->at < in->n && read_tokens(in, err) < 0)
		return -1;
	from = in->at - in->got + in->next;
	if (in->ends && from == in->end) {
		more = begin_document(in, from, err);
		if (more <= 0)
			return more;
	}
	if (from == in->n)
		return 0;
	most = in->got - in->next;
	if (most > in->end - from)
		most = (size_t)(in->end - from);
	part->n = most;
	part->ends = from + most == in->end;
	if (!in->ends)
		part->n = part_length(in, most, &part->ends);
	part->ids = in->ids + in->next;
	if (count_loss(in, part, err) < 0)
		return -1;
	in->next += part->n;
	in->open = !part->ends;
	if (part->ends && in->ends)
		part->id = document_ends_id(in->ends);
	return 1;
}

uint64_t
layout_in_empty(const struct layout_in *in)
{
	return in->empty;
}

struct hash128
layout_in_hash(const struct layout_in *in, uint64_t *bytes)
{
	*bytes = in->bytes;
	return hasher_sum(in->hasher);
}

void
layout_in_close(struct layout_in *in)
{
	if (!in)
		return;
	if (in->tokens)
		fclose(in->tokens);
	if (in->loss)
		fclose(in->loss);
	document_ends_close(in->ends);
	hasher_free(in->hasher);
	free(in);
}
