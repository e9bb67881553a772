/* check_encoder_facts.c - plans and joins of shards that differ in bos or ties. */
#include <stdlib.h>

#include "mixer/plan/planfile.h"
#include "mixer/plan/resolve.h"
#include "shards/reshard.h"
#include "tests/unit/mixer/check_mixer.h"
#include "tests/unit/shards/tshard_make.h"

/* Write a shard of one document with this META. */
static void
make_shard(const char *name, const char *meta)
{
	static const struct tshard_facts facts = { .kind = TSHARD_DOCS,
		.vocab = 300,
		.eod = EOD,
		.pad = PAD,
		.bos = TSHARD_NONE };
	const struct tshard_source source = { .name = name, .weight = 1000000000 };
	const struct tshard_doc doc = { 0 };
	const uint32_t ids[] = { 7, 8, EOD };
	struct tshard_writer *w;

	OK(tshard_writer_open(&w, ts_path(name), &facts, &ts_e));
	OK(tshard_writer_sources(w, &source, 1, &ts_e));
	OK(tshard_writer_put(w, ids, 3, &ts_e));
	OK(tshard_writer_end_doc(w, &doc, name, strlen(name), NULL, 0, &ts_e));
	OK(tshard_writer_meta(w, meta, strlen(meta), &ts_e));
	OK(tshard_writer_commit(w, NULL, &ts_e));
}

static const struct {
	const char *meta[3], *want;
} mixtures[] = {
	{ { "{\"tokenizer\":{\"ties\":\"0.1.97\"}}",
	      "{\"tokenizer\":{\"ties\":\"0.1.97\"}}", "{}" },
	    NULL },
	{ { "{\"tokenizer\":{}}", "{\"tokenizer\":{\"ties\":\"0.2.2\"}}", "" }, NULL },
	{ { "{\"tokenizer\":{\"ties\":7}}", "not JSON", "[1]" }, NULL },
	{ { "{\"tokenizer\":{\"ties\":\"0.2.2\",\"type\":\"unigram\"}}",
	      "{\"tokenizer\":{}}", "{\"tokenizer\":{\"ties\":\"0.1.97\"}}" },
	    "p:7: source 'c': c.sdx resolves ties of its unigram model as SentencePiece "
	    "0.1.97 does, and a.sdx as 0.2.2: encode both with one version" },
	{ { "{\"tokenizer\":{\"adds_bos\":true}}", "{}",
	      "{\"tokenizer\":{\"adds_bos\":true,\"ties\":\"0.2.2\"}}" },
	    NULL },
	{ { "{}", "{\"tokenizer\":{\"adds_bos\":true}}",
	      "{\"tokenizer\":{\"ties\":\"0.2.2\"}}" },
	    "p:7: source 'c': c.sdx does not begin each document with bos, and b.sdx "
	    "does: encode both with or without --bos" },
	{ { "{\"tokenizer\":{}}", "", "{\"tokenizer\":{\"adds_bos\":true}}" },
	    "p:7: source 'c': c.sdx begins each document with bos, and a.sdx does not: "
	    "encode both with or without --bos" },
};

START_TEST(plan_compares_facts)
{
	static const char text[] = "tamis-plan 1\nseq 16\nphase p max\ngroup g 1\n"
				   "source a a in=g\nsource b b in=g\nsource c c in=g\n";
	static const char *const names[] = { "a", "b", "c" };
	struct resolved rp = { 0 };
	struct err err = { 0 };
	struct plan p;
	struct buf got = { 0 };

	for (int i = 0; i < 3; i++)
		make_shard(names[i], mixtures[_i].meta[i]);
	ck_assert_int_eq(plan_parse(span_of(text), "p", &p, &err), 0);
	if (resolve_docs(&p, "p", ts_dir, &rp, &err) < 0) {
		/* Without the directory, which differs each time. */
		for (const char *s = err.msg; *s;) {
			const size_t n = strlen(ts_dir);

			if (strncmp(s, ts_dir, n) == 0)
				s += n + 1;
			else
				buf_putc(&got, *s++);
		}
		ck_assert_int_eq(err.code, EXIT_DATA);
	}
	buf_putc(&got, '\0');
	ck_assert_str_eq(got.p, mixtures[_i].want ? mixtures[_i].want : "");
	buf_free(&got);
	resolved_free(&rp);
	plan_free(&p);
	for (int i = 0; i < 3; i++)
		ts_unlink(names[i]);
}
END_TEST

/* The same holds for shards that reshard joins. */
START_TEST(reshard_compares_facts)
{
	static const char *const names[] = { "a", "b", "c" };
	struct reshard_job job = { 0 };
	struct err err = { 0 };
	int rc = 0;

	for (int i = 0; i < 3; i++) {
		struct tshard *s;

		make_shard(names[i], mixtures[_i].meta[i]);
		OK(tshard_open(&s, ts_path(names[i]), 0, &ts_e));
		if (rc == 0)
			rc = reshard_check_facts(&job, s, names[i], &err);
		tshard_close(s);
		ts_unlink(names[i]);
	}
	ck_assert_int_eq(rc, mixtures[_i].want ? -1 : 0);
	ck_assert_int_eq(err.code, mixtures[_i].want ? EXIT_DATA : 0);
}
END_TEST

TCase *
encoder_facts_tcase(void)
{
	TCase *t = tcase_create("encoder_facts");

	tcase_add_checked_fixture(t, ts_setup, ts_teardown);
	tcase_add_loop_test(
	    t, plan_compares_facts, 0, sizeof mixtures / sizeof *mixtures);
	tcase_add_loop_test(
	    t, reshard_compares_facts, 0, sizeof mixtures / sizeof *mixtures);
	return t;
}
