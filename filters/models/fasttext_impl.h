/* fasttext_impl.h - inside the fastText reader: a model, and what its parts share. */
#ifndef TAMIS_FASTTEXT_IMPL_H
#define TAMIS_FASTTEXT_IMPL_H

#include "filters/models/fasttext.h"
#include "lib/base/mem.h"

/* Numbers of the file format. */
enum { FT_HS = 1, FT_NS, FT_SOFTMAX, FT_OVA };
enum { FT_CODES = 256 }; /* centroids of a part of a quantised row */

enum {
	FT_LANES = 8, /* floats that are summed, rows that are multiplied at once */
	FT_NO_WORD = -1,
	FT_SIGMOID = 512, /* steps of the table from -8 to 8 */
	/* Bounds that keep the work for a text linear; models in use have 6 and 5. */
	FT_MAX_CHARS = 64, /* of an n-gram of characters */
	FT_MAX_WORDS = 64, /* of an n-gram of words */
};

/* A matrix in the file: rows of floats, or of codes that stand for some floats each. */
struct ft_matrix {
	uint64_t rows;
	size_t cols;
	const unsigned char *data; /* not aligned */
	size_t stride;		   /* bytes of a row */
	bool coded;
	size_t parts, width; /* codes in a row; floats for each but the last */
	float *centroid;
	const unsigned char *norm_code; /* one a row; NULL: rows have no norms */
	float norm[FT_CODES];
};

/* The words, then the labels, where they lie in the file; found by their hash. */
struct ft_dict {
	const unsigned char *base;
	size_t bytes;
	uint32_t n, words;
	uint32_t *label; /* where each label is, from base */
	struct ft_slot {
		uint32_t hash, at;
		uint32_t number; /* + 1; 0: free */
	} * slot;
	size_t slots;
};

/*
 * Which n-grams a pruned model has: a bit for each bucket.  The place of a bucket among
 * those that are set is the number of bits set before it; row says which row, behind the
 * words, it has.
 */
struct ft_prune {
	uint64_t *has;	/* NULL: the model was not pruned */
	uint32_t *rank; /* bits set in the words before */
	uint32_t *row;	/* NULL: rows are in the order of the buckets */
	size_t n;	/* bits set */
};

/* Division by the number of buckets, without dividing. */
struct ft_modulus {
	uint32_t d;
	uint64_t inverse32, inverse64; /* 2^32 / d, 2^64 / d */
};

/* The Huffman tree of hierarchical softmax: labels, then inner nodes, the root last. */
struct ft_tree {
	uint32_t (*child)[2]; /* of inner nodes */
	uint32_t *parent;     /* of all nodes but the root */
	uint32_t depth;	      /* nodes on the longest way down */
};

struct fasttext {
	void *map; /* the file; NULL: its bytes are the caller's */
	size_t map_bytes;
	int loss;
	uint32_t min_chars, max_chars; /* max_chars 0: no n-grams of characters */
	uint32_t word_ngrams;
	uint32_t labels;
	struct ft_modulus buckets;
	struct ft_dict dict;
	struct ft_prune prune;
	int32_t eos; /* number of "</s>", or FT_NO_WORD */
	struct ft_matrix in, out;
	float *decoded; /* rows of `in`, when they are few */
	struct ft_tree tree;
	float sigmoid[FT_SIGMOID + 1];
	struct hash128 hash;
	bool avx2, popcnt; /* whether the processor has them: the bits are the same */
};

/* A word of 1 to FT_CACHED_BYTES bytes that was looked up before. */
struct ft_cached_word {
	uint64_t part[4]; /* as in its key */
	uint32_t n;	  /* bytes of the word; 0: an empty slot */
	uint32_t hash;
	uint32_t at;   /* of its rows in the store */
	uint32_t rows; /* FT_IGNORED: a label, which says nothing */
};

enum {
	FT_ROWS = 1024,
	FT_CACHE_BITS = 15,
	FT_CACHE_ROWS = 1 << 19,
	FT_CACHED_BYTES = 32
};
#define FT_IGNORED UINT32_MAX

struct ft_key {
	struct span word;
	uint64_t part[4]; /* with its length, all bytes of the word */
	size_t slot;
};

