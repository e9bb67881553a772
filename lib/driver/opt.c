/* opt.c - parse, list and report options from their tables. */
#include "lib/driver/opt.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/base/chars.h"
#include "lib/base/num.h"
#include "lib/text/json.h"

struct hit {
	const struct opt *row;
	void *field;
};

static void *
field(const struct opt_set *set, const struct opt *o)
{
	return (char *)set->conf + o->offset;
}

static struct hit
find(const struct opt_set *sets, size_t n, struct span name, char letter)
{
	for (size_t i = 0; i < n; i++)
		for (const struct opt *o = sets[i].rows; o->type != OPT_T_END; o++)
			if (letter ? o->letter == letter
				   : span_eq(span_of(o->name), name))
				return (struct hit){ o, field(&sets[i], o) };
	return (struct hit){ NULL, NULL };
}

/* Edit distance of names of at most 63 bytes, for "did you mean". */
static size_t
distance(struct span a, struct span b)
{
	size_t row[64];

	if (a.n > 63 || b.n > 63)
		return 63;
	for (size_t j = 0; j <= b.n; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		size_t diag = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			size_t best = diag + (a.p[i - 1] != b.p[j - 1]);

			diag = row[j];
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			if (diag + 1 < best)
				best = diag + 1;
			row[j] = best;
		}
	}
	return row[b.n];
}

const char *
opt_nearest(struct span typed, const char *const *names, size_t n)
{
	const char *best = NULL;
	size_t best_d = 4;

	for (size_t i = 0; i < n; i++) {
		size_t d = distance(typed, span_of(names[i]));

		if (typed.n > 1 && span_starts(span_of(names[i]), typed))
			return names[i];
		if (d < best_d && d < typed.n)
			best = names[i], best_d = d;
	}
	return best;
}

static int
unknown(const struct opt_set *sets, size_t n, struct span name, struct err *err)
{
	const char *names[128], *near;
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		for (const struct opt *o = sets[i].rows; o->type != OPT_T_END && k < 128;
		     o++)
			if (o->help)
				names[k++] = o->name;
	if ((near = opt_nearest(name, names, k)))
		return err_set(err, EXIT_USAGE,
		    "unknown option '--%.*s': did you mean '--%s'", (int)name.n, name.p,
		    near);
	return err_set(
	    err, EXIT_USAGE, "unknown option '--%.*s': see --help", (int)name.n, name.p);
}

static const char *
set_word(const char *words, const char *value, unsigned *out)
{
	unsigned i = 0;
	struct span v = span_of(value);

	for (const char *w = words;; i++) {
		const char *bar = strchr(w, '|');
		size_t n = bar ? (size_t)(bar - w) : strlen(w);

		if (span_eq(v, (struct span){ w, n })) {
			*out = i;
			return NULL;
		}
		if (!bar)
			return "not one of";
		w = bar + 1;
	}
}

static const char *
add_value(struct opt_list *list, const char *value)
{
	if (list->n == sizeof list->v / sizeof *list->v)
		return "repeated more than 64 times";
	list->v[list->n++] = value;
	return NULL;
}

static int
set_value(const struct opt *o, void *dst, const char *value, struct err *err)
{
	const char *why = NULL;
	uint64_t n;

	switch (o->type) {
	case OPT_T_BOOL:
		*(bool *)dst = true;
		break;
	case OPT_T_U64:
		why = num_count(value, dst);
		break;
	case OPT_T_BYTES:
		why = num_bytes(value, dst);
		break;
	case OPT_T_DOUBLE:
		why = num_double(value, dst);
		break;
	case OPT_T_STR:
		*(const char **)dst = value;
		break;
	case OPT_T_ENUM:
		if (set_word(o->arg, value, dst))
			return err_set(err, EXIT_USAGE, "--%s '%s': must be one of %s",
			    o->name, value, o->arg);
		break;
	case OPT_T_LEVEL:
		n = 3;
		if (value && !(why = num_u64(value, &n)) && (n < 1 || n > 19))
			why = "must be 1 to 19";
		*(int *)dst = (int)n;
		break;
	case OPT_T_LIST:
		why = add_value(dst, value);
		break;
	case OPT_T_END:
		BUG("an option without a type");
	}
	return why ? err_set(err, EXIT_USAGE, "--%s '%s': %s", o->name, value, why) : 0;
}

static bool
wants_value(const struct opt *o)
{
	return o->type != OPT_T_BOOL && o->type != OPT_T_LEVEL;
}

/*
 * The level of an option must be joined to it: -z19.  A separate number would be taken
 * for an input file.
 */
static int
check_level(const char *option, const char *join, const char *next, struct err *err)
{
	uint64_t level;

	if (!next || num_u64(next, &level) || access(next, F_OK) == 0)
		return 0;
	return err_set(err, EXIT_USAGE,
	    "%s %s: a level is joined to its option: write %s%s%s", option, next, option,
	    join, next);
}

/* Parse a long option.  Returns the number of arguments parsed, or -1. */
static int
parse_long(const struct opt_set *sets, size_t n, char **arg, struct err *err)
{
	struct span name = span_of(arg[0] + 2);
	const char *eq = memchr(name.p, '=', name.n), *value = NULL;
	struct hit h;

	if (eq) {
		name.n = (size_t)(eq - name.p);
		value = eq + 1;
	}
	h = find(sets, n, name, 0);
	if (!h.row)
		return unknown(sets, n, name, err);
	if (value && h.row->type == OPT_T_BOOL)
		return err_set(err, EXIT_USAGE, "--%s takes no value", h.row->name);
	if (!value && wants_value(h.row) && !(value = arg[1]))
		return err_set(err, EXIT_USAGE, "--%s needs a value: --%s %s",
		    h.row->name, h.row->name, h.row->arg);
	if (h.row->type == OPT_T_LEVEL && !eq &&
	    check_level(arg[0], "=", arg[1], err) < 0)
		return -1;
	if (set_value(h.row, h.field, value, err) < 0)
		return -1;
	return !eq && wants_value(h.row) ? 2 : 1;
}

