# Lists of all forms, each with the traps that answers hold.
list 'Sure! Here are three:\n\n1. one\n2. two\n3. three\n\nTell me if you need more.'
list '1) one\n2) two'
list '1. one\n1. two\n1. three'
list '- a\n- b'
list '* a\n* b'
list '• a\n• b'
list '**A**: first\n**B:** second'
list '**A**: first\n**B:** second' --heads
list '1. **A**: first\n2. **B** - second\n3. C' --heads
list '1. **all bold**\n2. \"quoted\"\n3. a \"b\" c'
list 'Topics:\none\n\ntwo\n'
list '[\"a\",\"b \\\"c\\\"\",\"two\\nlines\"]'
list '[\"a\",\"b\",]'
list 'Here you are:\n```json\n[\n\"a\",\n\"b\"\n]\n```\nDone.'
list '```yaml\n- a\n- b\n```'
# Numbers in an item, and nested lists, begin no item.
list '1. The top 10. 2. is not one\n2. In\n1984. it ended\n3. 4 of 5'
list '1. a\n   - a1\n   - a2\n2. b\n\n   more of b\n3. c'
list '1. a\n- a1\n- a2\n2. b'
list '1. What does this print?\n```\n1 + 1\n```\n2. b'
list '10. ten\n11.\n12. twelve'
list '-5 degrees\n*emphasis* here'
# --max, --min-count, and the first item keeps the id.
list '1. a\n2. b\n3. c' --max 2
list '1. a\n2. b\n3. c' --min-count 4
try tamis items --min-count 4 in