struct fasttext_scratch {
	float *sum;   /* of rows: then their mean, the hidden layer */
	float *score; /* of each label */
	float *lane;  /* FT_LANES decoded rows */
	uint32_t row[FT_ROWS + FT_LANES];
	size_t nrows;
	uint64_t total; /* rows that were summed */
	uint32_t *hash; /* of each word, for n-grams of words */
	size_t nhash, hash_cap;
	struct buf word; /* "<word>" */
	struct ft_cached_word *cache;
	uint32_t *cached_rows; /* rows of the words seen */
	size_t ncached_rows;
	struct fasttext_guess *heap;
	struct ft_step {
		uint32_t node;
		float score;
	} * stack;
};

/*
 * fasttext.c: fasttext_open of n bytes in memory, which stay the caller's and must
 * outlive the model; path: for messages.
 */
struct fasttext *ft_parse(
    const unsigned char *p, size_t n, const char *path, struct err *err);

/* fasttext_dict.c */
#define FT_HASH_SEED 2166136261u
/* FNV-1a, but bytes count as signed: what all models were trained with. */
static inline uint32_t
ft_hash_byte(uint32_t h, char c)
{
	int32_t v = (int8_t)c;

	return (h ^ (uint32_t)v) * 16777619u;
}

static inline uint32_t
ft_hash(struct span s)
{
	uint32_t h = FT_HASH_SEED;

	for (size_t i = 0; i < s.n; i++)
		h = ft_hash_byte(h, s.p[i]);
	return h;
}

/* Take n words and labels off base; returns the bytes they take, or 0 with *why. */
size_t ft_dict_read(struct ft_dict *d, const unsigned char *base, size_t bytes,
    uint32_t n, uint32_t words, const char **why);
/* The number of a word or label, or FT_NO_WORD. */
int32_t ft_dict_find(const struct ft_dict *d, struct span word, uint32_t hash);
void ft_dict_fetch(const struct ft_dict *d, uint32_t hash); /* its slot, from memory */
struct span ft_dict_label(const struct ft_dict *d, uint32_t label);
int64_t ft_dict_count(const struct ft_dict *d, uint32_t label); /* as the model says */
void ft_dict_free(struct ft_dict *d);
/* pairs: n of them, as in the file; each bucket and row below its bound, or false. */
bool ft_prune_read(struct ft_prune *p, const unsigned char *pairs, size_t n,
    uint32_t buckets, uint64_t rows);

/* fasttext_word.c */
/* n buckets, in place, become rows: how many, since some may have been pruned. */
size_t ft_bucket_rows(const struct fasttext *m, uint32_t *row, size_t n);
/*
 * Rows of the n-grams of characters of w, "<word>", that begin from byte `from` to before
 * `to`: how many, at most max_chars for each character.
 */
size_t ft_char_ngrams(
    const struct fasttext *m, struct span w, size_t from, size_t to, uint32_t *row);
struct span ft_mark_ends(struct fasttext_scratch *s, struct span word);
/* The row of a word in the dictionary: how many, 0 or 1, or FT_IGNORED for a label. */
uint32_t ft_word_row(
    const struct fasttext *m, struct span word, uint32_t hash, uint32_t *row);
/* Fill in the key of k->word, at most FT_CACHED_BYTES bytes, and have its slot fetched.
 */
void ft_key_init(struct fasttext_scratch *s, struct ft_key *k);
/* Have what ft_word_rows will need for a word that was not seen before fetched. */
void ft_prefetch(
    const struct fasttext *m, const struct fasttext_scratch *s, const struct ft_key *k);
/* What is known of a word, looked up if it was not.  Holds until the next call. */
const struct ft_cached_word *ft_word_rows(
    const struct fasttext *m, struct fasttext_scratch *s, const struct ft_key *k);

/* fasttext_text.c: the rows of a text's words, summed and divided by their number. */
bool ft_hidden(const struct fasttext *m, struct fasttext_scratch *s, struct span text);

/* fasttext_sum.c */
/* Add rows to sum, in this order; sum has cols floats, rounded up to FT_LANES. */
void ft_add_rows(const struct fasttext *m, struct fasttext_scratch *s);
/* The product of row i of the output matrix and the mean of rows. */
float ft_dot(const struct fasttext *m, struct fasttext_scratch *s, uint32_t i);
/* The same for all rows, into s->score. */
void ft_dot_all(const struct fasttext *m, struct fasttext_scratch *s);
void ft_decode(const struct ft_matrix *a, uint64_t row, float scale, float *out);

/* fasttext_loss.c */
bool ft_tree_build(struct ft_tree *t, const struct ft_dict *d);
void ft_sigmoid_build(float table[FT_SIGMOID + 1]);

#endif
