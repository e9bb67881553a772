/* clues.c - find the interpreter and the editor mode that a text names. */
#include "filters/codeid/clues.h"

#include "lib/base/chars.h"

enum {
	MODELINES = 5,	  /* lines at either end where vim expects a modeline */
	EXEC_LINES = 16,  /* lines at the beginning where "exec" is looked for */
	LINE_BYTES = 512, /* bytes of a line that are examined */
};

static bool
is_line_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '+' || c == '#' ||
	       c == '.';
}

static struct span
skip_blanks(struct span s)
{
	while (s.n && is_line_blank(*s.p))
		s = span_from(s, 1);
	return s;
}

/* Remove the first word, which ends at a blank, and return it. */
static struct span
take_word(struct span *s)
{
	struct span word;

	*s = skip_blanks(*s);
	word = (struct span){ s->p, 0 };
	while (word.n < s->n && !is_line_blank(s->p[word.n]))
		word.n++;
	*s = span_from(*s, word.n);
	return word;
}

static struct span
first_line(struct span text)
{
	const size_t most = text.n < LINE_BYTES ? text.n : LINE_BYTES;
	const char *end = most ? memchr(text.p, '\n', most) : NULL;

	return (struct span){ text.p, end ? (size_t)(end - text.p) : most };
}

static struct span
base_of(struct span path)
{
	size_t at = path.n;

	while (at > 0 && path.p[at - 1] != '/')
		at--;
	return span_from(path, at);
}

struct span
clues_shebang(struct span text)
{
	struct span line = first_line(text), word;

	if (!span_starts(line, SPAN("#!")))
		return (struct span){ text.p, 0 };
	line = span_from(line, 2);
	word = base_of(take_word(&line));
	if (!span_eq(word, SPAN("env")))
		return word;
	do {
		word = take_word(&line);
	} while (word.n &&
		 (word.p[0] == '-' || memchr(word.p, '=', word.n))); /* -S, NAME=VALUE */
	return base_of(word);
}

/* Remove the first line and return its first LINE_BYTES bytes. */
static struct span
take_line(struct span *text)
{
	const struct span line = first_line(*text);
	const char *nl = text->n ? memchr(text->p, '\n', text->n) : NULL;

	*text = span_from(*text, nl ? (size_t)(nl + 1 - text->p) : text->n);
	return line;
}

/* Strip quotes and the characters that open or end a shell command. */
static struct span
bare(struct span word)
{
	while (word.n && strchr("\"';:&|{(", word.p[0]))
		word = span_from(word, 1);
	while (word.n && strchr("\"';:&|{(", word.p[word.n - 1]))
		word.n--;
	return word;
}

struct span
clues_exec(struct span text)
{
	struct span rest = text;

	for (unsigned i = 0; i < EXEC_LINES && rest.n; i++) {
		struct span line = take_line(&rest), program;

		while (line.n && !span_eq(bare(take_word(&line)), SPAN("exec")))
			;
		program = bare(take_word(&line));
		if (span_eq(base_of(program), SPAN("env")))
			program = bare(take_word(&line));
		/* "$0" is the script.  "$_" and "$SELF" are rare and ambiguous. */
		for (size_t k = 0; program.n && k + 1 < line.n; k++)
			if (line.p[k] == '$' && line.p[k + 1] == '0')
				return base_of(program);
	}
	return (struct span){ text.p, 0 };
}

/* The offset of `lower_case` in s, ignoring case; s.n if it is missing. */
static size_t
find_nocase(struct span s, struct span lower_case)
{
	for (size_t i = 0; i + lower_case.n <= s.n; i++) {
		size_t k = 0;

		while (k < lower_case.n && ascii_lower(s.p[i + k]) == lower_case.p[k])
			k++;
		if (k == lower_case.n)
			return i;
	}
	return s.n;
}

static struct span
word_at(struct span s, size_t at)
{
	struct span word;

	s = skip_blanks(span_from(s, at));
	word = (struct span){ s.p, 0 };
	while (word.n < s.n && is_word(s.p[word.n]))
		word.n++;
	return word;
}

/* The mode of "-*- C++ -*-" or "-*- mode: python; coding: utf-8 -*-". */
static struct span
emacs_mode(struct span line)
{
	static const struct span mark = { "-*-", 3 }, mode = { "mode:", 5 };
	size_t at = memchr(line.p, '*', line.n) ? find_nocase(line, mark) : line.n, end;
	struct span inside;

	if (at == line.n)
		return (struct span){ line.p, 0 };
	inside = span_from(line, at + mark.n);
	end = find_nocase(inside, mark);
	if (end == inside.n)
		return (struct span){ line.p, 0 };
	inside.n = end;
	at = find_nocase(inside, mode);
	if (at < inside.n)
		return word_at(inside, at + mode.n);
	if (memchr(inside.p, ':', inside.n))
		return (struct span){ line.p, 0 };
	return word_at(inside, 0);
}

/* The mode of "vim: set ft=ruby :", "vi:filetype=perl:sw=4" or "ex: syntax=c". */
static struct span
vim_mode(struct span line)
{
	static const struct span editors[] = { { "vim:", 4 }, { "vi:", 3 },
		{ "ex:", 3 } };
	static const struct span names[] = { { "ft=", 3 }, { "filetype=", 9 },
		{ "syntax=", 7 } };

	if (!memchr(line.p, '=', line.n))
		return (struct span){ line.p, 0 };
	for (size_t i = 0; i < sizeof editors / sizeof *editors; i++) {
		size_t at = find_nocase(line, editors[i]);

		if (at == line.n || (at > 0 && is_word(line.p[at - 1])))
			continue;
		for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
			const size_t name = find_nocase(line, names[k]);

			if (name < line.n && name > at && !is_word(line.p[name - 1]))
				return word_at(line, name + names[k].n);
		}
	}
	return (struct span){ line.p, 0 };
}

static struct span
line_mode(struct span line, bool first)
{
	struct span mode = vim_mode(line);

	/* Emacs reads the first line, or the second after a "#!" line. */
	return mode.n == 0 && first ? emacs_mode(line) : mode;
}

struct span
clues_modeline(struct span text)
{
	struct span rest = text, mode;
	size_t end = text.n;

	for (unsigned i = 0; i < MODELINES && rest.n; i++) {
		mode = line_mode(take_line(&rest), i < 2);
		if (mode.n)
			return mode;
	}
	for (unsigned i = 0; i < MODELINES && end; i++) {
		size_t from = end - (text.p[end - 1] == '\n'), least;

		end = from;
		least = end > LINE_BYTES ? end - LINE_BYTES : 0;
		while (from > least && text.p[from - 1] != '\n')
			from--;
		mode = line_mode((struct span){ text.p + from, end - from }, false);
		if (mode.n || (from > 0 && text.p[from - 1] != '\n'))
			return mode;
		end = from;
	}
	return (struct span){ text.p, 0 };
}
