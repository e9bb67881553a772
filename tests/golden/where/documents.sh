# where prints all ranges of samples that hold tokens of a document.
try tamis where --id en-7 run
try tamis where --id en-7 --json run
try tamis where --id en-7 en
try tamis where --url "HTTP://a.example:80/7#top run/shard-00000" run
try tamis where --url "HTTP://a.example:80/7#top" run
try "tamis where --domain a.example run | tail -n +2 | cut -f 4 | sort | uniq -c"
try "tamis where --domain .B.a.example run | tail -n +2 | cut -f 6 | cut -d / -f 3 | sort -u"
printf '# a comment\n\nid en-3\nurl  http://b.a.example/4\nid en-3\n' >list
try 'tamis where --list list run | tail -n +2 | cut -f 5 | sort -u'
printf 'id en-3\nen-4\n' >list
try 'tamis where --kind id --list - run <list | tail -n +2 | cut -f 5 | sort -u'
