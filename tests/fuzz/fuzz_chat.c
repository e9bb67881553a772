/* fuzz_chat.c - chat on any record: its output is JSON, and messages are read as they
 * are. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/driver/doc.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

extern const struct filter filter_chat;

static void
must(bool ok)
{
	if (!ok)
		abort();
}

/* One run of chat, which lives as long as its record. */
struct chat_run {
	void *self, *scratch;
	struct doc_env env;
	struct block block;
	struct setup setup;
};

static void
run_open(struct chat_run *r, const char *from, const char *to)
{
	char options[2][32], *argv[] = { NULL, options[0], options[1], NULL };
	struct err err = { 0 };
	struct opt_set set = { filter_chat.opts, NULL };

	*r = (struct chat_run){ .self = xmalloc(filter_chat.size) };
	memcpy(r->self, filter_chat.defaults, filter_chat.size);
	snprintf(options[0], sizeof options[0], "--from=%s", from);
	snprintf(options[1], sizeof options[1], "--to=%s", to);
	set.conf = r->self;
	must(opt_parse(&set, 1, 3, argv, &err) == 0);
	must(filter_chat.open(r->self, &r->setup, &err) == 0);
	must(filter_chat.open_thread(r->self, &r->scratch, &err) == 0);
	r->env = (struct doc_env){
		.text_key = SPAN("text"),
		.id_key = SPAN("id"),
		.no_text = r->setup.no_text,
		.by_line = true,
	};
	r->block.env = &r->env;
}

static void
run_close(struct chat_run *r)
{
	filter_chat.close_thread(r->scratch);
	filter_chat.close(r->self);
	free(r->self);
	block_free(&r->block);
}

/* Whether chat keeps the record; *out is then what it writes. */
static bool
run(struct chat_run *r, struct span record, struct buf *out)
{
	struct doc d = {
		.json = record,
		.unscanned = true,
		.path = "fuzz",
		.place = 1,
		.block = &r->block,
	};

	filter_chat.map(r->self, r->scratch, &d);
	doc_scan(&d);
	if (d.bad || d.dropped)
		return false;
	out->n = 0;
	doc_emit(&d, out);
	return true;
}

static void
check_json(struct span line)
{
	struct json_fields f = { 0 };
	struct json_error e;
	struct arena mem = { 0 };

	must(line.n && line.p[line.n - 1] == '\n');
	must(json_scan(line, &f, &mem, &e) >= 0);
	free(f.v);
	arena_free(&mem);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const char *const from[] = { "auto", "openai", "sharegpt", "nemo",
		"nemo-sft", "alpaca", "dolly", "trl", "bridge", "openrlhf", "hh",
		"aligner", "nemo-rl", "helpsteer2", "helpsteer3", "regression" };
	enum { READ = sizeof from / sizeof *from, WRITTEN = READ - 3 };
	struct chat_run first, again;
	struct buf out = { 0 }, same = { 0 };
	size_t to;

	if (n < 2)
		return 0;
	to = p[1] % WRITTEN;
	run_open(&first, from[p[0] % READ], from[1 + to]);
	if (run(&first, (struct span){ (const char *)p + 2, n - 2 }, &out)) {
		check_json(buf_span(&out));
		/* With --from, others of these fields can be left over. */
		if (to == 0 && p[0] % READ == 0) {
			run_open(&again, "openai", "openai");
			must(run(&again, (struct span){ out.p, out.n - 1 }, &same));
			must(span_eq(buf_span(&out), buf_span(&same)));
			run_close(&again);
		}
	}
	run_close(&first);
	buf_free(&out);
	buf_free(&same);
	return 0;
}
