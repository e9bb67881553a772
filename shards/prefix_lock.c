/* prefix_lock.c - let one process at a time write the shards of a prefix. */
#include "shards/prefix_lock.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/chars.h"
#include "lib/base/mem.h"
#include "lib/io/inputs.h"

/* The directory of a prefix, to free(). */
static char *
directory_of(const char *prefix)
{
	size_t n = (size_t)(path_base(prefix) - prefix);
	struct buf b = { 0 };

	if (n == 0)
		buf_putc(&b, '.');
	else
		buf_put(&b, prefix, n > 1 ? n - 1 : n);
	buf_putc(&b, '\0');
	return b.p;
}

size_t
shard_number_length(const char *s)
{
	size_t n = s[0] == '-' ? strspn(s + 1, "0123456789") : 0;

	return n >= 5 ? n + 1 : 0;
}

/* Take ".NUMBER" off the end of s.  False: it has none. */
static bool
take_number(struct span *s)
{
	size_t n = s->n;

	while (n && is_digit(s->p[n - 1]))
		n--;
	if (n == 0 || n == s->n || s->p[n - 1] != '.')
		return false;
	s->n = n - 1;
	return true;
}

/*
 * Whether a temporary file of a writer to this base name: BASE.bin.HOST.PID.tmp,
 * BASE-00000.bin.HOST.PID.tmp, or BASE.report.json.HOST.PID.N.tmp of its report.
 */
static bool
is_leftover(const char *name, const char *base, bool numbered)
{
	static const struct {
		const char *ext;
		unsigned numbers;
	} file[] = { { ".bin.", 1 }, { ".idx.", 1 }, { ".sdx.", 1 },
		{ ".report.json.", 2 } };
	struct span s = span_of(name);
	size_t n = strlen(base);

	if (!span_starts(s, span_of(base)))
		return false;
	if (numbered)
		n += shard_number_length(name + n);
	if (s.n < n + 4 || strcmp(name + s.n - 4, ".tmp") != 0)
		return false;
	s = span_from(s, n);
	s.n -= 4;
	for (size_t i = 0; i < sizeof file / sizeof *file; i++) {
		unsigned numbers = file[i].numbers;

		if (!span_starts(s, span_of(file[i].ext)))
			continue;
		while (numbers && take_number(&s))
			numbers--;
		return numbers == 0 && s.n >= strlen(file[i].ext);
	}
	return false;
}

static int
remove_leftovers(const char *dir, const char *prefix, bool numbered, struct err *err)
{
	DIR *d = opendir(dir);
	const struct dirent *e;
	int rc = 0;

	/* A directory that we may write to but not read keeps them. */
	if (!d)
		return errno == EACCES
			   ? 0
			   : err_errno(err, "cannot read directory '%s'", dir);
	while (rc == 0 && (e = readdir(d))) {
		if (is_leftover(e->d_name, path_base(prefix), numbered) &&
		    unlinkat(dirfd(d), e->d_name, 0) < 0 && errno != ENOENT)
			rc = err_errno(err, "cannot remove '%s/%s'", dir, e->d_name);
	}
	closedir(d);
	return rc;
}

/* Refuse /dev/null and the like: the files of a shard would be created beside it. */
static int
check_prefix(const char *prefix, const char *dir, struct err *err)
{
	struct stat st;

	if (strcmp(dir, "/dev") != 0 &&
	    (stat(prefix, &st) < 0 || S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))
		return 0;
	return err_set(err, EXIT_USAGE,
	    "-o '%s': a shard consists of files and cannot be written to a device: name "
	    "a prefix in a directory",
	    prefix);
}

/* Refuse to replace an input or the model. */
static int
check_inputs(const char *prefix, struct err *err)
{
	static const char *const ext[] = { ".sdx", ".bin", ".idx" };
	struct buf path = { 0 };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof ext / sizeof *ext; i++) {
		path.n = 0;
		buf_putf(&path, "%s%s", prefix, ext[i]);
		buf_putc(&path, '\0');
		rc = inputs_check(path.p, err);
	}
	buf_free(&path);
	return rc;
}

int
prefix_distinct(
    const char *prefix, const struct output_name *other, size_t n, struct err *err)
{
	static const char *const ending[] = { ".bin", ".idx", ".sdx", ".lock" };
	struct buf path = { 0 };
	int rc = 0;

	for (size_t i = 0; i < sizeof ending / sizeof *ending; i++) {
		path.n = 0;
		buf_putf(&path, "%s%s", prefix, ending[i]);
		buf_putc(&path, '\0');
		for (size_t k = 0; k < n && rc == 0; k++) {
			const struct output_name v[] = { { "--output", path.p },
				other[k] };

			rc = publish_distinct(v, sizeof v / sizeof *v, err);
		}
	}
	buf_free(&path);
	return rc;
}

int
prefix_lock(struct lockfile *l, const char *prefix, bool numbered, struct err *err)
{
	char *dir = directory_of(prefix);
	struct buf path = { 0 };
	int rc = -1;

	buf_putf(&path, "%s.lock", prefix);
	buf_putc(&path, '\0');
	if (check_prefix(prefix, dir, err) < 0 || check_inputs(prefix, err) < 0)
		goto out;
	if (mkdir(dir, 0777) < 0 && errno != EEXIST) {
		err_errno(err, "cannot create directory '%s'", dir);
		goto out;
	}
	rc = lockfile_take(
	    l, path.p, prefix, "this shard: wait for it, or choose another prefix", err);
	if (rc < 0)
		goto out;
	rc = remove_leftovers(dir, prefix, numbered, err);
	if (rc < 0)
		lockfile_release(l);
out:
	buf_free(&path);
	free(dir);
	return rc;
}
