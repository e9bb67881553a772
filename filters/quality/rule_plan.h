/* rule_plan.h - the rule sets, bounds and languages of one run. */
#ifndef TAMIS_RULE_PLAN_H
#define TAMIS_RULE_PLAN_H

#include "filters/quality/rule_set.h"

enum {
	RULES_MAX_BYTES = 16 << 20, /* of a rule file */
	RULES_MAX_LANGS = 8192,
	RULES_MAX_SETS = 16, /* at least the number of sets that exist */
};

/* The bounds of all chosen sets for documents of one language. */
struct lang_rules {
	const char *lang; /* NULL for the base rules, which other languages start from */
	unsigned line;	  /* of its 'lang' in the rule file */
	double *bound;	  /* rules of all chosen sets, in order */
	bool skip[RULES_MAX_SETS];
	struct rule_bounds set[RULES_MAX_SETS]; /* point into bound */
};

/* Zero it to begin; free with rule_plan_free. */
struct rule_plan {
	const struct rule_set *set[RULES_MAX_SETS];
	size_t
	    first[RULES_MAX_SETS + 1]; /* index of each set's first rule, and the end */
	size_t nsets;
	/* A set that edits texts and was chosen after others, which measure the edited
	 * text though not made for that; NULL: none. */
	const struct rule_set *moved;
	struct lang_rules base;
	struct lang_rules **lang; /* sorted by lang after rule_plan_finish */
	size_t nlangs;
	struct word_list **list; /* all lists of stop words */
	size_t nlists;
	struct arena mem;
	char segmenter[64]; /* named by the rule file; "": none */
};

/*
 * Building a plan takes four steps:
 *  1. rule_plan_use() for each set;
 *  2. rule_plan_set_defaults() once;
 *  3. rule_plan_add_lang(), rule_plan_set() and rule_plan_add_stop_words();
 *  4. rule_plan_finish() once.
 * Afterwards any number of threads may read the plan.
 */

/* Choose a set.  Returns false if it is chosen already. */
bool rule_plan_use(struct rule_plan *p, const struct rule_set *s);
/* The index of a chosen set, or SIZE_MAX. */
size_t rule_plan_index(const struct rule_plan *p, const struct rule_set *s);

/* Load the defaults of the chosen sets into the base rules. */
void rule_plan_set_defaults(struct rule_plan *p);
/* Add a language, which starts as a copy of the base rules.  NULL: it is there already,
 * or RULES_MAX_LANGS are. */
struct lang_rules *rule_plan_add_lang(struct rule_plan *p, struct span lang);
/*
 * Set a rule of a chosen set to a value ("50", "off", "on") for one language; in NULL:
 * for all.  Returns NULL, or a message about the id or the value, which is static and
 * valid until the next call.
 */
const char *rule_plan_set(
    struct rule_plan *p, struct lang_rules *in, struct span id, struct span value);
/* Replace the stop words of a chosen set by an empty list, which the plan owns. */
struct word_list *rule_plan_add_stop_words(
    struct rule_plan *p, struct lang_rules *in, const struct rule_set *s);
/* Sort the languages and check the bounds.  Returns 0, or -1 with *err if no document can
 * meet a pair of bounds: EXIT_DATA at path, the rule file, or EXIT_USAGE if it is NULL.
 */
int rule_plan_finish(struct rule_plan *p, const char *path, struct err *err);

/* The rules of a language, or NULL.  Call rule_plan_finish() first. */
const struct lang_rules *rule_plan_find_lang(const struct rule_plan *p, struct span lang);
void rule_plan_free(struct rule_plan *p);

/*
 * Parse a rule file, tamis-rules(5), into a zeroed plan: steps 1 to 3 above.  `more`:
 * sets to choose in addition to those of the file.  name begins every message.  Returns
 * 0, or -1 with *err (EXIT_DATA); free the plan in both cases.
 */
int rule_file_parse(struct span text, const char *name,
    const struct rule_set *const *more, size_t nmore, struct rule_plan *p,
    struct err *err);

#endif
