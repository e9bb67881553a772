/* make_docs.c - write a DOCS shard of random tokens, to measure and test mixing with. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shards/tshard/tshard.h"

static const char usage[] =
    "usage: make_docs [-d DOCUMENTS] [-t TOKENS] [-v VOCABULARY] [-s SEED] [-n SOURCE] "
    "PREFIX\n"
    "\n"
    "Writes DOCUMENTS documents of about TOKENS tokens together to "
    "PREFIX.{bin,idx,sdx},\n"
    "the same for the same options.  Lengths are lognormal, ids evenly distributed, the\n"
    "last one of a document is 0; every document has an id and a URL as web pages "
    "have.\n";

enum { MOST = 1 << 20 /* tokens of a document */, EOD = 0 };

struct shape {
	uint64_t docs, tokens, vocab, seed;
	const char *source, *prefix;
};

/* Marsaglia's xorshift64*; its state is never 0. */
static uint32_t
below(uint64_t *state, uint64_t n)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (uint32_t)((*state * UINT64_C(2685821657736338717) >> 32) * n >> 32);
}

/*
 * A lognormal length: sigma is 1, the usual spread of web pages, and a sum of 12 even
 * numbers near enough to normal.
 */
static uint32_t
length(uint64_t *state, double mean)
{
	const double one = 1 << 20;
	double normal = -6, n;

	for (int i = 0; i < 12; i++)
		normal += below(state, 1 << 20) / one;
	n = mean * exp(normal - 0.5);
	return n < 1 ? 1 : n > MOST ? MOST : (uint32_t)n;
}

static int
put_docs(
    struct tshard_writer *w, const struct shape *s, uint32_t *ids, struct tshard_error *e)
{
	uint64_t state = s->seed * 2 + 1;
	double mean = (double)s->tokens / (double)s->docs;
	char id[64], url[96];

	for (uint64_t i = 0; i < s->docs; i++) {
		struct tshard_doc d = { .ordinal = i,
			.language = tshard_lang_pack("en") };
		uint32_t n = length(&state, mean), host = below(&state, 1u << 31);
		int id_n, url_n;

		for (uint32_t k = 0; k + 1 < n; k++)
			ids[k] = 1 + below(&state, s->vocab - 1);
		ids[n - 1] = EOD;
		id_n = snprintf(id, sizeof id,
		    "<urn:uuid:%08x-%04x-4000-8000-%012" PRIx64 ">", host,
		    below(&state, 65536), i);
		url_n = snprintf(url, sizeof url,
		    "https://www.example.org/%08x/a-page-of-some-kind/%" PRIu64, host, i);
		if (tshard_writer_put(w, ids, n, e) < 0 ||
		    tshard_writer_end_doc(
			w, &d, id, (size_t)id_n, url, (size_t)url_n, e) < 0)
			return -1;
	}
	return 0;
}

static int
make(const struct shape *s, struct tshard_error *e)
{
	struct tshard_facts f = { .kind = TSHARD_DOCS,
		.vocab = (uint32_t)s->vocab,
		.eod = EOD,
		.pad = TSHARD_NONE,
		.bos = TSHARD_NONE,
		.shard_count = 1,
		.force = 1 };
	struct tshard_source source = { .name = s->source, .weight = 1000000000 };
	struct tshard_writer *w = NULL;
	uint32_t *ids = malloc(MOST * sizeof *ids);
	int rc = -1;

	if (!ids) {
		*e = (struct tshard_error){ TSHARD_SYSTEM, "out of memory" };
		return -1;
	}
	if (tshard_writer_open(&w, s->prefix, &f, e) == 0 &&
	    tshard_writer_sources(w, &source, 1, e) == 0 && put_docs(w, s, ids, e) == 0) {
		rc = tshard_writer_commit(w, NULL, e);
		w = NULL;
	}
	tshard_writer_abort(w);
	free(ids);
	return rc;
}

/* A whole number from lo to hi: 0, or -1. */
static int
number(const char *text, uint64_t lo, uint64_t hi, uint64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoull(text, &end, 10);
	return errno || end == text || *end || *text == '-' || *out < lo || *out > hi ? -1
										      : 0;
}

int
main(int argc, char **argv)
{
	struct shape s = { .docs = 1000,
		.tokens = 1000000,
		.vocab = 256000,
		.seed = 1,
		.source = "made" };
	struct tshard_error e = { 0 };
	bool bad = false;
	int c;

	while ((c = getopt(argc, argv, "d:t:v:s:n:")) != -1)
		switch (c) {
		case 'd':
			bad |= number(optarg, 1, UINT32_MAX - 1, &s.docs) < 0;
			break;
		case 't':
			bad |= number(optarg, 1, UINT64_C(1) << 44, &s.tokens) < 0;
			break;
		case 'v':
			bad |= number(optarg, 2, INT32_MAX, &s.vocab) < 0;
			break;
		case 's':
			bad |= number(optarg, 0, UINT64_MAX / 2, &s.seed) < 0;
			break;
		case 'n':
			s.source = optarg;
			break;
		default:
			bad = true;
		}
	if (bad || optind + 1 != argc) {
		fputs(usage, stderr);
		return 2;
	}
	s.prefix = argv[optind];
	if (make(&s, &e) < 0) {
		fprintf(stderr, "make_docs: %s\n", e.msg);
		return e.code;
	}
	return 0;
}
