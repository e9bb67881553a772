/* planfile_impl.h - what the readers of a plan's lines share. */
#ifndef TAMIS_PLANFILE_IMPL_H
#define TAMIS_PLANFILE_IMPL_H

#include "lib/text/directives.h"
#include "mixer/plan/planfile.h"

struct plan_parser {
	struct plan *p;
	const char *name;
	struct err *err;
	struct directives w; /* the line */
	uint64_t seq, shard; /* of phases that name none; PLAN_UNSET: not said */
	bool seed, pack;     /* said already */
};

/* -1, with "NAME:LINE: ..." in *ps->err. */
int plan_bad(struct plan_parser *ps, const char *fmt, ...) PRINTF(2, 3);

int plan_check_name(struct plan_parser *ps, struct span s);
int plan_decimal(struct plan_parser *ps, struct span s, unsigned places, uint64_t *out);
int plan_share(struct plan_parser *ps, struct span s, uint64_t *out);
/* A number of epochs, above 0 and up to 255, in parts of CAP_ONE. */
int plan_epochs(struct plan_parser *ps, struct span s, uint64_t *out);

/* Key and value of "key=value"; a path with '=' is one that has a '/' before it. */
bool plan_key(struct span word, struct span *key, struct span *value);
/* A key given twice hides a slip of the pen: checks word `at` against those before. */
int plan_key_once(struct plan_parser *ps, size_t at, struct span key);
/* weight.PHASE=SHARE into weight[]. */
int plan_phase_weight(
    struct plan_parser *ps, struct span key, struct span value, uint64_t *weight);

uint32_t plan_find_group(const struct plan *p, struct span s); /* UINT32_MAX: none */

/* Lines "group ..." and "source ...". */
int plan_group_line(struct plan_parser *ps);
int plan_source_line(struct plan_parser *ps);

#endif
