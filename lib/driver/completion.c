/* completion.c - shell scripts that complete commands and options. */
#include "lib/driver/completion.h"

/* Appends the completion of one option. */
typedef void put_option(
    const struct completion_command *v, const struct opt *o, struct buf *out);

static void
each_option(const struct completion_command *v, put_option *put, struct buf *out)
{
	for (const struct opt *o = v->opts; o && o->type != OPT_T_END; o++)
		if (o->help)
			put(v, o, out);
	for (const struct opt *o = common_opts; o->type != OPT_T_END; o++)
		if (common_takes(v->common, o->name))
			put(v, o, out);
}

static bool
takes_value(const struct opt *o)
{
	return o->type != OPT_T_BOOL && o->type != OPT_T_LEVEL;
}

static bool
takes_file(const struct opt *o)
{
	return o->arg && (strcmp(o->arg, "FILE") == 0 || strcmp(o->arg, "DIR") == 0);
}

/* The words of a list "a|b|c", separated by spaces. */
static void
put_words(const char *words, struct buf *out)
{
	for (; *words; words++)
		buf_putc(out, *words == '|' ? ' ' : *words);
}

/* s inside single quotes, with a backslash before the characters of `special`. */
static void
put_quoted(const char *s, const char *special, struct buf *out)
{
	for (; *s; s++) {
		if (*s == '\'')
			buf_puts(out, "'\\'");
		else if (strchr(special, *s))
			buf_putc(out, '\\');
		buf_putc(out, *s);
	}
}

static void
bash_name(const struct completion_command *v, const struct opt *o, struct buf *out)
{
	buf_putf(out, " --%s", o->name);
}

/* Completions of the value of an option: its words, files, or none. */
static void
bash_value(const struct completion_command *v, const struct opt *o, struct buf *out)
{
	if (!takes_value(o))
		return;
	buf_putf(out, "\t%s\\ --%s", v->name, o->name);
	if (o->letter)
		buf_putf(out, " | %s\\ -%c", v->name, o->letter);
	buf_puts(out, ") ");
	if (o->type == OPT_T_ENUM) {
		buf_puts(out, "words='");
		put_words(o->arg, out);
		buf_puts(out, "'");
	} else if (takes_file(o)) {
		buf_puts(out, "files=1");
	} else {
		buf_puts(out, "nothing=1");
	}
	buf_puts(out, " ;;\n");
}

static void
put_bash(const struct completion_command *v, size_t n, struct buf *out)
{
	buf_puts(out, "_tamis() {\n"
		      "\tlocal word=${COMP_WORDS[COMP_CWORD]} "
		      "before=${COMP_WORDS[COMP_CWORD - 1]}\n"
		      "\tlocal i command= words= files= nothing=\n"
		      "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
		      "\t\tcase ${COMP_WORDS[i]} in\n\t\t");
	for (size_t i = 0; i < n; i++)
		buf_putf(out, "%s%s", i ? " | " : "", v[i].name);
	buf_puts(out, ") command=${COMP_WORDS[i]} ;;\n\t\tesac\n\tdone\n"
		      "\tcase \"$command $before\" in\n");
	for (size_t i = 0; i < n; i++)
		each_option(&v[i], bash_value, out);
	buf_puts(out, "\t*) files=2 ;;\n\tesac\n"
		      "\tif [[ $files = 2 && ( -z $command || $before = : ) ]]; then\n"
		      "\t\tfiles=\n\t\twords='");
	for (size_t i = 0; i < n; i++)
		buf_putf(out, "%s%s", i ? " " : "", v[i].name);
	buf_puts(out, "'\n\telif [[ $files = 2 && $word = -* ]]; then\n"
		      "\t\tfiles=\n\t\tcase $command in\n");
	for (size_t i = 0; i < n; i++) {
		buf_putf(out, "\t\t%s) words='", v[i].name);
		each_option(&v[i], bash_name, out);
		buf_puts(out, "' ;;\n");
	}
	buf_puts(out, "\t\tesac\n\tfi\n"
		      "\tCOMPREPLY=()\n"
		      "\t[[ $nothing ]] || mapfile -t COMPREPLY < "
		      "<(compgen ${files:+-f} -W \"$words\" -- \"$word\")\n"
		      "}\n"
		      "complete -o filenames -F _tamis tamis\n");
}

