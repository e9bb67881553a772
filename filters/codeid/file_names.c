/* file_names.c - what a file's name says about its programming language. */
#include "filters/codeid/file_names.h"

#include <stdlib.h>

#include "lib/base/mem.h"
#include "lib/driver/opt.h"

/* What people put behind the real name of a file. */
static const char *const wrappers[] = { "bak", "default", "dist", "example", "in", "new",
	"old", "orig", "sample", "template", "tmpl" };

/* Names that take whatever suffix people give them: Dockerfile.alpine, Makefile-old. */
static const char *const stems[] = { "Containerfile", "Dockerfile", "Jenkinsfile",
	"Makefile", "dockerfile" };

/* On the web these say what made a page, not what it is. */
static const char *const served[] = { "asp-net", "coldfusion", "html",
	"java-server-pages", "perl", "php", "python", "ruby", "xml" };

enum { EXT_MAX = 32 /* bytes of an extension: longer ones are none */ };

struct code_set
code_set_and(struct code_set a, struct code_set b)
{
	for (size_t i = 0; i < sizeof a.bits / sizeof *a.bits; i++)
		a.bits[i] &= b.bits[i];
	return a;
}

unsigned
code_set_count(const struct code_set *s)
{
	unsigned n = 0;

	for (size_t i = 0; i < sizeof s->bits / sizeof *s->bits; i++)
		n += (unsigned)__builtin_popcountll(s->bits[i]);
	return n;
}

unsigned
code_set_first(const struct code_set *s)
{
	for (unsigned i = 0; i < sizeof s->bits / sizeof *s->bits; i++)
		if (s->bits[i])
			return i * 64 + (unsigned)__builtin_ctzll(s->bits[i]);
	return CODE_NONE;
}

static int
compare(struct span a, struct span b)
{
	const size_t n = a.n < b.n ? a.n : b.n;
	const int order = n ? memcmp(a.p, b.p, n) : 0;

	return order ? order : (a.n > b.n) - (a.n < b.n);
}

static int
compare_keys(const void *a, const void *b)
{
	const struct code_key *x = a, *y = b;
	const int order = compare(x->word, y->word);

	return order ? order : (x->lang > y->lang) - (x->lang < y->lang);
}

/* The next word of a list, taken off its front; empty at its end. */
static struct span
next_word(const char **list)
{
	const char *p = *list;
	const size_t n = strcspn(p, " ");

	*list = p + n + strspn(p + n, " ");
	return (struct span){ p, n };
}

static const char *
list_of(size_t lang, size_t member)
{
	const char *list;

	memcpy(&list, (const char *)&code_langs[lang] + member, sizeof list);
	return list ? list : "";
}

static struct code_key *
index_of(size_t member, size_t *count)
{
	struct code_key *keys;
	size_t n = 0;

	for (size_t i = 0; i < code_langs_n; i++)
		for (const char *list = list_of(i, member); *list; n++)
			next_word(&list);
	keys = xcalloc(n, sizeof *keys);
	*count = n;
	n = 0;
	for (size_t i = 0; i < code_langs_n; i++)
		for (const char *list = list_of(i, member); *list; n++) {
			struct span word = next_word(&list);
			const bool weak = word.p[word.n - 1] == '?';

			word.n -= weak;
			keys[n] = (struct code_key){ word, (unsigned)i, weak };
		}
	qsort(keys, n, sizeof *keys, compare_keys);
	return keys;
}

void
code_names_open(struct code_names *n)
{
	n->ext = index_of(offsetof(struct code_lang, ext), &n->exts);
	n->file = index_of(offsetof(struct code_lang, file), &n->files);
	n->run = index_of(offsetof(struct code_lang, run), &n->runs);
	n->mode = index_of(offsetof(struct code_lang, mode), &n->modes);
}

void
code_names_close(struct code_names *n)
{
	free(n->ext);
	free(n->file);
	free(n->run);
	free(n->mode);
	*n = (struct code_names){ 0 };
}

