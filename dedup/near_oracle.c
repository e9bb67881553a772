/* near_oracle.c - the command that finds all near duplicates and judges a result. */
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "dedup/id_list.h"
#include "dedup/letters.h"
#include "dedup/near_options.h"
#include "dedup/near_view.h"
#include "dedup/oracle_report.h"
#include "dedup/sketch.h"
#include "lib/base/num.h"
#include "lib/io/stream.h"

struct near_oracle {
	struct near_decision decision; /* all but best */
	double max_missed;
	uint64_t memory, max_unjustified;
	bool json;
	const char *by, *kept, *removed;
	struct near_view view;

	struct near_scope_use scope;
	const char *output;
	struct oracle oracle;
	struct id_list ids; /* of --kept or --removed */
	/* The values of --by. */
	struct table source_at; /* hash of a value -> index in source */
	struct oracle_source *source;
	size_t nsources, source_cap;
	uint64_t source_bytes;
};

static const struct near_oracle defaults = {
	.decision = NEAR_DECISION_DEFAULTS,
	.max_missed = -1,
	.max_unjustified = UINT64_MAX,
};

static const struct opt opts[] = {
	NEAR_SIMILARITY_OPTS(struct near_oracle, decision),
	OPT_STR(0, "scope", struct near_oracle, view.scope, "FIELD,...",
	    "compare only documents with equal values in these fields"),
	OPT_STR(0, "priority", struct near_oracle, view.priority, "FIELD",
	    "prefer to keep documents with the larger number in FIELD"),
	OPT_STR(0, "by", struct near_oracle, by, "FIELD",
	    "count removals by the values of FIELD, too"),
	OPT_STR(0, "kept", struct near_oracle, kept, "FILE",
	    "judge a result: the documents in FILE were kept"),
	OPT_STR(0, "removed", struct near_oracle, removed, "FILE",
	    "judge a result: the documents with the ids in FILE were removed"),
	OPT_U64(0, "max-unjustified", struct near_oracle, max_unjustified,
	    "exit with 1 after more than N unjustified removals"),
	OPT_DOUBLE(0, "max-missed", struct near_oracle, max_missed,
	    "exit with 1 if the share of missed removals exceeds X"),
	OPT_BOOL('J', "json", struct near_oracle, json, "write JSON"),
	OPT_NOREPORT(OPT_T_BYTES, 'm', "memory", struct near_oracle, memory, "BYTES",
	    "memory to use at most; default: a quarter of RAM"),
	OPT_ALIAS(OPT_T_BYTES, 0, "mem", struct near_oracle, memory, "BYTES"),
	OPT_END,
};

/* What map leaves for the sink.  Only doc.doc is set. */
struct oracle_state {
	struct oracle_doc doc;
	struct near_scope scope;
	uint32_t n; /* distinct shingles */
	const uint64_t *shingle;
};

static int
check_options(struct near_oracle *x, struct err *err)
{
	const bool judge = x->kept || x->removed;

	if (near_decision_check(&x->decision, err) < 0 ||
	    near_scope_check(&x->view, err) < 0)
		return -1;
	if (x->kept && x->removed)
		return err_set(err, EXIT_USAGE, "--kept, --removed: use one of them");
	if (!judge && x->max_unjustified != UINT64_MAX)
		return err_set(
		    err, EXIT_USAGE, "--max-unjustified: requires --kept or --removed");
	if (!judge && !(x->max_missed < 0))
		return err_set(
		    err, EXIT_USAGE, "--max-missed: requires --kept or --removed");
	return 0;
}

static int
oracle_open(void *self, struct setup *setup, struct err *err)
{
	struct near_oracle *x = self;
	const struct common *c = setup->c;
	const char *ids = x->kept ? x->kept : x->removed;
	const struct leader_options leaders = near_leaders(&x->decision);

	if (check_options(x, err) < 0)
		return -1;
	if (ids &&
	    id_list_read(&x->ids, ids, x->kept ? c->id : NULL, c->max_doc, err) < 0) {
		table_free(&x->ids.ids);
		return -1;
	}
	x->output = c->output;
	x->view.letters = letters_table();
	if (!x->memory)
		x->memory = (uint64_t)sysconf(_SC_PHYS_PAGES) / 4 *
			    (uint64_t)sysconf(_SC_PAGESIZE);
	oracle_init(&x->oracle, leaders.measure, leaders.threshold, ids);
	return 0;
}

