/* run_missing.c - finds the shards that a partial run lacks. */
#include "shards/tshard/tshard_impl.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

int64_t
tsi_shard_number(const char *name)
{
	static const char start[] = "shard-";
	uint64_t no = 0;
	size_t digits = 0;

	if (strncmp(name, start, strlen(start)) != 0)
		return -1;
	for (name += strlen(start); name[digits] >= '0' && name[digits] <= '9';
	     digits++) {
		no = no * 10 + (uint64_t)(name[digits] - '0');
		if (no > UINT32_MAX)
			return -1;
	}
	/* Five digits, more only if needed, so that every number has one name. */
	if (digits < 5 || (digits > 5 && name[0] == '0'))
		return -1;
	for (int i = 0; i < 3; i++)
		if (strcmp(name + digits, tsi_ext[i]) == 0)
			return (int64_t)no;
	return -1;
}

/* Append the range [from, end) to the list of *used bytes, or "..." if it is full. */
static void
put_range(char *out, size_t size, size_t *used, uint64_t from, uint64_t end)
{
	char range[64];
	int n;

	n = snprintf(range, sizeof range, "%s%" PRIu64, *used > 0 ? ", " : "", from);
	if (end - from > 1)
		n += snprintf(range + n, sizeof range - (size_t)n, "-%" PRIu64, end - 1);
	if (*used + (size_t)n + sizeof ", ..." > size) {
		snprintf(range, sizeof range, ", ...");
		if (*used >= 3 && strcmp(out + *used - 3, "...") == 0)
			return;
		n = (int)strlen(range);
	}
	memcpy(out + *used, range, (size_t)n + 1);
	*used += (size_t)n;
}

uint64_t
tsi_missing(const uint32_t *no, size_t n, uint32_t count, char *out, size_t size)
{
	uint64_t next = 0, missing = 0;
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i <= n && next < count; i++) {
		uint64_t end = i < n && no[i] < count ? no[i] : count;

		if (end > next) {
			missing += end - next;
			put_range(out, size, &used, next, end);
		}
		next = end + 1;
	}
	return missing;
}

static int
by_number(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* The numbers of the .sdx files in dir, to free(); NULL with *e. */
static uint32_t *
list_sidecars(const char *dir, size_t *n, struct tshard_error *e)
{
	DIR *d = opendir(dir);
	const struct dirent *entry;
	struct tsi_vec v = { 0 };
	bool full = false;

	if (!d) {
		tsi_errno(e, "name the directory of a run", "%s", dir);
		return NULL;
	}
	while (!full && (entry = readdir(d))) {
		int64_t no = tsi_shard_number(entry->d_name);
		const char *dot = strrchr(entry->d_name, '.');
		uint32_t u = (uint32_t)no;

		if (no >= 0 && strcmp(dot, tsi_ext[TSI_SDX]) == 0)
			full = tsi_vec_put(&v, &u, 4) < 0;
	}
	closedir(d);
	*n = v.n / 4;
	if (full || !tsi_vec_more(&v, 4)) {
		tsi_nomem(e);
		free(v.p);
		return NULL;
	}
	qsort(v.p, *n, 4, by_number);
	return (uint32_t *)(void *)v.p;
}

int64_t
tshard_run_missing(const char *dir, uint32_t **no, size_t *n, char *out, size_t size,
    struct tshard_error *e)
{
	struct tshard *s = NULL;
	int64_t missing = -1;
	char *prefix;

	*no = list_sidecars(dir, n, e);
	if (!*no)
		return -1;
	if (*n == 0) {
		tsi_fail(e, TSHARD_DATA,
		    "%s: neither run.tsv nor shards: name a shard or the directory of a "
		    "run",
		    dir);
		goto out;
	}
	prefix = tsi_run_prefix(dir, (*no)[0]);
	if (!prefix)
		tsi_nomem(e);
	else if (tshard_open(&s, prefix, 0, e) == 0)
		missing = (int64_t)tsi_missing(*no, *n, s->h.shard_count, out, size);
	free(prefix);
	tshard_close(s);
out:
	if (missing < 0) {
		free(*no);
		*no = NULL;
	}
	return missing;
}
