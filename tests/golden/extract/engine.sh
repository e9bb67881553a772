# --engine chooses between rules and the built-in model; --tag states the type of the page; short pages are left to the rules.
page() {
	cat <<'HTML'
<!DOCTYPE html><html><head><title>Which sieve for spelt? - Millers' board</title><meta name="generator" content="phpBB"></head><body class="forum viewtopic">
<nav><ul><li><a href=/>Board index</a></li><li><a href=/new>New posts</a></li></ul></nav>
<div class="thread"><h1>Which sieve for spelt?</h1>
HTML
	for i in 1 2 3 4 5 6; do
		cat <<HTML
<div class="post" id="p$i"><div class="post-author"><a href="/user/$i">miller$i</a></div>
<div class="post-body"><p>Post $i of this thread is about the mesh that I use for spelt flour, which is finer than the one for
rye. I have sieved with it for $i years, and it has never torn, although the frame is made of pine.</p></div>
<div class="post-links"><a href="#r$i">Reply</a> <a href="#q$i">Quote</a></div></div>
HTML
	done
	cat <<'HTML'
</div><div class="sidebar"><h3>Who is online</h3><p>In total there are 12 users online: 3 registered and 9 guests.</p></div>
<footer><p>Powered by a board. All rights reserved. <a href=/terms>Terms</a> <a href=/privacy>Privacy</a></p></footer></body></html>
HTML
}
page >page.html
try tamis extract -q --engine=rules page.html
try tamis extract -q page.html
try "tamis extract -q --tag page.html | grep -o '\"page_type\":[^,]*,\"page_type_p\":0'"
try 'tamis extract -q --engine=model page.html | cmp - <(tamis extract -q page.html) && echo equal'
try 'tamis extract -q -a --tag page.html | grep -c page_type'
echo '<html><body><nav>Menu</nav><p>Short.</p></body></html>' >short.html
try tamis extract -q short.html
try tamis extract -q --engine=rules --tag short.html
