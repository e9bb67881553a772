/* driver.h - run a filter, or a chain of filters, from its command line. */
#ifndef TAMIS_DRIVER_H
#define TAMIS_DRIVER_H

#include "lib/driver/filter.h"

/* Run one filter.  Returns the exit code; errors have been printed. */
int filter_main(const struct filter *f, int argc, char *argv[]);

/* Run several filters in one process: "A [options] : B [options] FILE...". */
extern const char chain_summary[];
int chain_main(const struct filter *(*find)(const char *), int argc, char *argv[]);

#endif
