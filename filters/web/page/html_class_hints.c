/*
 * html_class_hints.c - derive the purpose of an element from its class, id and role.
 *
 * An Aho-Corasick automaton (1975) looks for all phrases at once, so the time does not
 * depend on the number of phrases.  It reads a value as "^ value $" in lower case, where
 * white space is one symbol and all other characters except letters, '-' and '_' are
 * another.  So " nav" is the start of a word and "^ post $" a whole value.
 */
#include <stdlib.h>

#include "filters/web/page/html_tree.h"
#include "lib/base/chars.h"
#include "lib/base/err.h"

enum { CLASS = 1, ID = 2, BOTH = 3 };
enum { SYMBOLS = 32, STATES = 4096, BEGIN = 30, FINISH = 31, SPACE = 29 };

static const struct hint_phrases {
	unsigned where;	     /* CLASS, ID or BOTH */
	unsigned hint;	     /* an N_ bit */
	const char *phrases; /* separated by '|' */
} table[] = {
	{ BOTH, N_STRONG,
	    "social|newsletter|syndication|sidebar|breadcrumb|bread-crumb|footer|menu|"
	    "related" },
	{ ID, N_STRONG,
	    "share |share_|share-a|share-b|share-c|share-i|share-l|share-m|share-n|share-"
	    "o|share-pa|share-print|share-po|share-s|share-t|share-w|shareb|sharei|"
	    "sharet|sharew|"
	    " nav|-nav|_nav|nav |nav-|nav_|navi|navb|navm" },
	{ CLASS, N_STRONG,
	    "subnav|avigation|navbar|navbox| ad "
	    "|-ad-|outbrain|taboola|criteo|paidcontent|"
	    "paid-content|byline|share-a|share-b|share-c|share-i|share-l|share-m|share-n|"
	    "share-o|share-pa|share-print|share-po|share-s|share-t|share-w|sociable|tag-"
	    "list|consent|"
	    "-stories|most-popular|"
	    "user-info|user-profile|article-infos|obfuscated|blurred|cookie|comments-"
	    "title|"
	    "nocomments|-reply-|akismet|suggest-links|noprint|hide-print|skip-link|"
	    "pagination|pager "
	    "|pager-|pager_|topbar|actionbar|recommend|trending|sponsor|advert|print-"
	    "only|"
	    "^ nav|^ share |^ share_|^ shareb|^ shared|^ sharr|^ sharei|^ shari|^ "
	    "sharet|^ "
	    "sharew|^ hide-|^ "
	    "hidden| hidden " },
	{ BOTH, N_WEAK,
	    "banner|button|author|widget|embed|modal-content|next-|meta|rating|"
	    "attachment|"
	    "timestamp|-icon|message-container|slide|viewport|overlay|options|expand|"
	    "popular|"
	    "promo|popup|modal|permission|toolbar|login|signin|sign-in|subscribe|"
	    "copyright|"
	    "premium|viral|tags" },
	{ BOTH, N_STRONG,
	    "upsell|crosssell|cross-sell|interesting-|also-like|read-also|readalso|"
	    "nextstory|"
	    "next-story|next-post|post-nav|yarpp|recirc|sharedaddy|sharing|share_|"
	    "addtoany|"
	    "author-box|author_box|authorbox|author-bio|author_bio|authorbio|author-card|"
	    "author-info|authorinfo|about-author|saboxplugin|paywall|subscription| abo|"
	    "subscribe-| respond |comment-form|comment_form|commentform|comment-respond|"
	    "reply-title|leave-reply" },
	{ BOTH, N_WEAK,
	    "teaser|caption|credit|source|quelle|infobox|linkbox|link-list|linklist|"
	    "factbox|"
	    "categor|topic|keyword|tag-| "
	    "tag|alert|notice|hint|disclaimer|contact|kontakt" },
	{ BOTH, N_COMMENT,
	    "^ comment|post-comments|article-comments|disqus|commentlist|comment-list|"
	    "comments-area|comment-area|comments-section|comment-section|comment-wrapper|"
	    "kommentare| comments |-comments |comentarios|commentaires" },
	{ BOTH, N_FORUM,
	    "forum|thread|phpbb|vbulletin|xenforo|discourse|question-page|qa-page" },
	{ BOTH, N_LEAD,
	    " lead |-lead | lead-|_lead |__lead|leadtext|lead-text|-intro|intro-| intro |"
	    "teaser-text|teasertext|article-teaser|chapo|excerpt|standfirst|sub-headline|"
	    "subheadline|subhead| deck |-deck|_deck|summary|bajada|vorspann|entradilla" },
	{ BOTH, N_CONTENT1,
	    "entry-content|article-content|art-content|article__content|article-body|"
	    "article__body|articlebody|body-text|post-text|post_text|post-body|post-"
	    "entry|"
	    "postentry|post-content|postcontent|post_content|post_inner_wrapper|article-"
	    "text|"
	    "articletext|page-content|text-content|articlecontent|article__container" },
	{ CLASS, N_BOILER,
	    " sr-only | visually-hidden | visuallyhidden | screen-reader-text |"
	    " screen-reader-only | screenreader-only | element-invisible |"
	    " assistive-text | skiplink | skip-nav | skip-to-content |"
	    " mw-editsection | inline-template | headerlink | ltx_note_mark |"
	    " ltx_note_outer " },
	{ CLASS, N_GUTTER,
	    " linenos | linenodiv | lineno | linenumber | line-number | line-numbers |"
	    " code-line-number | gutter | rouge-gutter | blob-num | hljs-ln-numbers |"
	    " source-line-no | sourcelineno | linenr | crayon-nums |"
	    " crayon-num | react-line-number | codemirror-linenumber | hljs-ln-n " },
	{ CLASS, N_NAMED,
	    " sr-only | visually-hidden | visuallyhidden | screen-reader-text |"
	    " screen-reader-only | screenreader-only | element-invisible |"
	    " assistive-text | skip-link | skiplink | skip-nav | skip-to-content |"
	    " mw-editsection | inline-template | headerlink | ltx_note_mark |"
	    " admonition | callout | starlight-aside | katex-html " },
	{ CLASS, N_CONTENT1, "^ post $|^ entry $" },
	{ BOTH, N_CONTENT3,
	    "story-body|post-bodycopy|storycontent|story-content|theme-content|blog-"
	    "content|"
	    "section-content|single-content|single-post|main-column|wpb_text_column|"
	    "field-body|fulltext" },
	{ ID, N_CONTENT3, "^ article $|^ story $|^ primary" },
	{ CLASS, N_CONTENT3, "^ text $|^ story $" },
	{ BOTH, N_CONTENT4,
	    "content-main|content-body|contentbody|content_main|content__body|main-"
	    "content|"
	    "maincontent|^ content $" },
	{ BOTH, N_CONTENT5, "^ main" },
};

