/* clues.c - what a text says of itself: its "#!" line, its lines to editors. */
#include "filters/codeid/clues.h"

enum {
	MODELINES = 5,	  /* lines at either end that vim looks at */
	EXEC_LINES = 16,  /* lines in which a script may hand itself on */
	LOOK_BYTES = 512, /* of a line */
};

static bool
is_blank(char c)
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
	while (s.n && is_blank(*s.p))
		s = span_from(s, 1);
	return s;
}

/* All up to the next blank, taken off the front. */
static struct span
take_word(struct span *s)
{
	struct span word;

	*s = skip_blanks(*s);
	word = (struct span){ s->p, 0 };
	while (word.n < s->n && !is_blank(s->p[word.n]))
		word.n++;
	*s = span_from(*s, word.n);
	return word;
}

static struct span
first_line(struct span text)
{
	const size_t most = text.n < LOOK_BYTES ? text.n : LOOK_BYTES;
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
code_shebang(struct span text)
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

/* The next line, taken off the front, cut where nobody looks any more. */
static struct span
take_line(struct span *text)
{
	const struct span line = first_line(*text);
	const char *nl = text->n ? memchr(text->p, '\n', text->n) : NULL;

	*text = span_from(*text, nl ? (size_t)(nl + 1 - text->p) : text->n);
	return line;
}

/* Quotes around a word, and what opens or ends a command, are not part of it. */
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
code_exec(struct span text)
{
	struct span rest = text;

	for (unsigned i = 0; i < EXEC_LINES && rest.n; i++) {
		struct span line = take_line(&rest), program;

		while (line.n && !span_eq(bare(take_word(&line)), SPAN("exec")))
			;
		program = bare(take_word(&line));
		if (span_eq(base_of(program), SPAN("env")))
			program = bare(take_word(&line));
		/* "$0" is the script; "$_" or "$SELF" would be as rare as unclear. */
		for (size_t k = 0; program.n && k + 1 < line.n; k++)
			if (line.p[k] == '$' && line.p[k + 1] == '0')
				return base_of(program);
	}
	return (struct span){ text.p, 0 };
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* Where `what` (lower case) first stands in s, in any case; s.n if nowhere. */
static size_t
find(struct span s, struct span what)
{
	for (size_t i = 0; i + what.n <= s.n; i++) {
		size_t k = 0;

		while (k < what.n && lower(s.p[i + k]) == what.p[k])
			k++;
		if (k == what.n)
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

/* "-*- C++ -*-" or "-*- mode: python; coding: utf-8 -*-" */
static struct span
emacs_mode(struct span line)
{
	static const struct span mark = { "-*-", 3 }, mode = { "mode:", 5 };
	size_t at = memchr(line.p, '*', line.n) ? find(line, mark) : line.n, end;
	struct span inside;

	if (at == line.n)
		return (struct span){ line.p, 0 };
	inside = span_from(line, at + mark.n);
	end = find(inside, mark);
	if (end == inside.n)
		return (struct span){ line.p, 0 };
	inside.n = end;
	at = find(inside, mode);
	if (at < inside.n)
		return word_at(inside, at + mode.n);
	if (memchr(inside.p, ':', inside.n))
		return (struct span){ line.p, 0 };
	return word_at(inside, 0);
}

/* "vim: set ft=ruby :", "vi:filetype=perl:sw=4", "ex: syntax=c" */
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
		size_t at = find(line, editors[i]);

		if (at == line.n || (at > 0 && is_word(line.p[at - 1])))
			continue;
		for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
			const size_t name = find(line, names[k]);

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

	/* Emacs looks at the first line, or at the second below "#!". */
	return mode.n == 0 && first ? emacs_mode(line) : mode;
}

struct span
code_modeline(struct span text)
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
		least = end > LOOK_BYTES ? end - LOOK_BYTES : 0;
		while (from > least && text.p[from - 1] != '\n')
			from--;
		mode = line_mode((struct span){ text.p + from, end - from }, false);
		if (mode.n || (from > 0 && text.p[from - 1] != '\n'))
			return mode;
		end = from;
	}
	return (struct span){ text.p, 0 };
}
