/* near_match.c - find the documents that share a band key, for near-elect. */
#include <inttypes.h>
#include <stdlib.h>

#include "dedup/matches.h"
#include "dedup/sketch_set.h"
#include "lib/base/num.h"
#include "lib/driver/common.h"
#include "lib/driver/tty.h"
#include "lib/io/inputs.h"
#include "lib/io/stream.h"

struct near_match {
	const char *part;
	uint64_t memory;
};

static const struct near_match defaults = { 0 };

static const struct opt opts[] = {
	OPT_STR(0, "part", struct near_match, part, "I/N",
	    "find only part I of N of the matches, for one of N processes"),
	OPT_NOREPORT(OPT_T_BYTES, 'm', "memory", struct near_match, memory, "BYTES",
	    "approximate memory to use; default: a quarter of RAM"),
	OPT_END,
};

/* Parse "3/17". */
static int
parse_part(const char *s, struct matches_head *h, struct err *err)
{
	char digits[8] = { 0 };
	const char *slash = s ? strchr(s, '/') : NULL;

	h->part = h->parts = 1;
	if (!s)
		return 0;
	if (slash && slash - s < (ptrdiff_t)sizeof digits)
		memcpy(digits, s, (size_t)(slash - s));
	if (!slash || num_u64(digits, &h->part) || num_u64(slash + 1, &h->parts) ||
	    h->part < 1 || h->part > h->parts || h->parts > KEY_PARTS)
		return err_set(err, EXIT_USAGE,
		    "--part '%s': write I/N, such as 1/4, with N at most %d", s,
		    KEY_PARTS);
	return 0;
}

/* Find the buckets of one partition of keys. */
static int
match_part(const struct sketch_set *set, size_t part, struct spill_pool *pool,
    struct matches_writer *w, struct err *err)
{
	struct buckets *b = buckets_new(pool);
	struct buf records = { 0 };
	int rc = 0;

	for (size_t i = 0; i < set->n && rc == 0; i++) {
		records.n = 0;
		rc = sketch_file_keys(&set->file[i], part, &records, err);
		if (rc == 0)
			rc = buckets_add_records(b, part, buf_span(&records),
				 set->first[i], set->file[i].documents, err) < 0
				 ? err_prefix(err, set->file[i].path)
				 : 0;
	}
	if (rc == 0)
		rc = buckets_find(b, NULL, matches_write, w, err);
	buf_free(&records);
	buckets_free(b);
	return rc;
}

static int
match_all(const struct near_match *x, const struct sketch_set *set,
    const struct matches_head *head, const struct common *c, struct err *err)
{
	const size_t from = (size_t)((head->part - 1) * KEY_PARTS / head->parts),
		     to = (size_t)(head->part * KEY_PARTS / head->parts);
	struct spill_pool pool;
	struct matches_writer *w;
	struct progress progress;
	struct buf path = { 0 };
	int rc = -1;

	if (spill_pool_init(&pool, x->memory, c->tmp, err) < 0)
		return -1;
	progress_init(&progress, common_progress(c));
	matches_path(&path, c->output, head->part, head->parts);
	w = matches_writer_open(path.p, head, err);
	if (!w)
		goto out;
	rc = 0;
	for (size_t i = from; i < to && rc == 0; i++) {
		rc = match_part(set, i, &pool, w, err);
		if (progress_due(&progress))
			progress_line(&progress, "near-match: %zu%%",
			    (i + 1 - from) * 100 / (to - from));
	}
	if (rc == 0)
		rc = matches_writer_commit(w, err);
out:
	progress_clear(&progress);
	matches_writer_free(w);
	buf_free(&path);
	return rc;
}

/* Keep the matches from replacing documents or sketches. */
static int
note_inputs(char *const *path, size_t n, struct err *err)
{
	struct buf name = { 0 };
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++) {
		sketch_path(&name, path[i]);
		rc = inputs_note_path(path[i], err) < 0 ||
			     inputs_note_path(name.p, err) < 0
			 ? -1
			 : 0;
	}
	buf_free(&name);
	return rc;
}

static int
near_match_run(void *self, const struct common *c, int n, char **operand, struct err *err)
{
	const struct near_match *x = self;
	struct matches_head head;
	struct sketch_set set = { 0 };
	struct buf names = { 0 };
	size_t npaths;
	char **path = common_operands(c, n, operand, &names, &npaths, err);
	int rc = -1;

	if (!path || parse_part(x->part, &head, err) < 0)
		goto out;
	if (npaths == 0) {
		err_set(err, EXIT_USAGE,
		    "name the files of documents that near-sketch wrote");
		goto out;
	}
	if (!c->output) {
		err_set(err, EXIT_USAGE, "name the matches with -o FILE");
		goto out;
	}
	if (strcmp(c->output, "-") == 0) {
		err_set(err, EXIT_USAGE, "--output '-': not a file name");
		goto out;
	}
	if (file_put_check(c->output, err) < 0 || note_inputs(path, npaths, err) < 0 ||
	    sketch_set_open(&set, path, npaths, err) < 0)
		goto out;
	head.files = set.n;
	head.documents = set.documents;
	head.sketches = set.digest;
	rc = match_all(x, &set, &head, c, err);
	if (rc == 0 && !c->quiet)
		msg("%" PRIu64 " documents in %zu file%s", set.documents, set.n,
		    plural(set.n));
out:
	inputs_clear();
	sketch_set_close(&set);
	free(path);
	buf_free(&names);
	return rc;
}

const struct tool tool_near_match = {
	.name = "near-match",
	.summary = "find the documents that may be near duplicates, by their sketches",
	.operands = "FILE...",
	.common = " output files-from tmp quiet progress ",
	.example = "tamis near-match -o crawl.matches a.jsonl.zst b.jsonl.zst",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.run = near_match_run,
};