static void
zsh_value(const struct opt *o, struct buf *out)
{
	if (!takes_value(o))
		return;
	buf_puts(out, ":");
	put_quoted(o->type == OPT_T_ENUM ? o->name : o->arg, ":[]", out);
	buf_puts(out, ":");
	if (o->type == OPT_T_ENUM) {
		buf_putc(out, '(');
		put_words(o->arg, out);
		buf_putc(out, ')');
	} else if (takes_file(o)) {
		buf_puts(out, "_files");
	}
}

static void
zsh_option(const struct completion_command *v, const struct opt *o, struct buf *out)
{
	for (int form = o->letter ? 0 : 1; form < 2; form++) {
		buf_puts(out, "\t\t'");
		if (form)
			buf_putf(out, "--%s%s", o->name, takes_value(o) ? "=" : "");
		else
			buf_putf(out, "-%c%s", o->letter, takes_value(o) ? "+" : "");
		buf_putc(out, '[');
		put_quoted(o->help, "[]", out);
		buf_putc(out, ']');
		zsh_value(o, out);
		buf_puts(out, "' \\\n");
	}
}

static void
put_zsh(const struct completion_command *v, size_t n, struct buf *out)
{
	buf_puts(out, "#compdef tamis\n"
		      "_tamis() {\n\tlocal command=$words[2]\n"
		      "\tif ((CURRENT == 2)); then\n\t\tlocal -a subcommands=(\n");
	for (size_t i = 0; i < n; i++) {
		buf_putf(out, "\t\t\t'%s:", v[i].name);
		put_quoted(v[i].summary, "", out);
		buf_puts(out, "'\n");
	}
	buf_puts(out, "\t\t)\n\t\t_describe command subcommands\n\t\treturn\n\tfi\n"
		      "\tshift words\n\t((CURRENT--))\n\tcase $command in\n");
	for (size_t i = 0; i < n; i++) {
		buf_putf(out, "\t%s)\n\t\t_arguments -s \\\n", v[i].name);
		each_option(&v[i], zsh_option, out);
		buf_puts(out, "\t\t'*:file:_files' ;;\n");
	}
	buf_puts(out, "\tesac\n}\n_tamis \"$@\"\n");
}

static void
fish_option(const struct completion_command *v, const struct opt *o, struct buf *out)
{
	buf_putf(out, "complete -c tamis -n '__fish_seen_subcommand_from %s' -l %s",
	    v->name, o->name);
	if (o->letter)
		buf_putf(out, " -s %c", o->letter);
	if (o->type == OPT_T_ENUM) {
		buf_puts(out, " -x -a '");
		put_words(o->arg, out);
		buf_puts(out, "'");
	} else if (takes_value(o)) {
		buf_puts(out, takes_file(o) ? " -r" : " -x");
	}
	buf_puts(out, " -d '");
	put_quoted(o->help, "", out);
	buf_puts(out, "'\n");
}

static void
put_fish(const struct completion_command *v, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		buf_putf(out, "complete -c tamis -n __fish_use_subcommand -f -a %s -d '",
		    v[i].name);
		put_quoted(v[i].summary, "", out);
		buf_puts(out, "'\n");
	}
	for (size_t i = 0; i < n; i++)
		each_option(&v[i], fish_option, out);
}

bool
completion_put(
    const char *shell, const struct completion_command *v, size_t n, struct buf *out)
{
	if (strcmp(shell, "bash") == 0)
		put_bash(v, n, out);
	else if (strcmp(shell, "zsh") == 0)
		put_zsh(v, n, out);
	else if (strcmp(shell, "fish") == 0)
		put_fish(v, n, out);
	else
		return false;
	return true;
}
