/* report_stages.c - add up the reports of the commands that made a corpus. */
#include "shards/report_stages.h"

#include <stdlib.h>

#include "lib/base/chars.h"
#include "lib/base/num.h"
#include "lib/text/json.h"
#include "shards/json_elements.h"

/* What is needed to read one object. */
struct report_scan {
	struct json_fields f;
	struct arena mem;
};

static int
scan(struct report_scan *s, struct span json, const char *path, struct err *err)
{
	struct json_error e;

	if (!utf8_valid(json) || json_scan(json, &s->f, &s->mem, &e) < 0)
		return err_set(err, EXIT_DATA, "%s: not a report of tamis", path);
	return 0;
}

static void
scan_end(struct report_scan *s)
{
	free(s->f.v);
	arena_free(&s->mem);
}

/* The value of a field; n is 0 if there is none. */
static struct span
value_of(const struct report_scan *s, const char *name)
{
	for (size_t i = 0; i < s->f.n; i++)
		if (span_eq(s->f.v[i].key, span_of(name)))
			return s->f.v[i].value;
	return (struct span){ NULL, 0 };
}

static uint64_t
number_of(const struct report_scan *s, const char *name)
{
	const struct span v = value_of(s, name);
	uint64_t n = 0;

	return v.n > 0 && num_whole(v, 0, false, &n) == NUM_OK ? n : 0;
}

/* The text of a field, to free(). */
static char *
text_of(struct report_scan *s, const char *name)
{
	struct span v = value_of(s, name);
	struct buf b = { 0 };

	if (v.n > 1 && v.p[0] == '"') {
		v = json_unquote(v, &s->mem);
		buf_put(&b, v.p, v.n);
	}
	buf_putc(&b, '\0');
	return b.p;
}

/* ---- stages ---- */

/* The number of the stage of a command, which it takes over. */
static size_t
stage_of(struct corpus_stages *t, char *command)
{
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->v[i].command, command) == 0) {
			free(command);
			return i;
		}
	GROW(t->v, t->n, t->cap);
	t->v[t->n] = (struct corpus_stage){ .command = command };
	return t->n++;
}

static void
add_rule(struct corpus_stage *to, char *name, uint64_t hits, uint64_t alone)
{
	struct stage_rule *r = NULL;

	for (size_t i = 0; i < to->nrules; i++)
		if (strcmp(to->rule[i].name, name) == 0)
			r = &to->rule[i];
	if (r) {
		free(name);
	} else {
		GROW(to->rule, to->nrules, to->rule_cap);
		r = &to->rule[to->nrules++];
		*r = (struct stage_rule){ .name = name };
	}
	r->hits += hits;
	r->alone += alone;
}

/* The command, or those of a chain as far as they can be read.  To free(). */
static char *
command_of(struct report_scan *s)
{
	struct err ignored = { 0 };
	struct span stages = value_of(s, "stages"), one;
	struct buf b = { 0 };

	while (stages.n > 0 && stages.p[0] != '{' && json_element(&stages, &one)) {
		struct report_scan stage = { 0 };
		char *name;

		if (scan(&stage, one, "", &ignored) < 0) {
			scan_end(&stage);
			break;
		}
		name = text_of(&stage, "command");
		buf_putf(&b, b.n > 0 ? " %s" : "%s", name);
		free(name);
		scan_end(&stage);
	}
	if (b.n == 0) {
		buf_free(&b);
		return text_of(s, "command");
	}
	buf_putc(&b, '\0');
	return b.p;
}

static int
add_rules(struct corpus_stage *to, struct span rules, const char *path, struct err *err)
{
	struct span one;
	int rc = 0;

	while (rc == 0 && rules.n > 0 && json_element(&rules, &one)) {
		struct report_scan s = { 0 };

		rc = scan(&s, one, path, err);
		if (rc == 0)
			add_rule(to, text_of(&s, "rule"), number_of(&s, "hits"),
			    number_of(&s, "alone"));
		scan_end(&s);
	}
	return rc;
}

/* ---- files ---- */

static int
add_output(struct corpus_stages *t, struct span output, size_t stage, const char *path,
    struct err *err)
{
	struct report_scan s = { 0 };
	int rc = scan(&s, output, path, err);

	bool fresh;

	if (rc == 0 && value_of(&s, "xxh3_128").n > 0)
		*table_put(&t->outputs, hash128(value_of(&s, "xxh3_128"), 0), &fresh) =
		    stage;
	scan_end(&s);
	return rc;
}

static int
add_outputs(struct corpus_stages *t, const struct report_scan *report, size_t stage,
    const char *path, struct err *err)
{
	struct span one = value_of(report, "output"), many = value_of(report, "outputs");
	int rc = 0;

	if (one.n > 0 && one.p[0] == '{')
		rc = add_output(t, one, stage, path, err);
	if (many.n == 0 || many.p[0] != '[')
		return rc;
	while (rc == 0 && json_element(&many, &one))
		rc = add_output(t, one, stage, path, err);
	return rc;
}