static void
oracle_close(void *self)
{
	struct near_oracle *x = self;

	oracle_free(&x->oracle);
	table_free(&x->ids.ids);
	table_free(&x->source_at);
	free(x->source);
}

static int
oracle_open_thread(const void *self, void **scratch, struct err *err)
{
	*scratch = xcalloc(1, sizeof(struct near_scratch));
	return 0;
}

static void
oracle_close_thread(void *scratch)
{
	near_scratch_free(scratch);
	free(scratch);
}

static void
oracle_map(const void *self, void *scratch, struct doc *d)
{
	const struct near_oracle *x = self;
	struct near_scratch *s = scratch;
	struct oracle_state *st = doc_alloc(d, sizeof *st);
	struct near_shingle_set *set;

	*st = (struct oracle_state){ .n = 0 };
	st->doc.doc = near_describe(&x->view, s, d, &st->scope);
	set = near_shingle_copy(&x->view, s, d);
	if (set->n > UINT32_MAX) {
		doc_bad(d, "text has more than %" PRIu32 " words", UINT32_MAX);
		return;
	}
	if (st->scope.hash) {
		/* Documents of different scopes have nothing in common. */
		for (size_t i = 0; i < set->n; i++)
			set->shingle[i] ^= st->scope.hash;
		shingles_sort(set->shingle, s->tmp, set->n, set->shingle);
	}
	st->n = (uint32_t)set->n;
	st->shingle = set->shingle;
	doc_state_set(d, st);
}

/* The index of the document's value of --by, added if it is new. */
static uint32_t
source_of(struct near_oracle *x, struct doc *d)
{
	struct span value;
	uint64_t *at;
	bool fresh;

	if (!x->by ||
	    (!doc_str(d, span_of(x->by), &value) && !doc_get(d, span_of(x->by), &value)))
		return NO_SOURCE;
	at = table_put(&x->source_at, hash128(value, 0), &fresh);
	if (fresh) {
		GROW(x->source, x->nsources, x->source_cap);
		*at = x->nsources;
		x->source[x->nsources++] =
		    (struct oracle_source){ .name = arena_copy(&x->oracle.mem, value) };
		x->source_bytes += value.n + 2 * sizeof *x->source + 64;
	}
	return (uint32_t)*at;
}

static int
oracle_write(void *self, struct doc *d, struct err *err)
{
	struct near_oracle *x = self;
	struct oracle_state *st = doc_state(d);
	struct oracle *o = &x->oracle;
	bool listed, twice;

	if (!st)
		return 0;
	near_scope_note(&x->scope, st->scope);
	st->doc.doc.number = doc_ordinal(d);
	st->doc.id = doc_id(d);
	st->doc.source = source_of(x, d);
	listed = id_list_find(&x->ids, st->doc.id, &twice);
	if (twice)
		return err_set(err, EXIT_DATA,
		    "%s: id '%.*s' is that of several documents: give each its own id",
		    x->ids.path, (int)(st->doc.id.n < 200 ? st->doc.id.n : 200),
		    st->doc.id.p);
	st->doc.kept = x->kept ? listed : !listed;
	oracle_add(o, &st->doc, st->shingle, st->n);
	if (oracle_memory(o) + x->source_bytes > x->memory || oracle_full(o))
		return err_set(err, EXIT_SYSTEM,
		    "--memory %" PRIu64 ": full after %" PRIu32
		    " document%s with %" PRIu64
		    " shingle%s: raise it, or use a sample of the documents",
		    x->memory, o->n, plural(o->n), join_elements(o->join),
		    plural(join_elements(o->join)));
	return 0;
}

/* The most removals first, then the most documents, then by name. */
static int
by_removals(const void *a, const void *b)
{
	const struct oracle_source *x = a, *y = b;

	if (x->removed != y->removed)
		return x->removed < y->removed ? 1 : -1;
	if (x->documents != y->documents)
		return x->documents < y->documents ? 1 : -1;
	return strcmp(x->name, y->name);
}

