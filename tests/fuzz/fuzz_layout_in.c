/*
 * fuzz_layout_in.c - read any bytes as the files of another program: every part is inside
 * the file of tokens, and all parts together are the file.
 *
 * The first byte chooses the layout, the second the hints and files, the next two the
 * length of the file of tokens.  The rest is the file beside it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/io/inputs.h"
#include "shards/layout_in.h"
#include "shards/tshard/tshard.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = { "megatron", "datatrove", "olmo", "llm.c",
	"nanogpt" };

static char dir[512];

static void
path_of(char path[600], const char *ending)
{
	snprintf(path, 600, "%s/x%s", dir, ending ? ending : ".none");
}

static void
clean_up(void)
{
	static const char *const endings[] = { ".bin", ".idx", ".ds", ".ds.index",
		".ds.loss", ".npy", ".csv.gz" };
	char path[600];

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		path_of(path, endings[i]);
		unlink(path);
	}
	rmdir(dir);
}

static void
make_dir(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(dir, sizeof dir, "%s/fuzz-layout-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(dir))
		abort();
	atexit(clean_up);
}

static void
put(const char *ending, const uint8_t *p, size_t n)
{
	char path[600];
	int fd;

	path_of(path, ending);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, p, n) != (ssize_t)n)
		abort();
	close(fd);
}

static void
read_all(const struct token_layout *l, const struct layout_hints *hints, size_t bytes)
{
	struct err err = { 0 };
	struct layout_in *in;
	struct layout_part part;
	char path[600];
	size_t tokens = 0;
	int more = -1;

	path_of(path, l->tokens);
	if (layout_in_open(&in, l, path, hints, &err) == 0)
		while ((more = layout_in_next(in, &part, &err)) > 0) {
			tokens += part.n;
			if (tokens > bytes / 2)
				abort();
		}
	if (more < 0 && err.code == 0)
		abort();
	if (more == 0 && tokens < bytes / 4 && l->kind == LAYOUT_DATATROVE)
		abort();
	layout_in_close(in);
	inputs_clear();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct layout_hints hints = { 2, TSHARD_NONE, TSHARD_NONE };
	struct err err = { 0 };
	const struct token_layout *l;
	size_t n;

	if (size < 4)
		return 0;
	if (!dir[0])
		make_dir();
	clean_up();
	if (mkdir(dir, 0700) < 0)
		abort();
	l = layout_to_read(names[data[0] % (sizeof names / sizeof *names)], &err);
	if (data[1] & 1)
		hints.width = 4;
	if (data[1] & 2)
		hints.eod = data[1] >> 4 & 7;
	if (data[1] & 4)
		hints.bos = data[1] >> 3 & 7;
	n = (size_t)data[2] | (size_t)data[3] << 8;
	if (n > size - 4)
		n = size - 4;
	put(l->tokens, data + 4, n);
	if (data[1] & 8 && l->documents)
		put(l->documents, data + 4 + n, size - 4 - n);
	if (data[1] & 128 && l->loss)
		put(l->loss, data + 4, n / hints.width);
	read_all(l, &hints, n);
	return 0;
}
