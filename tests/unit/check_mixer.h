/* check_mixer.h - the parts of the suite of mixer/. */
#ifndef TAMIS_CHECK_MIXER_H
#define TAMIS_CHECK_MIXER_H

#include <check.h>

TCase *order_tcase(void); /* check_order.c */

#endif
