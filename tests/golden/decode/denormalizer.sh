# A model's denormalizer rewrites the text in decode, cat and encode --check alike.
SP=$(dirname "$0")/../sp_model.py
python3 "$SP" --denormalizer 000 >m
printf '{"text":"ab\\nba"}\n{"text":"ab ba"}\n' >in
try 'tamis encode -q -m m --ids in | tamis decode -m m'
try tamis encode -m m -o s in
try tamis cat -m m --plain --all s
try tamis encode -q -m m --check --ids in
# SentencePiece would put a space before the text, remove extra ones or write U+2581 for each.
for switches in 100 010 001; do
	python3 "$SP" --denormalizer $switches >spaces
	try tamis decode -m spaces in
done
