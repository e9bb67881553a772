# Closed standard streams: an error that says so, and no other file is hit instead.
echo '{"text":"a"}' >in
try 'tamis length -q <&-'
try 'tamis length -q in >&-'
tamis length -q -o out in <&- >&-
try cat out
# With stderr closed there is nobody to tell: the exit code and the data are right.
try 'tamis length in 2>&-'
try 'tamis length -q absent 2>&-'
try 'tamis length -q -o out2 in 2>&- <&- >&-'
cmp out out2
