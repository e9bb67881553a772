/* fasttext_impl.h - the model in memory, shared by the files of the fastText reader. */
#ifndef TAMIS_FASTTEXT_IMPL_H
#define TAMIS_FASTTEXT_IMPL_H

#include "filters/models/fasttext.h"
#include "lib/base/mem.h"

/* Values in the file format. */
enum { FT_HS = 1, FT_NS, FT_SOFTMAX, FT_OVA };
enum { FT_CODES = 256 }; /* centroids of each part of a quantised row */

enum {
	FT_LANES = 8, /* floats added, or rows multiplied, at once */
	FT_NO_WORD = -1,
	FT_SIGMOID = 512, /* steps of the sigmoid table, from -8 to 8 */
	/* Limits that keep the work linear in the text.  Models in use have at most 6 and
	 * 5. */
	FT_MAX_CHARS = 64, /* length of a character n-gram */
	FT_MAX_WORDS = 64, /* length of a word n-gram */
};

/* A matrix in the file: rows of floats, or product-quantised rows of one-byte codes. */
struct ft_matrix {
	uint64_t rows;
	size_t cols;
	const unsigned char *data; /* not aligned */
	size_t stride;		   /* bytes of a row */
	bool coded;
	size_t parts, width; /* codes in a row; floats per code, fewer for the last one */
	float *centroid;
	const unsigned char *norm_code; /* one per row; NULL: no norms */
	float norm[FT_CODES];
};

/* The words, then the labels, as they are in the file, with a hash table. */
struct ft_dict {
	const unsigned char *base;
	size_t bytes;
	uint32_t n, words;
	uint32_t *label; /* by label: its offset from base */
	struct ft_slot {
		uint32_t hash, at;
		uint32_t number; /* word or label number + 1; 0: free slot */
	} * slot;
	size_t slots;
};

/* The buckets that a pruned model kept, as a bitmap with ranks.  The rank of a bucket is
 * the number of set bits before it; its matrix row, after those of the words, is
 * row[rank]. */
struct ft_prune {
	uint64_t *has;	/* NULL: the model is not pruned */
	uint32_t *rank; /* by 64-bit word of has: bits set before it */
	uint32_t *row;	/* NULL: row[rank] is rank */
	size_t n;	/* bits set */
};

/* For division by the number of buckets with a multiplication. */
struct ft_modulus {
	uint32_t d;
	uint64_t inverse32, inverse64; /* 2^32 / d, 2^64 / d */
};

/* The Huffman tree of hierarchical softmax.  Nodes are numbered: labels, inner nodes,
 * root. */
struct ft_tree {
	uint32_t (*child)[2]; /* by inner node */
	uint32_t *parent;     /* by node, except for the root */
	uint32_t depth;	      /* nodes on the longest path from the root */
};

struct fasttext {
	void *map; /* the file; NULL: the caller owns its bytes */
	size_t map_bytes;
	int loss;
	uint32_t min_chars, max_chars; /* of character n-grams; max_chars 0: none */
	uint32_t word_ngrams;
	uint32_t labels;
	struct ft_modulus buckets;
	struct ft_dict dict;
	struct ft_prune prune;
	int32_t eos; /* number of the word "</s>", or FT_NO_WORD */
	struct ft_matrix in, out;
	float *decoded; /* owns the rows of `in` if they are decoded */
	struct ft_tree tree;
	float sigmoid[FT_SIGMOID + 1];
	struct hash128 hash;
	bool avx2, popcnt; /* available; results do not depend on them */
};

/* A cached word of 1 to FT_CACHED_BYTES bytes. */
struct ft_cached_word {
	uint64_t part[4]; /* as in its key */
	uint32_t n;	  /* bytes of the word; 0: free slot */
	uint32_t hash;
	uint32_t at;   /* index of its rows in cached_rows */
	uint32_t rows; /* how many; FT_IGNORED: the word is a label */
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
	uint64_t part[4]; /* determines the word, together with its length */
	size_t slot;
};

