# --priority keeps the document with the largest number; a document without one is bad.
# shellcheck disable=SC2154 # setup has the texts
try "tamis near -q --tag --priority score in | pairs"
try tamis near -q --priority words in
doc last "$news" '"score":"7"' >>in
try "tamis near -q --priority score in | ids"
try "tamis near --priority score --on-bad=skip -r rejects in | ids"
try "tail -n 1 rejects | cut -d , -f 1-2"
