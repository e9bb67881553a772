# copies= uses the numbers that encode stores; bestfit counts windows; lengths have own epochs.
awk 'BEGIN {
	for (i = 1; i <= 60; i++) {
		text = "the mill"
		for (k = 0; k < i % 7; k++)
			text = text " and the sieve number " i
		printf "{\"id\":\"d%d\",\"text\":\"%s\",\"dup_count\":%d}\n", i, text, i % 10
	}
}' >d
tamis vocab -q --size 285 -o m d
tamis encode -q -m m --number dup_count -o d d
sed 's/"id":"d/"id":"e/' d | tamis encode -q -m m -o plain
# plan LINES: a plan of these lines after the first one
plan() {
	printf 'tamis-plan 1\n%b' "$1" >p
	note "plan: $1"
	try tamis plan -n p
}
lock() {
	tamis plan -o lock p
	try grep -E '^(pack|phase|source|packed|at|batch)' lock
	tamis plan lock | cmp lock -
	tamis plan -n p >a
	tamis plan -n lock | cmp a -
}
plan 'seq 16\nphase p 800\ngroup g 1\nsource d d in=g\nsource plain plain in=g\n'
plan 'seq 16\nphase p 800\ngroup g 1\nsource d d in=g copies=2:2,8:3\nsource plain plain in=g\n'
lock
plan 'seq 16\nphase p 800\ngroup g 1\nsource d d in=g copies=0:0,5:1.5\n'
lock
plan 'seq 16\nphase p 800\ngroup g 1\nsource d d in=g copies=0:0\n'
plan 'seq 16\nphase p 800\ngroup g 1\nsource plain plain in=g copies=2:2\n'
plan 'seq 16\npack bestfit\nbatch 0 4\nbatch 400 8\nphase p 800\nphase q 640 seq=64\ngroup g 1\nsource d d in=g copies=8:2\nsource plain plain in=g cap=2\n'
lock
# Every length begins an epoch of its own.
plan 'phase p 800 seq=16\nphase q 640 seq=64\ngroup g 1\nsource d d in=g cap=1\n'
plan 'phase p 800 seq=16\nphase q 640 seq=64\ngroup g 1\nsource d d in=g cap=2\n'
plan 'pack bestfit\nphase p 800 seq=16\nphase q 640 seq=64\ngroup g 1\nsource d d in=g cap=1\n'
plan 'pack bestfit\nphase p 800 seq=16\nphase q 640 seq=64\ngroup g 1\nsource d d in=g cap=2\n'
