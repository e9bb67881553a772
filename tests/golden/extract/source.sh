# --source sets a field of every document; --id names the field of the path.
echo a >a
echo '<p>b' >b.html
try tamis extract -q --source 'my "books"' a b.html
try tamis extract -q --source '' a
try tamis extract -q --id doc_id --text body --source s a b.html
try tamis extract -q --source "$(printf 'a\377')" a
