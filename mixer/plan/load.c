/* load.c - loads a plan from a file, whether a blend plan or a plan.lock. */
#include "mixer/plan/load.h"

#include "lib/io/stream.h"
#include "mixer/plan/planfile.h"
#include "mixer/plan/resolve.h"

enum { MAX_LOCK_BYTES = 1 << 30 };

void
dir_of(const char *path, struct buf *b)
{
	const char *slash = strrchr(path, '/');

	b->n = 0;
	if (!slash)
		buf_puts(b, ".");
	else if (slash == path)
		buf_puts(b, "/");
	else
		buf_put(b, path, (size_t)(slash - path));
	buf_putc(b, '\0');
}

int
load_plan(const char *path, const char *root, struct resolved *rp, struct buf *b,
    struct err *err)
{
	struct buf text = { 0 };
	struct plan p = { 0 };
	int rc;

	*rp = (struct resolved){ 0 };
	rc = file_get(path, MAX_LOCK_BYTES, &text, err);
	if (rc < 0)
		goto out;
	if (span_starts(buf_span(&text), SPAN("tamis-lock "))) {
		rc = resolved_parse(buf_span(&text), path, rp, err);
		if (rc == 0)
			buf_put(b, text.p, text.n);
		goto out;
	}
	rc = plan_parse(buf_span(&text), path, &p, err);
	if (rc == 0)
		rc = resolve(&p, path, root, rp, err);
	if (rc == 0)
		resolved_render(rp, b);
out:
	plan_free(&p);
	buf_free(&text);
	return rc;
}
