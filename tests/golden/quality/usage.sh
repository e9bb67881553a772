# Unknown sets, rules and values are usage errors.
echo '{"text":"a"}' >in
try tamis quality in
try tamis quality -R gophre in
try tamis quality -R gopher,gopher in
try tamis quality -R '' in
try tamis quality -R absent.rules in
try tamis quality -R a.rules,b.rules in
try tamis quality -R gopher --set gopher.min_word=3 in
try tamis quality -R gopher --set fineweb.min_lines=3 in
try tamis quality -R gopher --set gopher.min_words in
try tamis quality -R gopher --set gopher.min_words=nan in
try tamis quality -R gopher --set gopher.min_words=1.5 in
try tamis quality -R gopher --set gopher.min_alpha_words=1.01 in
try tamis quality -R gopher --set gopher.min_alpha_words=-0.1 in
try tamis quality -R gopher --set gopher.min_words=101,gopher.max_words=100 in
try tamis quality -R c4 --set c4.terminal_punct=1 in
try tamis quality -R c4 --set c4.max_lorem_ipsum=3 in
try tamis quality -R gopher --other-lang drop in
try tamis quality -q -R gopher --set gopher.min_words=5 --set gopher.min_words=off,gopher.min_stop_words=off in
note 'a set without bounds keeps everything'
try tamis quality -R rpv2 in
try tamis quality -q -R rpv2 in
try 'tamis quality -R rpv2 --set rpv2.min_word_count=1 in 2>&1 >/dev/null | grep warning'