/* Parse short options, "-j4" or "-qz3".  Returns the same. */
static int
parse_short(const struct opt_set *sets, size_t n, char **arg, struct err *err)
{
	for (const char *p = arg[0] + 1; *p; p++) {
		struct hit h = find(sets, n, (struct span){ 0 }, *p);
		const char *rest = p[1] ? p + 1 : NULL;

		if (!h.row)
			return err_set(
			    err, EXIT_USAGE, "unknown option '-%c': see --help", *p);
		if (h.row->type == OPT_T_BOOL) {
			*(bool *)h.field = true;
			continue;
		}
		if (h.row->type == OPT_T_LEVEL && !rest &&
		    check_level(arg[0], "", arg[1], err) < 0)
			return -1;
		if (h.row->type == OPT_T_LEVEL && rest && !is_digit(*rest))
			rest = NULL;
		else if (wants_value(h.row) && !rest && !arg[1])
			return err_set(err, EXIT_USAGE, "-%c needs a value: --%s %s", *p,
			    h.row->name, h.row->arg);
		if (set_value(h.row, h.field, rest || !wants_value(h.row) ? rest : arg[1],
			err) < 0)
			return -1;
		if (rest)
			return 1;
		if (wants_value(h.row))
			return 2;
	}
	return 1;
}

static bool
is_operand(const char *arg)
{
	return arg[0] != '-' || !arg[1];
}

/* Parse options up to the first operand or "--", which sets *ended.  Returns the number
 * of arguments parsed, argv[0] included, or -1. */
static int
parse_options(const struct opt_set *sets, size_t nsets, int argc, char *argv[],
    bool *ended, struct err *err)
{
	int i = 1, took;

	*ended = false;
	for (; i < argc && !is_operand(argv[i]); i += took) {
		if (strcmp(argv[i], "--") == 0) {
			*ended = true;
			return i + 1;
		}
		took = argv[i][1] == '-' ? parse_long(sets, nsets, argv + i, err)
					 : parse_short(sets, nsets, argv + i, err);
		if (took < 0)
			return -1;
	}
	return i;
}

int
opt_parse_front(
    const struct opt_set *sets, size_t nsets, int argc, char *argv[], struct err *err)
{
	bool ended;

	return parse_options(sets, nsets, argc, argv, &ended, err);
}

int
opt_parse(
    const struct opt_set *sets, size_t nsets, int argc, char *argv[], struct err *err)
{
	bool ended = false;
	int n = 0;

	for (int i = 0; i < argc;) {
		int took =
		    ended ? 1
			  : parse_options(sets, nsets, argc - i, argv + i, &ended, err);

		if (took < 0)
			return -1;
		i += took;
		if (i < argc)
			argv[n++] = argv[i];
	}
	argv[n] = NULL;
	return n;
}

void
opt_dump(const struct opt_set *set, struct buf *out)
{
	for (const struct opt *o = set->rows; o->type != OPT_T_END; o++)
		if (o->help && o->letter)
			buf_putf(out, "-%c --%s\n", o->letter, o->name);
		else if (o->help)
			buf_putf(out, "--%s\n", o->name);
}

/* Reports contain the base name of a file, never its directory. */
static struct span
report_name(const char *arg, const char *value)
{
	const char *base = strcmp(arg, "FILE") == 0 ? path_base(value) : value;

	return span_of(*base ? base : value);
}

static void
report_list(const struct opt *o, const struct opt_list *list, struct json_writer *w)
{
	jw_array(w);
	for (size_t i = 0; i < list->n; i++)
		jw_str(w, report_name(o->arg, list->v[i]));
	jw_end(w);
}

/* The words of OPT_ENUM are "a|b|c". */
static struct span
enum_word(const char *words, unsigned i)
{
	for (; i; i--)
		words = strchr(words, '|') + 1;
	return (struct span){ words, strcspn(words, "|") };
}

static void
report_value(const struct opt *o, const void *src, struct json_writer *w)
{
	switch (o->type) {
	case OPT_T_BOOL:
		jw_bool(w, *(const bool *)src);
		break;
	case OPT_T_U64:
	case OPT_T_BYTES:
		/* The largest number means no limit.  Few JSON readers can hold it. */
		if (*(const uint64_t *)src == UINT64_MAX)
			jw_null(w);
		else
			jw_u64(w, *(const uint64_t *)src);
		break;
	case OPT_T_DOUBLE:
		jw_num(w, *(const double *)src, 6);
		break;
	case OPT_T_STR:
		if (*(const char *const *)src)
			jw_str(w, report_name(o->arg, *(const char *const *)src));
		else
			jw_null(w);
		break;
	case OPT_T_ENUM:
		jw_str(w, enum_word(o->arg, *(const unsigned *)src));
		break;
	case OPT_T_LEVEL:
		jw_u64(w, (uint64_t) * (const int *)src);
		break;
	case OPT_T_LIST:
		report_list(o, src, w);
		break;
	case OPT_T_END:
		break;
	}
}

void
opt_report(const struct opt_set *set, struct json_writer *w)
{
	for (const struct opt *o = set->rows; o->type != OPT_T_END; o++)
		if (o->help && !o->noreport)
			report_value(o, field(set, o), jw_key(w, o->name));
}
