/* bestfit_bench.c - measures packing: ns of CPU per document, padding.  [IDX [TIMES]] */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mixer/plan/bestfit.h"
#include "mixer/plan/permute.h"

enum { RUNS = 5 };

struct lengths {
	uint32_t *len;
	size_t n;
	uint64_t tokens;
};

static void
fail(const char *what)
{
	fprintf(stderr, "bestfit_bench: %s\n", what);
	exit(2);
}

static void *
memory(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (!p)
		fail("out of memory");
	return p;
}

/* Uniform in (0, 1). */
static double
uniform(void)
{
	static uint64_t state = 88172645463325252;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return ((double)(state >> 11) + .5) / 9007199254740992.0;
}

/* Lognormal with mean 1013, like web documents. */
static struct lengths
lengths_made(size_t n)
{
	struct lengths l = { memory(n, sizeof *l.len), n, 0 };

	for (size_t i = 0; i < n; i++) {
		double z = sqrt(-2 * log(uniform())) * cos(6.283185307179586 * uniform());
		double x = exp(6.2 + 1.2 * z);

		l.len[i] = 1 + (uint32_t)(x < 200000 ? x : 200000);
		l.tokens += l.len[i];
	}
	return l;
}

/* The document lengths of an .idx file, repeated `times` times. */
static struct lengths
lengths_read(const char *path, size_t times)
{
	unsigned char head[34];
	struct lengths l = { 0 };
	uint64_t n, kept = 0;
	FILE *f = fopen(path, "rb");

	if (!f || fread(head, 1, sizeof head, f) != sizeof head ||
	    memcmp(head, "MMIDIDX\0", 9) != 0)
		fail("not an .idx file");
	memcpy(&n, head + 18, sizeof n);
	l.len = memory((size_t)n * times, sizeof *l.len);
	if (fread(l.len, sizeof *l.len, (size_t)n, f) != n)
		fail("the .idx file is cut short");
	fclose(f);
	for (uint64_t i = 0; i < n; i++)
		if (l.len[i] > 0) {
			l.tokens += l.len[i];
			l.len[kept++] = l.len[i];
		}
	for (size_t i = 1; i < times; i++)
		memcpy(l.len + i * kept, l.len, (size_t)kept * sizeof *l.len);
	l.n = (size_t)kept * times;
	l.tokens *= times;
	return l;
}

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void
spread(struct bestfit *b, uint64_t samples)
{
	uint64_t of = samples * 1000, *pos = memory((size_t)samples, sizeof *pos);
	struct permute p;

	permute_init(&p, of, 1, SPAN("bench"), 0);
	for (uint64_t i = 0; i < samples; i++)
		pos[i] = permute_at(&p, i);
	bestfit_spread(b, pos, of);
	free(pos);
}

enum work { COUNT, PACK, SPREAD };

/* Returns the number of samples; *best is the CPU time of the fastest run in seconds. */
static uint64_t
all_windows(struct bestfit *b, const struct lengths *l, size_t window, enum work work,
    double *best)
{
	uint64_t samples = 0;

	*best = INFINITY;
	for (int run = 0; run < RUNS; run++) {
		double t = seconds();

		samples = 0;
		for (size_t i = 0; i < l->n; i += window) {
			uint32_t n = (uint32_t)(l->n - i < window ? l->n - i : window);
			uint64_t s = work == COUNT ? bestfit_count(b, l->len + i, n)
						   : bestfit_pack(b, l->len + i, n);

			if (work == SPREAD)
				spread(b, s);
			samples += s;
		}
		t = seconds() - t;
		if (t < *best)
			*best = t;
	}
	return samples;
}

static void
report(const struct lengths *l, uint32_t seq, size_t window)
{
	struct bestfit *b = bestfit_new(seq);
	double time[3], n = (double)l->n;
	uint64_t samples = 0;

	for (int w = COUNT; w <= SPREAD; w++)
		samples = all_windows(b, l, window, (enum work)w, &time[w]);
	printf("seq %-6" PRIu32 " window %-6zu %9" PRIu64 " samples (%" PRIu64
	       " more than must be)  padding %.4f %%  "
	       "ns a document: count %.1f, pack %.1f, permute and spread %.1f\n",
	    seq, window, samples, samples - (l->tokens + seq - 1) / seq,
	    100 * (1 - (double)l->tokens / ((double)samples * seq)),
	    time[COUNT] / n * 1e9, time[PACK] / n * 1e9,
	    (time[SPREAD] - time[PACK]) / n * 1e9);
	bestfit_free(b);
}

int
main(int argc, char **argv)
{
	static const uint32_t seqs[] = { 4096, 2048, 256, 8192, 131072 };
	struct lengths l =
	    argc > 1 ? lengths_read(argv[1], argc > 2 ? strtoul(argv[2], NULL, 10) : 1)
		     : lengths_made(20 * (size_t)BESTFIT_WINDOW);

	printf("bestfit: %zu documents, %.0f tokens on average%s\n", l.n,
	    (double)l.tokens / (double)l.n, argc > 1 ? "" : ", lognormal");
	report(&l, 4096, 2048);
	for (size_t i = 0; i < sizeof seqs / sizeof *seqs; i++)
		report(&l, seqs[i], BESTFIT_WINDOW);
	free(l.len);
	return 0;
}
