# The charset is detected where none is declared or the declared one gives no letters of a language.
# shellcheck disable=SC2059 # the formats hold the bytes
russian='\304\356\346\344\374 \350\344\270\362 \361 \363\362\360\340, \350 \354\373 \344\356\354\340.'
chinese='\275\361\314\354\324\347\311\317\317\302\323\352\243\254\316\322\303\307\324\332\274\322\241\243'
japanese='\033$B:#D+$O1+$,9_$C$F$$$?!#\033(B'
printf "<p>$russian" >none.html
printf "<meta charset=iso-8859-1><p>$russian" >wrong.html
printf "<meta charset=utf-8><p>$chinese" >utf8.html
printf "<script>'<meta charset=big5>'</script><!--<meta charset=koi8-r>--><p>$chinese<meta charset='gb-2312;'>" >late.html
printf "<p>$japanese" >escapes.html
printf '<\0p\0>\0\065\004\061\004 \0\062\004' >utf16.html
try tamis extract none.html wrong.html utf8.html late.html escapes.html utf16.html
# Text files need --charset auto.
printf "$russian\n" >russian
printf "$chinese\n" >chinese
printf 'plain\n' >plain
try tamis extract russian chinese plain
try tamis extract --charset auto russian chinese plain
# Nothing fits: the page is dropped, and not kept as U+FFFD with repair either.
printf '<p>\357\277\275\357\277\275\357\277\275\357\277\275\357\277\275 \357\277\275\357\277\275\357\277\275\357\277\275\357\277\275' >lost.html
printf '<p>\357\277\275\357\277\275\357\277\275 few' >few.html
try tamis extract -r rejects lost.html few.html
try cat rejects
try tamis extract --on-bad=repair lost.html
