/* html_phrases.c - the words of skip links, pagers, share buttons and cookie notices. */
#include "filters/web/page/html_tree.h"
#include "lib/base/chars.h"

/* Phrases in lower case, separated by '|'.  Only ASCII letters match in either case. */
static const char *const phrases[] = {
	[PHRASE_SKIP] =
	    "skip to content|skip to main content|skip to the content|skip to navigation|"
	    "skip navigation|skip to search|skip to footer|jump to content|"
	    "jump to navigation|jump to search|zum inhalt springen|zum inhalt|"
	    "direkt zum inhalt|zum hauptinhalt springen|zur navigation springen|"
	    "aller au contenu|aller au contenu principal|passer au contenu|"
	    "saltar al contenido|ir al contenido|pasar al contenido principal|"
	    "vai al contenuto|salta al contenuto|salta al contenuto principale|"
	    "ir para o conte\u00fado|pular para o conte\u00fado|"
	    "saltar para o conte\u00fado|"
	    "ga naar de inhoud|naar de inhoud springen|spring naar inhoud|"
	    "przejd\u017a do tre\u015bci|przejd\u017a do g\u0142\u00f3wnej tre\u015bci|"
	    "hoppa till inneh\u00e5ll|g\u00e5 til indhold|"
	    "\u041f\u0435\u0440\u0435\u0439\u0442\u0438 \u043a "
	    "\u0441\u043e\u0434\u0435\u0440\u0436\u0438\u043c\u043e\u043c\u0443|"
	    "\u8df3\u5230\u4e3b\u8981\u5185\u5bb9|\u8df3\u81f3\u5185\u5bb9|"
	    "\u8df3\u8f6c\u5230\u5185\u5bb9|"
	    "\u30b3\u30f3\u30c6\u30f3\u30c4\u3078\u30b9\u30ad\u30c3\u30d7",
	[PHRASE_PAGER] =
	    "previous|next|prev|previous page|next page|previous post|next post|"
	    "previous article|next article|previous topic|next topic|previous chapter|"
	    "next chapter|older posts|newer posts|older post|newer post|"
	    "vorherige seite|n\u00e4chste "
	    "seite|vorheriger|n\u00e4chster|weiter|zur\u00fcck|"
	    "pr\u00e9c\u00e9dent|suivant|page pr\u00e9c\u00e9dente|page suivante|"
	    "anterior|siguiente|precedente|successivo|pr\u00f3ximo|vorige|volgende|"
	    "poprzedni|nast\u0119pny|f\u00f6reg\u00e5ende|n\u00e4sta|"
	    "\u041d\u0430\u0437\u0430\u0434|\u0412\u043f\u0435\u0440\u0435\u0434|"
	    "\u4e0a\u4e00\u9875|\u4e0b\u4e00\u9875|\u4e0a\u4e00\u7bc7|\u4e0b\u4e00\u7bc7|"
	    "\u524d\u3078|\u6b21\u3078|\u524d\u306e\u8a18\u4e8b|\u6b21\u306e\u8a18\u4e8b",
	[PHRASE_LINE] =
	    "related articles|related posts|related stories|you may also like|"
	    "you might also like|read also|read more|read next|view comments|"
	    "leave a comment|table of contents|"
	    "auch interessant|mehr zum thema|das k\u00f6nnte sie auch interessieren|"
	    "das k\u00f6nnte dich auch interessieren|lesen sie auch|lesen sie mehr|"
	    "schon gelesen?|weiterlesen|kommentar verfassen|kommentieren|seite teilen|"
	    "m\u00f6chten sie den artikel teilen?|inhaltsverzeichnis|"
	    "sur le m\u00eame sujet|\u00e0 lire aussi|lire aussi|lire la suite|"
	    "leer m\u00e1s|lea tambi\u00e9n|leia tamb\u00e9m|leia mais|"
	    "leggi anche|leggi tutto|lees ook|lees meer|lees verder|czytaj tak\u017ce|"
	    "czytaj wi\u0119cej|zobacz tak\u017ce|"
	    "advertisement|advertisements|story continues below advertisement|"
	    "article continues below advertisement|continue reading below|"
	    "share this|share this post|share this article|share this story|"
	    "share on facebook|share on twitter|share on linkedin|share on whatsapp|"
	    "share on pinterest|share via email|email this|tweet this|pin it|"
	    "share this page|share this on facebook|click to share|"
	    "teile dies mit|diesen artikel teilen|artikel teilen|beitrag teilen|"
	    "auf facebook teilen|auf twitter teilen|teilen mit|"
	    "partager|partager sur facebook|partager sur twitter|partager cet article|"
	    "compartir|compartir en facebook|compartir en twitter|"
	    "condividi|condividi su facebook|condividi su twitter|"
	    "compartilhar|compartilhe isso|compartilhar no facebook|"
	    "delen op facebook|delen op twitter|udost\u0119pnij|"
	    "\u041f\u043e\u0434\u0435\u043b\u0438\u0442\u044c\u0441\u044f|"
	    "\u5206\u4eab\u5230|\u30b7\u30a7\u30a2\u3059\u308b",
	[PHRASE_COOKIE] =
	    "we use cookies|this website uses cookies|this site uses cookies|"
	    "our website uses cookies|our site uses cookies|"
	    "by continuing to use this site|by using this site, you agree|"
	    "wir verwenden cookies|wir nutzen cookies|diese website verwendet cookies|"
	    "diese webseite verwendet cookies|diese website nutzt cookies|"
	    "diese seite verwendet cookies|"
	    "ce site utilise des cookies|nous utilisons des cookies|"
	    "en poursuivant votre navigation|"
	    "utilizamos cookies|este sitio web utiliza cookies|esta web utiliza cookies|"
	    "este sitio usa cookies|usamos cookies|este site utiliza cookies|"
	    "questo sito utilizza|questo sito web utilizza|utilizziamo i cookie|"
	    "wij gebruiken cookies|we gebruiken cookies|deze website gebruikt cookies|"
	    "deze site gebruikt cookies|ta strona u\u017cywa|"
	    "ta strona korzysta z|ta witryna u\u017cywa|vi anv\u00e4nder cookies|"
	    "vi bruger cookies|denne hjemmeside bruger cookies|"
	    "\u042d\u0442\u043e\u0442 \u0441\u0430\u0439\u0442 "
	    "\u0438\u0441\u043f\u043e\u043b\u044c\u0437\u0443\u0435\u0442|"
	    "\u672c\u7f51\u7ad9\u4f7f\u7528|\u5f53\u30b5\u30a4\u30c8\u3067\u306f"
	    "cookie",
};

/* The length of a sign at the front of s, such as an arrow, or a space; 0: none. */
static size_t
sign_at_front(struct span s)
{
	static const char *const signs[] = { "\u00ab", "\u2039", "\u2190", "<", ":", ".",
		"\u00bb", "\u203a", "\u2192", ">", "\u2026", "\u2193", " " };

	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
		if (span_starts(s, span_of(signs[i])))
			return strlen(signs[i]);
	}
	return 0;
}

/* s without arrows, colons and spaces at its ends. */
static struct span
without_signs(struct span s)
{
	size_t n;

	while ((n = sign_at_front(s)) > 0)
		s = span_from(s, n);
	for (size_t k = 1; k <= 3 && k <= s.n; k++) {
		if (sign_at_front(span_from(s, s.n - k)) == k) {
			s.n -= k;
			k = 0;
		}
	}
	return s;
}

bool
html_is_phrase(struct span s, enum html_phrase kind)
{
	s = without_signs(s);
	for (const char *p = phrases[kind]; *p;) {
		const size_t n = strcspn(p, "|");

		if ((kind == PHRASE_COOKIE ? s.n >= n : s.n == n) && ascii_eq(s.p, p, n))
			return true;
		p += n + (p[n] == '|');
	}
	return false;
}
