/*
 * replay.c - a main() for fuzz targets without a fuzzer: run each file of some
 * directories.
 *
 * usage: fuzz_NAME [-v] PATH...    -v: say which file comes next, to find one that
 * crashes
 */
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static size_t runs;
static bool verbose;

_Noreturn static void
fail(const char *path)
{
	fprintf(stderr, "replay: cannot read '%s': %s\n", path, strerror(errno));
	exit(EXIT_FAILURE);
}

/* The input has memory of exactly its size, so that a sanitizer sees a step beyond it. */
static void
run_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *p;
	long n;

	if (!f || fseek(f, 0, SEEK_END) < 0 || (n = ftell(f)) < 0 ||
	    fseek(f, 0, SEEK_SET) < 0)
		fail(path);
	p = malloc(n ? (size_t)n : 1);
	if (!p || fread(p, 1, (size_t)n, f) != (size_t)n)
		fail(path);
	fclose(f);
	if (verbose)
		fprintf(stderr, "%s\n", path);
	LLVMFuzzerTestOneInput(p, (size_t)n);
	free(p);
	runs++;
}

static int
shown(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static void
run_path(const char *path) /* NOLINT(misc-no-recursion): directories in directories */
{
	struct dirent **entry;
	char name[4096];
	int n = scandir(path, &entry, shown, alphasort);

	if (n < 0) {
		if (errno != ENOTDIR)
			fail(path);
		run_file(path);
		return;
	}
	for (int i = 0; i < n; i++) {
		snprintf(name, sizeof name, "%s/%s", path, entry[i]->d_name);
		run_path(name);
		free(entry[i]);
	}
	free(entry);
}

int
main(int argc, char *argv[])
{
	LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "-v") == 0)
			verbose = true;
		else
			run_path(argv[i]);
	printf("%zu inputs\n", runs);
	return runs ? EXIT_SUCCESS : EXIT_FAILURE;
}