unsigned
code_lang_find(struct span name)
{
	size_t from = 0, to = code_langs_n;

	while (from < to) {
		const size_t middle = (from + to) / 2;
		const int order = compare(name, span_of(code_langs[middle].name));

		if (order == 0)
			return (unsigned)middle;
		if (order < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return CODE_NONE;
}

/* All languages with this word; weak: each of them says little. */
static struct code_set
find(const struct code_key *keys, size_t n, struct span word, bool *weak)
{
	struct code_set set = { 0 };
	size_t from = 0, to = n;

	while (from < to) {
		const size_t middle = (from + to) / 2;

		if (compare(keys[middle].word, word) < 0)
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

static int
no_language(const char *option, struct span name, struct err *err)
{
	const char *names[CODE_LANGS_MAX], *near;

	for (size_t i = 0; i < code_langs_n; i++)
		names[i] = code_langs[i].name;
	near = opt_nearest(name, names, code_langs_n);
	return err_set(err, EXIT_USAGE, "--%s: no language '%.*s': %s%s%s", option,
	    (int)name.n, name.p, near ? "did you mean '" : "man tamis-codeid lists them",
	    near ? near : "", near ? "'" : "");
}

int
code_set_parse(struct code_set *set, const char *option, const char *list, bool *unknown,
    struct err *err)
{
	*set = (struct code_set){ 0 };
	for (const char *p = list;; p++) {
		const struct span name = { p, strcspn(p, ",") };
		const unsigned lang = code_lang_find(name);

		if (unknown && span_eq(name, SPAN(CODE_UNKNOWN)))
			*unknown = true;
		else if (lang == CODE_NONE)
			return no_language(option, name, err);
		else
			code_set_add(set, lang);
		p += name.n;
		if (!*p)
			return 0;
	}
}

static bool
is_empty(const struct code_set *s)
{
	return code_set_first(s) == CODE_NONE;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* By the longest suffix that is an extension; *before: the name without it. */
static struct code_named
by_ext(const struct code_names *n, struct span name, struct span *before)
{
	char buf[EXT_MAX];
	struct code_named r = { .weak = true };
	size_t at = name.n > EXT_MAX ? name.n - EXT_MAX : 1;

	for (; at < name.n; at++) {
		const struct span ext = { buf, name.n - at - 1 };

		if (name.p[at] != '.' || ext.n == 0)
			continue;
		for (size_t i = 0; i < ext.n; i++)
			buf[i] = lower(name.p[at + 1 + i]);
		r.set = find(n->ext, n->exts, ext, &r.weak);
		/* Unix tells C++ from C by the case of the letter, DOS has no other. */
		if (ext.n == 1 && name.p[at + 1] == 'C')
			code_set_add(&r.set, code_lang_find(SPAN("cpp")));
		if (!is_empty(&r.set)) {
			r.by = CODE_BY_EXT;
			before->n = at;
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

/* Take one suffix off that says nothing of the content: "a.c.orig", "a.c~". */
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

static struct code_named
by_stem(const struct code_names *n, struct span name)
{
	struct code_named r = { .by = CODE_BY_NAME };

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
	return (struct code_named){ .weak = true };
}

/* A name without folders. */
static struct code_named
by_base(const struct code_names *n, struct span name)
{
	struct span before = name;
	struct code_named r, stem;

	r.set = find(n->file, n->files, name, &r.weak);
	r.by = CODE_BY_NAME;
	if (!is_empty(&r.set))
		return r;
	r = by_ext(n, name, &before);
	if (r.by != CODE_BY_NOTHING && !r.weak)
		return r;
	stem = by_stem(n, name);
	return stem.by != CODE_BY_NOTHING ? stem : r;
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

/* The last part of a path, or of that of a URL; *url: it was one. */
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
		/* The host alone is no file. */
		if (!memchr(path.p, '/', path.n))
			return (struct span){ path.p, 0 };
	}
	for (at = path.n; at > 0 && path.p[at - 1] != '/' && path.p[at - 1] != '\\';)
		at--;
	return span_from(path, at);
}

struct code_named
code_by_name(const struct code_names *n, struct span path)
{
	bool url;
	struct span name = base_of(path, &url);
	struct code_named r;

	do {
		r = by_base(n, name);
	} while (r.by == CODE_BY_NOTHING && unwrap(&name));
	if (!url)
		return r;
	for (size_t i = 0; i < sizeof served / sizeof *served; i++) {
		const unsigned lang = code_lang_find(span_of(served[i]));

		if (code_set_has(&r.set, lang))
			return (struct code_named){ .weak = true };
	}
	return r;
}

struct code_set
code_by_run(const struct code_names *n, struct span program)
{
	bool weak;
	struct code_set set = find(n->run, n->runs, program, &weak);

	while (is_empty(&set) && program.n > 1) {
		const char c = program.p[program.n - 1];

		if (!(c >= '0' && c <= '9') && c != '.' && c != '-')
			break;
		program.n--;
		set = find(n->run, n->runs, program, &weak);
	}
	return set;
}

struct code_set
code_by_mode(const struct code_names *n, struct span mode)
{
	char buf[EXT_MAX];
	struct code_set set = { 0 };
	unsigned lang;
	bool weak;

	if (mode.n > EXT_MAX)
		return set;
	for (size_t i = 0; i < mode.n; i++)
		buf[i] = lower(mode.p[i]);
	mode.p = buf;
	lang = code_lang_find(mode);
	if (lang != CODE_NONE) {
		code_set_add(&set, lang);
		return set;
	}
	set = find(n->mode, n->modes, mode, &weak);
	return is_empty(&set) ? find(n->ext, n->exts, mode, &weak) : set;
}
