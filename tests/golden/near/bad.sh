# Bad records stop the run, or are skipped in all passes.
{ head -n 2 in; echo '{"text":1}'; echo 'x'; tail -n +3 in; } >bad
try tamis near -q bad
try "tamis near --on-bad=skip -r rejects bad | ids"
try 'brief <rejects'
try "tamis near -q --on-bad=skip --tag bad | pairs"
# A pipe is copied to the directory of --tmp, and removed.
try "tamis near -q --tmp . <in | cmp <(tamis near -q in) -"
try ls
try "tamis near -q --tmp nowhere <in"
