/* verify.c - check every byte of shards and runs; print one line per problem. */
#include <inttypes.h>
#include <stdio.h>

#include "lib/base/num.h"
#include "lib/driver/common.h"
#include "shards/shard_paths.h"
#include "shards/shard_set.h"
#include "shards/tshard/tshard.h"

struct verify {
	bool quick;
};

static const struct verify defaults = { .quick = false };

static const struct opt opts[] = {
	OPT_BOOL(
	    0, "quick", struct verify, quick, "check only sizes, headers and run.tsv"),
	OPT_END,
};

/* The library has replaced control bytes, which ids may contain. */
static void
print_finding(void *ctx, const struct tshard_finding *f)
{
	puts(f->msg);
}

/*
 * Report the missing shards of a numbered set: 1, or 0 if there are none.  A shard that
 * cannot be opened has been reported.
 */
static uint64_t
verify_set(struct shard_sets *sets, const char *path)
{
	struct buf problem = { 0 };
	struct tshard_error e = { 0 };
	struct tshard *s;
	bool lacks;

	if (tshard_open(&s, path, 0, &e) < 0)
		return 0;
	lacks = shard_set_lacks(sets, s, &problem);
	if (lacks)
		printf("%s: restore it, or run 'tamis reshard' again\n", problem.p);
	buf_free(&problem);
	tshard_close(s);
	return lacks;
}

static int
verify_run(void *self, const struct common *c, int n, char **operand, struct err *err)
{
	const struct verify *t = self;
	uint64_t shards = 0, bytes = 0, problems = 0;
	struct shard_paths paths = { 0 };
	struct shard_sets sets = { 0 };
	int rc = 0;

	if (n == 0)
		return err_set(
		    err, EXIT_USAGE, "no PATH: name a shard or the directory of a run");
	if (shard_paths_add(&paths, n, operand, err) < 0)
		rc = err->code;
	for (size_t i = 0; i < paths.n && !err->code; i++) {
		struct tshard_verify v = { .threads = (unsigned)c->threads,
			.quick = t->quick,
			.found = print_finding };
		struct tshard_error e = { 0 };
		int64_t found = tshard_verify(paths.v[i], &v, &e);

		if (found < 0) {
			msg("%s", e.msg);
			rc = e.code > rc ? e.code : rc;
			continue;
		}
		shards += v.shards;
		bytes += v.bytes;
		problems += (uint64_t)found;
		/* A shard that is named alone is checked alone. */
		if (paths.in_dir[i] || paths.n > 1)
			problems += verify_set(&sets, paths.v[i]);
	}
	if (!c->quiet && shards > 0)
		msg("%" PRIu64 " shard%s, %" PRIu64 " bytes, %" PRIu64 " problem%s",
		    shards, plural(shards), bytes, problems, plural(problems));
	shard_sets_free(&sets);
	shard_paths_free(&paths);
	if (rc == 0 && problems > 0)
		rc = EXIT_NO;
	return rc;
}

const struct tool tool_verify = {
	.name = "verify",
	.summary = "check shards against their checksums and each other",
	.example = "tamis verify shards/",
	.operands = "PATH...",
	.common = " threads ",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.run = verify_run,
};
