/* html_images.c - keep images in elements that have no text of their own. */
#include "filters/web/page/html_tree.h"

/* Elements around an image without any other content, such as <p>, <figure> and <a>. */
enum { CLIMB = 6 };

static bool
is_image(const struct html_mark *m)
{
	return m->kind == MARK_IMAGE && m->parent != 0;
}

void
html_keep_images(struct html_tree *t)
{
	const uint32_t hints = N_STRONG | N_WEAK | N_COMMENT | N_BOILER | N_HIDDEN;

	for (size_t i = 0; i < t->marks; i++) {
		struct html_node *n = &t->node[t->mark[i].parent];

		for (int k = 0; k < CLIMB && is_image(&t->mark[i]) && n->chars == 0 &&
				!(n->flags & hints);
		     k++) {
			n->flags &= ~(uint32_t)N_DROP;
			n = &t->node[n->parent];
		}
	}
}

void
html_note_images(struct html_tree *t)
{
	for (size_t i = 0; i < t->n; i++) {
		struct html_node *n = &t->node[i];

		n->score = n->flags & N_DROP   ? 0
			   : n->flags & N_KEEP ? 1
			   : i > 0	       ? t->node[n->parent].score
					       : 0;
	}
	for (size_t i = 0; i < t->marks; i++)
		t->mark[i].kept =
		    is_image(&t->mark[i]) && t->node[t->mark[i].parent].score;
}

void
html_restore_images(struct html_tree *t)
{
	for (size_t i = 0; i < t->marks; i++) {
		const uint32_t first = t->mark[i].parent;
		uint32_t up = first;

		if (!t->mark[i].kept)
			continue;
		for (int k = 0; k < CLIMB && t->node[up].flags & N_DROP; k++)
			up = t->node[up].parent;
		if (t->node[up].flags & N_DROP)
			continue;
		for (uint32_t in = first; in != up; in = t->node[in].parent)
			t->node[in].flags &= ~(uint32_t)N_DROP;
	}
}
