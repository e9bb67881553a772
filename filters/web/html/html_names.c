/* html_names.c - look up the names of tags. */
#include "filters/web/html/html_names.h"

#include "lib/base/chars.h"

static uint64_t
key_of(struct span name)
{
	uint64_t key = 0;

	for (size_t i = 0; i < name.n; i++)
		key = key << 8 | (unsigned char)ascii_lower(name.p[i]);
	return key;
}

const char *
html_tag_name(unsigned tag)
{
	static const char *const names[] = {
#define X(t) #t,
		HTML_TAGS(X)
#undef X
	};

	return names[tag];
}

/* FNV-1a, 32 bits. */
static uint32_t
hash_name(const char *p, size_t n)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)ascii_lower(p[i])) * 16777619u;
	return h;
}

uint32_t
html_find_code(const struct html_names *names, const char *p, size_t n, uint64_t key)
{
	const size_t mask = sizeof names->tag / sizeof *names->tag - 1;

	for (size_t i = html_name_slot(key); names->tag[i].n; i = (i + 1) & mask) {
		const struct tag_row *row = &names->tag[i];

		if (row->key == key && row->n == n &&
		    (n <= 8 || ascii_eq(p, html_tag_name(row->tag), n - 8)))
			return row->tag;
	}
	return CODE_UNKNOWN | (hash_name(p, n) & (CODE_NAME & ~CODE_UNKNOWN));
}

uint32_t
html_code_of(const struct html_names *names, struct span name)
{
	return html_code(names, name.p, name.n, key_of(name));
}

void
html_names_init(struct html_names *names)
{
	const size_t mask = sizeof names->tag / sizeof *names->tag - 1;

	memset(names, 0, sizeof *names);
	for (unsigned tag = 0; tag < T_KNOWN; tag++) {
		char name[16] = "";
		struct tag_row row = { .tag = (unsigned char)tag };
		size_t i;

		for (; html_tag_name(tag)[row.n]; row.n++)
			name[row.n] = html_tag_name(tag)[row.n] == '_'
					  ? '-'
					  : html_tag_name(tag)[row.n];
		row.key = key_of((struct span){ name, row.n });
		i = html_name_slot(row.key);
		while (names->tag[i].n)
			i = (i + 1) & mask;
		names->tag[i] = row;
	}
}