struct fasttext_scratch {
	float *sum;   /* sum of the rows, later their mean (hidden layer) */
	float *score; /* by label */
	float *lane;  /* FT_LANES decoded rows */
	uint32_t row[FT_ROWS + FT_LANES];
	size_t nrows;
	uint64_t total; /* rows added to sum */
	uint32_t *hash; /* by word, for word n-grams */
	size_t nhash, hash_cap;
	struct buf word; /* "<word>" */
	struct ft_cached_word *cache;
	uint32_t *cached_rows; /* rows of the cached words */
	size_t ncached_rows;
	struct fasttext_guess *heap;
	struct ft_step {
		uint32_t node;
		float score;
	} * stack;
};

/* fasttext.c: fasttext_open() for a model of n bytes in memory, which the caller owns and
 * keeps until the model is closed.  path is for messages. */
struct fasttext *ft_parse(
    const unsigned char *p, size_t n, const char *path, struct err *err);

/* fasttext_dict.c */
#define FT_HASH_SEED 2166136261u
/* FNV-1a over signed bytes, a quirk that all trained models depend on. */
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

/* Read n words and labels at base.  Returns how many bytes they take, or 0 with *why. */
size_t ft_dict_read(struct ft_dict *d, const unsigned char *base, size_t bytes,
    uint32_t n, uint32_t words, const char **why);
/* The number of a word or label, or FT_NO_WORD. */
int32_t ft_dict_find(const struct ft_dict *d, struct span word, uint32_t hash);
void ft_dict_fetch(const struct ft_dict *d, uint32_t hash); /* prefetch its slot */
struct span ft_dict_label(const struct ft_dict *d, uint32_t label);
int64_t ft_dict_count(const struct ft_dict *d, uint32_t label); /* from the model */
void ft_dict_free(struct ft_dict *d);
/* Read a prune index of n pairs.  Returns false if a bucket or row is out of range. */
bool ft_prune_read(struct ft_prune *p, const unsigned char *pairs, size_t n,
    uint32_t buckets, uint64_t rows);

/* fasttext_word.c */
/* Replace n buckets by their rows, in place.  Returns how many rows there are: pruned
 * buckets have none. */
size_t ft_bucket_rows(const struct fasttext *m, uint32_t *row, size_t n);
/* Find the rows of the character n-grams of w, "<word>", that begin at bytes [from, to).
 * Returns how many there are, at most max_chars for each character. */
size_t ft_char_ngrams(
    const struct fasttext *m, struct span w, size_t from, size_t to, uint32_t *row);
struct span ft_mark_ends(struct fasttext_scratch *s, struct span word);
/* Find the row of a word in the dictionary.  Returns how many there are, 0 or 1, or
 * FT_IGNORED if the word is a label. */
uint32_t ft_word_row(
    const struct fasttext *m, struct span word, uint32_t hash, uint32_t *row);
/* Compute the key of k->word, at most FT_CACHED_BYTES bytes, and prefetch its cache
 * slot. */
void ft_key_init(struct fasttext_scratch *s, struct ft_key *k);
/* If a word is not cached, prefetch its dictionary slot. */
void ft_prefetch(
    const struct fasttext *m, const struct fasttext_scratch *s, const struct ft_key *k);
/* The rows of a word, from the cache or looked up.  Valid until the next call. */
const struct ft_cached_word *ft_word_rows(
    const struct fasttext *m, struct fasttext_scratch *s, const struct ft_key *k);

/* fasttext_text.c: compute the hidden layer, the mean of the rows of a text.  Returns
 * false if the text has no rows. */
bool ft_hidden(const struct fasttext *m, struct fasttext_scratch *s, struct span text);

/* fasttext_sum.c */
/* Add the rows s->row to s->sum, in order.  sum has cols floats, rounded up to
 * FT_LANES. */
void ft_add_rows(const struct fasttext *m, struct fasttext_scratch *s);
/* Multiply row i of the output matrix with the hidden layer. */
float ft_dot(const struct fasttext *m, struct fasttext_scratch *s, uint32_t i);
/* Do so for all rows, into s->score. */
void ft_dot_all(const struct fasttext *m, struct fasttext_scratch *s);
void ft_decode(const struct ft_matrix *a, uint64_t row, float scale, float *out);

/* fasttext_loss.c */
bool ft_tree_build(struct ft_tree *t, const struct ft_dict *d);
void ft_sigmoid_build(float table[FT_SIGMOID + 1]);

#endif
