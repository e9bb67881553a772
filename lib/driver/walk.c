/* walk.c - find the files below directories, in a fixed order. */
#include "lib/driver/walk.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

struct path_list {
	char **v;
	size_t n, cap;
};

static void
add(struct path_list *l, char *path)
{
	GROW(l->v, l->n, l->cap);
	l->v[l->n++] = path;
}

static bool
is_left_out(const char *name)
{
	return name[0] == '.' || strcmp(name, "CVS") == 0 || strcmp(name, "RCS") == 0 ||
	       strcmp(name, "SCCS") == 0 || strcmp(name, "_darcs") == 0;
}

/* In reverse, because the last path is walked first. */
static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)b, *(char *const *)a);
}

/* Append the entries of dir to l. */
static int
add_entries(struct path_list *l, const char *dir, struct arena *mem, struct err *err)
{
	const size_t first = l->n;
	const char *slash = dir[strlen(dir) - 1] == '/' ? "" : "/";
	struct buf path = { 0 };
	struct dirent *e;
	DIR *d = opendir(dir);

	if (!d)
		return err_errno(err, "cannot open directory '%s'", dir);
	for (;;) {
		errno = 0;
		e = readdir(d);
		if (!e)
			break;
		if (is_left_out(e->d_name))
			continue;
		path.n = 0;
		buf_putf(&path, "%s%s%s", dir, slash, e->d_name);
		add(l, arena_copy(mem, buf_span(&path)));
	}
	if (errno)
		err_errno(err, "cannot read directory '%s'", dir);
	closedir(d);
	buf_free(&path);
	if (l->n > first)
		qsort(l->v + first, l->n - first, sizeof *l->v, by_name);
	return err->code ? -1 : 0;
}

/* Append the files below dir to files. */
static int
walk(struct path_list *files, const char *dir, struct arena *mem, struct err *err)
{
	struct path_list todo = { 0 };
	int rc = add_entries(&todo, dir, mem, err);

	while (rc == 0 && todo.n > 0) {
		char *path = todo.v[--todo.n];
		struct stat st;

		if (lstat(path, &st) < 0)
			rc = err_errno(err, "cannot read '%s'", path);
		else if (S_ISDIR(st.st_mode))
			rc = add_entries(&todo, path, mem, err);
		else if (S_ISREG(st.st_mode) ||
			 (S_ISLNK(st.st_mode) && stat(path, &st) == 0 &&
			     S_ISREG(st.st_mode)))
			add(files, path);
	}
	free(todo.v);
	return rc;
}

int
walk_directories(char ***paths, size_t *n, struct arena *mem, struct err *err)
{
	struct path_list files = { 0 };
	struct stat st;
	int rc = 0;

	for (size_t i = 0; i < *n && rc == 0; i++) {
		char *path = (*paths)[i];

		if (strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
			rc = walk(&files, path, mem, err);
		else
			add(&files, path);
	}
	free(*paths);
	*paths = files.v ? files.v : xcalloc(1, sizeof *files.v);
	*n = files.n;
	return rc;
}
