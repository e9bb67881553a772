/* blend_svg.c - draws the cumulative share of each group over a run. */
#include <inttypes.h>
#include <stdio.h>

#include "mixer/check/check_blend.h"
#include "mixer/plan/decimal.h"

enum {
	LEFT = 60,
	TOP = 30,
	WIDTH = 720,
	HEIGHT = 400,
	LEGEND = 200,
	LINE = 18,	  /* of the legend */
	MOST_GROUPS = 20, /* more would be indistinguishable */
};

/* Colours for any colour vision (Okabe and Ito 2008). */
static const char *const colours[] = { "#0072b2", "#d55e00", "#009e73", "#cc79a7",
	"#e69f00", "#56b4e9", "#000000" };

enum { NCOLOURS = sizeof colours / sizeof *colours };

/* Append tenths of a pixel; integers print the same on every machine. */
static void
put_tenths(struct buf *b, uint64_t v)
{
	buf_putf(b, "%" PRIu64 ".%" PRIu64, v / 10, v % 10);
}

/* x is `room` tokens into the range, y is the fraction a / of. */
static void
put_point(struct buf *b, const struct blend_check *v, uint64_t room, share_parts a,
    share_parts of)
{
	const uint64_t width = UINT64_C(10) * WIDTH, height = UINT64_C(10) * HEIGHT;
	uint64_t all = blend_room(v, 0, v->rp->nphases);
	uint64_t x = (uint64_t)((share_parts)room * width / all);
	uint64_t y = of == 0 ? 0 : (uint64_t)(a * height / of);

	buf_putc(b, ' ');
	put_tenths(b, UINT64_C(10) * LEFT + x);
	buf_putc(b, ',');
	put_tenths(b, UINT64_C(10) * TOP + height - (y < height ? y : height));
}

/*
 * Tokens with padding up to the end of point i.  *planned: those of group g, times
 * SHARE_ONE.
 */
static uint64_t
room_to(const struct blend_check *v, uint64_t i, uint32_t g, share_parts *planned)
{
	const struct resolved *rp = v->rp;
	uint64_t end = v->first + (i + 1) * v->step, all = 0;

	*planned = 0;
	for (uint32_t k = 0; k < rp->nphases && rp->phase[k].first < end; k++) {
		uint64_t from = rp->phase[k].first + v->shares.phase[k].from;
		uint64_t n = v->shares.phase[k].n;

		n = n < end - from ? n : end - from;
		all += n * rp->phase[k].seq;
		*planned += (share_parts)n * rp->phase[k].seq * rp->group[g].weight[k];
	}
	return all;
}

static void
put_achieved(struct buf *b, const struct blend_check *v, uint32_t g)
{
	uint64_t mine = 0, all = 0;
	share_parts planned;

	buf_putf(b, "<polyline stroke=\"%s\" points=\"", colours[g % NCOLOURS]);
	for (uint64_t i = 0; i < v->points; i++) {
		const uint64_t *point = v->curve + i * v->rp->ngroups;

		for (uint32_t k = 0; k < v->rp->ngroups; k++)
			all += point[k];
		mine += point[g];
		put_point(b, v, room_to(v, i, g, &planned), mine, all);
	}
	buf_puts(b, "\"/>\n");
}

static void
put_planned(struct buf *b, const struct blend_check *v, uint32_t g)
{
	buf_puts(b, "<polyline class=\"plan\" points=\"");
	for (uint64_t i = 0; i < v->points; i++) {
		share_parts planned;
		uint64_t room = room_to(v, i, g, &planned);

		/* In millionths, so that the product with pixels does not overflow. */
		put_point(b, v, room, planned / 1000000,
		    (share_parts)room * (SHARE_ONE / 1000000));
	}
	buf_puts(b, "\"/>\n");
}

/* Names consist of letters, digits and . _ / + - and need no escaping. */
static void
put_text(struct buf *b, int x, int y, const char *anchor, const char *s)
{
	buf_putf(
	    b, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>\n", x, y, anchor, s);
}

static void
put_axes(struct buf *b, const struct blend_check *v)
{
	char text[64];

	for (int i = 0; i <= 10; i += 2) {
		int y = TOP + HEIGHT - HEIGHT * i / 10;

		buf_putf(b, "<path d=\"M%d %dh%d\" class=\"grid\"/>\n", LEFT, y, WIDTH);
		snprintf(text, sizeof text, "%d %%", i * 10);
		put_text(b, LEFT - 6, y + 4, "end", text);
	}
	for (uint32_t k = 0; k < v->rp->nphases; k++) {
		uint64_t before = blend_room(v, 0, k),
			 all = blend_room(v, 0, v->rp->nphases);
		int x = LEFT + (int)((share_parts)before * WIDTH / all);

		if (v->shares.phase[k].n == 0)
			continue;
		buf_putf(b, "<path d=\"M%d %dv%d\" class=\"grid\"/>\n", x, TOP, HEIGHT);
		put_text(b, x + 3, TOP - 6, "start", v->rp->phase[k].name);
	}
	snprintf(text, sizeof text, "sample %" PRIu64, v->first);
	put_text(b, LEFT, TOP + HEIGHT + 18, "start", text);
	snprintf(text, sizeof text, "%" PRIu64, v->end);
	put_text(b, LEFT + WIDTH, TOP + HEIGHT + 18, "end", text);
}

void
blend_svg(const struct blend_check *v, struct buf *b)
{
	uint32_t n = v->rp->ngroups < MOST_GROUPS ? v->rp->ngroups : MOST_GROUPS;
	int width = LEFT + WIDTH + LEGEND, height = TOP + HEIGHT + 50, y = TOP + 8;

	buf_putf(b,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
	    "width=\"%d\" height=\"%d\">\n"
	    "<style>text{font:12px sans-serif}polyline{fill:none;stroke-width:2}"
	    ".plan{stroke:#000;stroke-width:1;stroke-dasharray:2 4}"
	    ".grid{stroke:#ccc}</style>\n"
	    "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n",
	    width, height, width, height, width, height);
	put_axes(b, v);
	for (uint32_t g = 0; g < n; g++) {
		put_achieved(b, v, g);
		put_planned(b, v, g);
		buf_putf(b, "<path d=\"M%d %dh20\" stroke=\"%s\" stroke-width=\"2\"/>\n",
		    LEFT + WIDTH + 12, y - 4, colours[g % NCOLOURS]);
		put_text(b, LEFT + WIDTH + 38, y, "start", v->rp->group[g].name);
		y += LINE;
	}
	buf_putf(b, "<path d=\"M%d %dh20\" class=\"plan\"/>\n", LEFT + WIDTH + 12, y - 4);
	put_text(b, LEFT + WIDTH + 38, y, "start", "planned");
	put_text(b, LEFT + WIDTH / 2, height - 12, "middle",
	    "share of the tokens so far; the axis counts tokens");
	buf_puts(b, "</svg>\n");
}
