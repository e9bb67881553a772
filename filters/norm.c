/* norm.c - normalise Unicode, line endings and white space. */
#include <stdlib.h>

#include "filters/mojibake.h"
#include "lib/driver/filter.h"
#include "lib/text/unicode.h"
#include "lib/text/utf8.h"

enum { MOJIBAKE_REPAIR, MOJIBAKE_KEEP };

struct norm {
	bool lossless;
	unsigned mojibake;
};

static const struct norm defaults = { .mojibake = MOJIBAKE_REPAIR };

static const struct opt opts[] = {
	OPT_BOOL('l', "lossless", struct norm, lossless,
	    "for code: only remove control characters"),
	OPT_ENUM(0, "mojibake", struct norm, mojibake, "repair|keep",
	    "UTF-8 that was read as windows-1252 or windows-1251"),
	OPT_END,
};

/* The normalised text, and counts of what was changed. */
struct norm_scratch {
	struct buf out, nfc, repaired;
	uint64_t control, newline, blank, trailing, empty_lines;
};

/* Characters that are not text: C0 controls other than white space, DEL, C1 controls, BOM
 * and non-characters.  U+0085 is a line ending. */
static bool
is_control(uint32_t c)
{
	if (c < 0x20)
		return c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != '\v';
	return (c >= 0x7f && c <= 0x9f && c != 0x85) || c == 0xfeff ||
	       (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef);
}

/* Unicode White_Space other than ' ', '\t' and line endings. */
static bool
is_unicode_space(uint32_t c)
{
	return c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f ||
	       c == 0x205f || c == 0x3000;
}

static bool
is_line_end(uint32_t c)
{
	return c == '\r' || c == '\v' || c == '\f' || c == 0x85 || c == 0x2028 ||
	       c == 0x2029;
}

/* Bytes that may begin a character which is not always kept. */
static const unsigned char needs_check[256] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, ['\n'] = 1, 1,
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	1, [0x7f] = 1, [0xc2] = 1, [0xe1] = 1, 1, 1, [0xef] = 1, 1, 1, 1, 1, 1 };

static size_t
skip_plain(struct span s, size_t i)
{
	const unsigned char *p = (const unsigned char *)s.p;

	while (s.n - i >= 8 &&
	       !(needs_check[p[i]] | needs_check[p[i + 1]] | needs_check[p[i + 2]] |
		   needs_check[p[i + 3]] | needs_check[p[i + 4]] | needs_check[p[i + 5]] |
		   needs_check[p[i + 6]] | needs_check[p[i + 7]]))
		i += 8;
	while (i < s.n && !needs_check[p[i]])
		i++;
	return i;
}

/* Whether the line that ends at i is kept as it is: not empty, without trailing blanks.
 * Text before `from` may have been changed and does not count. */
static bool
is_line(struct span s, size_t from, size_t i)
{
	return i > from && s.p[i - 1] != '\n' && s.p[i - 1] != ' ' && s.p[i - 1] != '\t';
}

/* The end of the run of characters from `from` on that every mode keeps. */
static size_t
kept_end(struct span s, size_t from)
{
	size_t i = from;

	while ((i = skip_plain(s, i)) < s.n) {
		size_t next = i;
		uint32_t c = utf8_next(s, &next);

		if (c == '\n' ? !is_line(s, from, i)
			      : is_control(c) || c == 0xad || is_line_end(c) ||
				    is_unicode_space(c))
			break;
		i = next;
	}
	return i;
}

/* End a line: remove its trailing blanks, and drop it if it is a second empty line or at
 * the start of the text. */
static void
end_line(struct norm_scratch *w)
{
	struct buf *o = &w->out;
	size_t n = o->n;

	while (n && (o->p[n - 1] == ' ' || o->p[n - 1] == '\t'))
		n--;
	w->trailing += o->n - n;
	o->n = n;
	if (n == 0 || (n >= 2 && o->p[n - 1] == '\n' && o->p[n - 2] == '\n'))
		w->empty_lines++;
	else
		buf_putc(o, '\n');
}