/* HIT: a bit of the next state; it has hints.  Most have none, and need not be read. */
enum { HIT = 1 << 15 };

struct html_class_hints {
	unsigned short next[STATES][SYMBOLS]; /* a cache line for each state */
	uint32_t found[STATES];	     /* N_ bits for a class; for an id, shifted by 16 */
	unsigned short fail[STATES]; /* state of the longest proper suffix */
	unsigned short n;	     /* states */
	unsigned char symbol[256];
};

static void
add_phrase(struct html_class_hints *h, const char *p, size_t n, uint32_t found)
{
	unsigned s = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned c = p[i] == '^'   ? BEGIN
			     : p[i] == '$' ? FINISH
					   : h->symbol[(unsigned char)p[i]];

		if (!h->next[s][c])
			h->next[s][c] = h->n++;
		s = h->next[s][c];
		if (h->n == STATES)
			BUG("too many phrases");
	}
	h->found[s] |= found;
}

/* Turn the trie into an automaton, in breadth-first order. */
static void
link_states(struct html_class_hints *h)
{
	unsigned short queue[STATES];
	unsigned head = 0, tail = 0;

	for (unsigned c = 0; c < SYMBOLS; c++) {
		if (h->next[0][c])
			queue[tail++] = h->next[0][c];
	}
	while (head < tail) {
		const unsigned s = queue[head++];

		h->found[s] |= h->found[h->fail[s]];
		for (unsigned c = 0; c < SYMBOLS; c++) {
			const unsigned short to = h->next[s][c],
					     back = h->next[h->fail[s]][c];

			if (to) {
				h->fail[to] = back;
				queue[tail++] = to;
			} else {
				h->next[s][c] = back;
			}
		}
	}
	for (unsigned s = 0; s < h->n; s++)
		for (unsigned c = 0; c < SYMBOLS; c++)
			if (h->found[h->next[s][c]])
				h->next[s][c] |= HIT;
}

