/* fuzz_json.c - JSON and UTF-8: spans lie inside, quoting is undone, repairing is enough.
 */
#include <stdint.h>
#include <stdlib.h>

#include "lib/text/json.h"
#include "lib/text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
must(bool ok)
{
	if (!ok)
		abort();
}

/* Quoted and scanned again, s is a string of the same bytes. */
static void
check_quote(struct span s, struct arena *mem)
{
	struct buf b = { 0 };
	struct json_fields m = { 0 };
	struct json_error e;

	/* What we write must be accepted, and a NUL never is. */
	if (memchr(s.p, '\0', s.n))
		return;
	buf_puts(&b, "{\"t\":");
	json_quote(&b, s);
	buf_putc(&b, '}');
	must(utf8_valid(buf_span(&b)));
	must(json_scan(buf_span(&b), &m, mem, &e) == 1);
	must(span_eq(json_unquote(m.v[0].value, mem), s));
	free(m.v);
	buf_free(&b);
}

static bool
inside(struct span part, struct span whole)
{
	return part.p >= whole.p && part.p + part.n <= whole.p + whole.n;
}

/* Every value of an object is one: alone as the only member it scans again. */
static void
check_value(struct span value, struct arena *mem)
{
	struct buf b = { 0 };
	struct json_fields m = { 0 };
	struct json_error e;

	buf_puts(&b, "{\"v\":");
	buf_put(&b, value.p, value.n);
	buf_putc(&b, '}');
	must(json_scan(buf_span(&b), &m, mem, &e) == 1);
	must(span_eq(m.v[0].value, value));
	free(m.v);
	buf_free(&b);
}

static void
check_scan(struct span s)
{
	struct json_fields m = { 0 };
	struct arena mem = { 0 };
	struct json_error e = { SIZE_MAX, NULL };
	int k = json_scan(s, &m, &mem, &e);

	if (k < 0)
		must(e.at <= s.n && e.what);
	else
		must((size_t)k == m.n);
	for (int i = 0; i < k; i++) {
		struct span v = m.v[i].value;

		must(v.n > 0 && inside(v, s) && utf8_valid(m.v[i].key));
		must(i == 0 || m.v[i - 1].value.p + m.v[i - 1].value.n < v.p);
		check_value(v, &mem);
		check_quote(m.v[i].key, &mem);
		if (v.p[0] == '"') {
			must(utf8_valid(json_unquote(v, &mem)));
			check_quote(json_unquote(v, &mem), &mem);
		}
	}
	free(m.v);
	arena_free(&mem);
}

/* utf8_valid, utf8_error and utf8_repair say the same. */
static void
check_utf8(struct span s, struct buf *repaired)
{
	uint64_t wrong = utf8_repair(repaired, s);
	size_t at = utf8_error(s), steps = 0;

	must(utf8_valid(s) == (at == s.n) && (wrong == 0) == (at == s.n));
	must(utf8_valid((struct span){ s.p, at }) && utf8_valid(buf_span(repaired)));
	must(wrong || span_eq(s, buf_span(repaired)));
	for (size_t i = 0; i < repaired->n; steps++)
		must(utf8_next(buf_span(repaired), &i) <= 0x10ffff && i <= repaired->n);
	must(steps <= repaired->n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span s = { (const char *)p, n };
	struct buf repaired = { 0 };
	struct arena mem = { 0 };

	check_utf8(s, &repaired);
	if (utf8_valid(s)) {
		check_scan(s);
		if (n)
			check_quote(s, &mem);
	}
	if (repaired.n) {
		json_repair(repaired.p, repaired.n);
		must(json_repair(repaired.p, repaired.n) == 0);
		must(utf8_valid(buf_span(&repaired)));
		check_scan(buf_span(&repaired));
	}
	buf_free(&repaired);
	arena_free(&mem);
	return 0;
}
