/* input_file.h - the input of a fuzzer as a file, for readers that open files. */
#ifndef INPUT_FILE_H
#define INPUT_FILE_H

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char input_path[512];

static inline void
input_remove(void)
{
	unlink(input_path);
}

/* Write p[0, n) to the file input_path, which goes when the fuzzer ends. */
static inline void
input_put(const unsigned char *p, size_t n)
{
	int fd;

	if (!input_path[0]) {
		const char *tmp = getenv("TMPDIR");

		snprintf(
		    input_path, sizeof input_path, "%s/fuzz-XXXXXX", tmp ? tmp : "/tmp");
		fd = mkstemp(input_path);
		atexit(input_remove);
	} else {
		fd = open(input_path, O_WRONLY | O_TRUNC);
	}
	if (fd < 0 || write(fd, p, n) != (ssize_t)n)
		abort();
	close(fd);
}

#endif
