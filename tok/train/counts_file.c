/* counts_file.c - the counted words of documents in a file, to train on later. */
#include "tok/train/counts_file.h"

#include <inttypes.h>
#include <stdlib.h>

#include "lib/base/hash.h"
#include "lib/io/publish.h"
#include "lib/io/stream.h"
#include "lib/text/utf8.h"

#define MAGIC SPAN("tamis-counts 1\n")
/* What files of all formats begin with. */
#define FAMILY SPAN("tamis-counts ")

enum { KIND_SETTINGS = 1, KIND_WORDS, KIND_TOTALS };

enum {
	HEAD = 16,	      /* bytes of a block before its payload */
	WORDS_SIZE = 1 << 18, /* a block of words ends once it has so many bytes */
	PAYLOAD_MAX = 1 << 24,
	TOTALS = 8, /* numbers: struct train_totals, and the words */
};

const char *
counts_setting_name(enum counts_setting s)
{
	static const char *const names[COUNTS_SETTINGS] = { "ICU", "--newlines",
		"--weight", "--user-symbols", "--control-symbols", "--special-ids" };

	return names[s];
}

struct counts_writer {
	struct publish file;
	struct hasher *hasher; /* of the bytes written */
	uint64_t at;	       /* bytes written */
	uint64_t words;
	struct buf block;
};

static void
store(unsigned char *p, unsigned bytes, uint64_t v)
{
	for (unsigned i = 0; i < bytes; i++)
		p[i] = (unsigned char)(v >> 8 * i);
}

static uint64_t
load(const unsigned char *p, unsigned bytes)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < bytes; i++)
		v |= (uint64_t)p[i] << 8 * i;
	return v;
}

static uint64_t
checksum(unsigned kind, struct span payload, uint64_t at)
{
	return hash64(payload, at ^ (uint64_t)kind << 56);
}

static int
write_bytes(struct counts_writer *w, struct span s, struct err *err)
{
	hasher_add(w->hasher, s);
	w->at += s.n;
	return publish_write(&w->file, s, err);
}

static int
write_block(struct counts_writer *w, unsigned kind, struct err *err)
{
	const struct span payload = buf_span(&w->block);
	unsigned char head[HEAD];

	store(head, 4, kind);
	store(head + 4, 4, payload.n);
	store(head + 8, 8, checksum(kind, payload, w->at));
	if (write_bytes(w, (struct span){ (const char *)head, HEAD }, err) < 0 ||
	    write_bytes(w, payload, err) < 0)
		return -1;
	w->block.n = 0;
	return 0;
}

static void
put_setting(struct buf *b, struct span s)
{
	if (s.n)
		buf_put(b, s.p, s.n);
	buf_putc(b, '\0');
}

struct counts_writer *
counts_writer_open(const char *path, const struct counts_settings *s, struct err *err)
{
	struct counts_writer *w = xcalloc(1, sizeof *w);

	for (size_t i = 0; i < COUNTS_SETTINGS; i++)
		put_setting(&w->block, s->v[i]);
	w->hasher = hasher_new();
	if (publish_open(&w->file, path, 0666, err) < 0 ||
	    write_bytes(w, MAGIC, err) < 0 || write_block(w, KIND_SETTINGS, err) < 0) {
		counts_writer_free(w);
		return NULL;
	}
	return w;
}

int
counts_writer_put(void *arg, const struct counted *word, struct err *err)
{
	struct counts_writer *w = arg;

	word_record_put(&w->block, word);
	w->words++;
	return w->block.n >= WORDS_SIZE ? write_block(w, KIND_WORDS, err) : 0;
}

int
counts_writer_commit(
    struct counts_writer *w, const struct train_totals *t, struct err *err)
{
	const uint64_t v[TOTALS] = { t->docs, t->bytes, t->used_docs, t->used_bytes,
		t->lines, t->cut, t->dropped, w->words };

	if (w->block.n && write_block(w, KIND_WORDS, err) < 0)
		return -1;
	for (size_t i = 0; i < TOTALS; i++) {
		unsigned char p[8];

		store(p, 8, v[i]);
		buf_put(&w->block, p, sizeof p);
	}
	if (write_block(w, KIND_TOTALS, err) < 0)
		return -1;
	return publish_commit(&w->file, err);
}

struct hash128
counts_writer_hash(const struct counts_writer *w, uint64_t *bytes)
{
	*bytes = w->at;
	return hasher_sum(w->hasher);
}

void
counts_writer_free(struct counts_writer *w)
{
	if (!w)
		return;
	publish_abort(&w->file);
	hasher_free(w->hasher);
	buf_free(&w->block);
	free(w);
}

struct counts_file {
	struct in *in;
	uint64_t at; /* of the block, or of what follows the last one */
	unsigned kind;
	char *payload;
	struct span rest; /* of the payload */
	struct buf strings;
	struct counts_settings settings;
	struct counted last; /* word; its text is `previous` */
	struct buf previous;
	uint64_t words;
	struct train_totals totals;
};

static int
refuse(const struct counts_file *f, uint64_t at, const char *problem, struct err *err)
{
	return err_set(err, EXIT_DATA,
	    "%s: byte %" PRIu64 ": %s: count its documents again", in_name(f->in), at,
	    problem);
}

