/* scatterdir.c - the directory of scatter files, and how the run is divided into jobs. */
#include "mixer/mix/scatterdir.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/num.h"
#include "lib/io/stream.h"

/* First line of the file "jobs"; the version is that of the scatter files. */
#define FIRST_LINE "tamis-scatter 2"

/*
 * Check that only this user can create files in the directory, so that nobody can plant
 * symbolic links there.  A directory in --tmp has a name that others can predict.
 */
static int
check_private(const char *dir, struct err *err)
{
	struct stat st;
	const char *why;

	if (lstat(dir, &st) < 0)
		return err_errno(err, "cannot read directory '%s'", dir);
	if (!S_ISDIR(st.st_mode))
		why = "not a directory";
	else if (st.st_uid != geteuid())
		why = "belongs to another user";
	else if (st.st_mode & (S_IWGRP | S_IWOTH))
		why = "other users can write to it";
	else
		return 0;
	return err_set(err, EXIT_DATA,
	    "%s: %s: remove it, or name another directory with --tmp", dir, why);
}

bool
scatterdir_exists(const char *dir)
{
	struct buf path = { 0 };
	bool there;

	buf_path(&path, dir, "jobs");
	there = access(path.p, F_OK) == 0;
	buf_free(&path);
	return there;
}

/*
 * Append the file "jobs" up to the size of the jobs: version, plan, whether ids are kept.
 */
static void
put_head(const struct scatter_plan *p, struct buf *b)
{
	char hex[65];

	tshard_hex(p->plan, sizeof p->plan, hex);
	buf_putf(b, FIRST_LINE "\nplan %s\nids %s\n", hex, p->ids ? "yes" : "no");
	if (p->first_shard > 0)
		buf_putf(b, "from %" PRIu64 "\n", p->first_shard);
	buf_puts(b, "bytes ");
}

int
scatterdir_begin(const struct scatter_plan *p, uint64_t *bytes, struct err *err)
{
	struct buf path = { 0 }, head = { 0 }, text = { 0 };
	int rc = -1;

	if (mkdir(p->dir, 0700) < 0 && errno != EEXIST) {
		err_errno(err, "cannot create directory '%s'", p->dir);
		goto out;
	}
	if (check_private(p->dir, err) < 0)
		goto out;
	buf_path(&path, p->dir, "jobs");
	put_head(p, &head);
	if (access(path.p, F_OK) < 0) {
		buf_put(&text, head.p, head.n);
		buf_putf(&text, "%" PRIu64 "\n", *bytes);
		if (file_put_first(path.p, buf_span(&text), 0666, err) < 0)
			goto out;
		text.n = 0;
	}
	if (file_get(path.p, 4096, &text, err) < 0)
		goto out;
	if (!span_starts(buf_span(&text), SPAN(FIRST_LINE "\n"))) {
		err_set(err, EXIT_DATA,
		    "%s: its first line is not '" FIRST_LINE
		    "': remove '%s' and run the first pass again",
		    path.p, p->dir);
		goto out;
	}
	if (text.n > head.n && text.p[text.n - 1] == '\n' &&
	    memcmp(text.p, head.p, head.n) == 0) {
		text.p[text.n - 1] = '\0';
		if (!num_u64(text.p + head.n, bytes) && *bytes > 0) {
			rc = 0;
			goto out;
		}
	}
	err_set(err, EXIT_DATA,
	    "%s: belongs to another plan, or differs in --no-ids: replace it with "
	    "--force",
	    path.p);
out:
	buf_free(&path);
	buf_free(&head);
	buf_free(&text);
	return rc;
}

static bool
ours(const char *name)
{
	size_t n = strlen(name);

	return strcmp(name, "jobs") == 0 || strncmp(name, "job-", 4) == 0 ||
	       (strncmp(name, "jobs.", 5) == 0 && n > 4 &&
		   strcmp(name + n - 4, ".tmp") == 0);
}

int
scatterdir_remove(const char *dir, struct err *err)
{
	const struct dirent *e;
	struct buf path = { 0 };
	struct stat st;
	int rc = 0;
	DIR *d;

	if (lstat(dir, &st) < 0 && errno == ENOENT)
		return 0;
	if (check_private(dir, err) < 0)
		return -1;
	d = opendir(dir);
	if (!d)
		return err_errno(err, "cannot read directory '%s'", dir);
	while (rc == 0 && (e = readdir(d)) != NULL) {
		if (!ours(e->d_name))
			continue;
		buf_path(&path, dir, e->d_name);
		if (unlink(path.p) < 0 && errno != ENOENT)
			rc = err_errno(err, "cannot remove '%s'", path.p);
	}
	closedir(d);
	buf_free(&path);
	if (rc == 0 && rmdir(dir) < 0 && errno != ENOTEMPTY && errno != EEXIST &&
	    errno != ENOENT)
		rc = err_errno(err, "cannot remove directory '%s'", dir);
	return rc;
}
