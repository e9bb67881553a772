/*
 * blocks.c - write the features and texts of the blocks of pages, for training.
 *
 * usage: blocks MODEL OUT <pages
 *
 * Reads pages in UTF-8, each after a line "FOLD BYTES".  MODEL.FOLD is the model for the
 * pages of that fold.  Writes these files:
 *
 *	OUT.features	F_STAGE2 bytes for each block
 *	OUT.blocks	for each page a line with the number of its blocks, then for each
 *			block a line with its text
 *	OUT.words	for each block the hashes of the words of the elements around it,
 *			as 16 bits, and 65535
 *	OUT.texts	for each page a line "BYTES DECIDED TYPE P" and its main text
 *
 * Without arguments it prints the numbers that train.py must know of the features.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "filters/web/judge/html_judge.h"
#include "filters/web/page/html_page.h"
#include "lib/base/err.h"
#include "lib/base/mem.h"
#include "lib/base/num.h"

enum { FOLDS = 10 };

struct block_files {
	FILE *features, *blocks, *words, *texts;
};

static FILE *
create(const char *prefix, const char *suffix)
{
	struct buf path = { 0 };
	FILE *f;

	buf_putf(&path, "%s%s%c", prefix, suffix, '\0');
	f = fopen(path.p, "wb");
	if (!f)
		die(EXIT_SYSTEM, "%s: cannot be created", path.p);
	buf_free(&path);
	return f;
}

/* Read the model of a fold; NULL: it has none. */
static struct html_model *
read_model(const char *prefix, int fold)
{
	struct buf path = { 0 }, data = { 0 };
	struct err err = { 0 };
	struct html_model *m;
	FILE *f;
	int c;

	buf_putf(&path, "%s.%d%c", prefix, fold, '\0');
	f = fopen(path.p, "rb");
	if (!f)
		return NULL;
	while ((c = getc(f)) != EOF)
		buf_putc(&data, (char)c);
	fclose(f);
	m = html_model_parse(buf_span(&data), &err);
	if (!m)
		die(EXIT_DATA, "%s: not a model", path.p);
	buf_free(&data);
	buf_free(&path);
	return m;
}

static void
put_words(FILE *out, const struct html_tree *t, uint32_t node)
{
	static const struct span names[] = { { "class", 5 }, { "id", 2 } };
	uint16_t slot[CLASS_WORDS_MAX];
	const uint16_t end = UINT16_MAX;
	struct span value;

	for (; node; node = t->node[node].parent) {
		if (!(t->node[node].flags & N_BLOCK))
			continue;
		for (size_t k = 0; k < 2; k++) {
			if (!html_tree_attr(t, &t->node[node], names[k], &value))
				continue;
			fwrite(slot, sizeof *slot, html_class_words(value, slot), out);
		}
	}
	fwrite(&end, sizeof end, 1, out);
}

static void
put_page(const struct block_files *out, const struct html_judge *j, struct span text)
{
	const struct html_blocks *b = &j->blocks;
	const struct html_tree *t = j->features.tree;
	uint8_t x[F_STAGE2];

	fprintf(out->blocks, "%zu\n", b->n);
	for (size_t i = 0; i < b->n; i++) {
		const struct html_block *k = &b->block[i];

		html_features_of(&j->features, i, x);
		html_features_of_scores(&j->features, i, x);
		fwrite(x, 1, sizeof x, out->features);
		put_words(out->words, t, k->around.box);
		for (size_t m = k->first; m <= k->last; m++) {
			const struct html_node *n = &t->node[m];

			if (n->tag == T_BR)
				putc(' ', out->blocks);
			if (n->tag != T_TEXT || !(k->first == m || n->chars))
				continue;
			for (size_t c = 0; c < n->len; c++) {
				const char byte = t->text.p[n->off + c];

				putc(byte == '\n' || byte == '\r' ? ' ' : byte,
				    out->blocks);
			}
		}
		putc('\n', out->blocks);
	}
	fprintf(
	    out->texts, "%zu %d %d %.4f\n", text.n, j->decided, (int)j->type, j->type_p);
	fwrite(text.p, 1, text.n, out->texts);
}

/* Read the number at the front of the input that ends in `end`.  Returns false at the end
 * of the input. */
static bool
read_number(char end, uint64_t *out)
{
	char text[24];
	size_t n = 0;
	int c;

	while ((c = getchar()) != EOF && c != end && n + 1 < sizeof text)
		text[n++] = (char)c;
	text[n] = '\0';
	if (n == 0 && c == EOF)
		return false;
	if (c != end || num_u64(text, out))
		die(EXIT_DATA, "'%s': not a number of a page", text);
	return true;
}

int
main(int argc, char **argv)
{
	struct html_tables *tables;
	struct html *html;
	struct html_model *model[FOLDS];
	struct block_files out;
	struct buf page = { 0 };
	const struct html_options options = { .main_only = true, .url = SPAN("") };
	struct html_page text;
	uint64_t n, fold;

	if (argc == 1) {
		printf("%d %d %d %d %d %d\n", MODEL_FEATURES, F_STAGE1, F_STAGE2, F_PAGE,
		    PAGE_FEATURES, F_SCORE_PAGE);
		return 0;
	}
	if (argc != 3)
		die(EXIT_USAGE, "usage: blocks MODEL OUT <pages");
	tables = html_tables_new();
	html = html_new(tables);
	for (int i = 0; i < FOLDS; i++)
		model[i] = read_model(argv[1], i);
	out = (struct block_files){ create(argv[2], ".features"),
		create(argv[2], ".blocks"), create(argv[2], ".words"),
		create(argv[2], ".texts") };
	while (read_number(' ', &fold) && read_number('\n', &n)) {
		if (fold >= FOLDS || !model[fold])
			die(EXIT_DATA, "fold %d has no model", (int)fold);
		page.n = 0;
		buf_reserve(&page, n + 1);
		if (fread(page.p, 1, n, stdin) != n)
			die(EXIT_DATA, "a page is truncated");
		page.n = n;
		html_use_model(html, model[fold]);
		html_extract(html, buf_span(&page), &options, &text);
		put_page(&out, html_judge_of(html), text.text);
	}
	if (fclose(out.features) || fclose(out.blocks) || fclose(out.words) ||
	    fclose(out.texts))
		die(EXIT_SYSTEM, "cannot write %s", argv[2]);
	html_free(html);
	html_tables_free(tables);
	for (int i = 0; i < FOLDS; i++)
		html_model_free(model[i]);
	buf_free(&page);
	return 0;
}
