# The output of plan replaces no file of a shard that the plan names, nor the plan itself.
docs en 1 40 | tamis encode -q -m m -o tok/en
printf 'tamis-plan 1\nseq 16\nphase p 160\ngroup g 1\nsource en en in=g\n' >p
sum=$(sha256sum tok/* p)
for file in tok/en.bin tok/en.idx tok/en.sdx tok/../tok/en.sdx p; do
	try tamis plan --root tok -o $file p
	try tamis plan -n --root tok -o $file p
done
ln -s tok/en.bin link
try tamis plan --root tok -o link p
[ "$sum" = "$(sha256sum tok/* p)" ]
