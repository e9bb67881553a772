# rules lists all sets, one set, or the bounds of a rule file.
try tamis rules --sets
try tamis rules
try 'tamis rules c4-para fineweb | wc -l'
try tamis rules nothing
try tamis rules --sets gopher
printf 'tamis-rules 1\nuse c4-para\nset c4-para.min_paragraphs 2\nlang de\nset c4-para.min_paragraph_chars off\n' >r
try tamis rules r
printf 'tamis-rules 1\nuse c4-para\nset c4-para.min_paragraphs x\n' >r
try tamis rules r
try 'tamis rules -S >/dev/full'
