/* doc_list.h - a list that names documents by id, URL or domain. */
#ifndef TAMIS_DOC_LIST_H
#define TAMIS_DOC_LIST_H

#include "lib/base/err.h"
#include "lib/base/mem.h"
#include "lib/base/table.h"

/* The file in the directory of a run that names the documents it must not have. */
#define TOMBSTONES "tombstones"

enum doc_name_kind { DOC_BY_ID, DOC_BY_URL, DOC_BY_DOMAIN, DOC_BY_LINE };

/* The word of a kind, as lines of a list begin with it. */
extern const char *const doc_name_words[3];
/* The words of an option that sets the kind of all lines; the last leaves it to them. */
#define DOC_NAME_KINDS "id|url|domain|line"

struct doc_list {
	struct doc_name {
		enum doc_name_kind kind;
		char *value; /* as it was given */
	} * v;
	size_t n, cap;
	struct hash128 sum; /* of the last file that was read */
	bool by_url;	    /* an entry needs the URLs of documents */
	struct table index; /* of hashes of kind and value, to numbers of entries */
};

/* Add an entry, unless the list has it.  0, or -1 with *err if it cannot be matched. */
int doc_list_add(
    struct doc_list *l, enum doc_name_kind kind, struct span value, struct err *err);
/*
 * Add the lines of a file, "-" for standard input.  kind DOC_BY_LINE: each line begins
 * with the word of its kind; empty lines and comments, from a '#' on, are skipped.
 * Otherwise all lines are of that kind, as they are.  A byte order mark is skipped.  0,
 * or -1 with *err.
 */
int doc_list_read(
    struct doc_list *l, const char *path, enum doc_name_kind kind, struct err *err);
/*
 * Call found with the number of each entry that names a document: its id, by XXH3-128;
 * its URL, whatever the way to write both; or a domain that its host is or is below.
 * Threads may call this at once.  url may be empty.  Returns the number of entries.
 */
size_t doc_list_match(const struct doc_list *l, struct hash128 id, struct span url,
    void (*found)(void *ctx, size_t entry), void *ctx);
/* Whether the list names all documents that an entry of another list names. */
bool doc_list_covers(const struct doc_list *l, const struct doc_name *entry);
/* Append the entries as lines that begin with the words of their kinds. */
void doc_list_put(const struct doc_list *l, struct buf *out);
void doc_list_free(struct doc_list *l);

#endif
