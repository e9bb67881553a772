# c4 drops lines, removes citation marks, and drops documents in a fixed order of rules.
cat >in <<'EOF'
{"id":"kept","text":"One line is here. And two.\nNo end\nToo few.\n A third one is here! \n\nFour and five here? Yes."}
{"id":"citations","text":"It is so [12], they say [citation needed].\n[1] [2] [3].\nA line [edit] of [\u0663] these. [] [x]. One. Two. Three. Four."}
{"id":"javascript","text":"Please turn JavaScript on now.\nAccept the terms of use now.\nWe use cookies here now.\nA. B. C. D. E. F is here."}
{"id":"split","text":"Please turn java[1]script on.\nOne. Two. Three. Four. Five is here."}
{"id":"kelvin","text":"The coo\u212aie policy is here.\nOne. Two. Three. Four. Five is here."}
{"id":"lorem","text":"One { is here.\nLorem ipsum is here. One. Two. Three. Four."}
{"id":"curly","text":"Lorem Ipsum is here.\nOne { is here. One. Two. Three. Four."}
{"id":"curly_gone","text":"{ gone\nOne. Two. Three. Four. Five is here."}
{"id":"dots","text":"One ends so...\nOne. Two. Three. Four. Five is here."}
{"id":"ends","text":"One. Two is here.\rThree is here.\u2028Four is here.\u000bFive is here.\u001eSix is here."}
{"id":"empty","text":""}
EOF
awk 'BEGIN { printf "{\"id\":\"long\",\"text\":\"a b %01001d.\\nOne. Two. Three. Four. Five is here.\"}\n", 1 }' >>in
try tamis quality -R c4 -r rejects in
try cat rejects
try tamis quality -q -R c4 --set c4.terminal_punct=off,c4.min_sentences=1,c4.max_curly_bracket=off in
try tamis quality -q -R c4 --set c4.citations=off,c4.javascript=off,c4.policy=off,c4.min_line_words=off in
