/* rundir.c - prepares and locks the directory of a run. */
#include "mixer/mix/rundir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/driver/doc_list.h"
#include "lib/io/inputs.h"
#include "lib/io/lockfile.h"
#include "lib/io/stream.h"

enum kind { FOREIGN, PLAN, OLD_PLAN, RUN, SHARD, TOMBS, LEFTOVER };

/* Locked with fcntl while a mix works in the directory. */
static const char lock_name[] = "run.lock";

struct listing {
	char **name;
	enum kind *kind;
	size_t n;
};

/*
 * The length of a name such as "shard-00000.bin" at the start of s; 0 if there is none.
 */
static size_t
shard_name(const char *s)
{
	static const char *const ext[] = { ".bin", ".idx", ".sdx" };
	size_t n = strlen("shard-"), digits = 0;

	if (strncmp(s, "shard-", n) != 0)
		return 0;
	for (; s[n] >= '0' && s[n] <= '9'; n++)
		digits++;
	if (digits < 5)
		return 0;
	for (size_t i = 0; i < sizeof ext / sizeof *ext; i++)
		if (strncmp(s + n, ext[i], 4) == 0)
			return n + 4;
	return 0;
}

static enum kind
kind_of(const char *s)
{
	size_t len = strlen(s), n = shard_name(s);
	enum kind kind = SHARD;

	if (n == 0 && strncmp(s, EXTEND_OLD, strlen(EXTEND_OLD)) == 0 &&
	    strchr(".", s[strlen(EXTEND_OLD)])) {
		n = strlen(EXTEND_OLD);
		kind = OLD_PLAN;
	} else if (n == 0 && strncmp(s, "plan.lock", 9) == 0) {
		n = 9;
		kind = PLAN;
	} else if (n == 0 && strncmp(s, "run.tsv", 7) == 0) {
		n = 7;
		kind = RUN;
	} else if (n == 0 && strncmp(s, TOMBSTONES, strlen(TOMBSTONES)) == 0) {
		n = strlen(TOMBSTONES);
		kind = TOMBS;
	}
	if (n == 0)
		return FOREIGN;
	if (len == n)
		return kind;
	/* Writers name temporary files NAME.HOST.PID.tmp. */
	return s[n] == '.' && len > n + 4 && strcmp(s + len - 4, ".tmp") == 0 ? LEFTOVER
									      : FOREIGN;
}

static int
list(const char *dir, struct listing *ls, struct err *err)
{
	DIR *d = opendir(dir);
	const struct dirent *e;
	int rc = 0;

	if (!d)
		return err_errno(err, "cannot read directory '%s'", dir);
	for (;;) {
		errno = 0;
		e = readdir(d);
		if (!e)
			break;
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
		    strcmp(e->d_name, lock_name) == 0 ||
		    strcmp(e->d_name, RUNDIR_SCATTER) == 0)
			continue;
		ls->name = xrealloc(ls->name, ls->n + 1, sizeof *ls->name);
		ls->kind = xrealloc(ls->kind, ls->n + 1, sizeof *ls->kind);
		ls->name[ls->n] = xstrdup(e->d_name);
		ls->kind[ls->n++] = kind_of(e->d_name);
	}
	if (errno != 0)
		rc = err_errno(err, "cannot read directory '%s'", dir);
	closedir(d);
	return rc;
}

static void
listing_free(struct listing *ls)
{
	for (size_t i = 0; i < ls->n; i++)
		free(ls->name[i]);
	free(ls->name);
	free(ls->kind);
}

/* The first name of a kind in byte order, or NULL. */
static const char *
first_of(const struct listing *ls, enum kind kind)
{
	const char *first = NULL;

	for (size_t i = 0; i < ls->n; i++)
		if (ls->kind[i] == kind && (!first || strcmp(ls->name[i], first) < 0))
			first = ls->name[i];
	return first;
}

static int
remove_kind(const char *dir, const struct listing *ls, enum kind kind, struct err *err)
{
	struct buf path = { 0 };
	int rc = 0;

	for (size_t i = 0; i < ls->n && rc == 0; i++) {
		if (ls->kind[i] != kind)
			continue;
		buf_path(&path, dir, ls->name[i]);
		if (unlink(path.p) < 0 && errno != ENOENT)
			rc = err_errno(err, "cannot remove '%s'", path.p);
	}
	buf_free(&path);
	return rc;
}

/* Check that the directory has this plan.lock. */
static int
check_same(
    const char *dir, const struct listing *ls, struct span plan_lock, struct err *err)
{
	struct buf path = { 0 }, text = { 0 };
	int rc = 0;

	if (!first_of(ls, PLAN)) {
		if (first_of(ls, SHARD) || first_of(ls, RUN))
			return err_set(err, EXIT_DATA,
			    "%s: contains shards but no plan.lock: replace them with "
			    "--force",
			    dir);
		return 0;
	}
	buf_path(&path, dir, "plan.lock");
	rc = file_get(path.p, xadd(plan_lock.n, 1), &text, err);
	/* A longer file is another plan; one that cannot be read is not known to be. */
	if (rc < 0 && err->code == EXIT_SYSTEM)
		goto out;
	if (rc < 0 || !span_eq(buf_span(&text), plan_lock)) {
		*err = (struct err){ 0 };
		rc = err_set(err, EXIT_DATA,
		    "%s: belongs to another plan: choose another directory, lengthen the "
		    "run with --extend, or replace it with --force",
		    path.p);
	}
out:
	buf_free(&path);
	buf_free(&text);
	return rc;
}

