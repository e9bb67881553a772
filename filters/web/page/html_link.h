/* html_link.h - the addresses of links and images, and the alternative text of images. */
#ifndef TAMIS_HTML_LINK_H
#define TAMIS_HTML_LINK_H

#include "filters/web/page/html_tree.h"

/* The address that relative ones of a page refer to: its <base>, which can be relative to
 * `url`, the address of the page.  *out is empty if that is not known. */
void html_link_base(
    const struct html_tree *t, struct span url, struct buf *scratch, struct buf *out);
/* Append an address as url_resolve() does for links, with percent signs for parentheses
 * that would end it in Markdown.  Returns false, with *out unchanged, if it has none. */
bool html_link_target(const struct html_tree *t, struct html_raw address,
    struct span base, struct buf *scratch, struct buf *out);

/* What an <img> has, as in the page; empty if missing. */
struct html_image {
	struct html_raw src; /* the one that scripts load later, if there are two */
	struct html_raw alt;
	bool dot; /* of one pixel: it counts visits */
};
struct html_image html_image_of(const struct html_tree *t, const struct html_mark *m);
/* Replace *out by the alternative text, of at most 1000 bytes.  Returns whether the image
 * has one. */
bool html_image_alt(const struct html_tree *t, struct html_raw alt, struct buf *out);

#endif
