/* check_driver.c - the filter contract: doc_new, errors in fold, several passes. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/driver/doc.h"
#include "lib/driver/driver.h"
#include "lib/driver/tty.h"
#include "lib/io/inputs.h"
#include "lib/io/stream.h"

Suite *driver_suite(void);

extern const struct filter filter_paragraphs, filter_length, filter_exact;

/* A filter whose fold spills to a full disk. */
static int
spill_fold(void *self, struct doc *d, struct err *err)
{
	FILE *f = fopen("/dev/full", "w");
	int rc = 0;

	if (!f)
		return err_errno(err, "cannot open the spill file");
	fputs("x", f);
	if (fclose(f) != 0)
		rc = err_errno(err, "cannot write the spill file");
	return rc;
}

static const struct opt no_opts[] = { OPT_END };
static const int nothing = 0;

static const struct filter filter_spill = {
	.name = "spill",
	.summary = "fail in fold",
	.opts = no_opts,
	.defaults = &nothing,
	.size = sizeof nothing,
	.fold = spill_fold,
};

/* A filter of two passes that keeps the documents with the most common length. */
struct mode {
	uint64_t count[64], best;
	bool bad; /* mark documents of three bytes bad */
};

static const struct mode mode_defaults = { .best = 0 };

static const struct opt mode_opts[] = {
	OPT_BOOL(0, "bad", struct mode, bad, "call documents of three bytes bad"),
	OPT_END,
};

static int
mode_open(void *self, struct setup *setup, struct err *err)
{
	setup->passes = 2;
	return 0;
}

static void
mode_map(const void *self, void *scratch, struct doc *d)
{
	if (((const struct mode *)self)->bad && doc_text(d).n == 3)
		doc_bad(d, "three bytes");
}

static int
mode_fold(void *self, struct doc *d, struct err *err)
{
	((struct mode *)self)->count[doc_text(d).n % 64]++;
	return 0;
}

static int
mode_decide(void *self, struct err *err)
{
	struct mode *m = self;

	for (uint64_t i = 0; i < 64; i++)
		if (m->count[i] > m->count[m->best])
			m->best = i;
	return 0;
}

static void
mode_apply(const void *self, void *scratch, struct doc *d)
{
	if (doc_text(d).n % 64 != ((const struct mode *)self)->best)
		doc_drop(d, "mode.other");
}

static const struct filter filter_mode = {
	.name = "mode",
	.summary = "keep documents of the most common length",
	.opts = mode_opts,
	.defaults = &mode_defaults,
	.size = sizeof mode_defaults,
	.open = mode_open,
	.map = mode_map,
	.fold = mode_fold,
	.decide = mode_decide,
	.apply = mode_apply,
};

/* A filter of three passes that keeps the last one of the longest documents. */
struct last {
	unsigned pass; /* from 0 */
	size_t longest;
	uint64_t ordinal;      /* of the document to keep */
	char first[1 << 13];   /* bytes of the texts, by ordinal */
	bool bad, mark, spoil; /* options */
};

static const struct last last_defaults = { .pass = 0 };

static const struct opt last_opts[] = {
	OPT_BOOL(0, "bad", struct last, bad, "in the second pass, call 'b...' bad"),
	OPT_BOOL(0, "mark", struct last, mark, "add a field to all documents"),
	OPT_BOOL(0, "spoil", struct last, spoil, "overwrite file 'in' after a pass"),
	OPT_END,
};

static int
last_open(void *self, struct setup *setup, struct err *err)
{
	setup->passes = 3;
	return 0;
}

static void
last_map(const void *self, void *scratch, struct doc *d)
{
	const struct last *l = self;

	if (l->bad && l->pass == 1 && span_starts(doc_text(d), SPAN("b")))
		doc_bad(d, "starts with b");
}

