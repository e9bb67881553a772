/* rule_plan.h - what a run asks of documents: sets of rules, their bounds by language. */
#ifndef TAMIS_RULE_PLAN_H
#define TAMIS_RULE_PLAN_H

#include "filters/quality/rule_set.h"

enum {
	RULES_MAX_BYTES = 16 << 20, /* of a rule file */
	RULES_MAX_LANGS = 8192,
	RULES_MAX_SETS = 16, /* more than there are */
};

/* Bounds of all chosen sets, for documents of one language. */
struct section {
	const char *lang; /* NULL: the one that the others begin as copies of */
	unsigned line;	  /* of the rule file */
	bool skip[RULES_MAX_SETS];
	double *bound; /* all sets' rules, one set behind the other */
	const struct wordlist *stop_words[RULES_MAX_SETS];
	struct settings settings[RULES_MAX_SETS];
};

/* Zero it to begin; free with plan_free. */
struct ruleplan {
	const struct set *set[RULES_MAX_SETS];
	size_t first[RULES_MAX_SETS + 1]; /* of its rules, among all */
	size_t nsets;
	struct section base;
	struct section **section; /* sorted by lang once ruleplan_finish was called */
	size_t nsections;
	struct wordlist **list; /* owned */
	size_t nlists;
	struct arena mem;
	char segmenter[64]; /* that the rule file names; "": none */
};

/* Choose a set.  Returns false if it is chosen already. */
bool ruleplan_use(struct ruleplan *p, const struct set *s);
/* The set of that name, chosen or not; NULL: there is none. */
const struct set *rules_find_set(struct span name);
/* Its place among the chosen; SIZE_MAX: it is not. */
size_t ruleplan_place(const struct ruleplan *p, const struct set *s);

/* After the last set was chosen: sections begin with the sets' own bounds. */
void ruleplan_begin(struct ruleplan *p);
/* A section for a language; NULL: there is one, or there are too many. */
struct section *ruleplan_add(struct ruleplan *p, struct span lang);
/*
 * Set a rule of a chosen set to a value ("50", "off", "on") in `in`; NULL: everywhere.
 * Returns NULL, or what is wrong with the id or the value (in a static buffer, until the
 * next call).
 */
const char *ruleplan_set(
    struct ruleplan *p, struct section *in, struct span id, struct span value);
/* A list of stop words for a chosen set in `in`, to be filled in. */
struct wordlist *ruleplan_stop_words(
    struct ruleplan *p, struct section *in, const struct set *s);
/* After the last change.  Returns NULL, or what no document could pass (as above). */
const char *ruleplan_finish(struct ruleplan *p);

/* The section of a language; NULL: it has none. */
const struct section *ruleplan_find(const struct ruleplan *p, struct span lang);
void ruleplan_free(struct ruleplan *p);

/*
 * Read a rule file, tamis-rules(5), into a fresh plan up to its end: ruleplan_set and
 * ruleplan_finish may follow.  `more`: sets chosen besides those of the file.  name
 * begins every message.  Returns 0, or -1 with *err (EXIT_DATA).
 */
int rulefile_parse(struct span text, const char *name, const struct set *const *more,
    size_t nmore, struct ruleplan *p, struct err *err);

#endif
