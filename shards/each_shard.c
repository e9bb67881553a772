/* each_shard.c - open the shards of a run, or one shard, one after another. */
#include "shards/each_shard.h"

#include <sys/stat.h>

#include "shards/tshard_err.h"

int
each_shard(const char *path, unsigned flags,
    int (*visit)(void *ctx, const struct tshard *s, struct err *err), void *ctx,
    struct err *err)
{
	struct tshard_error e = { 0 };
	struct tshard_run *r;
	struct tshard *s;
	struct stat st;
	int rc = 0;

	if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode)) {
		if (tshard_open(&s, path, flags, &e) < 0)
			return err_tshard(err, &e);
		rc = visit(ctx, s, err);
		tshard_close(s);
		return rc;
	}
	if (tshard_run_open(&r, path, &e) < 0)
		return err_tshard(err, &e);
	for (size_t i = 0; rc == 0 && i < tshard_run_shards(r); i++) {
		if (tshard_run_shard(r, i, flags, &s, &e) < 0) {
			rc = err_tshard(err, &e);
			break;
		}
		rc = visit(ctx, s, err);
		tshard_close(s);
	}
	tshard_run_close(r);
	return rc;
}
