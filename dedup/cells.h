/*
 * cells.h - divide the records of a partition into ranges that fit in memory.
 *
 * The highest bits of a record's hash select one of CELLS cells.  A range is several
 * cells in a row.
 */
#ifndef TAMIS_CELLS_H
#define TAMIS_CELLS_H

#include <stddef.h>
#include <stdint.h>

enum { CELL_BITS = 12, CELLS = 1 << CELL_BITS };

struct cells {
	uint64_t n[CELLS]; /* records of each cell */
	size_t from, to;   /* the range */
};

/* The number of records that need `memory` / 8, or a little more if it is tiny. */
static inline uint64_t
cells_room(uint64_t memory, size_t record)
{
	enum { MIN = 1 << 10 };

	return 1 + (memory / 8 > MIN ? memory / 8 : MIN) / record;
}

/*
 * Set the next range: as many cells from `to` on as have at most `room` records, but at
 * least one.  Returns their records.
 */
static inline uint64_t
cells_next(struct cells *c, uint64_t room)
{
	uint64_t sum = c->n[c->to];

	c->from = c->to++;
	while (c->to < CELLS && sum + c->n[c->to] <= room)
		sum += c->n[c->to++];
	return sum;
}

#endif
