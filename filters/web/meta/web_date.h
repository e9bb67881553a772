/* web_date.h - read the dates that web pages state. */
#ifndef TAMIS_WEB_DATE_H
#define TAMIS_WEB_DATE_H

#include "lib/base/span.h"

/* Room for "2024-05-06T07:08:09+01:00" and a NUL. */
enum { WEB_DATE_SIZE = 26 };

/*
 * Normalise a date to ISO 8601, "2024-05-06", or with a time to "2024-05-06T07:08:09" and
 * "Z" or an offset such as "+01:00" if one is stated.  Reads ISO 8601, RFC 2822, English
 * names of months, DD.MM.YYYY, and numbers between slashes whose order is certain.
 *
 * Returns false unless the day exists, is from 1990 on, and at most one day after
 * `latest`, which begins with YYYY-MM-DD; empty: no later than 2099.
 */
bool web_date(struct span s, struct span latest, char out[WEB_DATE_SIZE]);
/* Whether a text begins with numbers between slashes that are a day and a month in either
 * order.  web_date() does not read them. */
bool web_date_is_ambiguous(struct span s);
/* The same as web_date() for a date in the path of an address, as in "/2024/05/06/" or
 * "-2024-05-06".
 */
bool web_date_of_url(struct span url, struct span latest, char out[WEB_DATE_SIZE]);

#endif
