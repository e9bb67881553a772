# --fields: which statements of a page become fields, and which of several counts.
# fields LIST FILE: a document without its text, a field per line
fields() {
	tamis extract -q --fields "$1" "$2" | sed 's/,"text":.*//; s/,\("[a-z_]*":\)/\n\1/g; s/^{//'
}
cat >article.html <<'HTML'
<!doctype html><html lang="EN_us"><head>
<title>How a sieve works | The Daily Sieve</title>
<meta property="og:title" content="How a sieve works &amp;#8211; The Daily Sieve">
<meta property="og:site_name" content="The Daily Sieve">
<meta property="og:type" content="article">
<meta property="og:url" content="/og">
<meta name="description" content=" A sieve,
  explained.&nbsp;">
<meta name="author" content="https://social.example/ann">
<base href="https://daily.example/news/">
<link rel="canonical" href="../Sieve?x=1#top">
<meta property="article:published_time" content="2024-05-06T07:08:09.5+0200">
<meta property="article:modified_time" content="2024-05-07">
<link rel="license" href="http://creativecommons.org/licenses/by/4.0/deed.de">
<meta name="robots" content="NOAI, noimageai, follow, max-snippet:5">
<meta name="GPTBot" content="noindex">
<meta name="tdm-reservation" content="1"><meta name="tdm-policy" content="/tdm.json">
<script type="application/ld+json">{"@context":"https://schema.org","@graph":[
{"@type":"WebSite","name":"The Daily Sieve"},
{"@type":"NewsArticle","headline":"How a sieve works","datePublished":"2024-05-06",
 "author":[{"@id":"#ann"},{"@type":"Person","name":"Bob \u00d6lm"}],
 "license":"https://daily.example/terms"},
{"@type":"Person","@id":"#ann","name":"Ann Mesh"}]}</script>
</head><body><p>Text of the article.</p></body></html>
HTML
try fields all article.html
try fields author,kind article.html
try fields none article.html
note 'without structured data'
cat >plain.html <<'HTML'
<html><head><meta http-equiv="Content-Language" content="de">
<title>Siebe und ihre Maschen - Das Blog</title></head><body>
<h1><a href="/">Das Blog</a></h1><h1>Siebe und ihre Maschen</h1>
<p class="post-author">von Ann Masche</p><p>Text.</p>
<li class="comment"><span class="author">Eve</span> <time datetime="2020-01-01"></time></li>
<time datetime="2019-03-04T05:06">4. März</time>
<footer><a href="https://creativecommons.org/licenses/by-sa/3.0/de/">CC</a></footer>
<p><a href="https://creativecommons.org/licenses/by/2.0/">a picture</a></p>
</body></html>
HTML
try fields all plain.html
note 'statements that do not count'
cat >odd.html <<'HTML'
<html lang="english"><head><title></title>
<meta name="date" content="2024-02-30"><meta name="author" content="a@b.example">
<link rel="canonical" href="javascript:x"><meta property="og:type" content="a b">
<meta name="description" content=" "><meta name="robots" content="index, follow, all">
<meta name="tdm-reservation" content="0"><meta name="tdm-policy" content="https://a.example/p">
<meta name="dc.rights" content="(c) 2024 Somebody">
<script type="application/ld+json">{"@type":"Article","headline":</script>
</head><body><p>Text.</p></body></html>
HTML
try fields all odd.html
note 'JSON-LD in disorder'
cat >broken.html <<'HTML'
<title>News</title><script type="application/ld+json">
<!-- [{"@type":"Organization","name":"Press"}, {"@type":["Recipe"],"name":"Pie",
"headline":"News of
pies", "author":"<a href='x'>Ann</a>",} -->
</script><p>Text.</p>
HTML
try fields all broken.html
note 'dates, names and titles that say too much'
# page HEAD: its fields without the text
page() {
	printf '%s<p>Text.</p>' "$1" >page.html
	fields author,published,title page.html
}
try page '<meta name=date content="05/06/2024"><time datetime="1999-01-02">then</time>'
try page '<meta name=author content="By">'
try page '<meta name=author content="by Jane  Doe, Staff Writer">'
try page '<meta name=author content="von Neumann, John">'
try page '<meta property="og:site_name" content="The Site"><meta name=author content="A. Smith | The Site">'
try page '<script type="application/ld+json">{"@type":"Article","author":[[{"name":"Xi"}]]}</script>'
try page '<title>A &amp;amp; B | C</title><h1>A &amp; B</h1>'
try page '<title>What &amp;amp; is</title><h1>What &amp;amp; is</h1>'
note 'the forms of addresses of licences'
cat >licenses.html <<'HTML'
<link rel=license href=http://creativecommons.org/licenses/by/4.0>
<link rel=license href="//WWW.creativecommons.org/licenses/BY-SA/3.0/de/deed.de?ref=x#y">
<link rel=license href="https:\\creativecommons.org\publicdomain\zero/1.0/legalcode">
<link rel=license href=https://creativecommons.org/about/>
<link rel=license href=https://creativecommons.org/licenses/>
<link rel=license href=https://a.example/licenses/BY/4.0/>
<base href=https://a.example><p>Text.</p>
HTML
try fields licenses licenses.html
try tamis extract --fields title,autor article.html
try tamis extract --fields '' article.html
try tamis extract --fields author,none article.html
