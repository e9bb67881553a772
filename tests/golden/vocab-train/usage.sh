# vocab-train checks its options before it reads counts.
echo '{"text":"the mill and the sieve"}' >in
tamis vocab-count -q -o c in
try tamis vocab-train c
try tamis vocab-train -o m
try tamis vocab-train -o - c
try tamis vocab-train -o m.zst c
try tamis vocab-train -o c c
try tamis vocab-train -o m in
try tamis vocab-train -o m absent
try tamis vocab-train -o m .
try tamis vocab-train -o m --size 100 c
try tamis vocab-train -o m --coverage 0.5 c
try tamis vocab-train -o m -m 1000 c
try tamis vocab-train -o m --required-chars "$(printf 'a\tb')" c
try tamis vocab-train -o m --tmp absent c
try tamis vocab-train -o m --size 263 c
try tamis vocab-train -o m --preset nemotron c
try tamis vocab-train -o m --weight lang:de=2 c
try tamis vocab-train -o m --newlines c
: >none
tamis vocab-count -q -o empty none
try tamis vocab-train -o m empty
try tamis vocab-train -o absent/m --size 275 c
try 'ls | grep -v -e report'
# A file that is named twice counts twice.
try tamis vocab-train -o m --size 275 c c
# The report of a model that is replaced goes; one that is an input, or a failure, stays.
tamis vocab -q -o m --size 275 in
try test -e m.report.json
try tamis vocab-train -o m --size 100 c
try test -e m.report.json
try tamis vocab-train -q -o m --size 275 c
try '! test -e m.report.json'
cp c m.report.json
try tamis vocab-train -q -o m --size 275 m.report.json
mv m.report.json c
mkdir m.report.json
try tamis vocab-train -q -o m --size 275 c
