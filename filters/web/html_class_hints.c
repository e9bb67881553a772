/*
 * html_class_hints.c - what the class, id and role of an element say about its use.
 *
 * All phrases are looked for at once by an automaton of Aho and Corasick (1975), so that
 * the cost does not grow with the number of phrases.  A value is read as "^ value $" in
 * lower case, white space and all that is no letter, '-' or '_' as one symbol each; thus
 * " nav" is the start of a word and "^ post $" a whole value.
 */
#include <stdlib.h>

#include "filters/web/html_tree.h"
#include "lib/base/err.h"

enum { CLASS = 1, ID = 2, BOTH = 3 };
enum { SYMBOLS = 32, STATES = 4096, BEGIN = 30, FINISH = 31, SPACE = 29 };

static const struct phrases {
	unsigned where, mark;
	const char *words; /* separated by '|' */
} table[] = {
	{ BOTH, N_STRONG,
	    "social|newsletter|syndication|sidebar|breadcrumb|bread-crumb|footer|menu|"
	    "related" },
	{ ID, N_STRONG, "share|nav" },
	{ CLASS, N_STRONG,
	    "subnav|avigation|navbar|navbox| ad "
	    "|-ad-|outbrain|taboola|criteo|paidcontent|"
	    "paid-content|byline|share-|sociable|tag-list|consent|-stories|most-popular|"
	    "user-info|user-profile|article-infos|obfuscated|blurred|cookie|comments-"
	    "title|"
	    "nocomments|-reply-|akismet|suggest-links|noprint|hide-print|skip-link|"
	    "pagination|pager|topbar|actionbar|recommend|trending|sponsor|advert|print-"
	    "only|"
	    "^ nav|^ shar|^ hide-|^ hidden| hidden " },
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
	{ BOTH, N_BODY1,
	    "entry-content|article-content|art-content|article__content|article-body|"
	    "article__body|articlebody|body-text|post-text|post_text|post-body|post-"
	    "entry|"
	    "postentry|post-content|postcontent|post_content|post_inner_wrapper|article-"
	    "text|"
	    "articletext|page-content|text-content|articlecontent|article__container" },
	{ CLASS, N_BODY1, "^ post $|^ entry $" },
	{ BOTH, N_BODY3,
	    "story-body|post-bodycopy|storycontent|story-content|theme-content|blog-"
	    "content|"
	    "section-content|single-content|single-post|main-column|wpb_text_column|"
	    "field-body|fulltext" },
	{ ID, N_BODY3, "^ article $|^ story $|^ primary" },
	{ CLASS, N_BODY3, "^ text $|^ story $" },
	{ BOTH, N_BODY4,
	    "content-main|content-body|contentbody|content_main|content__body|main-"
	    "content|"
	    "maincontent|^ content $" },
	{ BOTH, N_BODY5, "^ main" },
};

struct html_marks {
	unsigned short next[STATES][SYMBOLS];
	uint32_t found[STATES]; /* N_ bits by class, and << 16 by id */
	unsigned short fail[STATES];
	unsigned short n;
	unsigned char symbol[256];
};

static void
add_phrase(struct html_marks *m, const char *p, size_t n, uint32_t found)
{
	unsigned s = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned c = p[i] == '^'   ? BEGIN
			     : p[i] == '$' ? FINISH
					   : m->symbol[(unsigned char)p[i]];

		if (!m->next[s][c])
			m->next[s][c] = m->n++;
		s = m->next[s][c];
		if (m->n == STATES)
			BUG("too many phrases");
	}
	m->found[s] |= found;
}

/* Breadth first: make the trie an automaton. */
static void
link_states(struct html_marks *m)
{
	unsigned short queue[STATES];
	unsigned head = 0, tail = 0;

	for (unsigned c = 0; c < SYMBOLS; c++) {
		if (m->next[0][c])
			queue[tail++] = m->next[0][c];
	}
	while (head < tail) {
		const unsigned s = queue[head++];

		m->found[s] |= m->found[m->fail[s]];
		for (unsigned c = 0; c < SYMBOLS; c++) {
			const unsigned short to = m->next[s][c],
					     back = m->next[m->fail[s]][c];

			if (to) {
				m->fail[to] = back;
				queue[tail++] = to;
			} else {
				m->next[s][c] = back;
			}
		}
	}
}

