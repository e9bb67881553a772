/*
 * encode_bench.c - user CPU of our encoder and of libsentencepiece, on the same texts.
 *
 * usage: encode_bench MODEL TEXT [BYTES [LIBRARY_BYTES]]
 *
 * TEXT is cut at line ends into documents of about BYTES bytes, 20,000 by default.  Ours
 * encodes all of them three times, with one cache.  The library encodes those of the
 * first LIBRARY_BYTES, 4,000,000 by default, and the ids are compared.  Prints MB/s.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "tok/engine/text_encoder.h"
#include "tok/sp.h"

struct bytes {
	char *p;
	size_t n;
};

static void
fail(const char *what, const char *why)
{
	fprintf(stderr, "encode_bench: %s: %s\n", what, why);
	exit(1);
}

static double
user_cpu(void)
{
	struct rusage r;

	getrusage(RUSAGE_SELF, &r);
	return (double)r.ru_utime.tv_sec + (double)r.ru_utime.tv_usec / 1e6;
}

static struct bytes
slurp(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct bytes b = { NULL, 0 };
	size_t cap = 1 << 20;

	if (!f)
		fail(path, strerror(errno));
	do {
		cap *= 2;
		b.p = realloc(b.p, cap);
		if (!b.p)
			fail(path, "out of memory");
		b.n += fread(b.p + b.n, 1, cap - b.n, f);
	} while (b.n == cap);
	fclose(f);
	return b;
}

/* The end of the document that begins at byte `at`. */
static size_t
document_end(const struct bytes *text, size_t at, size_t size)
{
	const char *line;

	if (text->n - at <= size)
		return text->n;
	line = memchr(text->p + at + size, '\n', text->n - at - size);
	return line ? (size_t)(line - text->p) + 1 : text->n;
}

struct bench {
	struct bytes text;
	size_t size; /* of a document */
	struct text_encoder *encoder;
	struct text_encoder_work *work;
};

static void
measure_ours(struct bench *b, const char *name)
{
	struct token_ids ids = { 0 };
	const double start = user_cpu();
	double seconds;

	for (size_t at = 0, end; at < b->text.n; at = end) {
		end = document_end(&b->text, at, b->size);
		ids.n = 0;
		if (text_encoder_encode(
			b->encoder, b->work, b->text.p + at, end - at, true, &ids) < 0)
			fail("encode", "out of memory");
	}
	seconds = user_cpu() - start;
	printf("%-24s %9.1f MB/s\n", name, (double)b->text.n / 1e6 / seconds);
	token_ids_free(&ids);
}

static void
compare(struct bench *b, const struct sp *sp, size_t most)
{
	struct token_ids ours = { 0 }, theirs = { 0 };
	size_t at = 0, documents = 0, differ = 0;
	double seconds = 0;

	for (size_t end; at < b->text.n && at < most; at = end, documents++) {
		double start;

		end = document_end(&b->text, at, b->size);
		ours.n = theirs.n = 0;
		start = user_cpu();
		if (sp_encode(sp, b->text.p + at, end - at, &theirs) < 0)
			fail("libsentencepiece", "cannot encode");
		seconds += user_cpu() - start;
		if (text_encoder_encode(
			b->encoder, b->work, b->text.p + at, end - at, false, &ours) < 0)
			fail("encode", "out of memory");
		differ += ours.n != theirs.n ||
			  memcmp(ours.v, theirs.v, ours.n * sizeof *ours.v) != 0;
	}
	printf("%-24s %9.2f MB/s\n", "libsentencepiece", (double)at / 1e6 / seconds);
	printf("%-24s %9zu of %zu\n", "documents that differ", differ, documents);
	token_ids_free(&ours);
	token_ids_free(&theirs);
}

int
main(int argc, char **argv)
{
	const struct text_encoder_options options = { 0 };
	struct bench b = { 0 };
	struct bytes file;
	struct model m;
	const char *phrase;
	char why[200];
	double start;
	struct sp *sp;

	if (argc < 3)
		fail("usage", "encode_bench MODEL TEXT [BYTES [LIBRARY_BYTES]]");
	file = slurp(argv[1]);
	b.text = slurp(argv[2]);
	b.size = argc > 3 ? strtoul(argv[3], NULL, 10) : 20000;
	start = user_cpu();
	if (model_parse(&m, file.p, file.n, &phrase) < 0)
		fail(argv[1], phrase);
	b.encoder = text_encoder_new(&m, &options, &phrase);
	b.work = text_encoder_work_new();
	if (!b.encoder || !b.work)
		fail(argv[1], phrase);
	printf("%-24s %9.1f ms\n", "loading", (user_cpu() - start) * 1e3);
	measure_ours(&b, "first pass");
	measure_ours(&b, "second pass");
	measure_ours(&b, "third pass");
	sp = sp_open(file.p, file.n, why, sizeof why);
	if (!sp)
		fail(argv[1], why);
	compare(&b, sp, argc > 4 ? strtoul(argv[4], NULL, 10) : 4000000);
	sp_close(sp);
	text_encoder_work_free(b.work);
	text_encoder_free(b.encoder);
	model_free(&m);
	free(b.text.p);
	free(file.p);
	return 0;
}
