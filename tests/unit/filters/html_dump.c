/* html_dump.c - write what the HTML parser finds, for tests. */
#include "tests/unit/filters/html_dump.h"

#include <check.h>

#include "lib/base/chars.h"

struct html_names names;
struct html_references *references;
struct buf out;

void
dump_set_up(void)
{
	html_names_init(&names);
	references = html_references_new();
}

void
dump_tear_down(void)
{
	html_references_free(references);
	buf_free(&out);
	out = (struct buf){ 0 };
}

void
assert_out(const char *want)
{
	buf_putc(&out, '\0');
	ck_assert_str_eq(out.p, want);
	out.n = 0;
}

void
put_text(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		buf_putc(&out, s.p[i] ? s.p[i] : '@');
}

void
put_name(struct span name)
{
	for (size_t i = 0; i < name.n; i++)
		buf_putc(&out, ascii_lower(name.p[i] == '_' ? '-' : name.p[i]));
}
