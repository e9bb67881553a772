# shellcheck shell=bash
# prologue.sh - the functions of a golden test; golden.sh makes bash source it before each test.
#
# File descriptor 9 is the transcript.  A test writes there only through these functions.
# Whatever it writes to its own stdout or stderr fails it.
unset BASH_ENV

# try CMD ARG...    run a command and record it
# try 'TEXT'        run a line of shell: a pipeline, a redirection
#
# The transcript gets "$ CMD", stdout as it is, each line of stderr after "! ", and
# "exit N" unless N is 0.  try always succeeds.  In a pipeline, N is that of the last
# command that failed.
try() {
	local out=$GOLDEN_DIR/out.$BASHPID err=$GOLDEN_DIR/err.$BASHPID rc=0
	if ! [ /dev/fd/1 -ef "$GOLDEN_STRAY" ] || ! [ /dev/fd/2 -ef "$GOLDEN_STRAY" ]; then
		echo "try: quote pipelines and redirections: try 'CMD >FILE | CMD': $*" >>"$GOLDEN_STRAY"
		exit 1
	fi
	if [ $# -eq 1 ]; then
		(set +e -o pipefail && eval "$1") >"$out" 2>"$err" 9>&- || rc=$?
	else
		"$@" >"$out" 2>"$err" 9>&- || rc=$?
	fi
	{
		printf '$ %s\n' "${*//$'\n'/$'\n'> }"
		golden_lines '' "$out"
		golden_lines '! ' "$err"
		[ $rc -eq 0 ] || echo "exit $rc"
	} >&9
}

# golden_lines PREFIX FILE: the lines of FILE after PREFIX; a missing last newline shows
golden_lines() {
	local text
	[ -s "$2" ] || return 0
	if IFS= read -r -d '' text <"$2"; then
		echo "try: a NUL in the output: redirect it to a file, or use od" >>"$GOLDEN_STRAY"
		return 0
	fi
	if [ "${text: -1}" = $'\n' ]; then
		text=${text%$'\n'}
	else
		text=$text$'\n\\ no newline at the end'
	fi
	[ ! "$1" ] || text=${text//$'\n'/$'\n'$1}
	printf '%s%s\n' "$1" "$text"
}

# note TEXT: "# TEXT" in the transcript
note() {
	printf '# %s\n' "$*" >&9
}

# skip WHY: end a test that this machine cannot run
skip() {
	printf '%s\n' "$*" >"$GOLDEN_DIR/skip"
	exit 77
}

if [ -e "$(dirname "$0")/setup" ]; then
	# shellcheck disable=SC1091
	. "$(dirname "$0")/setup"
fi
