# encode counts unknown pieces by language, and documents that decode to other text.
SP=$(dirname "$0")/../sp_model.py
python3 "$SP" --nfkc-like >rewrites
python3 "$SP" >plain
cat >in <<'JSON'
{"id":"a","text":"ab ba","lang":"en"}
{"id":"b","text":"a?b??\nb","lang":"de"}
{"id":"c","text":"a\nb\n","lang":"de-CH"}
{"id":"d","text":"a\u2581b"}
{"id":"e","text":"?"}
JSON
try tamis encode -q -m plain --pieces in
try tamis encode -m plain -o s in
try "tamis info --json s | grep -o '\"encode[^,}]*'"
try tamis encode -q -m rewrites --pieces in
try tamis encode -q -m rewrites --ids --report r -o ids in
try "grep -o '\"encode[^,}]*' r"
# A model with byte fallback that lacks a piece for a space: SentencePiece decodes it to U+2581.
python3 "$SP" --no-space >spaceless
try tamis encode -m spaceless -o s2 in
try 'tamis encode -q -m spaceless --ids in | tamis decode -m spaceless'
# SentencePiece leaves the space that it adds to the end of a text.
python3 "$SP" --suffix >suffix
try tamis encode -m suffix -o s3 in
try 'tamis encode -q -m suffix --ids in | tamis decode -m suffix'
# A charsmap of which SentencePiece would read past the end is refused.
for hex in 00 00040000 0004000000 "$(printf '00040000%02048d00' 0)" "$(printf '00040000ffffff7f%02040d00' 0)"; do
	python3 "$SP" --charsmap "$hex" >damaged
	try tamis encode -q -m damaged --ids in
done
# A document of which the model removes all text is dropped, and its losses do not count.
printf '{"text":" "}\n{"text":"ab"}\n' | try tamis encode -m rewrites --ids
