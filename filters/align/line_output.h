/* line_output.h - the output of a sink that writes lines of its own. */
#ifndef TAMIS_LINE_OUTPUT_H
#define TAMIS_LINE_OUTPUT_H

#include "lib/driver/filter.h"

/* Zero it to begin. */
struct line_output {
	struct out *out;
	struct buf b; /* lines not yet written: append to it, then call flush */
	struct hasher *hasher;
	uint64_t bytes; /* written, before compression */
};

/* Open the output of -o, compressed as -z says.  0, or -1 with *err. */
int line_output_open(struct line_output *o, const struct common *c, struct err *err);
/* Write the lines in b once they are many.  0, or -1 with *err. */
int line_output_flush(struct line_output *o, struct err *err);
/* Write all that is left and publish.  0, or -1 with *err. */
int line_output_commit(struct line_output *o, struct err *err);
/* Of all bytes before compression. */
struct file_digest line_output_digest(const struct line_output *o);
/* Release all, and remove an output that is not committed. */
void line_output_free(struct line_output *o);

#endif
