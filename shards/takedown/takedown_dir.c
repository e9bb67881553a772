/* takedown_dir.c - the directory that takedown writes a run to. */
#include "shards/takedown/takedown_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/driver/doc_list.h"
#include "lib/io/publish.h"
#include "lib/io/stream.h"
#include "shards/prefix_lock.h"
#include "shards/shard_paths.h"

#define LOCK "takedown.lock"

enum { COPY_BYTES = 1 << 20 };

/* ---- the files of a killed takedown ---- */

/* Whether takedown writes a file of this name before the run is whole. */
static bool
is_ours(const char *name)
{
	static const char *const other[] = { "plan.lock", "run.tsv", TOMBSTONES },
				 *const ending[] = { ".bin", ".idx", ".sdx" };
	size_t n = strlen(name), base = 0, digits;

	for (size_t i = 0; i < sizeof other / sizeof *other; i++)
		if (strncmp(name, other[i], strlen(other[i])) == 0)
			base = strlen(other[i]);
	if (base == 0 && strncmp(name, "shard", 5) == 0) {
		digits = shard_number_length(name + 5);
		for (size_t i = 0; i < sizeof ending / sizeof *ending && digits; i++)
			if (strncmp(name + 5 + digits, ending[i], 4) == 0)
				base = 5 + digits + 4;
	}
	/* Temporary files have the name of the file, and then that of the writer. */
	return base > 0 && (n == base || (name[base] == '.' && n > base + 4 &&
					     strcmp(name + n - 4, ".tmp") == 0));
}

static int
exists(const char *dir, struct err *err)
{
	return err_set(
	    err, EXIT_DATA, "%s: exists: remove it, or name another directory", dir);
}

/* Call visit with each file of the directory that the lock is not. */
static int
each_file(const char *dir,
    int (*visit)(void *ctx, const char *dir, const char *name, struct err *err),
    void *ctx, struct err *err)
{
	DIR *d = opendir(dir);
	const struct dirent *e;
	int rc = 0;

	if (!d)
		return err_errno(err, "cannot read directory '%s'", dir);
	while (rc == 0 && (e = readdir(d)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
		    strcmp(e->d_name, LOCK) != 0)
			rc = visit(ctx, dir, e->d_name, err);
	closedir(d);
	return rc;
}

/* *ctx: whether there is a file that takedown writes after the tombstones. */
static int
check_file(void *ctx, const char *dir, const char *name, struct err *err)
{
	bool *begun = ctx;

	if (!is_ours(name) || strcmp(name, "run.tsv") == 0)
		return exists(dir, err);
	*begun |= strncmp(name, TOMBSTONES, strlen(TOMBSTONES)) != 0;
	return 0;
}

static int
remove_file(void *ctx, const char *dir, const char *name, struct err *err)
{
	struct buf path = { 0 };
	int rc = 0;

	buf_path(&path, dir, name);
	if (strcmp(name, TOMBSTONES) != 0 && unlink(path.p) < 0 && errno != ENOENT)
		rc = err_errno(err, "cannot remove '%s'", path.p);
	buf_free(&path);
	return rc;
}

/* Check that the tombstones of a killed takedown are these.  1 if there are some. */
static int
check_same(const char *dir, bool begun, struct span tombstones, struct err *err)
{
	struct buf path = { 0 }, text = { 0 };
	int rc = 1;

	buf_path(&path, dir, TOMBSTONES);
	if (access(path.p, F_OK) < 0)
		rc = begun ? exists(dir, err) : 0;
	else if (file_get(path.p, xadd(tombstones.n, 1), &text, err) < 0 ||
		 !span_eq(buf_span(&text), tombstones)) {
		*err = (struct err){ 0 };
		rc = err_set(err, EXIT_DATA,
		    "%s: belongs to a takedown of another list: remove the directory, or "
		    "name another",
		    path.p);
	}
	buf_free(&path);
	buf_free(&text);
	return rc;
}

int
takedown_dir_begin(
    struct lockfile *l, const char *dir, struct span tombstones, struct err *err)
{
	struct buf path = { 0 };
	bool begun = false;
	int rc = -1, there;

	/* Look first: a directory that is not ours must not get a lock. */
	if (mkdir(dir, 0777) < 0) {
		if (errno != EEXIST) {
			err_errno(err, "cannot create directory '%s'", dir);
			goto out;
		}
		if (each_file(dir, check_file, &begun, err) < 0)
			goto out;
	}
	buf_path(&path, dir, LOCK);
	if (lockfile_take(l, path.p, dir,
		"this directory: wait for it, or choose another directory", err) < 0)
		goto out;
	begun = false;
	if (each_file(dir, check_file, &begun, err) < 0 ||
	    (there = check_same(dir, begun, tombstones, err)) < 0 ||
	    each_file(dir, remove_file, NULL, err) < 0)
		goto out;
	buf_path(&path, dir, TOMBSTONES);
	rc = there ? 0 : file_put(path.p, tombstones, 0666, err);
out:
	if (rc < 0)
		lockfile_release(l);
	buf_free(&path);
	return rc;
}

/* ---- files that stay the same ---- */

int
takedown_copy(const char *from, const char *to, struct err *err)
{
	struct publish p = { .fd = -1 };
	char *bytes = xmalloc(COPY_BYTES);
	int fd = open(from, O_RDONLY | O_CLOEXEC), rc = 0;
	ssize_t n = 1;

	if (fd < 0)
		rc = err_errno(err, "cannot open '%s'", from);
	if (rc == 0)
		rc = publish_open(&p, to, 0666, err);
	while (rc == 0 && (n = read(fd, bytes, COPY_BYTES)) > 0)
		rc = publish_write(&p, (struct span){ bytes, (size_t)n }, err);
	if (rc == 0 && n < 0)
		rc = err_errno(err, "cannot read '%s'", from);
	if (rc == 0)
		rc = publish_commit(&p, err);
	publish_abort(&p);
	if (fd >= 0)
		close(fd);
	free(bytes);
	return rc;
}

int
takedown_keep(const char *from, const char *to, bool copy, struct err *err)
{
	static const char *const ending[] = { ".bin", ".idx", ".sdx" };
	int rc = 0;

	for (int i = 0; i < 3 && rc == 0; i++) {
		char *a = shard_file(from, ending[i]), *b = shard_file(to, ending[i]);

		if (copy || link(a, b) < 0)
			rc = takedown_copy(a, b, err);
		free(a);
		free(b);
	}
	return rc;
}
