# Signals that end a program remove its temporary files; a file size limit is an error.
mkfifo fifo
for s in USR1 USR2 XCPU TERM; do
	tamis length -q -o out fifo &
	exec 3>fifo
	while ! compgen -G 'out.*.tmp' >/dev/null; do
		sleep 0.05
	done
	kill -s "$s" $!
	wait $! 2>/dev/null || note "$s: ended by signal $(kill -l $?)"
	exec 3>&-
	note "files: $(ls)"
done
od -An -v -tx1 -N 1000000 /dev/zero | tr -d ' ' | sed 's/.*/{"text":"&"}/' >in
try "(ulimit -f 100; tamis length -q -o out in)"
try 'ls | cat'
