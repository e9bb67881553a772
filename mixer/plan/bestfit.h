/* bestfit.h - packs documents into samples by best-fit decreasing, to cut few of them. */
#ifndef TAMIS_BESTFIT_H
#define TAMIS_BESTFIT_H

#include <stdint.h>

#define BESTFIT_WINDOW	65536u		       /* documents packed together */
#define BESTFIT_SEQ_MAX (UINT32_C(1) << 24)    /* tokens per sample */
#define BESTFIT_LEN_MAX (UINT32_C(0x7fffffff)) /* tokens per document */

/* A segment of one document of the window, in tokens. */
struct bestfit_piece {
	uint32_t doc; /* index into the window */
	uint32_t offset, tokens;
};

/*
 * Best-fit decreasing (Ding et al. 2024, arXiv 2404.10830) over a window of documents.  A
 * document longer than a sample is first cut into pieces of `seq` tokens, each a sample
 * of its own.  Nothing else is ever cut.
 *
 * The remainder of such a document, and each shorter document, is packed in order of
 * decreasing length.  Ties go to the earlier document.  It goes into the sample with the
 * least free room that suffices, or else into a new sample.  Of several samples with that
 * room, the one that reached it last is taken.
 *
 * Samples are numbered in the order of their first pieces, by document and then offset.
 */
struct bestfit;

/*
 * A packer for samples of seq tokens, 1..BESTFIT_SEQ_MAX.  It takes about 9 bytes per
 * token of a sample plus 5 MB.  Only one thread at a time may pack or count with it.
 */
struct bestfit *bestfit_new(uint32_t seq);
void bestfit_free(struct bestfit *b); /* NULL is fine */

/*
 * Count the samples that n documents make, without keeping what they hold.  n is at most
 * BESTFIT_WINDOW and len[i] is 1..BESTFIT_LEN_MAX tokens.  Discards the last pack.  Time
 * is linear in n for any lengths, as it is for bestfit_pack.
 */
uint64_t bestfit_count(struct bestfit *b, const uint32_t *len, uint32_t n);

/*
 * Pack n documents and return the number of samples, the same as bestfit_count.  Keeps
 * the contents of each sample until the next pack or count, in memory linear in n.
 */
uint64_t bestfit_pack(struct bestfit *b, const uint32_t *len, uint32_t n);

/*
 * The *n pieces of sample i of the last pack, in document order.  They are borrowed until
 * the next pack or count; a sample that is one piece of a long document is written to
 * *whole instead.  O(log n).  Any number of threads may call it at once.
 */
const struct bestfit_piece *bestfit_sample(
    const struct bestfit *b, uint64_t i, struct bestfit_piece *whole, uint32_t *n);

/*
 * Renumber the samples of the last pack so that fragments of a document are far apart in
 * training.  Sample number i is trained at position pos[i] of 0..of-1.  The positions are
 * distinct and look random.  Afterwards bestfit_sample(b, i) is another sample: two
 * samples with pieces of one document are more than of / 256 positions apart wherever
 * possible, see fragment_spread.h.  Linear in the number of samples.
 */
void bestfit_spread(struct bestfit *b, const uint64_t *pos, uint64_t of);

#endif
