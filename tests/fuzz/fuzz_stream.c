/* fuzz_stream.c - compressed files with damage, and the kinds of files.
 *
 * All that an undamaged prefix decodes to must be read, whatever the sizes of reads, and
 * the reader must find its end.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/io/kind.h"
#include "lib/io/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_OUT = 16 << 20 };

/* Read the file to its end, past damage, `step` bytes at a time. */
static void
read_all(const char *path, size_t step, size_t size, struct buf *out)
{
	struct err err = { 0 };
	struct in *in = in_open(path, &err);
	size_t damages = 0;
	ptrdiff_t got = 1;

	if (!in)
		abort();
	out->n = 0;
	while (got && out->n < MAX_OUT) {
		err.code = 0;
		buf_reserve(out, step);
		got = in_read(in, out->p + out->n, step, &err);
		if (got > (ptrdiff_t)step)
			abort();
		if (got > 0)
			out->n += (size_t)got;
		if (got >= 0)
			continue;
		if (err.code != EXIT_DATA || ++damages > size + 1)
			abort();
		in_resync(in);
	}
	in_close(in);
}

/* Whether a frame wants a window of 256 MiB or more: true, but too slow to fuzz. */
static bool
large_window(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i + 6 <= n; i++)
		if (memcmp(p + i, "\x28\xb5\x2f\xfd", 4) == 0 && !(p[i + 4] & 0x20) &&
		    p[i + 5] >> 3 > 17)
			return true;
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static FILE *file;
	static char path[32];
	struct buf one = { 0 }, other = { 0 }, why = { 0 };

	if (large_window(data, size))
		return 0;
	if (!file) {
		if (!(file = tmpfile()))
			abort();
		snprintf(path, sizeof path, "/dev/fd/%d", fileno(file));
	}
	if (ftruncate(fileno(file), 0) < 0 ||
	    pwrite(fileno(file), data, size, 0) != (ssize_t)size)
		abort();
	read_all(path, 4096, size, &one);
	read_all(path, 100003, size, &other);
	if (one.n < MAX_OUT && !span_eq(buf_span(&one), buf_span(&other)))
		abort();
	kind_problem("-", buf_span(&one), &why);
	kind_problem("x.bin", (struct span){ (const char *)data, size }, &why);
	buf_free(&one);
	buf_free(&other);
	buf_free(&why);
	return 0;
}
