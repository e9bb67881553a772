/* html_dump.h - write what the HTML parser finds, for tests. */
#ifndef HTML_DUMP_H
#define HTML_DUMP_H

#include "filters/web/html/html_tokenizer.h"
#include "lib/base/mem.h"

extern struct html_names names;
extern struct html_references *references;
extern struct buf out; /* what was written */

void dump_set_up(void);
void dump_tear_down(void);

/* Compare what was written, and begin again. */
void assert_out(const char *want);
/* Write text; NUL as '@', so that the cases can have it. */
void put_text(struct span s);
/* Write a name in lower case, and '-' for '_'. */
void put_name(struct span name);

#endif
