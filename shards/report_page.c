/* report_page.c - the HTML of tamis report: tables whose bars are cells, and SVG. */
#include "shards/report_page.h"

#include <inttypes.h>
#include <stdlib.h>

#include "lib/base/num.h"
#include "lib/text/utf8.h"

/* Colours for any colour vision (Okabe and Ito 2008), then grey for the rest. */
static const char *const colours[REPORT_GROUPS] = { "#0072b2", "#d55e00", "#009e73",
	"#cc79a7", "#e69f00", "#56b4e9", "#f0e442", "#999999" };

enum {
	MOST_ROWS = 40, /* of a table; the rest is one row */
	WIDTH = 720,	/* of the blend, in pixels */
	HEIGHT = 240,
};

static const char style[] =
    "<style>\n"
    ":root{color-scheme:light dark;--line:#8884;--bar:#0072b2}\n"
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:0 "
    "auto;padding:1rem}\n"
    "h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:2rem}\n"
    "dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(8rem,1fr));gap:1rem}\n"
    "dt{font-size:.85rem;opacity:.75}dd{margin:0;font-size:1.3rem}\n"
    ".wide{overflow-x:auto}\n"
    "table{border-collapse:collapse;width:100%}\n"
    "th,td{text-align:left;padding:.15rem .5rem;border-bottom:1px solid var(--line)}\n"
    "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}\n"
    "td.b{width:40%;min-width:3rem}\n"
    "td.b i{display:block;height:.8rem;background:var(--bar);min-width:1px}\n"
    "svg{width:100%;height:auto}svg text{fill:currentColor;font-size:12px}\n"
    "ul.key{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.2rem 1rem}\n"
    "ul.key i{display:inline-block;width:.8rem;height:.8rem;margin-right:.4rem}\n"
    "@media(max-width:40rem){table{font-size:.85rem}th,td{padding:.15rem .25rem}"
    "svg text{font-size:24px}}\n"
    "blockquote{margin:.5rem 0;padding-left:.8rem;border-left:3px solid var(--line);"
    "overflow-wrap:anywhere}\n"
    "</style>\n";

/* Append text without its markup and controls. */
static void
put_escaped(struct buf *b, const char *s)
{
	const char *mark;

	for (; *s; s++) {
		const unsigned char c = (unsigned char)*s;

		mark = c == '&'		      ? "&amp;"
		       : c == '<'	      ? "&lt;"
		       : c == '>'	      ? "&gt;"
		       : c == '"'	      ? "&quot;"
		       : c < ' ' || c == 0x7f ? " "
					      : NULL;
		if (mark)
			buf_puts(b, mark);
		else
			buf_putc(b, *s);
	}
}

static void
put_count(struct buf *b, uint64_t n)
{
	if (n < 10000)
		buf_putf(b, "%" PRIu64, n);
	else
		num_put_si(b, (double)n, "");
}

static void
put_percent(struct buf *b, uint64_t part, uint64_t all, int places)
{
	num_put(b, all == 0 ? 0 : 100.0 * (double)part / (double)all, places);
	buf_puts(b, " %");
}

/* A cell with a bar whose length is part / most. */
static void
put_bar(struct buf *b, uint64_t part, uint64_t most)
{
	buf_puts(b, "<td class=b><i style=\"width:");
	num_put(b, most == 0 ? 0 : 100.0 * (double)part / (double)most, 2);
	buf_puts(b, "%\"></i></td>");
}

/* ---- key figures ---- */

static void
put_figure(struct buf *b, const char *name, uint64_t n)
{
	buf_putf(b, "<div><dt>%s</dt><dd title=\"%" PRIu64 "\">", name, n);
	put_count(b, n);
	buf_puts(b, "</dd></div>\n");
}

static void
put_figures(struct buf *b, const struct stats *t)
{
	size_t languages = 0;

	for (size_t i = 0; i < STATS_LANGUAGES; i++)
		languages += t->language[i] != NULL;
	buf_puts(b, "<dl>\n");
	put_figure(b, "tokens", t->all.tokens);
	put_figure(b, "documents", t->all.documents);
	if (t->kind != TSHARD_DOCS)
		put_figure(b, "samples", t->all.samples);
	put_figure(b, "sources", t->nsources);
	put_figure(b, "languages", languages);
	put_figure(b, "shards", t->shards);
	put_figure(b, "bytes", t->bin_bytes + t->idx_bytes + t->sdx_bytes);
	buf_puts(b, "</dl>\n");
}