/* A shard of the directory may be a source of the plan, which must not be replaced. */
static int
check_inputs(const char *dir, const struct listing *ls, struct err *err)
{
	struct buf path = { 0 };
	const char *first = NULL;
	int rc = 0;

	for (size_t i = 0; i < ls->n; i++) {
		struct err ignored = { 0 };

		if (ls->kind[i] != SHARD || (first && strcmp(ls->name[i], first) > 0))
			continue;
		buf_path(&path, dir, ls->name[i]);
		if (inputs_check(path.p, &ignored) < 0)
			first = ls->name[i];
	}
	if (first) {
		buf_path(&path, dir, first);
		rc = inputs_check(path.p, err);
	}
	buf_free(&path);
	return rc;
}

/* Tombstones stay: they are not of one run, and mix has heeded them. */
static bool
has_run(const struct listing *ls)
{
	for (size_t i = 0; i < ls->n; i++)
		if (ls->kind[i] != TOMBS)
			return true;
	return false;
}

static int
make_ready(const char *dir, const struct listing *ls, enum rundir_mode mode,
    struct span plan_lock, struct err *err)
{
	const char *foreign = first_of(ls, FOREIGN);

	if (foreign)
		return err_set(err, EXIT_DATA,
		    "%s/%s: not a file of a run: move it, or choose an empty directory",
		    dir, foreign);
	if (check_inputs(dir, ls, err) < 0)
		return -1;
	if (mode == RUNDIR_NEW && has_run(ls))
		return err_set(err, EXIT_DATA,
		    "%s: already contains a run: continue it with --resume, or replace "
		    "it with --force",
		    dir);
	if ((mode == RUNDIR_RESUME || mode == RUNDIR_JOIN) &&
	    check_same(dir, ls, plan_lock, err) < 0)
		return -1;
	if (mode == RUNDIR_JOIN)
		return 0;
	/*
	 * Remove what marks a complete run first, so that a crash leaves no
	 * complete-looking run.
	 */
	if (mode == RUNDIR_FORCE && (remove_kind(dir, ls, RUN, err) < 0 ||
					remove_kind(dir, ls, OLD_PLAN, err) < 0 ||
					remove_kind(dir, ls, PLAN, err) < 0 ||
					remove_kind(dir, ls, SHARD, err) < 0))
		return -1;
	return remove_kind(dir, ls, LEFTOVER, err);
}

/*
 * Sharers try again for a second: another one that ends holds the whole lock for a
 * moment. See rundir_unlock.
 */
static int
set_lock(int fd, struct flock *lock, bool share)
{
	enum { TRIES = 100 };
	const struct timespec pause = { .tv_nsec = 10000000 };

	for (int i = 0; fcntl(fd, F_SETLK, lock) < 0; i++) {
		if (!share || i == TRIES || (errno != EACCES && errno != EAGAIN))
			return -1;
		nanosleep(&pause, NULL);
	}
	return 0;
}

int
rundir_lock(const char *dir, bool share, struct err *err)
{
	struct flock whole = { .l_type = share ? F_RDLCK : F_WRLCK,
		.l_whence = SEEK_SET };
	struct stat ours, there;
	struct buf path = { 0 };
	int fd = -1;

	if (mkdir(dir, 0777) < 0 && errno != EEXIST)
		return err_errno(err, "cannot create directory '%s'", dir);
	buf_path(&path, dir, lock_name);
	/* The previous holder may have removed the file between our open and our lock. */
	do {
		if (fd >= 0)
			close(fd);
		fd = open(path.p, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
		if (fd < 0) {
			err_errno(err, "cannot write to directory '%s'", dir);
			break;
		}
		if (set_lock(fd, &whole, share) < 0 && !lock_unsupported(path.p)) {
			if (errno == EACCES || errno == EAGAIN)
				err_set(err, EXIT_SYSTEM,
				    "%s: another mix is using this directory: wait for "
				    "it, or choose another directory",
				    dir);
			else
				err_errno(err, "cannot lock '%s'", path.p);
			close(fd);
			fd = -1;
			break;
		}
	} while (fstat(fd, &ours) < 0 || stat(path.p, &there) < 0 ||
		 ours.st_ino != there.st_ino);
	buf_free(&path);
	return fd;
}

void
rundir_unlock(const char *dir, int fd)
{
	struct flock lock = { .l_type = F_UNLCK, .l_whence = SEEK_SET };
	struct stat ours, there;
	struct buf path = { 0 };

	if (fd < 0)
		return;
	/*
	 * The last of the holders that shared the lock removes the file.  Each unlocks
	 * before it tries; otherwise two that end at once would each see the other's
	 * lock.
	 */
	buf_path(&path, dir, lock_name);
	fcntl(fd, F_SETLK, &lock);
	lock.l_type = F_WRLCK;
	if (fcntl(fd, F_SETLK, &lock) == 0 && fstat(fd, &ours) == 0 &&
	    stat(path.p, &there) == 0 && ours.st_ino == there.st_ino)
		unlink(path.p);
	close(fd);
	buf_free(&path);
}

int
rundir_prepare(
    const char *dir, enum rundir_mode mode, struct span plan_lock, struct err *err)
{
	struct listing ls = { 0 };
	struct buf path = { 0 };
	int rc = -1;

	if (list(dir, &ls, err) < 0 || make_ready(dir, &ls, mode, plan_lock, err) < 0)
		goto out;
	buf_path(&path, dir, "plan.lock");
	/* The plan may be the plan.lock of the directory. */
	inputs_clear();
	/* A directory with anything of a run in it has the same plan.lock already. */
	rc = first_of(&ls, PLAN) && mode != RUNDIR_FORCE
		 ? 0
		 : file_put(path.p, plan_lock, 0666, err);
out:
	listing_free(&ls);
	buf_free(&path);
	return rc;
}
