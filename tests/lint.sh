#!/bin/sh
# lint.sh - check layers, names, banned calls and words, sizes, man pages, links, scripts.
#
# usage: [BIN=DIR] [CC=gcc] [CXX=g++] tests/lint.sh
# BIN is the directory of the tamis whose options the man pages must match; default: build.
# Prints one line per problem, with its fix.  Exits with 0 if there is none, else with 1.
#
# The dollars in single quotes are awk's:
# shellcheck disable=SC2016
set -u
cd "$(dirname "$0")/.." || exit 2
export LC_ALL=C
BIN=${BIN:-build}
CC=${CC:-gcc}
CXX=${CXX:-g++}
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
exec 3>&1

# Sources of the installed libraries, which must not include lib/, print or exit.
installed='^(shards/tshard/[^/]*|tok/(engine/[^/]*|(tamis_tok|model|detok|charsmap|ids)[.][ch]))$'
# Headers that must compile as C++: the installed ones, and tok/sp.h, which sp.cc includes.
public='shards/tshard/tshard.h shards/tshard/tshard_align.h tok/tamis_tok.h'
both='tok/sp.h'
# The hosts allowed in URLs.
hosts='([a-z0-9-]+\.)*(example|invalid|test|localhost|example\.(org|com|net))|www\.apache\.org'
hosts="$hosts|git-lfs\\.github\\.com|(www\\.)?(unicode|rfc-editor|w3|doi|arxiv)\\.org|spec\\.whatwg\\.org"
hosts="$hosts|www\\.ibm\\.com|(www\\.)?creativecommons\\.org|schema\\.org"

# have PROGRAM PACKAGE: whether PROGRAM is installed; if not, reports the skipped check
have() {
	command -v "$1" >/dev/null && return
	echo "lint: skipped: $1 is not installed (apt install $2)" >&3
	return 1
}

# files REGEX: names of files in the repository, without build results
files() {
	grep -E "$1" "$tmp/files"
}

list_files() {
	if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
		git ls-files -co --exclude-standard
	else
		find . -name .git -prune -o -path ./build -prune -o -type f -print | sed 's,^\./,,'
	fi | sort -u | while IFS= read -r f; do
		[ -f "$f" ] && printf '%s\n' "$f"
	done >"$tmp/all"
	grep -E '[^A-Za-z0-9_./+-]' "$tmp/all" |
		sed 's/$/: odd characters in the name: use letters, digits, and _ . + -/'
	grep -vE '[^A-Za-z0-9_./+-]' "$tmp/all" >"$tmp/files"
}