/* ---- tables of counts ---- */

struct tokens_row {
	const char *name;
	uint64_t tokens, documents;
};

static int
by_tokens(const void *a, const void *b)
{
	const struct tokens_row *x = a, *y = b;

	if (x->tokens != y->tokens)
		return x->tokens > y->tokens ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void
put_row(struct buf *b, const struct tokens_row *r, uint64_t all, uint64_t most)
{
	buf_puts(b, "<tr><td>");
	put_escaped(b, r->name);
	buf_puts(b, "</td><td class=n>");
	put_count(b, r->tokens);
	buf_puts(b, "</td><td class=n>");
	put_percent(b, r->tokens, all, 2);
	buf_puts(b, "</td><td class=n>");
	put_count(b, r->documents);
	buf_puts(b, "</td>");
	put_bar(b, r->tokens, most);
	buf_puts(b, "</tr>\n");
}

/* Sort n rows and append them, largest first. */
static void
put_rows(struct buf *b, const char *title, struct tokens_row *v, size_t n)
{
	struct tokens_row rest = { .name = "others" };
	uint64_t all = 0, most;

	if (n == 0)
		return;
	qsort(v, n, sizeof *v, by_tokens);
	for (size_t i = 0; i < n; i++) {
		all += v[i].tokens;
		if (i >= MOST_ROWS) {
			rest.tokens += v[i].tokens;
			rest.documents += v[i].documents;
		}
	}
	most = v[0].tokens > rest.tokens ? v[0].tokens : rest.tokens;
	buf_putf(b,
	    "<h2>Tokens by %s</h2>\n<div class=wide><table><tr><th>%s<th class=n>tokens"
	    "<th class=n>share<th class=n>documents<th></tr>\n",
	    title, title);
	for (size_t i = 0; i < n && i < MOST_ROWS; i++)
		put_row(b, &v[i], all, most);
	if (n > MOST_ROWS)
		put_row(b, &rest, all, most);
	buf_puts(b, "</table></div>\n");
}

static void
put_sources(struct buf *b, const struct stats *t)
{
	struct tokens_row *v = xcalloc(t->nsources + 1, sizeof *v);

	for (size_t i = 0; i < t->nsources; i++)
		v[i] = (struct tokens_row){ .name = t->source[i].name,
			.tokens = t->source[i].tokens,
			.documents = t->source[i].documents };
	put_rows(b, "source", v, t->nsources);
	free(v);
}

static void
put_languages(struct buf *b, const struct stats *t)
{
	struct tokens_row *v = xcalloc(STATS_LANGUAGES, sizeof *v);
	char(*name)[4] = xcalloc(STATS_LANGUAGES, sizeof *name);
	size_t n = 0;

	for (size_t i = 0; i < STATS_LANGUAGES; i++) {
		if (!t->language[i])
			continue;
		tshard_lang_name((uint16_t)i, name[n]);
		v[n] = (struct tokens_row){ .name = name[n][0] ? name[n] : "unknown",
			.tokens = t->language[i]->tokens,
			.documents = t->language[i]->documents };
		n++;
	}
	put_rows(b, "language", v, n);
	free(v);
	free(name);
}

/* ---- lengths ---- */

enum { POWERS = 64, LINEAR_BITS = 5 };

/* The power of two at or below the numbers of a bucket. */
static unsigned
power_of(uint32_t bucket)
{
	unsigned power = 0;

	if (bucket >= 1u << LINEAR_BITS)
		return LINEAR_BITS + (bucket >> LINEAR_BITS) - 1;
	while (bucket >> (power + 1))
		power++;
	return power;
}

static void
put_lengths(struct buf *b, const struct histogram *h)
{
	uint64_t count[POWERS] = { 0 }, most = 0;
	unsigned last = 0;

	if (h->total == 0)
		return;
	for (uint32_t i = 0; i < h->n; i++) {
		const unsigned power = power_of(i);

		count[power] += h->count[i];
		if (count[power] > most)
			most = count[power];
		if (h->count[i] > 0)
			last = power;
	}
	buf_puts(b, "<h2>Lengths of documents</h2>\n<p>Median ");
	put_count(b, histogram_quantile(h, 500));
	buf_puts(b, " tokens, 1 % have at least ");
	put_count(b, histogram_quantile(h, 990));
	buf_puts(b,
	    ".</p>\n<div class=wide><table><tr><th class=n>tokens from<th class=n>"
	    "documents<th class=n>share<th></tr>\n");
	for (unsigned i = power_of(h->least < 32 ? (uint32_t)h->least : 32); i <= last;
	     i++) {
		buf_putf(b,
		    "<tr><td class=n>%" PRIu64 "</td><td class=n>%" PRIu64
		    "</td><td class=n>",
		    UINT64_C(1) << i, count[i]);
		put_percent(b, count[i], h->total, 1);
		buf_puts(b, "</td>");
		put_bar(b, count[i], most);
		buf_puts(b, "</tr>\n");
	}
	buf_puts(b, "</table></div>\n");
}

/* ---- the blend ---- */

/* The edge below group g, in tenths of a pixel from the top: the first group is at the
 * bottom. */
static uint64_t
edge(const struct report_page *p, size_t window, size_t g)
{
	uint64_t all = 0, below = 0;

	for (size_t i = 0; i < p->ngroups; i++) {
		all += p->blend[window][i];
		below += i < g ? p->blend[window][i] : 0;
	}
	return all == 0
		   ? 0
		   : (uint64_t)(10.0 * HEIGHT * (1 - (double)below / (double)all) + 0.5);
}

static void
put_point(struct buf *b, size_t window, bool right, uint64_t y)
{
	const size_t x = (window + right) * WIDTH * 10 / REPORT_WINDOWS;

	buf_putf(b, " %zu.%zu,%" PRIu64 ".%" PRIu64, x / 10, x % 10, y / 10, y % 10);
}

static void
put_blend(struct buf *b, const struct report_page *p)
{
	buf_puts(b, "<h2>Blend over the run</h2>\n<ul class=key>\n");
	for (size_t g = 0; g < p->ngroups; g++) {
		buf_putf(b, "<li><i style=\"background:%s\"></i>", colours[g]);
		put_escaped(b, p->group[g]);
		buf_puts(b, "</li>\n");
	}
	buf_putf(b,
	    "</ul>\n<svg viewBox=\"-76 -16 %d %d\" role=img aria-label=\"share of tokens "
	    "of each group from the first to the last sample\">\n",
	    WIDTH + 80, HEIGHT + 48);
	for (size_t g = 0; g < p->ngroups; g++) {
		buf_putf(b, "<polygon fill=\"%s\" points=\"", colours[g]);
		for (size_t w = 0; w < REPORT_WINDOWS; w++) {
			put_point(b, w, false, edge(p, w, g));
			put_point(b, w, true, edge(p, w, g));
		}
		for (size_t w = REPORT_WINDOWS; w-- > 0;) {
			put_point(b, w, true, edge(p, w, g + 1));
			put_point(b, w, false, edge(p, w, g + 1));
		}
		buf_puts(b, "\"/>\n");
	}
	for (int i = 0; i <= 100; i += 25)
		buf_putf(b, "<text x=-6 y=%d text-anchor=end>%d %%</text>\n",
		    HEIGHT - HEIGHT * i / 100 + 4, i);
	buf_putf(b,
	    "<text x=0 y=%d>sample 0</text><text x=%d y=%d text-anchor=end>%" PRIu64
	    "</text>\n</svg>\n",
	    HEIGHT + 26, WIDTH, HEIGHT + 26, p->run_samples - 1);
}

/* ---- stages ---- */

static void
put_rules(struct buf *b, const struct corpus_stage *s)
{
	if (s->nrules == 0)
		return;
	buf_puts(b, "<details><summary>");
	put_escaped(b, s->command);
	buf_putf(b,
	    ": %zu rule%s</summary>\n<div class=wide><table><tr><th>rule<th class=n>"
	    "documents<th class=n>only this rule<th class=n>of all<th></tr>\n",
	    s->nrules, plural(s->nrules));
	for (size_t i = 0; i < s->nrules; i++) {
		const struct stage_rule *r = &s->rule[i];

		buf_puts(b, "<tr><td>");
		put_escaped(b, r->name);
		buf_puts(b, "</td><td class=n>");
		put_count(b, r->hits);
		buf_puts(b, "</td><td class=n>");
		put_count(b, r->alone);
		buf_puts(b, "</td><td class=n>");
		put_percent(b, r->hits, s->read, 2);
		buf_puts(b, "</td>");
		put_bar(b, r->hits, s->rule[0].hits);
		buf_puts(b, "</tr>\n");
	}
	buf_puts(b, "</table></div></details>\n");
}

static void
put_stages(struct buf *b, const struct corpus_stages *t)
{
	uint64_t most = 0;

	if (t->n == 0)
		return;
	buf_puts(b,
	    "<h2>What each stage dropped</h2>\n<div class=wide><table><tr><th>stage"
	    "<th class=n>read<th class=n>kept<th class=n>dropped<th class=n>bad"
	    "<th></tr>\n");
	for (size_t i = 0; i < t->n; i++)
		most = t->v[i].read > most ? t->v[i].read : most;
	for (size_t i = 0; i < t->n; i++) {
		const struct corpus_stage *s = &t->v[i];

		buf_puts(b, "<tr><td>");
		put_escaped(b, s->command);
		buf_puts(b, "</td><td class=n>");
		put_count(b, s->read);
		buf_puts(b, "</td><td class=n>");
		put_count(b, s->kept);
		buf_puts(b, "</td><td class=n>");
		put_percent(b, s->dropped, s->read, 1);
		buf_puts(b, "</td><td class=n>");
		put_count(b, s->bad);
		buf_puts(b, "</td>");
		put_bar(b, s->kept, most);
		buf_puts(b, "</tr>\n");
	}
	buf_puts(b, "</table></div>\n");
	for (size_t i = 0; i < t->n; i++)
		put_rules(b, &t->v[i]);
}

/* ---- rejects ---- */

static void
put_dropped(struct buf *b, const struct dropped_by_rule *d)
{
	buf_puts(b, "<details><summary>");
	put_escaped(b, d->rule);
	buf_putf(b,
	    ": %" PRIu64 " document%s</summary>\n<div class=wide><table><tr><th>source"
	    "<th class=n>documents<th class=n>share<th></tr>\n",
	    d->documents, plural(d->documents));
	for (size_t i = 0; i < d->nsources && i < MOST_ROWS; i++) {
		buf_puts(b, "<tr><td>");
		put_escaped(b, d->source[i].source);
		buf_puts(b, "</td><td class=n>");
		put_count(b, d->source[i].documents);
		buf_puts(b, "</td><td class=n>");
		put_percent(b, d->source[i].documents, d->documents, 1);
		buf_puts(b, "</td>");
		put_bar(b, d->source[i].documents, d->source[0].documents);
		buf_puts(b, "</tr>\n");
	}
	buf_puts(b, "</table></div>\n");
	for (size_t i = 0; i < d->nexamples; i++) {
		buf_puts(b, "<p>");
		put_escaped(b, d->example[i].id);
		buf_puts(b, "</p><blockquote>");
		put_escaped(b, d->example[i].text);
		buf_puts(b, "</blockquote>\n");
	}
	buf_puts(b, "</details>\n");
}

void
report_page_put(const struct report_page *p, struct buf *b)
{
	buf_puts(b, "<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n<meta "
		    "name=viewport content=\"width=device-width\">\n<title>");
	put_escaped(b, p->title);
	buf_puts(b, "</title>\n");
	buf_puts(b, style);
	buf_puts(b, "<h1>");
	put_escaped(b, p->title);
	buf_puts(b, "</h1>\n");
	if (p->stats)
		put_figures(b, p->stats);
	if (p->run_samples > 0)
		put_blend(b, p);
	put_stages(b, &p->stages);
	if (p->ndropped > 0)
		buf_puts(b, "<h2>Dropped documents</h2>\n");
	for (size_t i = 0; i < p->ndropped; i++)
		put_dropped(b, &p->dropped[i]);
	if (p->stats) {
		put_sources(b, p->stats);
		put_languages(b, p->stats);
		put_lengths(b, &p->stats->all.document);
	}
	buf_puts(b, "</html>\n");
}
