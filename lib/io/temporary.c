/* temporary.c - check the directory of temporary files, and remove them on interrupts. */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/io/publish.h"

/* Slots are single atomic pointers, so that a signal handler can read them. */
enum { TEMPORARIES = 1024 };
static _Atomic(const char *) temporary[TEMPORARIES];

int
temporary_dir_check(const char *dir, struct err *err)
{
	struct stat st;

	/* access() would report that a file lacks the permission to execute. */
	if (stat(dir, &st) == 0 && !S_ISDIR(st.st_mode))
		errno = ENOTDIR;
	else if (access(dir, W_OK | X_OK) == 0)
		return 0;
	return err_errno(
	    err, "cannot create a temporary file in directory '%s' (--tmp)", dir);
}

static void
remove_all(void)
{
	for (size_t i = 0; i < TEMPORARIES; i++) {
		const char *path = temporary[i];

		if (path)
			unlink(path);
	}
}

static void
on_signal(int sig)
{
	remove_all();
	/* SA_RESETHAND has restored the default action: the signal now kills us. */
	raise(sig);
}

static void
catch_signals(void)
{
	/* SIGUSR1 and SIGUSR2: batch systems send them before the time is up. */
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGXCPU,
		SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF };
	struct sigaction old,
	    act = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };

	sigemptyset(&act.sa_mask);
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		/* nohup and background jobs ignore some signals: keep that. */
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
			sigaction(signals[i], &act, NULL);
}

void
temporary_add(const char *path)
{
	static atomic_flag caught = ATOMIC_FLAG_INIT;

	if (!atomic_flag_test_and_set(&caught)) {
		catch_signals();
		err_on_die(remove_all);
	}
	for (size_t i = 0; i < TEMPORARIES; i++) {
		const char *none = NULL;

		if (atomic_compare_exchange_strong(&temporary[i], &none, path))
			return;
	}
}

void
temporary_remove(const char *path)
{
	for (size_t i = 0; i < TEMPORARIES; i++) {
		const char *mine = path;

		if (atomic_compare_exchange_strong(&temporary[i], &mine, NULL))
			return;
	}
}

void
temporary_note(const char *path, int exists)
{
	if (exists)
		temporary_add(path);
	else
		temporary_remove(path);
}
