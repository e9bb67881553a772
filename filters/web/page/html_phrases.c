/* html_phrases.c - the words of skip links, pagers, share buttons and cookie notices. */
#include "filters/web/page/html_tree.h"
#include "lib/base/chars.h"

#define P(s)                                                                             \
	{                                                                                \
		s, sizeof(s) - 1                                                         \
	}

/* Phrases in lower case, the last of them empty.  Only ASCII letters match in either
 * case. */
static const struct span skip[] = {
	P("skip to content"),
	P("skip to main content"),
	P("skip to the content"),
	P("skip to navigation"),
	P("skip navigation"),
	P("skip to search"),
	P("skip to footer"),
	P("jump to content"),
	P("jump to navigation"),
	P("jump to search"),
	P("zum inhalt springen"),
	P("zum inhalt"),
	P("direkt zum inhalt"),
	P("zum hauptinhalt springen"),
	P("zur navigation springen"),
	P("aller au contenu"),
	P("aller au contenu principal"),
	P("passer au contenu"),
	P("saltar al contenido"),
	P("ir al contenido"),
	P("pasar al contenido principal"),
	P("vai al contenuto"),
	P("salta al contenuto"),
	P("salta al contenuto principale"),
	P("ir para o conte\u00fado"),
	P("pular para o conte\u00fado"),
	P("saltar para o conte\u00fado"),
	P("ga naar de inhoud"),
	P("naar de inhoud springen"),
	P("spring naar inhoud"),
	P("przejd\u017a do tre\u015bci"),
	P("przejd\u017a do g\u0142\u00f3wnej tre\u015bci"),
	P("hoppa till inneh\u00e5ll"),
	P("g\u00e5 til indhold"),
	P("\u041f\u0435\u0440\u0435\u0439\u0442\u0438 \u043a "
	  "\u0441\u043e\u0434\u0435\u0440\u0436\u0438\u043c\u043e\u043c\u0443"),
	P("\u8df3\u5230\u4e3b\u8981\u5185\u5bb9"),
	P("\u8df3\u81f3\u5185\u5bb9"),
	P("\u8df3\u8f6c\u5230\u5185\u5bb9"),
	P("\u30b3\u30f3\u30c6\u30f3\u30c4\u3078\u30b9\u30ad\u30c3\u30d7"),
	P(""),
};

static const struct span pager[] = {
	P("previous"),
	P("next"),
	P("prev"),
	P("previous page"),
	P("next page"),
	P("previous post"),
	P("next post"),
	P("previous article"),
	P("next article"),
	P("previous topic"),
	P("next topic"),
	P("previous chapter"),
	P("next chapter"),
	P("older posts"),
	P("newer posts"),
	P("older post"),
	P("newer post"),
	P("vorherige seite"),
	P("n\u00e4chste seite"),
	P("vorheriger"),
	P("n\u00e4chster"),
	P("weiter"),
	P("zur\u00fcck"),
	P("pr\u00e9c\u00e9dent"),
	P("suivant"),
	P("page pr\u00e9c\u00e9dente"),
	P("page suivante"),
	P("anterior"),
	P("siguiente"),
	P("precedente"),
	P("successivo"),
	P("pr\u00f3ximo"),
	P("vorige"),
	P("volgende"),
	P("poprzedni"),
	P("nast\u0119pny"),
	P("f\u00f6reg\u00e5ende"),
	P("n\u00e4sta"),
	P("\u041d\u0430\u0437\u0430\u0434"),
	P("\u0412\u043f\u0435\u0440\u0435\u0434"),
	P("\u4e0a\u4e00\u9875"),
	P("\u4e0b\u4e00\u9875"),
	P("\u4e0a\u4e00\u7bc7"),
	P("\u4e0b\u4e00\u7bc7"),
	P("\u524d\u3078"),
	P("\u6b21\u3078"),
	P("\u524d\u306e\u8a18\u4e8b"),
	P("\u6b21\u306e\u8a18\u4e8b"),
	P(""),
};

