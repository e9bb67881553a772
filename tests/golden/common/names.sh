# Messages quote file names, with control bytes masked.
name=$(printf 'a\033[31m\nb')
echo bad >"$name"
try 'tamis length -q "$name"'
try 'tamis length -q "absent$name"'
try 'tamis length -q "--$name"'
long=$(printf '%0250d' 0)
echo bad >"$long"
try tamis length -q "$long"
