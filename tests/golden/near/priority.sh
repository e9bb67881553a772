# --priority keeps the document with the largest number; a document without one is bad.
# shellcheck disable=SC2154 # setup has the texts
try "tamis near -q --tag --priority score in | pairs"
try tamis near -q --priority words in
doc last "$news" '"score":"7"' >>in
try "tamis near -q --priority score in | ids"
try "tamis near --priority score --on-bad=skip -r rejects in | ids"
try "tail -n 1 rejects | cut -d , -f 1-2"
doc long "$news" "\"score\":0.$(printf '%0299d' 1)" >digits
try "tamis near -q --priority score digits"
# Integers of 64 bits are compared exactly, with each other and with decimals; longer ones are bad.
scored() {
	for score in "$@"; do
		doc "$score" "$news" "\"score\":$score"
	done
}
scored 9007199254740992 9007199254740993 9007199254740994 >large
try "tamis near -q --priority score large | ids"
scored 18446744073709551614 18446744073709551615 1.8e19 >large
try "tamis near -q --priority score large | ids"
scored -9007199254740993 -9007199254740992 -9.1e15 >large
try "tamis near -q --priority score large | ids"
scored 1e30 18446744073709551615 >large
try "tamis near -q --priority score large | ids"
scored 18446744073709551616 >large
try tamis near -q --priority score large
# The stages compare them, too.
scored 9007199254740992 9007199254740993 >large
tamis near-sketch -q --priority score -o s large
tamis near-match -q -o m s
tamis near-elect -q --matches m s
try "tamis near-keep -q s | ids"
