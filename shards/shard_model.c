/* shard_model.c - the model of -m, which must be the one that encoded a shard. */
#include "shards/shard_model.h"

#include <errno.h>
#include <string.h>

#include "lib/io/stream.h"

enum { MOST_MODEL_BYTES = 1 << 30 };

/* The exit code for a model that cannot be opened. */
static int
model_error(int reason)
{
	switch (reason) {
	case EINVAL:
		return EXIT_DATA;
	case ENOENT:
	case ENOTDIR:
	case EISDIR:
		return EXIT_USAGE;
	default:
		return EXIT_SYSTEM;
	}
}

int
shard_model_open(struct shard_model *m, const char *path, struct err *err)
{
	struct buf bytes = { 0 };
	char why[512];
	int rc;

	m->path = path;
	m->tok = tamis_tok_open(path, why, sizeof why);
	if (!m->tok)
		return err_set(err, model_error(errno), "%s", why);
	rc = file_get(path, MOST_MODEL_BYTES, &bytes, err);
	if (rc == 0)
		tshard_sha256(bytes.p, bytes.n, m->sha);
	buf_free(&bytes);
	return rc;
}

int
shard_model_check(const struct shard_model *m, const struct tshard *s, struct err *err)
{
	static const unsigned char unknown[32];
	const unsigned char *want = tshard_header(s)->tokenizer;
	char is[65], should[65];

	if (!m->tok || memcmp(want, m->sha, 32) == 0 || memcmp(want, unknown, 32) == 0)
		return 0;
	tshard_hex(m->sha, 32, is);
	tshard_hex(want, 32, should);
	return err_set(err, EXIT_DATA,
	    "%s: model '%s' has SHA-256 %s, the shard was encoded with %s: name that "
	    "model",
	    tshard_prefix(s), m->path, is, should);
}

void
shard_model_close(struct shard_model *m)
{
	tamis_tok_close(m->tok);
	m->tok = NULL;
}
