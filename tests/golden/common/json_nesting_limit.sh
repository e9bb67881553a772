# Values may nest 1024 deep; deeper ones are bad data, found quickly and without recursion.
nest() { awk -v n="$1" 'BEGIN { printf "{\"text\":\"a\",\"x\":"; for (i = 0; i < n; i++) printf "["; for (i = 0; i < n; i++) printf "]"; print "}" }'; }
nest 1024 | try 'tamis length -q | wc -c'
nest 1025 | try tamis length -q
nest 100000 | try tamis length -q
