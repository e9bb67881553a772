# The page has the blend, the stages, the dropped documents, sources, languages and lengths.
try tamis report -o page.html run en de short.rejects
try page page.html
note 'the reports of the stages give the same, in the order of their files'
try tamis report --title 'A & B' -o other.html run en.jsonl.report.json long.jsonl.report.json en de
try 'page other.html | head -n 30'
try 'grep -c "<polygon" page.html'
try "grep -o '<blockquote>.*</blockquote>' page.html"
