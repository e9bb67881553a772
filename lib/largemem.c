/* largemem.c - large blocks of memory, on huge pages where the system has them. */
#define _GNU_SOURCE /* NOLINT(bugprone-reserved-identifier,cert-dcl*): madvise */
#include <stdlib.h>
#include <sys/mman.h>

#include "lib/err.h"
#include "lib/mem.h"

enum { HUGE_PAGE = 2 << 20 };

void *
large_alloc(size_t n)
{
	size_t size = xadd(n, HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
	void *p;

	if (n < HUGE_PAGE)
		return xmalloc(n);
	p = aligned_alloc(HUGE_PAGE, size);
	if (!p)
		die(EXIT_SYSTEM, "out of memory: %zu bytes", n);
#ifdef MADV_HUGEPAGE
	/* Faults on small pages cost more than all that is done with the memory. */
	madvise(p, size, MADV_HUGEPAGE);
#endif
	return p;
}
