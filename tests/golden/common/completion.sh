# Shell completion: commands, options of a command, words and files as values.
try tamis --completion
try tamis --completion tcsh
tamis --completion bash >complete.bash
touch README.md
cat >ask.bash <<'EOF'
source ./complete.bash
ask() {
	COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
	_tamis
	printf '%s|' "$@"
	printf ' %s' "${COMPREPLY[@]}"
	echo
}
ask tamis le
ask tamis length --m
ask tamis length --on-bad ''
ask tamis length --min ''
ask tamis length -o READ
ask tamis length READ
ask tamis chain norm : le
ask tamis chain norm : length --mi
EOF
try bash ask.bash
try 'tamis --completion zsh | sed -n 1p'
try "tamis --completion fish | grep -F 'seen_subcommand_from length' | grep -E -- '-l (min|on-bad|output) '"