static int
last_fold(void *self, struct doc *d, struct err *err)
{
	struct last *l = self;
	const uint64_t at = doc_ordinal(d);
	const struct span text = doc_text(d);

	if (text.n == 0 || at >= sizeof l->first)
		return err_set(err, EXIT_DATA, "a bad document was presented");
	if (l->pass == 0) {
		l->first[at] = text.p[0];
		l->longest = text.n > l->longest ? text.n : l->longest;
	} else {
		if (l->first[at] != text.p[0])
			return err_set(err, EXIT_DATA, "the passes differ");
		l->ordinal = text.n == l->longest ? at : l->ordinal;
	}
	return 0;
}

static int
last_decide(void *self, struct err *err)
{
	static const char noise[] = "{\"text\":\"\xff\"}\n{\"text\":\"\xff\"}\n";
	struct last *l = self;

	l->pass++;
	if (l->spoil && l->pass == 2) {
		FILE *f = fopen("in", "r+");

		if (!f)
			return err_errno(err, "cannot open 'in'");
		fputs(noise, f);
		fclose(f);
	}
	return 0;
}

static void
last_apply(const void *self, void *scratch, struct doc *d)
{
	const struct last *l = self;

	doc_count(d, "last.unscanned", d->unscanned);
	if (l->mark)
		doc_set_u64(d, SPAN("mark"), 1);
	else if (!l->spoil && doc_ordinal(d) != l->ordinal)
		doc_drop(d, "last.other");
}

static const struct filter filter_last = {
	.name = "last",
	.summary = "keep the last one of the longest documents",
	.opts = last_opts,
	.defaults = &last_defaults,
	.size = sizeof last_defaults,
	.open = last_open,
	.map = last_map,
	.fold = last_fold,
	.decide = last_decide,
	.apply = last_apply,
};

/* A filter that needs no text, removes fields r, s and t, and counts those it removes. */
static int
strip_open(void *self, struct setup *setup, struct err *err)
{
	setup->no_text = true;
	return 0;
}

static void
strip_map(const void *self, void *scratch, struct doc *d)
{
	static const struct span names[] = { { "r", 1 }, { "s", 1 }, { "t", 1 } };
	struct span raw;
	uint64_t n = 0;

	for (size_t i = 0; i < 3; i++) {
		n += doc_get(d, names[i], &raw);
		doc_remove(d, names[i]);
		n += doc_get(d, names[i], &raw);
	}
	if (n)
		doc_set_u64(d, SPAN("n"), n);
}

static const struct filter filter_strip = {
	.name = "strip",
	.summary = "remove three fields",
	.opts = no_opts,
	.defaults = &nothing,
	.size = sizeof nothing,
	.open = strip_open,
	.map = strip_map,
};

static const struct filter *
find(const char *name)
{
	const struct filter *const all[] = { &filter_paragraphs, &filter_length,
		&filter_exact, &filter_spill, &filter_mode, &filter_last, &filter_strip };

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (strcmp(name, all[i]->name) == 0)
			return all[i];
	return NULL;
}

static char dir[64];

