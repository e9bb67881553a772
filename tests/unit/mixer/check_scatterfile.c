/* check_scatterfile.c - tests the encoding of scatter files and the detection of damage.
 */
#include <check.h>

#include "mixer/mix/scatterfile.h"
#include "tests/unit/mixer/check_mixer.h"

enum { SEQ = 16 };

/* Two samples in memory: one of two documents, the second cut; one of pad alone. */
static void
fill(struct samples *v, uint32_t width)
{
	struct doc_pos at = { .doc = UINT64_C(0x123456789abc),
		.id = SPAN("id"),
		.url = SPAN("https://example.org/") };

	*v = (struct samples){ 0 };
	samples_begin(v, SEQ, width, 2);
	at.d = (struct tshard_doc){ .tokens = 5, .language = 0xfedc, .flags = 3 };
	for (size_t i = 0; i < sizeof at.d.id_hash; i++)
		at.d.id_hash[i] = (unsigned char)(250 + i);
	memset(samples_add(v, 0, &at, 0, 5, 7), 0xa5, (size_t)5 * width);
	at.d.tokens = UINT32_MAX;
	at.id = at.url = (struct span){ 0 };
	memset(samples_add(v, 0, &at, 9, 8, 255), 0x5a, (size_t)8 * width);
	v->sample[0].source = 0xbeef;
	v->sample[0].next = 0xdeadbeef;
	v->sample[1].source = 1;
	v->sample[1].epoch = 9;
}

static void
check_segments(const struct samples *a, const struct samples *b)
{
	ck_assert_uint_eq(a->nsegments, b->nsegments);
	for (uint32_t i = 0; i < a->nsegments; i++) {
		const struct sample_segment *x = &a->segment[i], *y = &b->segment[i];

		ck_assert_uint_eq(x->doc, y->doc);
		ck_assert_uint_eq(x->offset, y->offset);
		ck_assert_uint_eq(x->tokens, y->tokens);
		ck_assert_uint_eq(x->whole, y->whole);
		ck_assert_uint_eq(x->link, y->link);
		ck_assert_uint_eq(x->id_bytes, y->id_bytes);
		ck_assert_uint_eq(x->url_bytes, y->url_bytes);
		ck_assert_uint_eq(x->language, y->language);
		ck_assert_uint_eq(x->epoch, y->epoch);
		ck_assert_uint_eq(x->flags, y->flags);
		ck_assert_mem_eq(x->id_hash, y->id_hash, sizeof x->id_hash);
	}
	ck_assert(span_eq(buf_span(&a->text), buf_span(&b->text)));
}

START_TEST(records_round_trip)
{
	uint32_t width = _i ? 4 : 2;
	struct samples in, out = { 0 };
	struct buf record[2] = { { 0 }, { 0 } };

	fill(&in, width);
	samples_begin(&out, SEQ, width, 2);
	for (uint32_t k = 0; k < 2; k++) {
		const struct sample_buf *x = &in.sample[k], *y = &out.sample[k];
		struct scatter_entry e = { .number = UINT64_C(1) << 40 | k };
		struct span tokens;

		scatterfile_put_record(&in, k, &record[k], &tokens, &e);
		buf_put(&record[k], tokens.p, tokens.n);
		ck_assert_uint_eq(e.bytes, record[k].n);
		ck_assert(
		    scatterfile_get_record((unsigned char *)record[k].p, &e, k, &out));
		ck_assert_uint_eq(x->fill, y->fill);
		ck_assert_uint_eq(x->next, y->next);
		ck_assert_uint_eq(x->source, y->source);
		ck_assert_uint_eq(x->epoch, y->epoch);
		if (tokens.n > 0)
			ck_assert_mem_eq(x->tokens, y->tokens, tokens.n);
	}
	check_segments(&in, &out);
	samples_free(&in);
	samples_free(&out);
	buf_free(&record[0]);
	buf_free(&record[1]);
}
END_TEST

