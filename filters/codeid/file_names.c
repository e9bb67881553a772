/* file_names.c - find the programming languages that a file name, an interpreter or an
 * editor mode suggests. */
#include "filters/codeid/file_names.h"

#include <stdlib.h>

#include "lib/base/chars.h"
#include "lib/base/mem.h"

/* Suffixes added to a file name that already has an extension. */
static const char *const wrappers[] = { "bak", "default", "dist", "example", "in", "new",
	"old", "orig", "sample", "template", "tmpl" };

/* File names that also occur with any suffix, as in Dockerfile.alpine, Makefile-old. */
static const char *const stems[] = { "Containerfile", "Dockerfile", "Jenkinsfile",
	"Makefile", "dockerfile" };

/* In a URL the extensions of these languages tell how a page was made, not what it is. */
static const char *const served[] = { "asp-net", "coldfusion", "html",
	"java-server-pages", "perl", "php", "python", "ruby", "xml" };

enum { EXT_MAX = 32 /* bytes of the longest extension or mode */ };

static int
compare_keys(const void *a, const void *b)
{
	const struct file_name_word *x = a, *y = b;
	const int order = code_compare_names(x->word, y->word);

	return order ? order : (x->lang > y->lang) - (x->lang < y->lang);
}

/* Remove the first word of a list and return it; it is empty at the end. */
static struct span
next_word(const char **list)
{
	const char *p = *list;
	const size_t n = strcspn(p, " ");

	*list = p + n + strspn(p + n, " ");
	return (struct span){ p, n };
}

/* The list at offset `field` of struct code_lang. */
static const char *
list_of(size_t lang, size_t field)
{
	const char *list;

	memcpy(&list, (const char *)&code_langs[lang] + field, sizeof list);
	return list ? list : "";
}

/* All words of one kind of list, sorted.  The caller frees them. */
static struct file_name_word *
index_of(size_t field, size_t *count)
{
	struct file_name_word *keys;
	size_t n = 0;

	for (size_t i = 0; i < code_langs_n; i++)
		for (const char *list = list_of(i, field); *list; n++)
			next_word(&list);
	keys = xcalloc(n, sizeof *keys);
	*count = n;
	n = 0;
	for (size_t i = 0; i < code_langs_n; i++)
		for (const char *list = list_of(i, field); *list; n++) {
			struct span word = next_word(&list);
			const bool weak = word.p[word.n - 1] == '?';

			word.n -= weak;
			keys[n] = (struct file_name_word){ word, (unsigned)i, weak };
		}
	qsort(keys, n, sizeof *keys, compare_keys);
	return keys;
}

void
file_names_open(struct file_names *n)
{
	n->ext = index_of(offsetof(struct code_lang, ext), &n->exts);
	n->file = index_of(offsetof(struct code_lang, file), &n->files);
	n->interp = index_of(offsetof(struct code_lang, interp), &n->interps);
	n->mode = index_of(offsetof(struct code_lang, mode), &n->modes);
}

void
file_names_close(struct file_names *n)
{
	free(n->ext);
	free(n->file);
	free(n->interp);
	free(n->mode);
	*n = (struct file_names){ 0 };
}