/* Count the documents by source, and warn of sources that lose most of them. */
static void
count_sources(struct near_oracle *x, struct oracle_report *r)
{
	size_t alarms = 0, most = 0;

	for (uint32_t i = 0; i < x->oracle.n; i++) {
		const struct oracle_doc *d = &x->oracle.doc[i];
		struct oracle_source *s =
		    d->source == NO_SOURCE ? &r->missing : &x->source[d->source];

		s->documents++;
		s->removed += d->removed;
		s->judged_removed += r->judged && !d->kept;
	}
	if (x->nsources)
		qsort(x->source, x->nsources, sizeof *x->source, by_removals);
	r->source = x->source;
	r->nsources = x->nsources;
	for (size_t i = 0; i < x->nsources; i++)
		if (oracle_alarm(&x->source[i]) && alarms++ == 0)
			most = i;
	if (alarms)
		warning("more than 90 %% of the documents are removed for %zu value%s of "
			"field '%s', such as '%s'",
		    alarms, plural(alarms), x->by, x->source[most].name);
}

static int
put_report(struct near_oracle *x, struct err *err)
{
	struct oracle_report r = { .oracle = &x->oracle,
		.by = x->by,
		.missing.name = "(missing)",
		.judged = x->kept ? x->kept : x->removed };
	struct out *out = out_open(x->output, 0, 0666, err);
	struct buf b = { 0 };
	int rc = -1;

	if (!out)
		return -1;
	near_scope_warn(&x->view, &x->scope);
	if (x->by)
		count_sources(x, &r);
	if (x->json)
		oracle_put_json(&r, &b);
	else
		oracle_put_text(&r, &b);
	if (out_write(out, buf_span(&b), err) < 0)
		out_abort(out);
	else
		rc = out_commit(out, err);
	buf_free(&b);
	return rc;
}

/* The exit code 1 of --max-unjustified and --max-missed. */
static int
check_limits(const struct near_oracle *x, struct err *err)
{
	const struct oracle_result *r = &x->oracle.r;
	const double missed = oracle_missed_share(&x->oracle);

	if (r->unjustified > x->max_unjustified)
		return err_set(err, EXIT_NO,
		    "%s: %" PRIu64
		    " unjustified removals, more than --max-unjustified %" PRIu64,
		    x->ids.path, r->unjustified, x->max_unjustified);
	if (x->max_missed >= 0 && missed > x->max_missed)
		return err_set(err, EXIT_NO,
		    "%s: missed removals are a share of %.6f, more than --max-missed %s",
		    x->ids.path, missed, NUM_TEXT(x->max_missed));
	return 0;
}

static int
oracle_finish(void *self, struct span report, struct err *err)
{
	struct near_oracle *x = self;

	if (x->removed && x->ids.found == 0 && x->ids.ids.n)
		return err_set(err, EXIT_DATA,
		    "%s: none of %zu lines is the id of a document: write one id on each "
		    "line",
		    x->ids.path, x->ids.ids.n);
	if (x->ids.found < x->ids.ids.n)
		return err_set(err, EXIT_DATA,
		    "%s: %zu of %zu ids are unknown: name all documents that the other "
		    "program read",
		    x->ids.path, x->ids.ids.n - (size_t)x->ids.found, x->ids.ids.n);
	oracle_run(&x->oracle);
	if (put_report(x, err) < 0)
		return -1;
	return check_limits(x, err);
}

static const struct sink oracle_sink = { .write = oracle_write, .finish = oracle_finish };

const struct filter filter_near_oracle = {
	.name = "near-oracle",
	.summary = "find all near duplicates exactly, and judge a deduplication",
	.example = "tamis near-oracle --kept unique.jsonl.zst docs.jsonl.zst",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.open = oracle_open,
	.close = oracle_close,
	.map = oracle_map,
	.open_thread = oracle_open_thread,
	.close_thread = oracle_close_thread,
	.sink = &oracle_sink,
};
