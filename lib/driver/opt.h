/* opt.h - option tables, which drive parsing, --help, completion, reports and lint. */
#ifndef TAMIS_OPT_H
#define TAMIS_OPT_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"
#include "lib/text/json_writer.h"

enum opt_type {
	OPT_T_END,
	OPT_T_BOOL,   /* bool */
	OPT_T_U64,    /* uint64_t: 4096, 16k, 1.5M, 8e12 */
	OPT_T_BYTES,  /* uint64_t: the same, and 64KiB */
	OPT_T_DOUBLE, /* double */
	OPT_T_STR,    /* const char *: borrowed from argv */
	OPT_T_ENUM,   /* unsigned: index into the words "fail|skip|repair" */
	OPT_T_LEVEL,  /* int: the value is optional, 3 by default */
	OPT_T_LIST,   /* struct opt_list: repeatable, all values are kept */
};

/* The values of a repeatable option in order, borrowed from argv. */
struct opt_list {
	const char *v[64];
	size_t n;
};

struct opt {
	enum opt_type type;
	char letter;	  /* 0: long name only */
	bool noreport;	  /* does not change output bytes: reports omit it */
	const char *name; /* without the dashes */
	size_t offset;	  /* of the variable in the configuration struct */
	const char *arg;  /* name of the value in --help; the words of OPT_T_ENUM */
	/* One line, lower case, no full stop; --help adds the default.  NULL: an old name
	 * or letter, which is still parsed and nowhere shown. */
	const char *help;
};

/* Rows: letter or 0, long name, struct, member, help.  OPT_NOREPORT: noreport is set;
 * OPT_ALIAS: an old name of an option, after its row. */
#define OPT_ROW(t, l, c, n, s, f, a, h)                                                  \
	{                                                                                \
		t, c, l, n, offsetof(s, f), a, h                                         \
	}
#define OPT_BOOL(c, n, s, f, h)		  OPT_ROW(OPT_T_BOOL, false, c, n, s, f, NULL, h)
#define OPT_U64(c, n, s, f, h)		  OPT_ROW(OPT_T_U64, false, c, n, s, f, "N", h)
#define OPT_BYTES(c, n, s, f, h)	  OPT_ROW(OPT_T_BYTES, false, c, n, s, f, "BYTES", h)
#define OPT_DOUBLE(c, n, s, f, h)	  OPT_ROW(OPT_T_DOUBLE, false, c, n, s, f, "X", h)
#define OPT_STR(c, n, s, f, a, h)	  OPT_ROW(OPT_T_STR, false, c, n, s, f, a, h)
#define OPT_ENUM(c, n, s, f, words, h)	  OPT_ROW(OPT_T_ENUM, false, c, n, s, f, words, h)
#define OPT_LIST(c, n, s, f, a, h)	  OPT_ROW(OPT_T_LIST, false, c, n, s, f, a, h)
#define OPT_NOREPORT(t, c, n, s, f, a, h) OPT_ROW(t, true, c, n, s, f, a, h)
#define OPT_ALIAS(t, c, n, s, f, a)	  OPT_ROW(t, true, c, n, s, f, a, NULL)
#define OPT_END                                                                          \
	{                                                                                \
		OPT_T_END, 0, false, NULL, 0, NULL, NULL                                 \
	}

/* A table and the struct that its offsets refer to. */
struct opt_set {
	const struct opt *rows;
	void *conf;
};

/*
 * Parse argv[1..].  Options and operands may mix; "--" ends the options.  Moves the
 * operands to the front of argv, from argv[0].  Returns their number, or -1 with *err.
 */
int opt_parse(
    const struct opt_set *sets, size_t nsets, int argc, char *argv[], struct err *err);
/* The same up to the first operand or "--".  Returns the number of arguments parsed. */
int opt_parse_front(
    const struct opt_set *sets, size_t nsets, int argc, char *argv[], struct err *err);
/* The name closest to a mistyped one, or NULL if none is close. */
const char *opt_nearest(struct span typed, const char *const *names, size_t n);
/* One line per option, "--name" or "-x --name": for lint and completion. */
void opt_dump(const struct opt_set *set, struct buf *out);
/* Write the options that change output bytes as fields of the current object of w. */
void opt_report(const struct opt_set *set, struct json_writer *w);

#endif