/* Read n bytes, or fewer at the end of the file.  Their number, or -1 with *err. */
static ptrdiff_t
read_some(struct counts_file *f, char *p, size_t n, struct err *err)
{
	size_t done = 0;

	while (done < n) {
		const ptrdiff_t got = in_read(f->in, p + done, n - done, err);

		if (got < 0)
			return -1;
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return (ptrdiff_t)done;
}

/* Read n bytes of the block.  0, or -1 with *err. */
static int
read_all(struct counts_file *f, char *p, size_t n, uint64_t at, struct err *err)
{
	const ptrdiff_t got = read_some(f, p, n, err);

	if (got < 0)
		return -1;
	return (size_t)got < n
		   ? refuse(f, at + (uint64_t)got, "the file is truncated", err)
		   : 0;
}

/* Read the next block whole, and check it. */
static int
read_block(struct counts_file *f, struct err *err)
{
	unsigned char head[HEAD];
	size_t n;

	if (read_all(f, (char *)head, HEAD, f->at, err) < 0)
		return -1;
	f->kind = (unsigned)load(head, 4);
	n = (size_t)load(head + 4, 4);
	if (f->kind < KIND_SETTINGS || f->kind > KIND_TOTALS || n > PAYLOAD_MAX)
		return refuse(f, f->at, "damaged block", err);
	f->payload = xrealloc(f->payload, n + 1, 1);
	if (read_all(f, f->payload, n, f->at + HEAD, err) < 0)
		return -1;
	f->rest = (struct span){ f->payload, n };
	if (checksum(f->kind, f->rest, f->at) != load(head + 8, 8))
		return refuse(f, f->at, "the checksum of the block differs", err);
	f->at += HEAD + n;
	return 0;
}

static int
read_magic(struct counts_file *f, struct err *err)
{
	char p[32];
	const ptrdiff_t n = read_some(f, p, MAGIC.n, err);
	const struct span got = { p, n < 0 ? 0 : (size_t)n };

	if (n < 0)
		return -1;
	if (span_eq(got, MAGIC))
		return 0;
	if (got.n == MAGIC.n && span_starts(got, FAMILY))
		return refuse(f, FAMILY.n, "another format of counts", err);
	return err_set(err, EXIT_DATA,
	    "%s: not a file of counts: name files that vocab-count wrote",
	    in_name(f->in));
}

static int
read_settings(struct counts_file *f, struct err *err)
{
	const uint64_t at = f->at;
	struct span rest;

	if (read_block(f, err) < 0)
		return -1;
	if (f->kind != KIND_SETTINGS)
		return refuse(f, at, "a block other than the settings", err);
	/* Later blocks take the place of the payload. */
	buf_put(&f->strings, f->rest.p, f->rest.n);
	rest = buf_span(&f->strings);
	for (size_t i = 0; i < COUNTS_SETTINGS; i++) {
		const char *const end = rest.n ? memchr(rest.p, '\0', rest.n) : NULL;

		if (!end)
			return refuse(f, at, "damaged settings", err);
		f->settings.v[i] = (struct span){ rest.p, (size_t)(end - rest.p) };
		rest = span_from(rest, f->settings.v[i].n + 1);
	}
	f->rest.n = 0;
	return rest.n ? refuse(f, at, "damaged settings", err) : 0;
}

struct counts_file *
counts_file_open(const char *path, struct err *err)
{
	struct counts_file *f = xcalloc(1, sizeof *f);

	f->in = in_open(path, err);
	f->at = MAGIC.n;
	if (!f->in || read_magic(f, err) < 0 || read_settings(f, err) < 0) {
		counts_file_close(f);
		return NULL;
	}
	return f;
}

const struct counts_settings *
counts_file_settings(const struct counts_file *f)
{
	return &f->settings;
}

/* Read the totals, after which the file must end. */
static int
read_totals(struct counts_file *f, uint64_t at, struct err *err)
{
	uint64_t v[TOTALS];
	ptrdiff_t more;
	char byte;

	if (f->rest.n != TOTALS * sizeof v[0])
		return refuse(f, at, "damaged totals", err);
	for (size_t i = 0; i < TOTALS; i++)
		v[i] = load((const unsigned char *)f->rest.p + sizeof v[0] * i, 8);
	f->rest.n = 0;
	if (v[TOTALS - 1] != f->words)
		return refuse(f, at, "damaged totals", err);
	more = read_some(f, &byte, 1, err);
	if (more)
		return more < 0 ? -1 : refuse(f, f->at, "bytes after the totals", err);
	f->totals = (struct train_totals){ v[0], v[1], v[2], v[3], v[4], v[5], v[6] };
	return 0;
}

/* Whether the words are in order, and remember this one. */
static bool
in_order(struct counts_file *f, const struct counted *w)
{
	f->last.text = buf_span(&f->previous);
	if (f->words && word_order(&f->last, w) >= 0)
		return false;
	f->previous.n = 0;
	buf_put(&f->previous, w->text.p, w->text.n);
	f->last.hash = w->hash;
	return true;
}

int
counts_file_next(struct counts_file *f, struct counted *w, struct err *err)
{
	uint64_t at = f->at;

	while (f->rest.n == 0) {
		at = f->at;
		if (f->kind == KIND_TOTALS)
			return 0;
		if (read_block(f, err) < 0)
			return -1;
		if (f->kind == KIND_TOTALS)
			return read_totals(f, at, err);
		if (f->kind != KIND_WORDS)
			return refuse(f, at, "a block other than words", err);
	}
	if (!word_record_take(&f->rest, w) || !utf8_valid(w->text))
		return refuse(f, at, "damaged word", err);
	if (!in_order(f, w))
		return refuse(f, at, "words out of order", err);
	f->words++;
	return 1;
}

struct train_totals
counts_file_totals(const struct counts_file *f)
{
	return f->totals;
}

uint64_t
counts_file_position(const struct counts_file *f)
{
	return in_position(f->in);
}

void
counts_file_close(struct counts_file *f)
{
	if (!f)
		return;
	in_close(f->in);
	free(f->payload);
	buf_free(&f->strings);
	buf_free(&f->previous);
	free(f);
}
