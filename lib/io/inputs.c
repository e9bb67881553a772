/* inputs.c - keep outputs from replacing the files that this program reads. */
#include "lib/io/inputs.h"

#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/base/table.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct table inputs;

static struct hash128
identity(const struct stat *st)
{
	return (struct hash128){ (uint64_t)st->st_ino, (uint64_t)st->st_dev + 1 };
}

int
inputs_note(const struct stat *st, const char *path, struct err *err)
{
	struct stat out;
	bool fresh;

	if (!S_ISREG(st->st_mode))
		return 0;
	if (fstat(STDOUT_FILENO, &out) == 0 && out.st_ino == st->st_ino &&
	    out.st_dev == st->st_dev)
		return err_set(err, EXIT_USAGE,
		    "%s is also standard output: write to another file",
		    strcmp(path, "-") == 0 ? "standard input" : path);
	pthread_mutex_lock(&lock);
	table_put(&inputs, identity(st), &fresh);
	pthread_mutex_unlock(&lock);
	return 0;
}

int
inputs_note_path(const char *path, struct err *err)
{
	struct stat st;

	return stat(path, &st) == 0 ? inputs_note(&st, path, err) : 0;
}

int
inputs_note_prefix(
    const char *prefix, const char *const *ending, size_t n, struct err *err)
{
	struct buf path = { 0 };
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++) {
		path.n = 0;
		buf_putf(&path, "%s%s", prefix, ending[i]);
		buf_putc(&path, '\0');
		rc = inputs_note_path(path.p, err);
	}
	buf_free(&path);
	return rc;
}

int
inputs_check(const char *output, struct err *err)
{
	struct stat st;
	bool read;

	if (stat(output, &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	pthread_mutex_lock(&lock);
	read = table_get(&inputs, identity(&st));
	pthread_mutex_unlock(&lock);
	if (!read)
		return 0;
	return err_set(
	    err, EXIT_USAGE, "'%s' is also an input: write to another file", output);
}

void
inputs_clear(void)
{
	pthread_mutex_lock(&lock);
	table_free(&inputs);
	pthread_mutex_unlock(&lock);
}