/* All languages with this word; *weak: it is weak evidence for each of them. */
static struct code_set
find(const struct file_name_word *keys, size_t n, struct span word, bool *weak)
{
	struct code_set set = { 0 };
	size_t from = 0, to = n;

	while (from < to) {
		const size_t middle = (from + to) / 2;

		if (code_compare_names(keys[middle].word, word) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	*weak = true;
	for (; from < n && span_eq(keys[from].word, word); from++) {
		code_set_add(&set, keys[from].lang);
		*weak = *weak && keys[from].weak;
	}
	return set;
}

static bool
is_empty(const struct code_set *s)
{
	return code_set_first(s) == CODE_NONE;
}

/* Match the longest suffix that is an extension. */
static struct file_name_match
by_ext(const struct file_names *n, struct span name)
{
	char buf[EXT_MAX];
	struct file_name_match r = { .weak = true };
	size_t at = name.n > EXT_MAX ? name.n - EXT_MAX : 1;

	for (; at < name.n; at++) {
		const struct span ext = { buf, name.n - at - 1 };

		if (name.p[at] != '.' || ext.n == 0)
			continue;
		for (size_t i = 0; i < ext.n; i++)
			buf[i] = ascii_lower(name.p[at + 1 + i]);
		r.set = find(n->ext, n->exts, ext, &r.weak);
		/* ".C" is C++ on Unix, but C on DOS, which has upper case only. */
		if (ext.n == 1 && name.p[at + 1] == 'C')
			code_set_add(&r.set, code_lang_find(SPAN("cpp")));
		if (!is_empty(&r.set)) {
			r.by = CODE_BY_EXT;
			return r;
		}
	}
	return r;
}

static bool
ends_with(struct span s, const char *end)
{
	const size_t n = strlen(end);

	return s.n > n && memcmp(s.p + s.n - n, end, n) == 0;
}

/* Remove one suffix that is unrelated to the content, as in "a.c.orig", "a.c~". */
static bool
unwrap(struct span *name)
{
	if (ends_with(*name, "~")) {
		name->n--;
		return true;
	}
	for (size_t i = 0; i < sizeof wrappers / sizeof *wrappers; i++) {
		const size_t n = strlen(wrappers[i]);

		if (name->n > n + 1 && ends_with(*name, wrappers[i]) &&
		    name->p[name->n - n - 1] == '.') {
			name->n -= n + 1;
			return true;
		}
	}
	return false;
}

static struct file_name_match
by_stem(const struct file_names *n, struct span name)
{
	struct file_name_match r = { .by = CODE_BY_NAME };

	for (size_t i = 0; i < sizeof stems / sizeof *stems; i++) {
		const struct span stem = span_of(stems[i]);

		if (name.n > stem.n && span_starts(name, stem) &&
		    (name.p[stem.n] == '.' || name.p[stem.n] == '-' ||
			name.p[stem.n] == '_')) {
			r.set = find(n->file, n->files, stem, &r.weak);
			r.weak = false;
			return r;
		}
	}
	return (struct file_name_match){ .weak = true };
}

/* Match a name without directories. */
static struct file_name_match
by_base(const struct file_names *n, struct span name)
{
	struct file_name_match r, stem;

	r.set = find(n->file, n->files, name, &r.weak);
	r.by = CODE_BY_NAME;
	if (!is_empty(&r.set))
		return r;
	r = by_ext(n, name);
	if (r.by != CODE_BY_NONE && !r.weak)
		return r;
	stem = by_stem(n, name);
	return stem.by != CODE_BY_NONE ? stem : r;
}

static bool
find_bytes(struct span s, const char *what, size_t *at)
{
	const size_t n = strlen(what);

	for (size_t i = 0; i + n <= s.n; i++)
		if (memcmp(s.p + i, what, n) == 0) {
			*at = i;
			return true;
		}
	return false;
}

/* The last component of a path, or of the path of a URL; *url: it is a URL. */
static struct span
base_of(struct span path, bool *url)
{
	size_t at, end;

	*url = find_bytes(path, "://", &at);
	if (*url) {
		path = span_from(path, at + 3);
		for (end = 0; end < path.n && path.p[end] != '?' && path.p[end] != '#';)
			end++;
		path.n = end;
		/* A host alone is not a file name. */
		if (!memchr(path.p, '/', path.n))
			return (struct span){ path.p, 0 };
	}
	for (at = path.n; at > 0 && path.p[at - 1] != '/' && path.p[at - 1] != '\\';)
		at--;
	return span_from(path, at);
}

struct file_name_match
file_names_by_path(const struct file_names *n, struct span path)
{
	bool url;
	struct span name = base_of(path, &url);
	struct file_name_match r;

	do {
		r = by_base(n, name);
	} while (r.by == CODE_BY_NONE && unwrap(&name));
	if (!url)
		return r;
	for (size_t i = 0; i < sizeof served / sizeof *served; i++) {
		const unsigned lang = code_lang_find(span_of(served[i]));

		if (code_set_has(&r.set, lang))
			return (struct file_name_match){ .weak = true };
	}
	return r;
}

struct code_set
file_names_by_interpreter(const struct file_names *n, struct span program)
{
	bool weak;
	struct code_set set = find(n->interp, n->interps, program, &weak);

	while (is_empty(&set) && program.n > 1) {
		const char c = program.p[program.n - 1];

		if (!(c >= '0' && c <= '9') && c != '.' && c != '-')
			break;
		program.n--;
		set = find(n->interp, n->interps, program, &weak);
	}
	return set;
}

struct code_set
file_names_by_mode(const struct file_names *n, struct span mode)
{
	char buf[EXT_MAX];
	struct code_set set = { 0 };
	unsigned lang;
	bool weak;

	if (mode.n > EXT_MAX)
		return set;
	for (size_t i = 0; i < mode.n; i++)
		buf[i] = ascii_lower(mode.p[i]);
	mode.p = buf;
	lang = code_lang_find(mode);
	if (lang != CODE_NONE) {
		code_set_add(&set, lang);
		return set;
	}
	set = find(n->mode, n->modes, mode, &weak);
	return is_empty(&set) ? find(n->ext, n->exts, mode, &weak) : set;
}
