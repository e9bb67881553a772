/* largemem.c - large blocks of memory, on huge pages where the system has them. */
#define _GNU_SOURCE /* NOLINT(bugprone-reserved-identifier,cert-dcl*): madvise */
#include <stdlib.h>
#include <sys/mman.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"

enum { PAGE = 4096, HUGE_PAGE = 2 << 20 };

void *
large_alloc(size_t n)
{
	size_t unit = n < HUGE_PAGE ? PAGE : HUGE_PAGE;
	size_t size = xadd(n, unit - 1) / unit * unit;
	void *p = aligned_alloc(unit, size);

	if (!p)
		die(EXIT_SYSTEM, "out of memory allocating %zu bytes", n);
#ifdef MADV_HUGEPAGE
	/* Faults on small pages cost more than the work on the memory. */
	if (unit == HUGE_PAGE)
		madvise(p, size, MADV_HUGEPAGE);
#endif
	return p;
}
