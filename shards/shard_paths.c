/* shard_paths.c - the shards and runs that the operands of a command name. */
#include "shards/shard_paths.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/table.h"

/* The length of s without one of the endings, or 0 if it has none. */
static size_t
without(const char *s, const char *const *ending, size_t n)
{
	size_t len = strlen(s);

	for (size_t i = 0; i < n; i++) {
		size_t k = strlen(ending[i]);

		if (len > k && strcmp(s + len - k, ending[i]) == 0)
			return len - k;
	}
	return 0;
}

static size_t
shard_prefix(const char *s)
{
	static const char *const ending[] = { ".bin", ".idx", ".sdx" };

	return without(s, ending, sizeof ending / sizeof *ending);
}

char *
shard_file(const char *path, const char *ending)
{
	size_t k = shard_prefix(path);
	struct buf b = { 0 };

	buf_put(&b, path, k > 0 ? k : strlen(path));
	buf_put(&b, ending, strlen(ending) + 1);
	return b.p;
}

/* Whether the file DIR/NAME or PREFIX + ENDING exists. */
static bool
exists(const char *a, size_t n, const char *b)
{
	struct buf path = { 0 };
	bool there;

	buf_put(&path, a, n);
	buf_puts(&path, b);
	buf_putc(&path, '\0');
	there = access(path.p, F_OK) == 0;
	buf_free(&path);
	return there;
}

static bool
is_report(const char *s)
{
	static const char *const ending[] = { ".report.json" };
	size_t n = without(s, ending, 1);

	return n > 0 && exists(s, n, ".sdx");
}

void
shard_paths_put(struct shard_paths *p, const char *s)
{
	GROW(p->v, p->n, p->cap);
	p->in_dir = xrealloc(p->in_dir, p->cap, sizeof *p->in_dir);
	p->in_dir[p->n] = false;
	p->v[p->n++] = xstrdup(s);
}

/* The same, unless the shard was named before. */
static void
add_shard(struct shard_paths *p, struct table *seen, const char *s, bool in_dir)
{
	size_t k = shard_prefix(s);
	bool fresh;

	table_put(seen, hash128((struct span){ s, k > 0 ? k : strlen(s) }, 0), &fresh);
	if (!fresh)
		return;
	shard_paths_put(p, s);
	p->in_dir[p->n - 1] = in_dir;
}

static int
by_bytes(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

void
shard_paths_sort(struct shard_paths *p)
{
	if (p->n > 0)
		qsort(p->v, p->n, sizeof *p->v, by_bytes);
}

/* A run, even a partial one, has files that no directory of other shards has. */
static bool
is_run(const char *dir, size_t n)
{
	return exists(dir, n, "/run.tsv") || exists(dir, n, "/plan.lock") ||
	       exists(dir, n, "/run.lock");
}

/* List the prefixes of the shards in a directory.  *run: they are shards of a run. */
static int
list(const char *dir, size_t n, struct shard_paths *out, bool *run, struct err *err)
{
	DIR *d = opendir(dir);
	const struct dirent *entry;
	struct buf path = { 0 };

	if (!d)
		return err_errno(err, "cannot read directory '%s'", dir);
	while ((entry = readdir(d))) {
		size_t k = shard_prefix(entry->d_name);

		if (k == 0 || strcmp(entry->d_name + k, ".sdx") != 0)
			continue;
		*run |= strncmp(entry->d_name, "shard-0", 7) == 0;
		path.n = 0;
		buf_putf(&path, "%.*s/%.*s", (int)n, dir, (int)k, entry->d_name);
		buf_putc(&path, '\0');
		shard_paths_put(out, path.p);
	}
	closedir(d);
	buf_free(&path);
	shard_paths_sort(out);
	return 0;
}

static int
add_directory(struct shard_paths *p, struct table *seen, const char *dir, struct err *err)
{
	struct shard_paths shards = { 0 };
	size_t n = strlen(dir);
	bool run;
	int rc = 0;

	while (n > 1 && dir[n - 1] == '/')
		n--;
	run = is_run(dir, n);
	if (!run)
		rc = list(dir, n, &shards, &run, err);
	if (run || shards.n == 0)
		shard_paths_put(p, dir);
	for (size_t i = 0; i < shards.n && !run; i++)
		add_shard(p, seen, shards.v[i], true);
	shard_paths_free(&shards);
	return rc;
}

int
shard_paths_add(struct shard_paths *p, int n, char **operand, struct err *err)
{
	struct table seen = { 0 };
	struct stat st;
	int rc = 0;

	for (int i = 0; i < n && rc == 0; i++)
		if (stat(operand[i], &st) == 0 && S_ISDIR(st.st_mode))
			rc = add_directory(p, &seen, operand[i], err);
		else if (!is_report(operand[i]))
			add_shard(p, &seen, operand[i], false);
	table_free(&seen);
	return rc;
}

void
shard_paths_free(struct shard_paths *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->v[i]);
	free(p->v);
	free(p->in_dir);
}
