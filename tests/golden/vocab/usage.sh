# vocab rejects missing and invalid options.
echo '{"text":"the mill and the sieve"}' >in
try tamis vocab --size 280 in
try tamis vocab --size 280 -o - in
try tamis vocab --size 280 -o m --type word in
try tamis vocab --size 280 -o m --coverage 0.5 in
try tamis vocab --size 280 -o m --coverage 2 in
try tamis vocab --size 280 -o m --trainer sentencepiece --coverage 0.95 in
try tamis vocab --size 280 -o m --type unigram --coverage 0.9799 in
try tamis vocab --size 280 -o m absent
try tamis vocab --size 280 -o absent/m in
echo '{"text":1}' >bad
try tamis vocab --size 280 -o m in bad
try tamis vocab --size 280 --on-bad=skip -o m in bad
try ls
