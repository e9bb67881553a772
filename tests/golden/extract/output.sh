# The documents of extract do not replace what they were made from.
echo '<p>A page.' >page.html
mkdir dir
cp page.html dir/a.html
ln page.html link
try tamis extract -o page.html page.html
try tamis extract -o link page.html
try tamis extract -o dir/a.html dir
try 'tamis extract -o page.html <page.html'
try tamis chain extract : norm -o page.html page.html
try 'cat page.html && ls'
try tamis extract -q -o page.jsonl page.html
try tamis norm -q -o page.jsonl page.jsonl
try cat page.jsonl
