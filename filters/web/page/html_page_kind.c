/* html_page_kind.c - find the types that JSON-LD and og:type state in a page. */
#include "filters/web/page/html_page_kind.h"

#include "lib/base/chars.h"

static const struct {
	struct span type; /* in lower case */
	enum html_page_kind kind;
} types[] = {
	{ { "article", 7 }, KIND_ARTICLE },
	{ { "newsarticle", 11 }, KIND_ARTICLE },
	{ { "blogposting", 11 }, KIND_ARTICLE },
	{ { "techarticle", 11 }, KIND_ARTICLE },
	{ { "reportagenewsarticle", 20 }, KIND_ARTICLE },
	{ { "product", 7 }, KIND_PRODUCT },
	{ { "productgroup", 12 }, KIND_PRODUCT },
	{ { "offer", 5 }, KIND_PRODUCT },
	{ { "aggregateoffer", 14 }, KIND_PRODUCT },
	{ { "discussionforumposting", 22 }, KIND_FORUM },
	{ { "qapage", 6 }, KIND_FORUM },
	{ { "comment", 7 }, KIND_FORUM },
	{ { "answer", 6 }, KIND_FORUM },
	{ { "collectionpage", 14 }, KIND_LIST },
	{ { "itemlist", 8 }, KIND_LIST },
	{ { "searchresultspage", 17 }, KIND_LIST },
	{ { "organization", 12 }, KIND_COMPANY },
	{ { "localbusiness", 13 }, KIND_COMPANY },
	{ { "corporation", 11 }, KIND_COMPANY },
	{ { "service", 7 }, KIND_COMPANY },
	{ { "softwareapplication", 19 }, KIND_COMPANY },
	{ { "faqpage", 7 }, KIND_FAQ },
	{ { "website", 7 }, KIND_SITE },
};

static void
count(struct html_page_kinds *k, enum html_page_kind kind)
{
	if (k->count[kind] < UINT8_MAX)
		k->count[kind]++;
}

void
html_kinds_of_script(struct html_page_kinds *k, struct span text)
{
	enum { READ_MAX = 1 << 14, TYPES_MAX = 64 };
	const struct span key = SPAN("\"@type\"");
	const char *p;

	text = span_trim(text);
	if (text.n == 0 || (*text.p != '{' && *text.p != '['))
		return;
	if (text.n > READ_MAX)
		text.n = READ_MAX;
	for (int n = 0; n < TYPES_MAX && (p = memchr(text.p, '@', text.n)); n++) {
		struct span value;

		text = span_from(text, (size_t)(p - text.p) + 1);
		if (text.n < key.n || memcmp(p - 1, key.p, key.n) != 0)
			continue;
		value = span_from(text, key.n - 2);
		while (value.n && (is_space(*value.p) || *value.p == ':' ||
				      *value.p == '[' || *value.p == '"'))
			value = span_from(value, 1);
		for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
			const struct span type = types[i].type;

			if (value.n > type.n && value.p[type.n] == '"' &&
			    ascii_eq(value.p, type.p, type.n))
				count(k, types[i].kind);
		}
	}
}

void
html_kinds_of_meta(struct html_page_kinds *k, const struct html_tokenizer *t, uint32_t at)
{
	struct span name, value;

	if (at == NO_TAG || !html_find_attr(t, at, SPAN("property"), &name) ||
	    !span_eq(name, SPAN("og:type")) ||
	    !html_find_attr(t, at, SPAN("content"), &value))
		return;
	if (span_starts(value, SPAN("article")))
		count(k, KIND_OG_ARTICLE);
	else if (span_starts(value, SPAN("product")) ||
		 span_starts(value, SPAN("og:product")))
		count(k, KIND_OG_PRODUCT);
	else
		count(k, KIND_OG_SITE);
}