/* Any byte changed, and any length but the record's own. */
START_TEST(damaged_records_are_refused)
{
	struct samples in, out = { 0 };
	struct scatter_entry e = { .number = 5 }, other;
	struct buf b = { 0 };
	struct span tokens;

	fill(&in, 2);
	scatterfile_put_record(&in, 0, &b, &tokens, &e);
	buf_put(&b, tokens.p, tokens.n);
	for (size_t i = 0; i < b.n; i++) {
		b.p[i] ^= 0x10;
		samples_begin(&out, SEQ, 2, 1);
		ck_assert(!scatterfile_get_record((unsigned char *)b.p, &e, 0, &out));
		b.p[i] ^= 0x10;
	}
	other = e;
	for (other.bytes = 0; other.bytes < e.bytes; other.bytes++) {
		samples_begin(&out, SEQ, 2, 1);
		ck_assert(!scatterfile_get_record((unsigned char *)b.p, &other, 0, &out));
	}
	other = e;
	other.number++;
	ck_assert(!scatterfile_get_record((unsigned char *)b.p, &other, 0, &out));
	/* A sample longer than those of the reader. */
	samples_begin(&out, 12, 2, 1);
	ck_assert(!scatterfile_get_record((unsigned char *)b.p, &e, 0, &out));
	samples_free(&in);
	samples_free(&out);
	buf_free(&b);
}
END_TEST

/* Pinned: a machine of another byte order must write and read the same bytes. */
START_TEST(ends_are_little_endian)
{
	static const unsigned char want[80] = {
		'T', 'A', 'M', 'I', 'S', 'S', 'C', 'T',
		3, [16] = 0xab, [48] = 1, [52] = 2, [56] = 3, [62] = 1, [64] = 4, [72] = 5
	};
	struct scatter_header h = { .version = SCATTER_VERSION,
		.plan = { 0xab },
		.job = { 1, 2, UINT64_C(1) << 48 | 3, 4, 5 } },
			      back;
	struct scatter_tail t = { .entries = 3, .index = UINT64_C(1) << 33 }, tail;
	struct scatter_entry e = { 1, UINT64_C(2) << 32, 3, 0xdeadbeef }, entry;
	unsigned char raw[SCATTER_HEADER];

	scatterfile_put_header(&h, raw);
	ck_assert_mem_eq(raw, want, sizeof want);
	ck_assert(scatterfile_get_header(raw, &back));
	ck_assert_uint_eq(back.version, SCATTER_VERSION);
	ck_assert_mem_eq(back.plan, h.plan, sizeof h.plan);
	ck_assert_uint_eq(back.job.source, 1);
	ck_assert_uint_eq(back.job.len_class, 2);
	ck_assert_uint_eq(back.job.part, h.job.part);
	ck_assert_uint_eq(back.job.first, 4);
	ck_assert_uint_eq(back.job.n, 5);
	for (size_t i = 0; i < 84; i++) {
		raw[i] ^= 1;
		ck_assert(!scatterfile_get_header(raw, &back));
		raw[i] ^= 1;
	}
	scatterfile_put_tail(&t, raw);
	ck_assert(scatterfile_get_tail(raw, &tail));
	ck_assert_uint_eq(tail.entries, 3);
	ck_assert_uint_eq(tail.index, t.index);
	for (size_t i = 0; i < 28; i++) {
		raw[i] ^= 1;
		ck_assert(!scatterfile_get_tail(raw, &tail));
		raw[i] ^= 1;
	}
	scatterfile_put_entry(&e, raw);
	scatterfile_get_entry(raw, &entry);
	ck_assert_uint_eq(entry.number, 1);
	ck_assert_uint_eq(entry.offset, e.offset);
	ck_assert_uint_eq(entry.bytes, 3);
	ck_assert_uint_eq(entry.crc, e.crc);
}
END_TEST

TCase *
scatterfile_tcase(void)
{
	TCase *t = tcase_create("scatterfile");

	tcase_add_loop_test(t, records_round_trip, 0, 2);
	tcase_add_test(t, damaged_records_are_refused);
	tcase_add_test(t, ends_are_little_endian);
	return t;
}
