/* err.h - errors: functions return them, the main program prints them and exits. */
#ifndef TAMIS_ERR_H
#define TAMIS_ERR_H

#include <stddef.h>

/* Exit codes of all commands, as in tamis(1). */
enum {
	EXIT_NO = 1,	 /* done; the answer is no */
	EXIT_USAGE = 2,	 /* bad command line; no input was read */
	EXIT_DATA = 3,	 /* bad input data */
	EXIT_SYSTEM = 4, /* the system failed: disk full, no memory */
};

struct err {
	int code;	/* an exit code above; 0: no error */
	char msg[1020]; /* "PLACE: PROBLEM[: FIX]" */
};

#define PRINTF(a, b) __attribute__((format(printf, a, b)))

/* Fill in *e.  An error that it already holds stays: the first is the cause.
 * Returns -1. */
int err_set(struct err *e, int code, const char *fmt, ...) PRINTF(3, 4);
/*
 * The same; appends ": ", strerror(errno) and a fix where errno tells one.  The code is
 * EXIT_USAGE if a path does not exist, else EXIT_SYSTEM.  Returns -1.
 */
int err_errno(struct err *e, const char *fmt, ...) PRINTF(2, 3);

/* Prefix the message, if any, with "WHO: ".  Returns -1. */
int err_prefix(struct err *e, const char *who);

extern const char *err_prog; /* prefix of every message: "tamis length" */

/*
 * Replace controls (C0, C1, bidirectional) and ill-formed UTF-8 in s by '?', in place.
 * Returns the new length.
 */
size_t err_mask(char *s);
/* Write one line to stderr with a single write(), masked. */
void msg(const char *fmt, ...) PRINTF(1, 2);
/* The same after "warning: ". */
void warning(const char *fmt, ...) PRINTF(1, 2);
/* For errors that cannot be returned, such as out of memory.  Exits with `code`. */
_Noreturn void die(int code, const char *fmt, ...) PRINTF(2, 3);
/* Have die() call f before it exits.  The last f set replaces earlier ones. */
void err_on_die(void (*f)(void));
/* Options that lower the memory of a command: -j, --memory, --max-doc. */
enum { LESS_THREADS = 1, LESS_MEMORY = 2, LESS_MAX_DOC = 4 };
/* Name these options, too, when memory is out: the command has them. */
void no_memory_options(unsigned options);
/* Exit with EXIT_SYSTEM, since memory is out.  purpose: "", or " for compression". */
_Noreturn void die_no_memory(const char *purpose);
/* For a condition that only a bug can cause.  Aborts. */
_Noreturn void bug(const char *file, int line, const char *what);
#define BUG(what) bug(__FILE__, __LINE__, what)

#endif
