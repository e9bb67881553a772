/* html_blocks.h - the blocks of text of a page, which are judged one by one. */
#ifndef TAMIS_HTML_BLOCKS_H
#define TAMIS_HTML_BLOCKS_H

#include "filters/web/page/html_tree.h"

/* The kinds of elements around a block whose distance is a feature. */
enum html_around {
	AROUND_LIST,
	AROUND_ITEM,
	AROUND_TABLE,
	AROUND_CELL,
	AROUND_NAV,
	AROUND_HEADER,
	AROUND_FOOTER,
	AROUND_ASIDE,
	AROUND_FORM,
	AROUND_ARTICLE,
	AROUND_MAIN,
	AROUND_SECTION,
	AROUND_QUOTE,
	AROUND_STRONG, /* from here on: hints of class, id or role */
	AROUND_WEAK,
	AROUND_BOILER,
	AROUND_COMMENT,
	AROUND_CONTENT1,
	AROUND_CONTENT2,
	AROUND_CONTENT3,
	AROUND_CONTENT4,
	AROUND_CONTENT5,
	AROUND_FORUM,
	AROUND_LEAD,
	AROUND_KEEP, /* the rules chose it as main text */
	AROUND_DROP, /* the rules drop it */
	AROUND_COUNT,
	AROUND_ROOM = 32, /* whole vectors */
};

/* The elements around a place of the page. */
struct html_around_block {
	uint32_t node;		 /* the innermost element */
	uint32_t box;		 /* the innermost block; a row for its cells */
	uint32_t path;		 /* a hash of the tags and classes of all blocks */
	uint32_t company;	 /* the parent of an N_COMPANION around it; 0: none */
	uint16_t depth;		 /* number of blocks around it */
	bool fixed;		 /* hidden, or furniture: never judged */
	bool kept;		 /* the rules keep its text */
	int8_t words;		 /* of the box: as html_node.words */
	int8_t best, worst;	 /* of all boxes */
	int16_t sum;		 /* of all boxes */
	uint8_t at[AROUND_ROOM]; /* depth of the innermost of each kind; 0: none */
};

/* The reasons for which the verdict is not that of the score. */
enum html_why {
	WHY_SCORE,     /* it does not */
	WHY_TABLE,     /* most of the table */
	WHY_LIST,      /* most of the list */
	WHY_ITEM,      /* most of the item */
	WHY_TERM,      /* most of a term and its definition */
	WHY_CODE,      /* the rest of the code, or kept blocks next to it */
	WHY_QUOTE,     /* most of the quotation or figure */
	WHY_PROSE,     /* a paragraph between kept ones */
	WHY_HEADING,   /* a heading of kept text */
	WHY_EMPTY,     /* a heading without text */
	WHY_COMPANION, /* the source of a quotation or caption of code */
	WHY_COPY,      /* another block with the same text is kept */
};

/* A paragraph, heading, list item, table row, or another run of text that is one line.
 * Counts are of characters unless stated otherwise. */
struct html_block {
	uint32_t first, last; /* nodes: its first and last text */
	uint32_t chars, linked;
	uint32_t kept;	/* that the rules keep */
	uint32_t links; /* number of texts in links */
	uint32_t words, short_words;
	uint32_t commas, stops, digits, capitals, signs;
	uint32_t prices, years, rights; /* numbers of signs of currency, years, (c) */
	bool ends_stop, ends_colon, starts_low;
	bool in_title;	/* the title of the page contains it */
	uint64_t hash;	/* of the beginning and length of each of its texts */
	uint32_t same;	/* the first block with the same hash */
	uint8_t copies; /* number of others with that hash */
	uint32_t best;	/* if it is the first: the copy that is kept */
	uint32_t group; /* the first block with the same path */
	uint32_t members, member_chars, member_linked; /* if it is the first: of all */
	uint64_t member_score;
	struct html_around_block around;
	/* What html_judge_page() found. */
	int16_t score[2]; /* of each stage: the logarithm of the odds, see JUDGE_ONE */
	bool keep;
	uint8_t why; /* WHY_: the reason, where it is not the score */
};

/* The sum over the blocks in an element. */
struct html_block_sum {
	uint32_t chars, linked, prose;
	uint32_t first, blocks; /* index of its first block, and their number */
	uint16_t run,
	    longest; /* children of the same tag in a row: the last and longest */
	uint16_t tag;
};

struct html_blocks {
	struct html_block *block;
	size_t n, cap;
	struct html_block_sum *sum; /* of each node of the tree */
	size_t sum_cap;
	uint32_t *slot;			/* hash table of blocks, plus one */
	size_t slots, slot_cap;		/* a power of two, and room */
	struct html_around_block *open; /* elements around the current node */
	size_t depth, open_cap;
};

/* Find the blocks of a tree after html_tree_find_main(). */
void html_blocks_find(struct html_blocks *b, const struct html_tree *t);
void html_blocks_free(struct html_blocks *b);
/* Whether the rules keep most of a block. */
static inline bool
html_kept_by_rules(const struct html_block *b)
{
	return 2 * b->kept > b->chars;
}
/* Whether a node is hidden or furniture, whatever the judge decides. */
bool html_is_fixed(const struct html_tree *t, const struct html_node *n);

#endif
