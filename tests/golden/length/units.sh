# Sizes take K (1000) and Ki (1024).
awk 'BEGIN { printf "{\"text\":\"%01000d\"}\n{\"text\":\"%01024d\"}\n", 1, 2 }' >in
count() { try "tamis length -q $* in | wc -l"; }
count -m 1K
count -m 1001
count -m 1Ki
count -m 1025
count -M 1K
count -M 999
