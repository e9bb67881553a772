/* passes.c - the passes of a run over its documents. */
#include "lib/driver/run.h"

unsigned
run_npasses(const struct run *r)
{
	const unsigned n = r->stage[r->nstages - 1].setup.passes;

	return n > 1 ? n : 1;
}

/* The last stage draws its conclusion from a pass. */
static int
decide(struct run *r)
{
	const struct stage *s = &r->stage[r->nstages - 1];

	if (s->f->decide && s->f->decide(s->self, r->err) < 0)
		return r->nstages > 1 ? err_prefix(r->err, s->f->name) : -1;
	return 0;
}

/* The stages end. */
static int
end_stages(struct run *r)
{
	for (size_t i = 0; i < r->nstages; i++) {
		const struct stage *s = &r->stage[i];

		if (s->f->end && s->f->end(s->self, r->err) < 0)
			return r->nstages > 1 ? err_prefix(r->err, s->f->name) : -1;
	}
	return 0;
}

/* Have later passes read the documents that the stages before the last one wrote. */
static int
read_spool(struct run *r)
{
	if (spool_end(r->spool, r->err) < 0)
		return -1;
	r->spool_path = spool_path(r->spool);
	r->current =
	    reader_new(&r->spool_path, 1, &spool_source, NULL, UINT64_MAX, false);
	reader_set_name(r->current, spool_name(r->spool));
	return 0;
}

/* Have the next pass read the same documents as this one. */
static int
rewind_input(struct run *r)
{
	if (r->pass == PASS_SPOOL)
		return read_spool(r);
	reader_rewind(r->current);
	return 0;
}

struct file_digest
setup_output(const struct setup *s)
{
	const struct tally *t = &s->run->tally;

	return (struct file_digest){ hasher_sum(t->hasher), t->out_bytes };
}

struct file_digest
setup_input(const struct setup *s, size_t i)
{
	size_t n;
	const struct input *in = &reader_inputs(s->run->reader, &n)[i];

	return (struct file_digest){ in->hash, in->bytes };
}

int
run_passes(struct run *r)
{
	const unsigned n = run_npasses(r);
	int rc;

	r->current = r->reader;
	r->pass_number = 1;
	r->pass = n == 1 ? PASS_ONLY : r->spool ? PASS_SPOOL : PASS_LOOK;
	rc = run_pass(r);
	while (rc == 0 && r->pass_number < n) {
		if (rewind_input(r) < 0 || decide(r) < 0) {
			rc = -1;
			break;
		}
		bad_docs_merge(&r->bad);
		r->pass = ++r->pass_number < n ? PASS_AGAIN : PASS_APPLY;
		rc = run_pass(r);
	}
	if (r->current != r->reader)
		reader_free(r->current);
	r->current = r->reader;
	return rc == 0 ? end_stages(r) : rc;
}