# The C sources without comments and literals, as FILE:LINE:CODE
strip_code() {
	files '\.(c|h|cc)$' | grep -v '^tests/' | xargs awk '
	FNR == 1 { comment = 0 }
	{
		s = $0; out = ""
		while (s != "") {
			if (comment) {
				if (!(i = index(s, "*/")))
					break
				s = substr(s, i + 2); comment = 0; out = out " "
			}
			if (!match(s, /\/\*|\/\/|["\047]/)) {
				out = out s
				break
			}
			out = out substr(s, 1, RSTART - 1)
			token = substr(s, RSTART, RLENGTH)
			s = substr(s, RSTART + RLENGTH)
			if (token == "//")
				break
			if (token == "/*") {
				comment = 1
				continue
			}
			out = out token token
			while (match(s, /\\.|["\047]/)) {
				end = substr(s, RSTART, RLENGTH)
				s = substr(s, RSTART + RLENGTH)
				if (end == token)
					break
			}
			if (end != token)
				s = ""
			end = ""
		}
		print FILENAME ":" FNR ":" out
	}' >"$tmp/code"
}

# The quoted includes outside tests/, as FILE:LINE:HEADER
list_includes() {
	files '\.(c|h|cc)$' | grep -v '^tests/' | xargs grep -nE '^[ 	]*#[ 	]*include[ 	]*"' |
		awk -F '"' '{ sub(/:[^:]*$/, "", $1); print $1 ":" $2 }' >"$tmp/includes"
}

# tests/layers must allow each include.
layers() {
	awk -F ':' '
	function place_of(file,   p)
	{
		p = file
		sub(/\.[a-z]+$/, "", p)
		while (!(p in may)) {
			if (p !~ /\//)
				return "."
			sub(/\/[^\/]*$/, "", p)
		}
		return p
	}
	function allowed(place, file, header,   i, n, word, own)
	{
		own = header
		sub(index(file, place ".") == 1 ? "\\.[a-z]+$" : "/[^/]*$", "", own)
		if (own == place)
			return 1
		n = split(may[place], word, " ")
		for (i = 1; i <= n; i++)
			if (header == word[i] || index(header, word[i] "/") == 1)
				return 1
		return 0
	}
	FNR == NR {
		if (!/^#/ && NF == 2)
			may[$1] = $2
		next
	}
	{
		where = $1 ":" $2 ": "
		place = place_of($1)
		if ($3 !~ /\//)
			print where "\"" $3 "\": write the path from the root, such as \"lib/base/" $3 "\""
		else if (!allowed(place, $1, $3))
			print where "\"" $3 "\": tests/layers forbids it in " place ": move the shared code to lib/, or change the table"
	}' tests/layers "$tmp/includes"
}

# Modules must not include each other, directly or indirectly.  A module is PATH.c and PATH.h.
# A header without a .c, such as PATH_impl.h, belongs to the module PATH.
include_circles() {
	awk -F ':' '
	function module(file,   m)
	{
		m = file
		sub(/\.[a-z]+$/, "", m)
		while (!(m in source) && m ~ /_[^\/_]*$/)
			sub(/_[^\/_]*$/, "", m)
		if (m in source)
			return m
		sub(/\.[a-z]+$/, "", file)
		return file
	}
	FNR == NR {
		if ($0 ~ /\.(c|cc)$/) {
			sub(/\.[a-z]+$/, "")
			source[$0] = 1
		}
		next
	}
	{
		from = module($1); to = module($3)
		if (from != to)
			print from, to
	}' "$tmp/files" "$tmp/includes" | sort -u | tsort 2>&1 >/dev/null |
		sed -n 's/^tsort: \([a-z].*\/.*\)/\1: is part of an include cycle: move the shared declarations to a header of their own/p'
}

# A struct tag has one definition.
struct_tags() {
	awk '{
		file = $0; sub(/:.*/, "", file)
		line = $0; sub(/^[^:]*:/, "", line); sub(/:.*/, "", line)
		s = $0; sub(/^[^:]*:[^:]*:/, "", s)
		if (s !~ /^struct [a-z_0-9]+ \{/)
			next
		split(s, word, " ")
		if (word[2] in first)
			print file ":" line ": struct " word[2] " is also defined in " first[word[2]] ": rename one"
		else
			first[word[2]] = file
	}' "$tmp/code"
}

# Each third-party header is included by one file; all others are C or POSIX headers.
foreign_headers() {
	files '\.(c|h|cc)$' | grep -v '^tests/' | xargs grep -nE '^[ 	]*#[ 	]*include[ 	]*<' |
		awk '
	BEGIN {
		home["^unicode/(ubrk|uchar|uclean|uloc|unorm2|uscript|ustring|uversion)\\.h$"] = "lib/text/unicode.c"
		home["^unicode/ucnv(_cb)?\\.h$"] = "lib/text/charset.c"
		home["^unicode/uidna\\.h$"] = "lib/text/host.c"
		home["^sentencepiece"] = "tok/sp.cc"
		home["^(zstd|zstd_errors|zlib|libdeflate)\\.h$"] = "lib/io/stream.c lib/io/unpack.c"
		home["^brotli/decode\\.h$"] = "lib/io/unpack.c"
		home["^malloc\\.h$"] = "tok/model_io.c"
		home["^xxhash\\.h$"] = "lib/base/hash.c lib/base/hash_avx2.c shards/tshard/shard_hash.c"
		known = "^((assert|errno|fcntl|float|fnmatch|glob|inttypes|limits|math|poll|pthread|sched|setjmp|signal|stdatomic" \
		    "|std(arg|bool|def|int|io|lib)|string|strings|termios|time|unistd|dirent|cpuid|[a-z]mmintrin|arm_neon" \
		    "|sys/[a-z]+)\\.h|[a-z_]+)$"
	}
	{
		split($0, part, ":"); file = part[1]
		name = $0; sub(/^[^<]*</, "", name); sub(/>.*/, "", name)
		where = file ":" part[2] ": <" name ">: "
		files = ""
		for (library in home)
			if (name ~ library)
				files = home[library]
		if (files && !index(" " files " ", " " file " "))
			print where "only " files " may include it: call its functions"
		else if (!files && name ~ /^(ctype|locale|wctype)\.h$/)
			print where "depends on the locale: compare bytes, or use lib/text/unicode.h"
		else if (!files && name !~ known)
			print where "unknown library: enter its one file in tests/lint.sh"
	}'
}

# Banned functions.  Columns: files that may use them, the replacement, names.
banned_calls() {
	cat >"$tmp/banned" <<-'EOF'
		-	use memcpy, snprintf or buf_put	strcpy stpcpy strcat strncpy stpncpy strncat sprintf vsprintf gets
		-	use memchr or strcspn	strtok strtok_r strsep
		lib/base/num.c	use num_u64, num_bytes, num_double	atoi atol atoll atof scanf sscanf fscanf vscanf vsscanf vfscanf strtol strtoul strtoll strtoull strtoimax strtoumax strtod strtof strtold
		-	use doc_alloc, arena_alloc or xmalloc	alloca
		-	use a generator seeded by an option	rand rand_r srand random srandom drand48 erand48 lrand48 mrand48 srand48 getrandom getentropy
		lib/driver/tty.c	output must not depend on the clock	time clock clock_gettime gettimeofday localtime localtime_r gmtime gmtime_r ctime strftime
		-	compare bytes: no locale	isalnum isalpha isblank iscntrl isdigit isgraph islower isprint ispunct isspace isupper isxdigit tolower toupper strcasecmp strncasecmp strcoll setlocale newlocale uselocale
		-	do not run a shell	system popen
		-	use sigaction	signal
		-	use publish_open	mktemp tmpnam tempnam tmpfile
		lib/base/err.c	use err_set and return -1, or BUG	exit quick_exit abort atexit
		lib/base/err.c tamis.c	use err_set and return -1	_exit _Exit
	EOF
	awk -F '\t' -v installed="$installed" '
	NR == FNR {
		n = split($3, names, " ")
		for (i = 1; i <= n; i++) {
			home[names[i]] = " " $1 " "; instead[names[i]] = $2
		}
		next
	}
	{
		file = $0; sub(/:.*/, "", file)
		line = $0; sub(/^[^:]*:/, "", line); sub(/:.*/, "", line)
		s = $0; sub(/^[^:]*:[^:]*:/, "", s)
		before = ""
		while (match(s, /[A-Za-z_][A-Za-z0-9_]*[ \t]*\(/)) {
			name = substr(s, RSTART, RLENGTH); sub(/[ \t]*\($/, "", name)
			before = before substr(s, 1, RSTART - 1)
			where = file ":" line ": " name "(): "
			if (before ~ /(\.|->)$/) {
				# a member of a struct
			} else if (name in home && !index(home[name], " " file " ")) {
				print where "banned: " instead[name]
			} else if (file ~ installed && name ~ /^(v?f?printf|puts|fputs|putchar|perror|msg|warning|die|bug)$/) {
				print where "an installed library must not print: return an error"
			}
			before = "("
			s = substr(s, RSTART + RLENGTH)
		}
	}' "$tmp/banned" "$tmp/code"
	files '\.(c|h|cc|sh)$' | grep -v '^tests/lint\.sh$' | xargs grep -nwE 'TODO|FIXME|XXX' |
		sed 's/^\([^:]*:[^:]*\):.*/\1: unfinished work: do it or remove the note/'
}

# File names are unique, so that people, editors and debuggers can use them without a path.
unique_names() {
	files . | grep -vE '^tests/(golden|fuzz/corpus)/|(^|/)(Makefile|README\.md|\.gitignore)$' | awk '
	{
		base = $0; sub(/.*\//, "", base)
		if (base in seen)
			print $0 ": has the same name as " seen[base] ": rename one"
		seen[base] = $0
	}'
}

formatting() {
	have clang-format-14 clang-format-14 || return 0
	files '\.(c|h|cc)$' | xargs clang-format-14 --dry-run -Werror 2>&1 |
		awk -F: '/: error: / { n[$1]++ }
		END { for (f in n) print f ": " n[f] " places are misformatted: run clang-format-14 -i " f }' | sort
}

sizes() {
	files '\.(c|h|cc|sh)$' | xargs awk '
	function over()
	{
		if (n > 600)
			print file ": " n " lines: more than 600: split it by what its parts are for"
	}
	FNR == 1 { over(); file = FILENAME; start = 0 }
	{ n = FNR }
	/^\{/ && last !~ /^(namespace|extern|struct|class|union|enum)/ { start = FNR }
	/^\}/ && start {
		if (FNR - start + 1 > 60)
			print FILENAME ":" start ": " name ": " FNR - start + 1 " lines: the limit is 60: split the function"
		start = 0
	}
	/^[A-Za-z_].*\(/ { name = $0; sub(/\(.*/, "()", name); sub(/.*[ *]/, "", name) }
	{ last = $0 }
	END { over() }'
}

# Line 1 of a source names the file and its purpose.
openings() {
	files '\.(c|h|cc)$' | xargs awk '
	FNR == 1 {
		base = FILENAME; sub(/.*\//, "", base)
		open = $0 == "/*"
		good = index($0, "/* " base " - ") == 1
	}
	FNR == 2 && open { good = index($0, " * " base " - ") == 1 }
	FNR == 2 && !good { print FILENAME ":1: head line is missing: begin with \"/* " base " - PURPOSE\"" }'
}

# compile HOW COMMAND...: reports the first error of COMMAND
compile() {
	how=$1
	shift
	"$@" >"$tmp/errors" 2>&1 && return
	printf '%s: does not compile %s: include what it uses: %s\n' "$header" "$how" \
		"$(grep -m1 -E 'error' "$tmp/errors")"
}

headers() {
	have "$CC" gcc && have "$CXX" g++ || return 0
	posix='-D_POSIX_C_SOURCE=200809L'
	files '\.h$' | grep -v '^tests/' | while IFS= read -r header; do
		compile 'alone' "$CC" -std=c11 -Wall -Wno-psabi -Werror -fsyntax-only -I. $posix -x c "$header"
	done
	for header in $public; do
		[ -f "$header" ] || continue
		# As other programs include them: without our include path and feature macros.
		compile 'as C99' "$CC" -std=c99 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c "$header"
	done
	for header in $public $both; do
		[ -f "$header" ] || continue
		compile 'as C++' "$CXX" -std=c++11 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -I. \
			-x c++ "$header"
	done
}

# page_options PAGE: the options of its ".It Fl" lines, as --dump-options prints them
page_options() {
	awk '/^\.It Fl / {
		short = long = ""
		gsub(/\\-/, "-")
		for (i = 2; i < NF; i++) {
			if ($i != "Fl")
				continue
			arg = $(i + 1)
			if (arg == "Fl")
				long = "--" $(i + 2)
			else if (arg ~ /^-/)
				long = "-" arg
			else if (length(arg) == 1)
				short = "-" arg " "
		}
		sub(/=$/, "", long)
		print short long
	}' "$1" | sort
}

# compare_options PAGE COMMAND [NEEDED]: PAGE has each option in the file NEEDED, and no
# option that COMMAND lacks.  NEEDED: all options of COMMAND, if omitted.
compare_options() {
	"$BIN/tamis" "$2" --dump-options | sort >"$tmp/has"
	page_options "$1" >"$tmp/described"
	comm -23 "${3:-$tmp/has}" "$tmp/described" |
		sed "s,.*,$1: option '&' is missing: add a line '.It Fl x Ar ARG \, Fl -long Ns = Ns Ar ARG',"
	comm -13 "$tmp/has" "$tmp/described" |
		sed "s,.*,$1: tamis $2 has no option '&': remove it,"
}

# command_page COMMAND: the page exists and has the options, summary and example of the command.
# Common options need no line: tamis(1) describes them.
command_page() {
	page=man/tamis-$1.1
	if [ ! -f "$page" ]; then
		echo "$page: is missing: write it, as short as man/tamis-length.1"
		return
	fi
	"$BIN/tamis" "$1" --dump-options | sort | comm -23 - "$tmp/common" >"$tmp/own"
	compare_options "$page" "$1" "$tmp/own"
	summary=$("$BIN/tamis" --help | sed -n "s/^  $1  *//p" | head -n 1)
	grep -qxF ".Nd $summary" "$page" ||
		echo "$page: .Nd differs from tamis --help: write .Nd $summary"
	grep -xF -A 1 ".It Xr tamis-$1 1" man/tamis.1 | grep -qxF "$summary" ||
		echo "man/tamis.1: the row of $1 is missing or differs from tamis --help: $summary"
	grep -qxF "| \`$1\` | $summary |" README.md ||
		echo "README.md: the row of $1 is missing or differs from tamis --help: $summary"
	example=$("$BIN/tamis" "$1" --help | sed -n '/^example:/{n;s/^  //p;}')
	sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/p' "$page" | sed 's,\\&,,g' | grep -qF -e "$example" ||
		echo "$page: the example of tamis $1 --help is missing from EXAMPLES: $example"
}

pages() {
	if have mandoc mandoc; then
		files '^man/.*\.[1-9]$' | xargs mandoc -T lint -W warning 2>&1 |
			sed 's/^mandoc: //'
	fi
	# mdoc joins a lone punctuation mark to the word before it.
	files '^man/' | xargs grep -nE '^\.(Dl|D1) .* [:;,.!?] ' /dev/null |
		sed 's/^\([^:]*:[^:]*\):.*/\1: punctuation mark between words: write it as \\\&:/'
	for page in $(files '^man/.*\.1$'); do
		for section in NAME SYNOPSIS DESCRIPTION 'EXIT STATUS' EXAMPLES 'SEE ALSO'; do
			grep -qx ".Sh $section" "$page" || echo "$page: section $section is missing: add it"
		done
	done
	files '^man/' | xargs grep -nE '^\.Xr (tamis|tshard)' /dev/null |
		while IFS=' ' read -r where name section _; do
			[ -f "man/$name.$section" ] ||
				echo "${where%:*}: page $name($section) is missing: write it, or remove the reference"
		done
	if [ ! -x "$BIN/tamis" ]; then
		echo "lint: skipped: $BIN/tamis is missing, to compare the man pages with (run make, or set BIN)" >&3
		return
	fi
	# chain has only common options.
	"$BIN/tamis" chain --dump-options | sort >"$tmp/common"
	compare_options man/tamis.1 chain
	for command in $("$BIN/tamis" --list); do
		command_page "$command"
	done
}

# Banned words.  Columns: a regular expression, the words to use.  A term of docs/glossary.md
# has one word; the others are not English as a systems programmer writes it.
banned_words() {
	cat <<-'EOF'
		mend(s|ed|ing)?	repair, for data; fix, for code and options
		anew	again; regenerate
		verbs?	command
		folders?	directory
		comes? again	repeat; occur again
		again and again	repeated
		slip of the pen	typo
		what is wrong	the problem
		those (that|which|who)	a noun
		whoever	a noun
		thereof	of it
		wherein	in which
		whence	from which
		hereby	nothing
		thus	so
		hence	so; therefore
		as it were	nothing
		in vain	without success
		on that day	then
		(for|of) nobody	a noun
		lies? in	is in
		stands? in	is in; replaces
		behind	after
		besides	except; also
		set apart	separate
		told apart	distinguish
		goes on	continues
		(is|are) said	is reported; is printed
		(is|are) not there	is missing
		(is|are) cut off	is truncated
		of just (its|their|that) size	of exactly its size
		tak(e|es|en|ing) (it |them )?away	remove
		be it	whether
		a giant	an oversized; a large
		front door	main program
		(is|are|was|were) no [a-z]+	is not a
	EOF
}

# Where a banned word is allowed.  Columns: a file, a regular expression, the reason.
allowed_words() {
	cat <<-'EOF'
		tests/lint.sh	.*	has the list
		docs/glossary.md	.*	lists the replaced words
		CHANGELOG.md	mend.*|verbs?|folders?	names what was renamed
		CONTRIBUTING.md	verbs?	imperative verbs
		lib/driver/common.c	mend	the alias --on-bad=mend
		man/tamis.1	mend	the alias --on-bad=mend
		tests/golden/common/bad_repair.sh	mend	tests the alias
		tests/property/readme.awk	behind	random text
	EOF
}

# Prose, messages and names do without the banned words.
words() {
	banned_words >"$tmp/words"
	allowed_words >"$tmp/allowed"
	files '\.(c|h|cc|md|sh|awk|py)$|^man/|(^|/)Makefile$|^tests/(layers|golden/[^/]*/setup)$' |
		grep -v '^tests/fuzz/corpus/' | xargs awk -F '\t' -v words="$tmp/words" -v allowed="$tmp/allowed" '
	BEGIN {
		while ((getline <words) > 0) {
			n++
			re[n] = "^(" $1 ")$"; instead[n] = $2
			any = any (n > 1 ? "|" : "") $1
		}
		while ((getline <allowed) > 0) {
			k++
			file[k] = $1; may[k] = "^(" $2 ")$"
		}
		# "is no longer", "is no larger than" and the like
		fine = " no (more|less|fewer|better|worse|longer|shorter|larger|smaller|greater|higher|lower|deeper|wider|faster|slower|earlier|later)$"
	}
	function remark(hit, before,   i)
	{
		# "there is no file" and "left behind" are English.
		if (hit ~ / no [a-z]+$/ && (hit ~ fine || before ~ /there $/) || hit == "behind" && before ~ /left $/)
			return
		for (i = 1; i <= k; i++)
			if (file[i] == FILENAME && hit ~ may[i])
				return
		for (i = 1; hit !~ re[i]; i++)
			;
		print FILENAME ":" FNR ": '\''" hit "'\'': use: " instead[i]
	}
	{
		s = tolower($0); at = 1
		while (match(substr(s, at), any)) {
			from = at + RSTART - 1; len = RLENGTH
			if ((from == 1 || substr(s, from - 1, 1) !~ /[a-z0-9_]/) && substr(s, from + len, 1) !~ /[a-z0-9_]/)
				remark(substr(s, from, len), substr(s, 1, from - 1))
			else
				len = 1
			at = from + len
		}
	}'
}

# Links to files of the repository have a target.
links() {
	files '\.md$' | xargs grep -noE '\]\([^)#]+' /dev/null | grep -v '://' | while IFS= read -r hit; do
		from=${hit%%:*}
		case $from in
		*/*) dir=${from%/*}/ ;;
		*) dir= ;;
		esac
		[ -e "$dir${hit##*](}" ] || echo "${hit%:](*}: file $dir${hit##*](} is missing: fix the link"
	done
}

scripts() {
	have shellcheck shellcheck || return 0
	for f in $(files . | grep -v '^tests/fuzz/corpus/'); do
		case $(head -c 64 "$f" | head -n 1 | tr -d '\0') in
		'#!'*sh) shellcheck -x -f gcc "$f" ;;
		*)
			case $f in
			# try takes shell text in single quotes; prologue.sh sources setup.
			*.sh | tests/golden/*/setup) shellcheck -s bash -e SC1091,SC2016,SC2317 -f gcc "$f" ;;
			esac
			;;
		esac
	done | sed 's/$/: fix it, or disable the check on that line with a reason/'
}

# No file depends on the machine it was written on.
places() {
	files . | grep -vE '^(tests/fuzz/corpus/|LICENSE$)' | xargs grep -nIE \
		'(^|[^A-Za-z0-9_.}~-])/(home|work|root|Users|tmp)/[A-Za-z0-9._-]' |
		sed -E 's/^([^:]*:[^:]*):.*/\1: path of one machine: use a relative path or a variable/'
	files . | grep -vE '^(tests/fuzz/corpus/|tests/golden/.*[.]out$|LICENSE$)' | xargs grep -noIE 'https?://[A-Za-z0-9][A-Za-z0-9.-]*' |
		grep -vE "://($hosts)\$" |
		sed 's/$/: unknown host: use example.org, or add the host to tests\/lint.sh/'
	files . | grep -vE '^tests/fuzz/corpus/' | xargs grep -nowIE \
		'(registry|proxy|mirrors?|packages|files|index|archive|deb)(\.[a-z0-9-]+)+\.(org|io|com|net|dev)' |
		sed 's/$/: host of a package registry: leave it to the settings of the user/'
}

{
	list_files
	strip_code
	list_includes
	layers
	include_circles
	struct_tags
	foreign_headers
	banned_calls
	unique_names
	formatting
	sizes
	openings
	headers
	pages
	words
	links
	scripts
	places
} >"$tmp/remarks" 2>&1
sed 's/^/lint: /' "$tmp/remarks"
n=$(wc -l <"$tmp/remarks")
if [ "$n" -gt 0 ]; then
	echo "lint: $n remarks"
	exit 1
fi
echo "lint: $(wc -l <"$tmp/files") files, no remarks"
