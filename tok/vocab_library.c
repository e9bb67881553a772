/* vocab_library.c - train a vocabulary by the SentencePiece library. */
#include "tok/vocab_library.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/num.h"
#include "tok/model_io.h"
#include "tok/sp.h"

struct library_source {
	struct train_sample *sample;
	const struct library_run *run;
};

static void
note_pieces(void *ctx, uint64_t n)
{
	const struct library_source *from = ctx;

	from->run->pieces(from->run->ctx, n);
}

static bool
next_line(void *ctx, const char **line, size_t *n)
{
	const struct library_source *from = ctx;
	struct span s;

	if (!train_sample_next(from->sample, &s))
		return false;
	*line = s.p;
	*n = s.n;
	return true;
}

/* The number after `phrase` in the trainer's message; false if there is none. */
static bool
number_after(const char *message, const char *phrase, uint64_t *v)
{
	const char *p = strstr(message, phrase);
	char digits[24];
	size_t n;

	if (!p)
		return false;
	p += strlen(phrase);
	n = strspn(p, "0123456789");
	if (n == 0 || n >= sizeof digits)
		return false;
	memcpy(digits, p, n);
	digits[n] = '\0';
	return !num_u64(digits, v);
}

/* Reword the messages of the trainer that users see. */
static int
explain(const struct vocab_settings *v, const char *why, struct err *err)
{
	char vs[40];
	uint64_t n;

	snprintf(vs, sizeof vs, " %" PRIu64 " vs ", v->size);
	if (number_after(why, vs, &n))
		return err_set(err, EXIT_DATA,
		    "the characters of the text need %" PRIu64
		    " pieces, --size is %" PRIu64 ": raise --size or lower --coverage",
		    n, v->size);
	/* A check in TrainerInterface::Serialize. */
	if (strstr(why, "pieces_size() - 1"))
		return err_set(err, EXIT_DATA,
		    "the text yields too few pieces for id %" PRIu32
		    " in --special-ids: lower the id, or add text",
		    special_ids_most(&v->special_ids));
	return err_set(err, EXIT_DATA,
	    "SentencePiece cannot train: %s: change the text or the options", why);
}

/*
 * Whether the model may get no piece for a space, since only the most frequent characters
 * do that make up the coverage.  A space is then encoded as the bytes of U+2581, and
 * decodes to that.
 */
static bool
lacks_space(const struct vocab_settings *v, const struct train_sample *sample)
{
	/* The trainer computes with floats, so leave a margin. */
	const double share = 2 * (1 - v->coverage);

	return !v->has_space &&
	       (v->takes_spaces || !train_sample_has_spaces(sample, share));
}

/* Have the trainer see the required characters, without which it aborts. */
static void
require(struct vocab_settings *v, struct train_sample *sample)
{
	if (lacks_space(v, sample))
		buf_put(&v->required, VOCAB_SPACE.p, VOCAB_SPACE.n);
	sample->first = buf_span(&v->required);
}

/* The strings that settings point to. */
struct setting_texts {
	char size[24], most[24], ids[SPECIALS][16];
	struct buf coverage, user, control, required;
};

static void
write_texts(struct setting_texts *t, const struct vocab_settings *v)
{
	*t = (struct setting_texts){ 0 };
	snprintf(t->size, sizeof t->size, "%" PRIu64, v->size);
	snprintf(t->most, sizeof t->most, "%d", TRAIN_LINE_MAX);
	for (unsigned i = 0; i < SPECIALS; i++)
		snprintf(t->ids[i], sizeof t->ids[i], "%" PRId32,
		    (int32_t)v->special_ids.id[i]);
	num_put(&t->coverage, v->coverage, 6);
	buf_putc(&t->coverage, '\0');
	symbols_csv(&v->user, &t->user);
	symbols_csv(&v->control, &t->control);
	buf_put(&t->required, v->required.p, v->required.n);
	buf_putc(&t->required, '\0');
}

static void
free_texts(struct setting_texts *t)
{
	buf_free(&t->coverage);
	buf_free(&t->user);
	buf_free(&t->control);
	buf_free(&t->required);
}

int
library_train(struct vocab_settings *v, const struct library_run *run,
    struct train_sample *sample, struct buf *out, struct err *err)
{
	struct setting_texts t;
	struct library_source from = { sample, run };
	struct sp_lines lines = { next_line, &from, run->pieces ? note_pieces : NULL };
	char *model = NULL, why[400] = "";
	size_t n;
	int rc;

	require(v, sample);
	write_texts(&t, v);

	/* The settings of Nemotron-4 (arXiv 2402.16819, section 2).  With one thread,
	 * training is reproducible. */
	const struct sp_setting settings[] = {
		{ "model_type", run->unigram ? "unigram" : "bpe" },
		{ "vocab_size", t.size },
		{ "byte_fallback", "true" },
		{ "split_digits", "true" },
		{ "normalization_rule_name", "identity" },
		{ "remove_extra_whitespaces", "false" },
		{ "add_dummy_prefix", "false" },
		{ "allow_whitespace_only_pieces", "true" },
		{ "max_sentence_length", t.most },
		{ "pad_id", t.ids[SPECIAL_PAD] },
		{ "num_threads", "1" },
		{ "hard_vocab_limit", "false" },
		{ "character_coverage", t.coverage.p },
		{ "user_defined_symbols", t.user.p },
		{ "control_symbols", t.control.p },
		/* The model states these if they are set. */
		{ "unk_id", v->states_ids ? t.ids[SPECIAL_UNK] : NULL },
		{ "bos_id", v->states_ids ? t.ids[SPECIAL_BOS] : NULL },
		{ "eos_id", v->states_ids ? t.ids[SPECIAL_EOS] : NULL },
		{ "required_chars", v->required.n ? t.required.p : NULL },
	};

	rc = sp_train(settings, sizeof settings / sizeof *settings, lines,
	    run->verbose ? 1 : 3, &model, &n, why, sizeof why);
	free_texts(&t);
	if (rc == SP_NO_MEMORY)
		no_memory();
	if (rc < 0)
		return explain(v, why, err);
	buf_put(out, model, n);
	free(model);
	return 0;
}
