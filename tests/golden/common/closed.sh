# Closed standard streams give an error, and never redirect output to another file.
echo '{"text":"a"}' >in
try 'tamis length -q <&-'
try 'tamis length -q in >&-'
tamis length -q -o out in <&- >&-
try cat out
# With stderr closed, the exit code and the data are still right.
try 'tamis length in 2>&-'
try 'tamis length -q absent 2>&-'
try 'tamis length -q -o out2 in 2>&- <&- >&-'
cmp out out2
