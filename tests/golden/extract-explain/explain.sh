# The blocks of pages, with what the rules decide; the model has no part in it, as its scores may change.
cat >page.html <<'P'
<!doctype html><title>Red pandas</title><nav><ul><li><a href=/>Home</a><li><a href=/b>Blog</a></ul></nav>
<h1>Red pandas</h1><main><article><p>Red pandas live in the mountains of Asia, where they eat bamboo, eggs, birds &amp; insects.
They are shy, solitary and mostly active at night.<p>They were described in 1825 by Cuvier, who called them the most
handsome mammal in existence.<sup><a href=#1>[1]</a></sup><ul><li>Bamboo<li>Eggs</ul></article></main>
<div class=comment>A &lt;b&gt; of a reader</div><p hidden>Secret</p><footer>© 2020 Zoo. All rights reserved.</footer>
P
printf '<p></p>' >empty.html
printf 'a text\n' >text
try tamis extract-explain --engine=rules page.html empty.html text
echo '<table><tr><th>Year<th>Rain<br>in mm<tr><td>2000<td>5<sup>2</sup></table>' >cells.html
try tamis extract-explain -q --engine=rules cells.html
try "{ for i in {1..9}; do echo '<p>A line of this page, which is long.'; done; } | tamis extract-explain -q --as=html | sed -n '1s/: [a-z]* [01][.].*, /: TYPE P, /p'"
try tamis extract-explain -q --engine=rules --html -o view.html page.html
try cat view.html
try tamis extract-explain -q --engine=rules page.html -o full/x
try tamis extract-explain -q missing.html
# A page of many tiny elements is left to the rules, and shows no probability.
try "seq 20000 | sed 's,.*,<b>a</b><hr>,' | tamis extract-explain -q --as=html | sed 's/^page .*, /page NAME: /' | sort | uniq -c | sed 's/^ *//'"