static const struct span line[] = {
	P("related articles"),
	P("related posts"),
	P("related stories"),
	P("you may also like"),
	P("you might also like"),
	P("read also"),
	P("read more"),
	P("read next"),
	P("view comments"),
	P("leave a comment"),
	P("table of contents"),
	P("auch interessant"),
	P("mehr zum thema"),
	P("das k\u00f6nnte sie auch interessieren"),
	P("das k\u00f6nnte dich auch interessieren"),
	P("lesen sie auch"),
	P("lesen sie mehr"),
	P("schon gelesen?"),
	P("weiterlesen"),
	P("kommentar verfassen"),
	P("kommentieren"),
	P("seite teilen"),
	P("m\u00f6chten sie den artikel teilen?"),
	P("inhaltsverzeichnis"),
	P("sur le m\u00eame sujet"),
	P("\u00e0 lire aussi"),
	P("lire aussi"),
	P("lire la suite"),
	P("leer m\u00e1s"),
	P("lea tambi\u00e9n"),
	P("leia tamb\u00e9m"),
	P("leia mais"),
	P("leggi anche"),
	P("leggi tutto"),
	P("lees ook"),
	P("lees meer"),
	P("lees verder"),
	P("czytaj tak\u017ce"),
	P("czytaj wi\u0119cej"),
	P("zobacz tak\u017ce"),
	P("advertisement"),
	P("advertisements"),
	P("story continues below advertisement"),
	P("article continues below advertisement"),
	P("continue reading below"),
	P("share this"),
	P("share this post"),
	P("share this article"),
	P("share this story"),
	P("share on facebook"),
	P("share on twitter"),
	P("share on linkedin"),
	P("share on whatsapp"),
	P("share on pinterest"),
	P("share via email"),
	P("email this"),
	P("tweet this"),
	P("pin it"),
	P("share this page"),
	P("share this on facebook"),
	P("click to share"),
	P("teile dies mit"),
	P("diesen artikel teilen"),
	P("artikel teilen"),
	P("beitrag teilen"),
	P("auf facebook teilen"),
	P("auf twitter teilen"),
	P("teilen mit"),
	P("partager"),
	P("partager sur facebook"),
	P("partager sur twitter"),
	P("partager cet article"),
	P("compartir"),
	P("compartir en facebook"),
	P("compartir en twitter"),
	P("condividi"),
	P("condividi su facebook"),
	P("condividi su twitter"),
	P("compartilhar"),
	P("compartilhe isso"),
	P("compartilhar no facebook"),
	P("delen op facebook"),
	P("delen op twitter"),
	P("udost\u0119pnij"),
	P("\u041f\u043e\u0434\u0435\u043b\u0438\u0442\u044c\u0441\u044f"),
	P("\u5206\u4eab\u5230"),
	P("\u30b7\u30a7\u30a2\u3059\u308b"),
	P(""),
};

static const struct span cookie[] = {
	P("we use cookies"),
	P("this website uses cookies"),
	P("this site uses cookies"),
	P("our website uses cookies"),
	P("our site uses cookies"),
	P("by continuing to use this site"),
	P("by using this site, you agree"),
	P("wir verwenden cookies"),
	P("wir nutzen cookies"),
	P("diese website verwendet cookies"),
	P("diese webseite verwendet cookies"),
	P("diese website nutzt cookies"),
	P("diese seite verwendet cookies"),
	P("ce site utilise des cookies"),
	P("nous utilisons des cookies"),
	P("en poursuivant votre navigation"),
	P("utilizamos cookies"),
	P("este sitio web utiliza cookies"),
	P("esta web utiliza cookies"),
	P("este sitio usa cookies"),
	P("usamos cookies"),
	P("este site utiliza cookies"),
	P("questo sito utilizza"),
	P("questo sito web utilizza"),
	P("utilizziamo i cookie"),
	P("wij gebruiken cookies"),
	P("we gebruiken cookies"),
	P("deze website gebruikt cookies"),
	P("deze site gebruikt cookies"),
	P("ta strona u\u017cywa"),
	P("ta strona korzysta z"),
	P("ta witryna u\u017cywa"),
	P("vi anv\u00e4nder cookies"),
	P("vi bruger cookies"),
	P("denne hjemmeside bruger cookies"),
	P("\u042d\u0442\u043e\u0442 \u0441\u0430\u0439\u0442 "
	  "\u0438\u0441\u043f\u043e\u043b\u044c\u0437\u0443\u0435\u0442"),
	P("\u672c\u7f51\u7ad9\u4f7f\u7528"),
	P("\u5f53\u30b5\u30a4\u30c8\u3067\u306fcookie"),
	P(""),
};

static const struct span place[] = {
	P("permalink"),
	P("permanent link"),
	P("anchor"),
	P("link"),
	P("copy link"),
	P("link to this heading"),
	P("link to this section"),
	P(""),
};

static const struct span *const phrases[] = {
	[PHRASE_SKIP] = skip,
	[PHRASE_PAGER] = pager,
	[PHRASE_LINE] = line,
	[PHRASE_COOKIE] = cookie,
	[PHRASE_PLACE] = place,
};

/* The length of a sign at the front of s, such as an arrow, or a space; 0: none. */
static size_t
sign_at_front(struct span s)
{
	static const struct span signs[] = { P("\u00ab"), P("\u2039"), P("\u2190"),
		P("\u00bb"), P("\u203a"), P("\u2192"), P("\u2026"), P("\u2193") };

	if (s.n == 0)
		return 0;
	if ((unsigned char)s.p[0] < 0x80)
		return s.p[0] == ' ' || s.p[0] == '.' || s.p[0] == ':' || s.p[0] == '<' ||
		       s.p[0] == '>';
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
		if (span_starts(s, signs[i]))
			return signs[i].n;
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
	char first;

	s = without_signs(s);
	if (s.n == 0)
		return false;
	first = ascii_lower(s.p[0]);
	for (const struct span *p = phrases[kind]; p->n; p++) {
		if (first == p->p[0] &&
		    (kind == PHRASE_COOKIE ? s.n >= p->n : s.n == p->n) &&
		    ascii_eq(s.p, p->p, p->n))
			return true;
	}
	return false;
}
