# Lines: BOMs and blank lines are dropped, CRLF is kept, a missing last newline is added.
printf '\357\273\277{"text":"bom"}\n' >a
printf '{"text":"crlf"}\r\n\r\n' >b
printf '\n \t\n{"text":"blank"}\n\n' >c
printf '{"text":"no newline"}' >d
printf '  { "text" : "spaces" , "n":\t1 }  \n' >e
try 'tamis length -q a b c d d e d | od -An -c'
# The same through one pipe.
cat b c d | try 'tamis length -q | od -An -c'
# A BOM is dropped only at the start of a file.
printf '{"text":"a"}\n\357\273\277{"text":"b"}\n' >f
try tamis length -q f
printf '\357\273\277' >g
printf '\357\273\277\n{"text":"a"}\n' >h
try tamis length g h
# A bad record after a BOM.
printf '\357\273\277{"text":1}\n' >i
try tamis length -q i
