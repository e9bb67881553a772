/* run_meta.c - what every shard of a run says about the run: its sources and how it was
 * made. */
#include "mixer/mix/compose.h"

#include <inttypes.h>
#include <stdlib.h>

#include "mixer/plan/decimal.h"

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

void
run_describe(struct run *r)
{
	const struct lock *l = r->l;
	const uint64_t *count = l->at + l->nshards * l->nsources;
	struct tshard_part *part;
	size_t n = 0;
	char hex[65];

	for (uint32_t s = 0; s < l->nsources; s++)
		n += l->source[s].nparts;
	r->parts = part = xcalloc(n, sizeof *part);
	r->src = xcalloc(l->nsources, sizeof *r->src);
	for (uint32_t s = 0; s < l->nsources; s++) {
		const struct lock_source *ls = &l->source[s];
		uint64_t first = 0;

		for (uint32_t i = 0; i < ls->nparts; i++) {
			part[i].name = base_name(ls->part[i].path);
			part[i].first_row = first;
			memcpy(part[i].digest, ls->part[i].digest, sizeof part[i].digest);
			first += ls->part[i].rows;
		}
		r->src[s] = (struct tshard_source){
			.name = ls->name,
			.weight = muldiv(count[s], 1000000000, l->samples),
			.parts = part,
			.n_parts = ls->nparts,
		};
		part += ls->nparts;
	}
	tshard_hex(r->plan, sizeof r->plan, hex);
	buf_putf(&r->meta, "{\"plan\":\"%s\",\"tool\":\"tamis mix\",\"version\":\"%s\"}",
	    hex, VERSION);
}

void
run_release(struct run *r)
{
	free(r->parts);
	free(r->src);
	buf_free(&r->meta);
}
