/*
 * hostile_text.c - write text that is hard for the encoder of a model.
 *
 * usage: hostile_text MODEL BYTES [SEED]
 *
 * The text is made of pieces of the model, runs of spaces, U+2581, and characters that
 * normalizers rewrite.  It is the same for the same arguments.
 */
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/err.h"
#include "lib/io/stream.h"
#include "tests/unit/tok/tok_compare.h"

int
main(int argc, char **argv)
{
	struct buf file = { 0 }, text = { 0 };
	unsigned long long left;
	struct err err = { 0 };
	struct model m;
	const char *why;
	uint64_t seed;

	if (argc < 3) {
		fprintf(stderr, "usage: hostile_text MODEL BYTES [SEED]\n");
		return 2;
	}
	left = strtoull(argv[2], NULL, 10);
	seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
	if (file_get(argv[1], SIZE_MAX, &file, &err) < 0)
		die(EXIT_SYSTEM, "%s", err.msg);
	if (model_parse(&m, file.p, file.n, &why) < 0)
		die(EXIT_DATA, "%s: %s", argv[1], why);
	while (left) {
		hostile(&m, &seed, &text);
		buf_putc(&text, '\n');
		if (text.n > left)
			text.n = left;
		fwrite(text.p, 1, text.n, stdout);
		left -= text.n;
	}
	if (fclose(stdout) == EOF)
		die(EXIT_SYSTEM, "cannot write");
	model_free(&m);
	buf_free(&text);
	buf_free(&file);
	return 0;
}
