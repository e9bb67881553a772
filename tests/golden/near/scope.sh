# --scope compares only documents with equal values in all of its fields.
# shellcheck disable=SC2154 # setup has the texts
try "tamis near -q --tag --scope lang in | pairs"
try "tamis near -q --tag --scope lang,score in | pairs"
# A field that no document has is reported; a nested one is none.
try "tamis near --scope lnag,lang,m.lang in | ids"
try "tamis near -q --scope lnag </dev/null"
# A missing field equals null, and differs from the string.
{ doc a "$news"; doc b "$news" '"dump":null'; doc c "$news" '"dump":"null"'; doc d "$news" '"dump":"null"'; } >null
try "tamis near -q --tag --scope dump null | pairs"
