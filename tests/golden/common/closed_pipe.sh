# A reader that has had enough ends us without a word.
awk 'BEGIN { for (i = 0; i < 100000; i++) printf "{\"text\":\"%050d\"}\n", i }' >in
tamis length in | head -n 1
tamis length in in in | head -n 1
tamis --help | head -n 1
