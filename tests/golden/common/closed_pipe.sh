# A reader that closes the pipe early ends tamis without a message.
awk 'BEGIN { for (i = 0; i < 100000; i++) printf "{\"text\":\"%050d\"}\n", i }' >in
try 'tamis length in | head -n 1'
try 'tamis length in in in | head -n 1'
try 'tamis --help | sed -n 1p'
