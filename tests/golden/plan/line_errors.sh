# Errors in a plan: each message names the line, the problem and the fix.
# bad LINES: a plan of these lines after a correct first line
bad() {
	printf 'tamis-plan 1\n%b' "$1" >p
	note "plan: $1"
	try tamis plan p
}
head='seq 8\nphase p 800\ngroup g 1\n'
bad 'sequence 8\n'
bad 'seq\n'
bad 'seq 8 9\n'
bad 'seq eight\n'
bad 'seq 0\n'
bad 'seq 16777217\n'
bad 'seq 8\nseq 8\n'
bad 'seq 1.5\n'
bad 'seed -1\n'
bad 'shard 0\n'
bad 'seed 1\nseed 1\n'
bad 'pack\n'
bad 'pack tight\n'
bad 'pack concat\npack bestfit\n'
bad 'batch 0\n'
bad 'batch 1 8\n'
bad 'batch 0 8\nbatch 0 16\n'
bad 'batch 0 0\n'
bad 'batch 0 eight\n'
bad 'phase p 800\n'
bad 'seq 8\nphase p\n'
bad 'seq 8\nphase p 800\nphase p 800\n'
bad 'seq 8\nphase p max\nphase q 800\n'
bad 'seq 8\nphase p!q 800\n'
bad 'phase p 800 seq=9 x=1\n'
bad 'phase p 800 seq=0\n'
bad 'seq 8\nphase p 800 seq=16 seq=16\n'
bad 'phase p 800 seq=8 shard=0\n'
bad 'phase p 800 seq=8\nphase q 800\n'
bad 'phase p 800 seq=8\nseq 8\n'
bad 'phase p 800 seq=8\nshard 8\n'
bad 'group g 1\n'
bad 'seq 8\nphase p 8\ngroup g\n'
bad 'seq 8\nphase p 8\ngroup g 70%\n'
bad 'seq 8\nphase p 8\ngroup g 70\n'
bad 'seq 8\nphase p 8\ngroup g -0.5\n'
bad 'seq 8\nphase p 8\ngroup g 0.1234567890123\n'
bad 'seq 8\nphase p 8\ngroup g 1\ngroup g 0\n'
bad 'seq 8\nphase p 8\ngroup g 1 alpha\n'
bad 'seq 8\nphase p 8\ngroup g 1 weight.q=1\n'
bad 'seq 8\nphase p 8\ngroup g 1 weight=1\n'
bad 'seq 8\nphase p 8\ngroup g 1 alpha=2\n'
bad 'seq 8\nphase p 8\ngroup g 1 temperature=0\n'
bad 'seq 8\nphase p 8\ngroup g 1 alpha=0.3 unimax=4\n'
bad 'seq 8\nphase p 8\ngroup g 1 unimax=0\n'
bad 'seq 8\nphase p 8\ngroup g 1 unimax=4 max=0.5\n'
bad 'seq 8\nphase p 8\ngroup g 1 min=0.5 max=0.4\n'
bad 'seq 8\nphase p 8\ngroup g 1 cap=0\n'
bad 'seq 8\nphase p 8\ngroup g 1 cap=1 cap=2\n'
bad 'seq 8\nphase p 8\ngroup g 1\nphase q 8\n'
bad "${head}source\n"
bad "${head}source s\n"
bad "${head}source s a\n"
bad "${head}source s in=g\n"
bad "${head}source s a in=h\n"
bad "${head}source s a in=g in=g\n"
bad "${head}source s a in=g wieght=1\n"
bad "${head}source s a in=g weight=2\n"
bad "${head}source s a in=g weight.q=0.5\n"
bad "${head}source s a in=g weight=0.5 weight=0.5\n"
bad "${head}source s a in=g cap=0\n"
bad "${head}source s a in=g cap=256\n"
bad "${head}source s a in=g cap=1.2345678\n"
bad "${head}source s a in=g\nsource s b in=g\n"
bad "${head}source s a in=g times=0\n"
bad "${head}source s a in=g times=1001\n"
bad "${head}source s a in=g copies=3\n"
bad "${head}source s a in=g copies=\n"
bad "${head}source s a in=g copies=3:2,\n"
bad "${head}source s a in=g copies=3:2,2:1\n"
bad "${head}source s a in=g copies=65536:2\n"
bad "${head}source s a in=g copies=3:256\n"
bad "${head}source s a in=g copies=x:2\n"
bad 'phase p 8\ngroup g 1\nsource s a in=g\n'
bad 'seq 8\n'
bad "$head"
bad ''
bad 'seq 8\0\n'
