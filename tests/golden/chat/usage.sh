# Wrong values of options: exit 2, and the words they take.
echo '{"prompt":"a"}' >in
try tamis chat --from llama in
try tamis chat --to oasst in
try tamis chat --last system in
try tamis chat --max-turns many in
