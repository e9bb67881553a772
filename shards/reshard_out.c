/* reshard_out.c - the outputs of reshard: their names, writers and publication. */
#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/base/chars.h"
#include "lib/base/num.h"
#include "lib/io/inputs.h"
#include "lib/io/publish.h"
#include "shards/reshard.h"
#include "shards/tshard_err.h"

/* The prefix of output k, to free(). */
static char *
output_prefix(const struct reshard_job *r, size_t k)
{
	struct buf b = { 0 };

	buf_puts(&b, r->c->output);
	if (r->numbered)
		buf_putf(&b, "-%05zu", k);
	buf_putc(&b, '\0');
	return b.p;
}

/* Check a sidecar that has the name of an output with this number. */
static int
check_existing(const struct reshard_job *r, const char *sdx, uint64_t number,
    size_t least, struct err *err)
{
	if (inputs_check(sdx, err) < 0)
		return -1;
	if (!r->c->force)
		return err_set(err, EXIT_DATA,
		    "%s: exists: remove the shard, or replace it with --force", sdx);
	if (number >= least)
		return err_set(err, EXIT_DATA,
		    "%s: exists, and this run writes %zu shards: remove it, or choose "
		    "another PREFIX",
		    sdx, least);
	return 0;
}

/* List the shards PREFIX-00000, ..., in byte order. */
static int
list_numbered(const char *prefix, struct shard_paths *out, struct err *err)
{
	const char *base = path_base(prefix);
	size_t n = strlen(base);
	const struct dirent *e;
	struct buf b = { 0 };
	DIR *d;

	buf_putf(&b, "%.*s.", (int)(base - prefix), prefix);
	buf_putc(&b, '\0');
	d = opendir(b.p);
	if (!d)
		err_errno(err, "cannot read directory '%s'", b.p);
	while (d && (e = readdir(d))) {
		size_t k = strncmp(e->d_name, base, n) == 0
			       ? shard_number_length(e->d_name + n)
			       : 0;

		if (k == 0 || strcmp(e->d_name + n + k, ".sdx") != 0)
			continue;
		b.n = 0;
		buf_putf(&b, "%s%.*s", prefix, (int)k, e->d_name + n);
		buf_putc(&b, '\0');
		shard_paths_put(out, b.p);
	}
	buf_free(&b);
	if (!d)
		return -1;
	closedir(d);
	shard_paths_sort(out);
	return 0;
}

/* Check the shards PREFIX-00000, ... */
static int
check_numbered(const struct reshard_job *r, size_t least, struct err *err)
{
	const char *prefix = r->c->output;
	struct shard_paths there = { 0 };
	int rc = list_numbered(prefix, &there, err);

	for (size_t i = 0; i < there.n && rc == 0; i++) {
		char *sdx = shard_file(there.v[i], ".sdx");
		uint64_t number;

		if (num_u64(there.v[i] + strlen(prefix) + 1, &number))
			number = UINT64_MAX;
		rc = check_existing(r, sdx, number, least, err);
		free(sdx);
	}
	shard_paths_free(&there);
	return rc;
}

int
reshard_check_outputs(const struct reshard_job *r, size_t least, struct err *err)
{
	struct buf sdx = { 0 };
	int rc = 0;

	if (r->numbered)
		return check_numbered(r, least, err);
	buf_putf(&sdx, "%s.sdx", r->c->output);
	buf_putc(&sdx, '\0');
	if (access(sdx.p, F_OK) == 0)
		rc = check_existing(r, sdx.p, 0, least, err);
	buf_free(&sdx);
	return rc;
}

int
reshard_begin_output(struct reshard_job *r, struct err *err)
{
	struct tshard_facts facts = { .kind = TSHARD_DOCS,
		.vocab = r->h.vocab,
		.eod = r->h.eod,
		.pad = r->h.pad,
		.bos = r->h.bos,
		.number = r->number,
		.force = r->c->force,
		.temporary = temporary_note };
	struct tshard_error e = { 0 };
	char *prefix = output_prefix(r, r->n_begun);
	int rc;

	if (r->numbered) {
		facts.shard_no = (uint32_t)r->n_begun;
		facts.shard_count = (uint32_t)r->n_out;
	}
	memcpy(facts.tokenizer, r->h.tokenizer, sizeof facts.tokenizer);
	rc = tshard_writer_open(&r->out[r->n_begun], prefix, &facts, &e);
	free(prefix);
	if (rc < 0)
		return err_tshard(err, &e);
	r->n_begun++;
	return reshard_origin(r, r->n_begun - 1, r->out[r->n_begun - 1], err);
}

int
reshard_end_output(struct reshard_job *r, struct err *err)
{
	struct tshard_error e = { 0 };

	return tshard_writer_finish(r->out[r->n_begun - 1], &e) < 0 ? err_tshard(err, &e)
								    : 0;
}

int
reshard_publish(struct reshard_job *r, struct err *err)
{
	struct tshard_error e = { 0 };
	struct buf b = { 0 };
	int rc = 0;

	for (size_t k = 0; k < r->n_out && r->c->force && rc == 0; k++) {
		char *prefix = output_prefix(r, k);

		for (int i = 0; i < 2 && rc == 0; i++) {
			b.n = 0;
			buf_putf(&b, "%s%s", prefix, i == 0 ? ".sdx" : ".report.json");
			buf_putc(&b, '\0');
			if (unlink(b.p) < 0 && access(b.p, F_OK) == 0)
				rc = err_errno(err, "cannot remove '%s'", b.p);
		}
		free(prefix);
	}
	buf_free(&b);
	while (rc == 0 && r->n_begun > 0)
		if (tshard_writer_commit(r->out[--r->n_begun], NULL, &e) < 0)
			rc = err_tshard(err, &e);
	return rc;
}
