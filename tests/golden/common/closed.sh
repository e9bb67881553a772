# Closed standard streams: an error that says so, and no other file is hit instead.
echo '{"text":"a"}' >in
tamis length -q <&- || echo "exit $?"
tamis length -q in >&- || echo "exit $?"
tamis length -q -o out in <&- >&-
cat out
# With stderr closed there is nobody to tell: the exit code and the data are right.
tamis length in 2>&- || echo "exit $?"
tamis length -q absent 2>&- || echo "exit $?"
tamis length -q -o out2 in 2>&- <&- >&- || echo "exit $?"
cmp out out2