struct html_class_hints *
html_class_hints_new(void)
{
	struct html_class_hints *h = large_alloc(sizeof *h);

	memset(h, 0, sizeof *h);
	h->n = 1;
	for (unsigned i = 0; i < 26; i++)
		h->symbol['a' + i] = h->symbol['A' + i] = (unsigned char)(i + 1);
	h->symbol['-'] = 27;
	h->symbol['_'] = 28;
	h->symbol[' '] = h->symbol['\t'] = h->symbol['\n'] = h->symbol['\r'] =
	    h->symbol['\f'] = SPACE;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const uint32_t found = (table[i].where & CLASS ? table[i].hint : 0) |
				       (table[i].where & ID ? table[i].hint << 16 : 0);

		for (const char *p = table[i].phrases; *p;) {
			const size_t n = strcspn(p, "|");

			add_phrase(h, p, n, found);
			p += n + (p[n] == '|');
		}
	}
	link_states(h);
	return h;
}

void
html_class_hints_free(struct html_class_hints *h)
{
	free(h);
}

/* Read a symbol in a state.  Returns the next one; *found gets its hints. */
static inline unsigned
step(const struct html_class_hints *h, unsigned state, unsigned symbol, uint32_t *found)
{
	unsigned next = h->next[state][symbol];

	if (next & HIT) {
		next &= ~(unsigned)HIT;
		*found |= h->found[next];
	}
	return next;
}

uint32_t
html_class_hints_find(const struct html_class_hints *h, struct span value)
{
	uint32_t found = 0;
	unsigned s = step(h, step(h, 0, BEGIN, &found), SPACE, &found);

	for (size_t i = 0; i < value.n; i++)
		s = step(h, s, h->symbol[(unsigned char)value.p[i]], &found);
	s = step(h, s, SPACE, &found);
	step(h, s, FINISH, &found);
	return found;
}

/* Take the next declaration off a style attribute, without "!important".  Returns false
 * after the last one. */
static bool
next_declaration(struct span *rest, struct span *property, struct span *value)
{
	while (rest->n > 0) {
		const char *end = memchr(rest->p, ';', rest->n);
		const size_t n = end ? (size_t)(end - rest->p) : rest->n;
		const char *colon = memchr(rest->p, ':', n);
		struct span v;

		if (colon) {
			const char *mark;

			*property = span_trim(
			    (struct span){ rest->p, (size_t)(colon - rest->p) });
			v = (struct span){ colon + 1, (size_t)(rest->p + n - colon - 1) };
			mark = v.n ? memchr(v.p, '!', v.n) : NULL;
			if (mark)
				v.n = (size_t)(mark - v.p);
			*value = span_trim(v);
		}
		*rest = span_from(*rest, end ? n + 1 : n);
		if (colon)
			return true;
	}
	return false;
}

static bool
is_word(struct span s, struct span lower_case)
{
	return s.n == lower_case.n && ascii_eq(s.p, lower_case.p, s.n);
}

