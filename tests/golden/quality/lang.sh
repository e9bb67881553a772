# Sections of a rule file set bounds and stop words per language, and skip sets.
cat >r.rules <<'EOF'
tamis-rules 1
# the base
use gopher
set gopher.min_words 3
set gopher.min_word_length off

lang de
set gopher.min_words 4
stopwords gopher der die und

lang xx
skip gopher
EOF
hide() { sed 's/"q":.*"drop"/"drop"/; s/,"q":.*/}/'; }
cat >in <<'EOF'
{"id":"1","lang":"de","text":"der Hund und die Katze"}
{"id":"2","lang":"de","text":"the dog and the cat"}
{"id":"3","lang":"de","text":"der die und"}
{"id":"4","lang":"xx","text":"?"}
EOF
try tamis quality -R r.rules -r rejects in
try cat rejects
try tamis rules r.rules
echo '{"id":"5","lang":"en","text":"the dog and the cat"}' >>in
echo '{"id":"6","lang":"en","text":"xx"}' >>in
for what in fail base drop keep; do
	try "tamis quality -R r.rules --other-lang $what --tag in | hide"
done
# --set applies to all languages.
try tamis quality -q -R r.rules --other-lang keep --set gopher.min_words=1,gopher.min_stop_words=off in
echo '{"id":"7","text":"no language"}' | try tamis quality -R r.rules --other-lang keep
# Sets of --rules come after those of the file; without sections, field 'lang' is not needed.
printf 'tamis-rules 1\nuse gopher\n' >plain.rules
echo '{"text":"a"}' | try tamis quality -q -R fineweb,plain.rules --tag
