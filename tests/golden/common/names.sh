# File names are quoted in messages as they are, without control bytes.
name=$(printf 'a\033[31m\nb')
echo bad >"$name"
try tamis length -q "$name" 2>&1 | sed 1,2d
tamis length -q "absent$name" || echo "exit $?"
tamis length -q "--$name" || echo "exit $?"
long=$(printf '%0250d' 0)
echo bad >"$long"
tamis length -q "$long" || echo "exit $?"
