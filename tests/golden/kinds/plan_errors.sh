# Plans that conversations do not fit are rejected with a fix.
sft 8 a
chats -m a.long <<'TEXT'
x 1 2 *3
y 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 *17
TEXT
pref 4 2 pairs
pref 4 3 triples
reward 4 r
chats plain <<'TEXT'
x 1 2 3
TEXT
chats -p unmasked <<'TEXT'
x 1 2 3 p=2,0
y 1 2 4 p=2,1
TEXT
bad() {
	plan "$1" | sed "$2" >p
	try tamis plan p
}
bad a.long ''
bad pairs 's/^seq 16/seq 8/'
bad a 's/^pack.*/pack concat/'
bad a 's/^pack.*/pack bestfit/'
bad a 's/ align=1/ align=3/'
bad a 's/ align=1/ align=0/'
bad a 's/ align=1/ align=4 align=2/'
bad a 's/cut=never/cut=maybe/'
bad a 's/cut=never/cut/'
bad a 's/cut=never align=1/align=4/'
bad a 's/bestfit/concat/'
bad plain 's/align=1/align=4/'
bad unmasked ''
note 'sources of several kinds'
plan a r >p
try tamis plan p
plan pairs a >p
try tamis plan p
plan pairs >p
sed -i 's/source pairs pairs/& triples/' p
try tamis plan p
note 'take'
take() {
	plan a r >p
	sed -i '$d' p
	sed -i "${2-}" p
	printf '%b\n' "$1" >>p
	try tamis plan p
}
take 'take a'
take 'take b all'
take 'take a all\ntake a 3'
take 'take a 0'
take 'take a 9'
take 'take a 101%'
take 'take a 1%'
take 'take a x'
take 'take a 3' 's/in=all/in=all hold=0.5/'
take 'take a all' 's/in=all/in=all cap=1.5/'
take 'take a all' 's/ max/ 160/'
take 'take a all' 's/cut=never align=1//'
take 'take a all' 's/^group.*/group all 0.5\ngroup more 0.5/'
plan plain a >p
echo 'take a all' >>p
try tamis plan p
