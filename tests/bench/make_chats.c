/* make_chats.c - write a DOCS shard of conversations, pairs or rewards from a text. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shards/tshard/tshard.h"
#include "shards/tshard/tshard_align.h"

static const char usage[] =
    "usage: make_chats [-m] [-p] [-l NAME,...] [-e EOD] [-v VOCABULARY] [-n] PREFIX "
    "<TEXT\n"
    "\n"
    "A line of TEXT is a document: its id, then its tokens.  *7 is token 7 as a target.\n"
    "p=PROMPT,RANK states the pair, l=OFFSET:VALUE,... labels, and x no loss.\n"
    "With -n a line is the length of a document, whose second half are targets.\n"
    "-m writes MASK, -p PAIR, -l LABEL.  -e none is the default.\n";

enum { MOST = 1 << 20 /* tokens of a document */ };

struct chats {
	struct tshard_writer *w;
	struct tshard_align align;
	const char *names[TSHARD_MOST_LABELS];
	uint32_t vocab, eod;
	bool lengths;
	uint64_t docs, pair;
	uint32_t ids[MOST];
	uint8_t is[MOST];
	struct tshard_error e;
};

static uint32_t
below(uint64_t *state, uint32_t n)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (uint32_t)((*state * UINT64_C(2685821657736338717) >> 33) % n);
}

static int
end_doc(struct chats *c, const char *id, uint32_t n, uint8_t flags)
{
	struct tshard_doc d = { .ordinal = c->docs++, .flags = flags };

	if (c->align.mask && tshard_writer_mask(c->w, c->is, n, &c->e) < 0)
		return -1;
	return tshard_writer_end_doc(c->w, &d, id, strlen(id), NULL, 0, &c->e);
}

/* Both answers of a pair start with one prompt: its ids depend on the pair. */
static int
put_length(struct chats *c, const char *line)
{
	uint32_t n = (uint32_t)strtoul(line, NULL, 10), prompt = n / 2 > 8 ? 8 : n / 2;
	uint64_t state = c->docs * 2 + 1, shared = c->docs / 2 * 2 + 1;
	struct tshard_pair p = { .number = c->docs / 2,
		.prompt = prompt > 0 ? 1 : 0,
		.rank = (uint16_t)(c->docs % 2) };
	float v[TSHARD_MOST_LABELS] = { 0 };
	char id[32];

	if (n < 2 || n > MOST)
		return -1;
	for (uint32_t i = 0; i < n; i++) {
		c->ids[i] = 1 + below(i == 0 ? &shared : &state, c->vocab - 1);
		c->is[i] = i >= (n + 1) / 2;
	}
	if (c->eod != TSHARD_NONE)
		c->ids[n - 1] = c->eod;
	snprintf(id, sizeof id, "chat-%llu", (unsigned long long)c->docs);
	if (tshard_writer_put(c->w, c->ids, n, &c->e) < 0 ||
	    (c->align.pairs && tshard_writer_pair(c->w, &p, &c->e) < 0) ||
	    (c->align.n_labels > 0 && tshard_writer_label(c->w, n - 1, v, &c->e) < 0))
		return -1;
	return end_doc(c, id, n, 0);
}

static int
put_label(struct chats *c, const char *text)
{
	float v[TSHARD_MOST_LABELS];
	char *at;
	uint32_t offset = (uint32_t)strtoul(text, &at, 10);

	for (uint32_t i = 0; i < c->align.n_labels; i++)
		v[i] = *at == '\0' ? NAN : strtof(at + 1, &at);
	return tshard_writer_label(c->w, offset, v, &c->e);
}

static int
put_line(struct chats *c, char *line)
{
	char *save = NULL, *id = strtok_r(line, " \n", &save), *word;
	uint8_t flags = 0;
	uint32_t n = 0;

	while ((word = strtok_r(NULL, " \n", &save)) && n < MOST) {
		struct tshard_pair p = { .number = c->pair };
		char *at;

		if (*word == 'x') {
			flags = TSHARD_SEG_NO_LOSS;
		} else if (*word == 'l') {
			if (put_label(c, word + 2) < 0)
				return -1;
		} else if (*word == 'p') {
			p.prompt = (uint32_t)strtoul(word + 2, &at, 10);
			p.rank = (uint16_t)strtoul(at + 1, NULL, 10);
			p.number = c->pair += p.rank == 0;
			if (tshard_writer_pair(c->w, &p, &c->e) < 0)
				return -1;
		} else {
			c->is[n] = *word == '*';
			c->ids[n] = (uint32_t)strtoul(word + (*word == '*'), NULL, 10);
			if (tshard_writer_put(c->w, &c->ids[n++], 1, &c->e) < 0)
				return -1;
		}
	}
	return id ? end_doc(c, id, n, flags) : 0;
}

static int
make(struct chats *c, const char *prefix)
{
	const struct tshard_facts f = { .kind = TSHARD_DOCS,
		.vocab = c->vocab,
		.eod = c->eod,
		.pad = TSHARD_NONE,
		.bos = TSHARD_NONE,
		.shard_count = 1,
		.force = 1 };
	const struct tshard_source source = { .name = "made", .weight = 1000000000 };
	char *line = NULL;
	size_t room = 0;
	int rc = 0;

	if (tshard_writer_open(&c->w, prefix, &f, &c->e) < 0 ||
	    tshard_writer_sources(c->w, &source, 1, &c->e) < 0 ||
	    tshard_writer_align(c->w, &c->align, &c->e) < 0)
		return -1;
	while (rc == 0 && getline(&line, &room, stdin) > 0)
		rc = c->lengths ? put_length(c, line) : put_line(c, line);
	free(line);
	if (rc == 0) {
		rc = tshard_writer_commit(c->w, NULL, &c->e);
		c->w = NULL;
	}
	return rc;
}

int
main(int argc, char **argv)
{
	static struct chats c = { .vocab = 1000, .eod = TSHARD_NONE };
	char *save = NULL;
	int o, rc;

	c.align.labels = c.names;
	while ((o = getopt(argc, argv, "mpl:e:v:n")) != -1) {
		if (o == 'm')
			c.align.mask = 1;
		else if (o == 'p')
			c.align.pairs = 1;
		else if (o == 'n')
			c.lengths = true;
		else if (o == 'e')
			c.eod = (uint32_t)strtoul(optarg, NULL, 10);
		else if (o == 'v')
			c.vocab = (uint32_t)strtoul(optarg, NULL, 10);
		else if (o == 'l')
			for (char *name = strtok_r(optarg, ",", &save);
			     name && c.align.n_labels < TSHARD_MOST_LABELS;
			     name = strtok_r(NULL, ",", &save))
				c.names[c.align.n_labels++] = name;
		else
			return fputs(usage, stderr), 2;
	}
	if (optind + 1 != argc)
		return fputs(usage, stderr), 2;
	rc = make(&c, argv[optind]);
	if (rc < 0)
		fprintf(stderr, "make_chats: %s\n", c.e.msg);
	tshard_writer_abort(c.w);
	return rc < 0 ? c.e.code : 0;
}