static void
setup(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(
	    dir, sizeof dir, "%.40s/check_driver.XXXXXX", tmp && *tmp ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(chdir(dir), 0);
}

static void
teardown(void)
{
	unlink("in");
	unlink("out");
	unlink("out.report.json");
	unlink("rejects");
	unlink("err");
	ck_assert_int_eq(chdir("/"), 0);
	rmdir(dir);
}

static void
put(const char *path, const char *text)
{
	struct err err = { 0 };

	ck_assert_int_eq(file_put(path, span_of(text), 0666, &err), 0);
}

static char *
get(const char *path)
{
	static struct buf b;
	struct err err = { 0 };

	b.n = 0;
	ck_assert_msg(file_get(path, 1 << 20, &b, &err) == 0, "%s", err.msg);
	buf_putc(&b, '\0');
	return b.p;
}

/* Run the words of a chain, and return its exit code. */
static int
chain(const char *threads, const char *words)
{
	char copy[256], *argv[32];
	int argc = 0;

	snprintf(copy, sizeof copy, "chain -q -j %s -o out %s", threads, words);
	for (char *p = copy; p; argc++) {
		argv[argc] = p;
		p = strchr(p, ' ');
		if (p)
			*p++ = '\0';
	}
	inputs_clear(); /* what the test itself read */
	return chain_main(find, argc, argv);
}

static const char two[] = "{\"id\":\"x\",\"text\":\"aa\\n\\nb\\n\\ncc\",\"n\":1}\n"
			  "{\"text\":\"d\\n\\naa\"}\n{\"text\":\"\\n\\n\"}\n";

/* Documents made by doc_new follow their origin, through fold and later stages. */
START_TEST(made)
{
	for (const char *j = "148"; *j; j++) {
		const char threads[2] = { *j, '\0' };

		put("in", two);
		ck_assert_int_eq(chain(threads, "paragraphs in"), 0);
		ck_assert_str_eq(get("out"), "{\"id\":\"x\",\"text\":\"aa\",\"n\":1}\n"
					     "{\"id\":\"x.1\",\"text\":\"b\",\"n\":1}\n"
					     "{\"id\":\"x.2\",\"text\":\"cc\",\"n\":1}\n"
					     "{\"text\":\"d\"}\n{\"text\":\"aa\"}\n");
		ck_assert_int_eq(
		    chain(threads, "paragraphs : length --min 2 : exact in"), 0);
		ck_assert_str_eq(get("out"),
		    "{\"id\":\"x\",\"text\":\"aa\",\"n\":1}\n"
		    "{\"id\":\"x.2\",\"text\":\"cc\",\"n\":1}\n");
		ck_assert_ptr_nonnull(
		    strstr(get("out.report.json"), "\"read\":3,\"made\":3,\"kept\":2,"));
		/* Documents made of made documents. */
		ck_assert_int_eq(chain(threads, "paragraphs : paragraphs --min 2 in"), 0);
		ck_assert_str_eq(get("out"),
		    "{\"id\":\"x\",\"text\":\"aa\",\"n\":1}\n"
		    "{\"id\":\"x.2\",\"text\":\"cc\",\"n\":1}\n{\"text\":\"aa\"}\n");
	}
}
END_TEST

/* Documents need no text where no filter reads it.  A removed field takes one comma with
 * it, and all other bytes remain. */
START_TEST(removed)
{
	static const char in[] = "{ \"r\":1 }\n"
				 "{\"r\":1, \"a\" : 2,\"s\":[3]}\n"
				 "{\"r\":1, \"\\u0073\":2 , \"a\":3, \"t\":4,\"b\": 5}\n"
				 "{\"a\":1}\n{\"n\":null,\"t\":{\"t\":1}}\n";

	put("in", in);
	ck_assert_int_eq(chain("1", "strip in"), 0);
	ck_assert_str_eq(get("out"), "{\"n\":1 }\n{\"a\" : 2,\"n\":2}\n"
				     "{\"a\":3,\"b\": 5,\"n\":3}\n"
				     "{\"a\":1}\n{\"n\":1}\n");
	ck_assert_int_eq(chain("1", "strip : length in"), EXIT_DATA);
}
END_TEST

/* A failing fold ends the run with its error, and no output is published. */
START_TEST(fold_fails)
{
	put("in", two);
	ck_assert_int_eq(chain("1", "length : spill in"), EXIT_SYSTEM);
	ck_assert_int_eq(chain("4", "spill : length in"), EXIT_SYSTEM);
	ck_assert_int_ne(access("out", F_OK), 0);
}
END_TEST

/* Two passes see the same documents, whether files are read again or spooled. */
START_TEST(two_passes)
{
	static const char in[] =
	    "{\"text\":\"aa\"}\n{\"text\":\"b\"}\n{\"text\":\"ccc\"}\n"
	    "{\"text\":\"dd\"}\n{\"text\":\"eee\"}\n"
	    "{\"text\":\"ggg\"}\n";
	static const char *const longest =
	    "{\"text\":\"ccc\"}\n{\"text\":\"eee\"}\n{\"text\":\"ggg\"}\n";

	for (const char *j = "148"; *j; j++) {
		const char threads[2] = { *j, '\0' };

		put("in", in);
		ck_assert_int_eq(chain(threads, "mode in"), 0);
		ck_assert_str_eq(get("out"), longest);
		ck_assert_int_eq(chain(threads, "length --min 2 : mode in"), 0);
		ck_assert_str_eq(get("out"), longest);
		ck_assert_int_eq(chain(threads, "paragraphs : mode in"), 0);
		ck_assert_str_eq(get("out"), longest);
		/* A document marked bad in map stays bad in the second pass. */
		ck_assert_int_eq(chain(threads, "--on-bad=skip mode --bad in"), 0);
		ck_assert_str_eq(get("out"), "{\"text\":\"aa\"}\n{\"text\":\"dd\"}\n");
		ck_assert_int_eq(
		    chain(threads, "--on-bad=skip -r rejects length : mode --bad in"), 0);
		ck_assert_str_eq(get("out"), "{\"text\":\"aa\"}\n{\"text\":\"dd\"}\n");
		ck_assert_ptr_nonnull(strstr(get("rejects"), "in:3: three bytes"));
		ck_assert_int_eq(chain(threads, "mode : length in"), EXIT_USAGE);
	}
}
END_TEST

static const char several[] =
    "{\"n\":1,\"text\":\"ccc\"}\n{\"text\":\"a\", \"n\":2}\n"
    "{\"text\":\"bbb\",\"k\":\"x\"}\n{\"text\":\"bbbb\"}\n{\"text\":\"dddd\"}\n"
    "{\"text\":\"ee\",\"k\":\"x\"}\n";

/* Three passes read files, or a spool of standard input or of earlier stages. */
START_TEST(three_passes)
{
	static const char d[] = "{\"text\":\"dddd\"}\n";

	for (const char *j = "148"; *j; j++) {
		const char threads[2] = { *j, '\0' };

		put("in", several);
		ck_assert_int_eq(chain(threads, "last in"), 0);
		ck_assert_str_eq(get("out"), d);
		ck_assert_ptr_nonnull(
		    strstr(get("out.report.json"), "{\"last.unscanned\":6}"));
		ck_assert_int_eq(chain(threads, "length --min 2 : last in"), 0);
		ck_assert_str_eq(get("out"), d);
		ck_assert_ptr_nonnull(
		    strstr(get("out.report.json"), "{\"last.unscanned\":5}"));
		ck_assert_int_eq(chain(threads, "last --where k=x in"), 0);
		ck_assert_str_eq(get("out"),
		    "{\"n\":1,\"text\":\"ccc\"}\n{\"text\":\"a\", \"n\":2}\n"
		    "{\"text\":\"bbb\",\"k\":\"x\"}\n{\"text\":\"bbbb\"}\n"
		    "{\"text\":\"dddd\"}\n");
		ck_assert_int_eq(chain(threads, "-r rejects last --mark in"), 0);
		ck_assert_ptr_nonnull(
		    strstr(get("out"), "{\"n\":1,\"text\":\"ccc\",\"mark\":1}\n"
				       "{\"text\":\"a\", \"n\":2,\"mark\":1}\n"));
		ck_assert_int_eq(chain(threads, "-r rejects last in"), 0);
		ck_assert_ptr_nonnull(
		    strstr(get("rejects"), "{\"text\":\"ee\",\"k\":\"x\",\"drop\":[{"));
		ck_assert_int_eq(chain(threads, "last --tag in"), 0);
		ck_assert_ptr_nonnull(
		    strstr(get("out"), "{\"text\":\"dddd\"}\n"
				       "{\"text\":\"ee\",\"k\":\"x\",\"drop\":[{\"rule\":"
				       "\"last.other\"}]}"));
		/* A document that the second pass calls bad. */
		ck_assert_int_eq(chain(threads, "last --bad in"), EXIT_DATA);
		ck_assert_int_eq(
		    chain(threads, "--on-bad=skip -r rejects last --bad in"), 0);
		ck_assert_str_eq(get("out"), d);
		ck_assert_ptr_nonnull(strstr(get("rejects"), "in:4: starts with b"));
		ck_assert_int_eq(chain(threads, "last : length in"), EXIT_USAGE);
	}
}
END_TEST

/* Blocks of good documents, bad records, and documents that the second pass calls bad. */
static void
put_blocks(void)
{
	enum { DOCS = 4000, LENGTH = 1000 };
	struct buf b = { 0 };
	struct err err = { 0 };

	for (size_t i = 0; i < DOCS; i++) {
		buf_puts(&b, "{\"text\":\"");
		for (size_t k = 0; k < LENGTH + i % 5; k++)
			buf_putc(&b, (char)('a' + i % 23));
		buf_puts(&b, i % 7 ? "\"}\n" : "\n");
	}
	ck_assert_int_eq(file_put("in", buf_span(&b), 0666, &err), 0);
	buf_free(&b);
}

/* Bad documents stay bad in later passes, which do not present them again. */
START_TEST(bad_in_passes)
{
	static const char *const run[] = { "--on-bad=skip last --bad in",
		"--on-bad=skip last --bad -", "--on-bad=skip length : last --bad in",
		"--on-bad=repair-skip last --bad in" };
	char copy[2048] = "";

	put_blocks();
	for (size_t i = 0; i < 2 * sizeof run / sizeof *run; i++) {
		ck_assert_ptr_nonnull(freopen("in", "r", stdin));
		ck_assert_int_eq(chain(i % 2 ? "4" : "1", run[i / 2]), 0);
		if (i == 0)
			snprintf(copy, sizeof copy, "%s", get("out"));
		ck_assert_str_eq(get("out"), copy);
		ck_assert_ptr_nonnull(strstr(get("out.report.json"),
		    "\"read\":4000,\"kept\":1,\"dropped\":3278,\"bad\":721,"));
	}
}
END_TEST

/* A later pass does not scan what nobody reads, but it verifies that no file changed. */
START_TEST(file_changes)
{
	const int old = dup(STDERR_FILENO);

	put("in", "{\"text\":\"a\"}\n{\"text\":\"b\"}\n");
	ck_assert_ptr_nonnull(freopen("err", "w", stderr));
	ck_assert_int_eq(chain("1", "last --spoil in"), EXIT_DATA);
	fflush(stderr);
	dup2(old, STDERR_FILENO);
	close(old);
	ck_assert_ptr_nonnull(strstr(get("err"), "in: file changed between two passes"));
	ck_assert_int_ne(access("out", F_OK), 0);
	/* A document that is not UTF-8 any more is bad when its text is needed. */
	put("in", "{\"text\":\"a\"}\n{\"text\":\"b\"}\n");
	ck_assert_int_eq(chain("1", "last --spoil --mark in"), EXIT_DATA);
}
END_TEST

static const struct {
	double seconds;
	const char *want;
} durations[] = {
	{ 0, "0:00" },
	{ 41.6, "0:42" },
	{ 725, "12:05" },
	{ 3599.9, "1:00:00" },
	{ 360010, "100:00:10" },
	{ 1e30, "100000:00:00" },
};

START_TEST(time_left)
{
	struct buf b = { 0 };

	progress_put_time(&b, durations[_i].seconds);
	buf_putc(&b, '\0');
	ck_assert_str_eq(b.p, durations[_i].want);
	buf_free(&b);
}
END_TEST

Suite *
driver_suite(void)
{
	Suite *s = suite_create("driver");
	TCase *t = tcase_create("contract");

	tcase_add_loop_test(t, time_left, 0, sizeof durations / sizeof *durations);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, made);
	tcase_add_test(t, removed);
	tcase_add_test(t, fold_fails);
	tcase_add_test(t, two_passes);
	tcase_add_test(t, three_passes);
	tcase_add_test(t, bad_in_passes);
	tcase_add_test(t, file_changes);
	suite_add_tcase(s, t);
	return s;
}
