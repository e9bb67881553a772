/* conclusion.h - what an answer concludes: yes or no, a letter, or a final number. */
#ifndef TAMIS_CONCLUSION_H
#define TAMIS_CONCLUSION_H

#include "lib/base/span.h"

/* 'y' or 'n' if the answer begins with the word Yes or No; 0: neither. */
char conclusion_yes_no(struct span answer);

/*
 * The verdict of a judge: the letter A, B or C of the last [[A]], or an answer that is
 * only the letter.  0: none.  C is a tie.
 */
char conclusion_letter(struct span answer);

/* The content of the last \boxed{...}, else the last number; p == NULL: none. */
struct span conclusion_final(struct span answer);

/*
 * Whether two final answers are the same: numbers by their value, whatever their commas,
 * zeros and dollar signs; others by their characters without white space.
 */
bool conclusion_same(struct span a, struct span b);

#endif