/* The hints of a style attribute.  The last declaration of a property counts. */
static unsigned
style_hints(struct span style)
{
	unsigned display = 0, visibility = 0;
	struct span property, value;

	while (next_declaration(&style, &property, &value)) {
		if (is_word(property, SPAN("display")))
			display = is_word(value, SPAN("none")) ? N_HIDDEN : 0;
		else if (is_word(property, SPAN("visibility")))
			visibility = is_word(value, SPAN("hidden")) ||
					     is_word(value, SPAN("collapse"))
					 ? N_BOILER | N_UNSEEN
					 : 0;
	}
	return display | visibility;
}

/* The hint of an ARIA role. */
static unsigned
role_hint(struct span role)
{
	static const struct {
		struct span role;
		unsigned hint;
	} roles[] = {
		{ { "main", 4 }, N_CONTENT5 },
		{ { "article", 7 }, N_CONTENT3 },
		{ { "navigation", 10 }, N_BOILER },
		{ { "banner", 6 }, N_BOILER },
		{ { "contentinfo", 11 }, N_BOILER },
		{ { "complementary", 13 }, N_BOILER },
		{ { "search", 6 }, N_BOILER },
		{ { "menu", 4 }, N_BOILER },
		{ { "menubar", 7 }, N_BOILER },
		{ { "dialog", 6 }, N_BOILER },
	};

	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
		if (span_eq(role, roles[i].role))
			return roles[i].hint;
	}
	return 0;
}

unsigned
html_class_hints_of(const struct html_class_hints *h, const struct start_tag *s,
    unsigned flags, unsigned *by_id)
{
	const unsigned content =
	    N_CONTENT1 | N_CONTENT2 | N_CONTENT3 | N_CONTENT4 | N_CONTENT5;
	unsigned hints = 0, has = s->has;

	*by_id = 0;
	/* Documentation hides the panels of all tabs but one. */
	if (has & 1u << A_ROLE && span_eq(s->attr[A_ROLE], SPAN("tabpanel")))
		has &= ~(1u << A_HIDDEN | 1u << A_ARIA_HIDDEN | 1u << A_STYLE);
	/* React streams parts of a page as <div hidden id="S:1">, and shows them later.
	 */
	if (has & 1u << A_HIDDEN &&
	    !(has & 1u << A_ID && span_starts(s->attr[A_ID], SPAN("S:"))))
		return N_HIDDEN;
	if (has & 1u << A_ARIA_HIDDEN && span_eq(s->attr[A_ARIA_HIDDEN], SPAN("true")))
		hints |= N_BOILER;
	if (has & 1u << A_POPOVER)
		return N_HIDDEN;
	if (has & 1u << A_STYLE)
		hints |= style_hints(s->attr[A_STYLE]);
	if (hints & N_HIDDEN)
		return N_HIDDEN;
	if (has & 1u << A_ROLE)
		hints |= role_hint(s->attr[A_ROLE]);
	if (has & 1u << A_ITEMPROP && span_eq(s->attr[A_ITEMPROP], SPAN("articleBody")))
		hints |= N_CONTENT1;
	if (flags & (TAG_HINTS | TAG_CONTENT)) {
		uint32_t found = 0, of_id = 0;

		if (has & 1u << A_CLASS)
			found = s->class_facts->hints & 0xFFFF;
		if (has & 1u << A_ID)
			of_id = html_class_hints_find(h, s->attr[A_ID]) >> 16;
		*by_id = of_id & ~(found | content);
		found |= of_id;
		if (!(flags & TAG_CONTENT))
			found &= ~content;
		if (!(flags & TAG_HINTS))
			found &= content;
		*by_id &= found;
		hints |= found;
	}
	/* Lead paragraphs are often called teasers, which is a weak hint of boilerplate.
	 */
	if (hints & N_LEAD)
		hints &= ~(unsigned)N_WEAK;
	if (s->tag == T_ARTICLE)
		hints |= N_CONTENT2;
	if (s->tag == T_MAIN)
		hints |= N_CONTENT5;
	return hints;
}