static void
normalise(struct norm_scratch *w, struct span s, bool lossless)
{
	size_t i = 0;

	while (i < s.n) {
		size_t from = i;
		uint32_t c;

		i = kept_end(s, i);
		buf_put(&w->out, s.p + from, i - from);
		if (i == s.n)
			break;
		from = i;
		c = utf8_next(s, &i);
		if (is_control(c) || (c == 0xad && !lossless)) {
			w->control++;
		} else if (lossless) { /* NOLINT(bugprone-branch-clone): must come first
					*/
			buf_put(&w->out, s.p + from, i - from);
		} else if (c == '\n') {
			end_line(w);
		} else if (is_line_end(c)) {
			w->newline++;
			if (c == '\r' && i < s.n && s.p[i] == '\n')
				i++;
			end_line(w);
			if (c == 0x2029)
				end_line(w);
		} else if (is_unicode_space(c)) {
			w->blank++;
			buf_putc(&w->out, ' ');
		} else {
			buf_put(&w->out, s.p + from, i - from);
		}
	}
}

/* Remove white space at the end of the text. */
static void
end_text(struct norm_scratch *w)
{
	struct buf *o = &w->out;
	size_t n = o->n;

	while (n && (o->p[n - 1] == ' ' || o->p[n - 1] == '\t' || o->p[n - 1] == '\n'))
		n--;
	w->trailing += o->n - n;
	o->n = n;
}

static void
norm_map(const void *self, void *scratch, struct doc *d)
{
	const struct norm *o = self;
	struct norm_scratch *w = scratch;
	struct span text = doc_text(d), input = text, result;
	uint64_t repaired = 0;
	enum nfc nfc = NFC_SAME;

	if (!o->lossless && text.n > UNICODE_NFC_MAX) {
		doc_bad(d, "text is %zu bytes, limit is %zu: split the document", text.n,
		    (size_t)UNICODE_NFC_MAX);
		return;
	}
	*w = (struct norm_scratch){
		.out = w->out, .nfc = w->nfc, .repaired = w->repaired
	};
	w->out.n = w->nfc.n = w->repaired.n = 0;
	if (!o->lossless && o->mojibake == MOJIBAKE_REPAIR)
		repaired = mojibake_repair(text, &w->repaired);
	if (repaired > 0)
		input = buf_span(&w->repaired);
	normalise(w, input, o->lossless);
	result = buf_span(&w->out);
	if (!o->lossless) {
		end_text(w);
		nfc = unicode_nfc(buf_span(&w->out), &w->nfc);
		result = nfc == NFC_CHANGED ? buf_span(&w->nfc) : buf_span(&w->out);
	}
	doc_count(d, "norm.mojibake_texts", repaired > 0);
	doc_count(d, "norm.mojibake", repaired);
	doc_count(d, "norm.nfc_texts", nfc == NFC_CHANGED);
	doc_count(d, "norm.mark_run_texts", nfc == NFC_REFUSED);
	doc_count(d, "norm.control_characters", w->control);
	doc_count(d, "norm.line_ends", w->newline);
	doc_count(d, "norm.blanks", w->blank);
	doc_count(d, "norm.trailing_blanks", w->trailing);
	doc_count(d, "norm.empty_lines", w->empty_lines);
	if (result.n == 0) {
		/* The rejects show the text as it was. */
		doc_drop(d, "norm.empty");
		return;
	}
	if (span_eq(result, text))
		return;
	doc_count(d, "norm.changed_texts", 1);
	doc_set_text(d, doc_copy(d, result));
}

static int
norm_open_thread(const void *self, void **scratch, struct err *err)
{
	*scratch = xcalloc(1, sizeof(struct norm_scratch));
	return 0;
}

static void
norm_close_thread(void *scratch)
{
	struct norm_scratch *w = scratch;

	buf_free(&w->out);
	buf_free(&w->nfc);
	buf_free(&w->repaired);
	free(w);
}

const struct filter filter_norm = {
	.name = "norm",
	.summary = "normalise Unicode, line endings and white space",
	.example = "tamis norm -o clean.jsonl.zst raw.jsonl.zst",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.map = norm_map,
	.open_thread = norm_open_thread,
	.close_thread = norm_close_thread,
};
