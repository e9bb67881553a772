/* run_meta.c - provenance that every shard of a run records: sources, inputs, plan. */
#include "mixer/mix/compose.h"

#include <inttypes.h>
#include <stdlib.h>

#include "lib/base/chars.h"
#include "mixer/plan/decimal.h"

void
run_meta_fill(struct mix_run *r)
{
	const struct resolved *rp = r->rp;
	const uint64_t *count = rp->at + rp->nshards * rp->nsources;
	struct tshard_part *part;
	size_t n = 0;
	char hex[65];

	for (uint32_t s = 0; s < rp->nsources; s++)
		n += rp->source[s].ninputs;
	r->inputs = part = xcalloc(n, sizeof *part);
	r->src = xcalloc(rp->nsources, sizeof *r->src);
	for (uint32_t s = 0; s < rp->nsources; s++) {
		const struct resolved_source *ls = &rp->source[s];
		uint64_t first = 0;

		for (uint32_t i = 0; i < ls->ninputs; i++) {
			part[i].name = path_base(ls->input[i].path);
			part[i].first_row = first;
			memcpy(
			    part[i].digest, ls->input[i].digest, sizeof part[i].digest);
			first += ls->input[i].rows;
		}
		r->src[s] = (struct tshard_source){
			.name = ls->name,
			.weight = muldiv(count[s], 1000000000, rp->samples),
			.parts = part,
			.n_parts = ls->ninputs,
		};
		part += ls->ninputs;
	}
	tshard_hex(r->plan, sizeof r->plan, hex);
	buf_putf(&r->meta, "{\"plan\":\"%s\",\"tool\":\"tamis mix\",\"version\":\"%s\"}",
	    hex, VERSION);
}

void
run_meta_free(struct mix_run *r)
{
	free(r->inputs);
	free(r->src);
	buf_free(&r->meta);
}
