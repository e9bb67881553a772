/* tombstones.c - reject shards that have documents that were taken down. */
#include "mixer/plan/tombstones.h"

#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

#include "lib/io/stream.h"
#include "shards/documents.h"
#include "shards/tshard_err.h"

int
tombstones_read(struct tombstones *t, const char *dir, const char *path, struct err *err)
{
	t->path = path;
	if (dir) {
		buf_path(&t->dir, dir, TOMBSTONES);
		if (access(t->dir.p, F_OK) < 0 && (errno == ENOENT || errno == ENOTDIR))
			t->dir.n = 0;
		else if (doc_list_read(&t->list, t->dir.p, DOC_BY_LINE, err) < 0)
			return -1;
		t->n_dir = t->list.n;
	}
	return path ? doc_list_read(&t->list, path, DOC_BY_LINE, err) : 0;
}

/* Note the first entry that names a document. */
static void
note_entry(void *ctx, size_t entry)
{
	size_t *first = ctx;

	if (*first == SIZE_MAX)
		*first = entry;
}

static int
refuse(const struct tombstones *t, const struct tshard *s,
    const struct document_rows *rows, size_t entry, struct err *err)
{
	const struct doc_name *e = &t->list.v[entry];
	const char *path = entry < t->n_dir ? t->dir.p : t->path;
	struct document d;
	uint32_t row = 0;

	while (!document_rows_has(rows, row))
		row++;
	if (document_get(s, row, &d, err) < 0)
		return -1;
	err_set(err, EXIT_DATA,
	    "%s.sdx: row %" PRIu32 ": document '%.100s' was taken down ('%s %.100s' in "
	    "%s): encode the shard again with --tombstones %s, and plan again",
	    tshard_prefix(s), row, d.id ? d.id : "", doc_name_words[e->kind], e->value,
	    path, path);
	document_free(&d);
	return -1;
}

static int
check_shard(const struct tombstones *t, const struct tshard *s, struct err *err)
{
	struct tshard_error e = { 0 };
	struct document_rows rows = { 0 };
	size_t first = SIZE_MAX;
	int rc;

	if (tshard_check(s, t->list.by_url ? "DOC DOCID" : "DOC", &e) < 0)
		return err_tshard(err, &e);
	rc = documents_find(s, &t->list, note_entry, &first, &rows, err);
	if (rc == 0 && rows.n > 0)
		rc = refuse(t, s, &rows, first, err);
	document_rows_free(&rows);
	return rc;
}

int
tombstones_check(const struct tombstones *t, const struct resolved *rp, const char *root,
    struct err *err)
{
	struct buf path = { 0 };
	int rc = 0;

	for (uint32_t s = 0; s < rp->nsources && t->list.n > 0; s++)
		for (uint32_t i = 0; i < rp->source[s].ninputs && rc == 0; i++) {
			struct tshard_error e = { 0 };
			struct tshard *shard;

			path.n = 0;
			buf_putf(&path, "%s/%s.sdx", root, rp->source[s].input[i].path);
			buf_putc(&path, '\0');
			if (tshard_open(&shard, path.p, TSHARD_CHECK, &e) < 0) {
				rc = err_tshard(err, &e);
				break;
			}
			rc = check_shard(t, shard, err);
			tshard_close(shard);
		}
	buf_free(&path);
	return rc;
}

int
tombstones_write(const struct tombstones *t, const char *dir, struct err *err)
{
	struct buf path = { 0 }, text = { 0 };
	int rc = 0;

	if (t->list.n > t->n_dir) {
		buf_path(&path, dir, TOMBSTONES);
		doc_list_put(&t->list, &text);
		rc = file_put(path.p, buf_span(&text), 0666, err);
	}
	buf_free(&path);
	buf_free(&text);
	return rc;
}

void
tombstones_free(struct tombstones *t)
{
	doc_list_free(&t->list);
	buf_free(&t->dir);
}
