/* err.h - errors: libraries return them, the front door prints them and exits. */
#ifndef TAMIS_ERR_H
#define TAMIS_ERR_H

/* Exit codes, the same for every verb: tamis(1). */
enum {
	EXIT_NO = 1,	 /* done, and the answer is no */
	EXIT_USAGE = 2,	 /* mend the command; no input was read */
	EXIT_DATA = 3,	 /* mend the data */
	EXIT_SYSTEM = 4, /* mend the machine, then try again */
};

struct err {
	int code;	/* an exit code above; 0: no error */
	char msg[1020]; /* "where: what went wrong: how to mend it" */
};

#define PRINTF(a, b) __attribute__((format(printf, a, b)))

/* Fill in *e unless it holds an error already (the first one is the cause).  Returns -1.
 */
int err_set(struct err *e, int code, const char *fmt, ...) PRINTF(3, 4);
/* The same, with EXIT_SYSTEM and ": strerror(errno)" behind the message.  Returns -1. */
int err_errno(struct err *e, const char *fmt, ...) PRINTF(2, 3);

/* Put "WHO: " before the message, if there is one.  Returns -1. */
int err_prefix(struct err *e, const char *who);

extern const char *err_prog; /* "tamis length": what every message begins with */

/* One line to stderr, control bytes shown as '?', in one write. */
void msg(const char *fmt, ...) PRINTF(1, 2);
/* The same after "warning: "; the program goes on. */
void warning(const char *fmt, ...) PRINTF(1, 2);
/* For what cannot be returned: out of memory, no thread.  Exits with `code`. */
_Noreturn void die(int code, const char *fmt, ...) PRINTF(2, 3);
/* What die() does first; the last one counts. */
void err_on_die(void (*f)(void));
_Noreturn void bug(const char *file, int line, const char *what);
#define BUG(what) bug(__FILE__, __LINE__, what)

#endif
