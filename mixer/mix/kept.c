/* kept.c - the shards of an earlier mix that a run keeps. */
#include "mixer/mix/kept.h"

#include <inttypes.h>
#include <unistd.h>

#include "shards/tshard_err.h"

/* plan: the SHA-256 of plan.lock that the header should name. */
static bool
is_of(const struct mix_run *r, uint64_t no, const char *prefix,
    const unsigned char plan[32])
{
	const struct resolved *rp = r->rp;
	struct tshard_error e = { 0 };
	struct tshard *s = NULL;
	const struct tshard_header *h;
	bool same;

	if (tshard_open(&s, prefix, 0, &e) < 0)
		return false;
	h = tshard_header(s);
	same = h->kind == resolved_kind(rp) &&
	       memcmp(h->plan, plan, sizeof h->plan) == 0 &&
	       memcmp(h->run_id, plan, sizeof h->run_id) == 0 && h->shard_no == no &&
	       h->first_sample == resolved_shard_first(rp, no) &&
	       h->samples == resolved_shard_samples(rp, no) &&
	       (tshard_section(s, "DOCID") != NULL) == r->ids;
	tshard_close(s);
	return same;
}

bool
kept_is_of(const struct mix_run *r, uint64_t no, const char *prefix)
{
	return is_of(r, no, prefix, r->plan);
}

/* Note the first finding. */
static void
found(void *ctx, const struct tshard_finding *f)
{
	struct buf *damage = ctx;

	if (damage->n > 0)
		return;
	buf_putf(damage, "%s: byte %" PRIu64 ": the file is damaged or missing", f->file,
	    f->byte);
	buf_putc(damage, '\0');
}

int
kept_intact(const struct mix_run *r, uint64_t no, const char *prefix, struct buf *damage,
    struct err *err)
{
	struct tshard_facts f = mix_shard_facts(r, no);
	struct tshard_verify v = { .threads = 1, .found = found, .ctx = damage };
	struct tshard_error e = { 0 };
	struct buf sdx = { 0 };
	bool there;

	buf_putf(&sdx, "%s.sdx", prefix);
	buf_putc(&sdx, '\0');
	there = access(sdx.p, F_OK) == 0;
	buf_free(&sdx);
	if (!there || tshard_verify(prefix, &v, &e) != 0)
		return 0;
	if (is_of(r, no, prefix, r->plan))
		return 1;
	if (!r->extends || no >= r->old_shards || !is_of(r, no, prefix, r->old_plan))
		return 0;
	if (tshard_lengthen(
		prefix, &f, r->src, r->rp->nsources, r->meta.p, r->meta.n, &e) < 0)
		return err_tshard(err, &e);
	return 1;
}
