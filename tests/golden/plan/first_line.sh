# The first line of a plan is checked; other files are rejected.
printf 'seq 8\nphase p 800\n' >none
try tamis plan none
printf '\377\330\n' >binary
try tamis plan binary
printf '# a comment\n\ntamis-plan 1\r\nseq 8\r\n' >crlf
try tamis plan crlf
try tamis plan absent
try tamis plan .
try tamis plan
try tamis plan none crlf
try tamis plan -n