struct html_marks *
html_marks_new(void)
{
	struct html_marks *m = xcalloc(1, sizeof *m);

	m->n = 1;
	for (unsigned i = 0; i < 26; i++)
		m->symbol['a' + i] = m->symbol['A' + i] = (unsigned char)(i + 1);
	m->symbol['-'] = 27;
	m->symbol['_'] = 28;
	m->symbol[' '] = m->symbol['\t'] = m->symbol['\n'] = m->symbol['\r'] =
	    m->symbol['\f'] = SPACE;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const uint32_t found = (table[i].where & CLASS ? table[i].mark : 0) |
				       (table[i].where & ID ? table[i].mark << 16 : 0);

		for (const char *p = table[i].words; *p;) {
			const size_t n = strcspn(p, "|");

			add_phrase(m, p, n, found);
			p += n + (p[n] == '|');
		}
	}
	link_states(m);
	return m;
}

void
html_marks_free(struct html_marks *m)
{
	free(m);
}

static uint32_t
look_up(const struct html_marks *m, struct span value)
{
	unsigned s = m->next[m->next[0][BEGIN]][SPACE];
	uint32_t found = m->found[s];

	for (size_t i = 0; i < value.n; i++) {
		s = m->next[s][m->symbol[(unsigned char)value.p[i]]];
		found |= m->found[s];
	}
	s = m->next[s][SPACE];
	found |= m->found[s];
	return found | m->found[m->next[s][FINISH]];
}

static bool
contains(struct span s, struct span what)
{
	for (size_t i = 0; i + what.n <= s.n; i++) {
		if (memcmp(s.p + i, what.p, what.n) == 0)
			return true;
	}
	return false;
}

/* role: what ARIA calls it. */
static unsigned
mark_role(struct span role)
{
	static const struct {
		struct span role;
		unsigned mark;
	} roles[] = {
		{ { "main", 4 }, N_BODY5 },
		{ { "article", 7 }, N_BODY3 },
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
			return roles[i].mark;
	}
	return 0;
}

unsigned
html_marks_of(const struct html_marks *m, const struct start *s, unsigned flags)
{
	const unsigned body = N_BODY1 | N_BODY2 | N_BODY3 | N_BODY4 | N_BODY5;
	unsigned marks = 0, has = s->has;

	if (has & 1u << A_HIDDEN)
		return N_HIDDEN;
	if (has & 1u << A_ARIA_HIDDEN && span_eq(s->attr[A_ARIA_HIDDEN], SPAN("true")))
		marks |= N_BOILER;
	if (has & 1u << A_STYLE && (contains(s->attr[A_STYLE], SPAN("display:none")) ||
				       contains(s->attr[A_STYLE], SPAN("display: none"))))
		return N_HIDDEN;
	if (has & 1u << A_ROLE)
		marks |= mark_role(s->attr[A_ROLE]);
	if (has & 1u << A_ITEMPROP && span_eq(s->attr[A_ITEMPROP], SPAN("articleBody")))
		marks |= N_BODY1;
	if (flags & (TAG_CLASSY | TAG_BODY)) {
		uint32_t found = 0;

		if (has & 1u << A_CLASS)
			found = look_up(m, s->attr[A_CLASS]) & 0xFFFF;
		if (has & 1u << A_ID)
			found |= look_up(m, s->attr[A_ID]) >> 16;
		if (!(flags & TAG_BODY))
			found &= ~body;
		if (!(flags & TAG_CLASSY))
			found &= body;
		marks |= found;
	}
	/* Many a lead paragraph is called a teaser, too. */
	if (marks & N_LEAD)
		marks &= ~(unsigned)N_WEAK;
	if (s->tag == T_ARTICLE)
		marks |= N_BODY2;
	if (s->tag == T_MAIN)
		marks |= N_BODY5;
	return marks;
}