static void
add_report(struct corpus_stages *t, struct span json, size_t reader)
{
	GROW(t->report, t->nreports, t->report_cap);
	t->report[t->nreports++] = (struct corpus_report){ json, reader };
}

static void
add_input(struct corpus_stages *t, struct corpus_input in)
{
	GROW(t->input, t->ninputs, t->input_cap);
	t->input[t->ninputs++] = in;
}

/* Add the inputs of a stage, and note the reports that they embed. */
static int
add_inputs(struct corpus_stages *t, struct span inputs, size_t stage, const char *path,
    struct err *err)
{
	struct span one;
	int rc = 0;

	while (rc == 0 && inputs.n > 0 && json_element(&inputs, &one)) {
		struct report_scan s = { 0 };
		struct span report, hex;

		rc = scan(&s, one, path, err);
		report = value_of(&s, "report");
		if (report.n == 0)
			report = value_of(&s, "provenance");
		hex = value_of(&s, "xxh3_128");
		if (rc == 0 && report.n > 0 && report.p[0] == '{')
			add_report(t, report, stage);
		else if (rc == 0 && hex.n > 0)
			add_input(
			    t, (struct corpus_input){ hash128(hex, 0), stage, SIZE_MAX });
		scan_end(&s);
	}
	return rc;
}

/* Add the counts of a report that was not added before. */
static int
add_fresh(struct corpus_stages *t, const struct report_scan *s, size_t stage,
    const char *path, struct err *err)
{
	struct corpus_stage *to = &t->v[stage];

	to->runs++;
	to->read += number_of(s, "read");
	to->kept += number_of(s, "kept");
	to->dropped += number_of(s, "dropped");
	to->bad += number_of(s, "bad");
	if (add_rules(to, value_of(s, "rules"), path, err) < 0 ||
	    add_outputs(t, s, stage, path, err) < 0)
		return -1;
	return add_inputs(t, value_of(s, "inputs"), stage, path, err);
}

static int
add_one(struct corpus_stages *t, const struct corpus_report *r, const char *path,
    struct err *err)
{
	struct report_scan s = { 0 };
	size_t stage;
	bool fresh;
	int rc = scan(&s, r->json, path, err);

	if (rc == 0 && (value_of(&s, "tamis").n == 0 || value_of(&s, "command").n == 0))
		rc = err_set(err, EXIT_DATA, "%s: not a report of tamis", path);
	if (rc == 0) {
		stage = stage_of(t, command_of(&s));
		if (r->reader != SIZE_MAX)
			add_input(t,
			    (struct corpus_input){ .stage = r->reader, .from = stage });
		table_put(&t->seen, hash128(r->json, 0), &fresh);
		if (fresh)
			rc = add_fresh(t, &s, stage, path, err);
	}
	scan_end(&s);
	return rc;
}

int
corpus_stages_add(
    struct corpus_stages *t, struct span json, const char *path, struct err *err)
{
	int rc = 0;

	t->nreports = 0;
	add_report(t, span_trim(json), SIZE_MAX);
	while (rc == 0 && t->nreports > 0) {
		const struct corpus_report r = t->report[--t->nreports];

		rc = add_one(t, &r, path, err);
	}
	return rc;
}

static int
by_place(const void *a, const void *b)
{
	const struct corpus_stage *x = a, *y = b;

	if (x->from_end != y->from_end)
		return x->from_end > y->from_end ? -1 : 1;
	return strcmp(x->command, y->command);
}

static int
by_hits(const void *a, const void *b)
{
	const struct stage_rule *x = a, *y = b;

	if (x->hits != y->hits)
		return x->hits > y->hits ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* A stage that wrote what another one read comes before it.  Circles end, since no stage
 * has more after it than there are. */
static void
find_order(struct corpus_stages *t)
{
	bool moved = true;

	for (size_t round = 0; moved && round < t->n; round++) {
		moved = false;
		for (size_t i = 0; i < t->ninputs; i++) {
			const struct corpus_input *in = &t->input[i];
			const uint64_t *known = table_get(&t->outputs, in->file);
			const size_t from = in->from != SIZE_MAX ? in->from
					    : known		 ? (size_t)*known
								 : in->stage;
			const unsigned at = t->v[in->stage].from_end + 1;

			if (from != in->stage && t->v[from].from_end < at && at < t->n) {
				t->v[from].from_end = at;
				moved = true;
			}
		}
	}
}

void
corpus_stages_sort(struct corpus_stages *t)
{
	find_order(t);
	if (t->n > 0)
		qsort(t->v, t->n, sizeof *t->v, by_place);
	for (size_t i = 0; i < t->n; i++)
		if (t->v[i].nrules > 0)
			qsort(
			    t->v[i].rule, t->v[i].nrules, sizeof *t->v[i].rule, by_hits);
}

void
corpus_stages_free(struct corpus_stages *t)
{
	for (size_t i = 0; i < t->n; i++) {
		for (size_t k = 0; k < t->v[i].nrules; k++)
			free(t->v[i].rule[k].name);
		free(t->v[i].rule);
		free(t->v[i].command);
	}
	free(t->v);
	table_free(&t->seen);
	table_free(&t->outputs);
	free(t->input);
	free(t->report);
}
