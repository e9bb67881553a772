#!/bin/sh
# lint.sh - check what no compiler does: layers, names, banned calls, sizes, pages, scripts.
#
# usage: [BIN=FOLDER] [CC=gcc] [CXX=g++] tests/lint.sh
# BIN is the folder of the tamis whose options the man pages must match; default: build.
# Prints a line for each fault, with how to mend it; exit 0 if there is none, else 1.
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

# The libraries that we install: they include nothing of lib/, never print, never exit.
installed='^(shards/tshard/[^/]*|tok/(tamis_tok|model|detok)[.][ch])$'
# Headers that other people's programs include, maybe from C++; sp.h is between C and C++.
public='shards/tshard/tshard.h tok/tamis_tok.h'
both='tok/sp.h'
# Hosts that a URL in the repository may have.
hosts='([a-z0-9-]+\.)*(example|invalid|test|localhost|example\.(org|com|net))|www\.apache\.org'
hosts="$hosts|(www\\.)?(unicode|rfc-editor|w3|doi|arxiv)\\.org|spec\\.whatwg\\.org"

# have PROGRAM PACKAGE: whether it is there; if not, say that its check does not run
have() {
	command -v "$1" >/dev/null && return
	echo "lint: skipped: no $1 here (apt install $2)" >&3
	return 1
}

# files REGEX: names of the files in the repository, build results left out
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
		sed 's/$/: a name with odd characters: use letters, digits, and _ . + -/'
	grep -vE '[^A-Za-z0-9_./+-]' "$tmp/all" >"$tmp/files"
}

# C sources without comments and literals, as FILE:LINE:CODE
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

# Quoted includes of the product, as FILE:LINE:HEADER
list_includes() {
	files '\.(c|h|cc)$' | grep -v '^tests/' | xargs grep -nE '^[ 	]*#[ 	]*include[ 	]*"' |
		awk -F '"' '{ sub(/:[^:]*$/, "", $1); print $1 ":" $2 }' >"$tmp/includes"
}

# Each include is allowed by tests/layers.
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
			print where "\"" $3 "\": write the path from the root, as in \"lib/base/" $3 "\""
		else if (!allowed(place, $1, $3))
			print where "\"" $3 "\": tests/layers does not let " place " include it: move what is shared to lib/, or change the table with a reason"
	}' tests/layers "$tmp/includes"
}

# No two modules include each other, directly or through others.  A module is PATH.c and
# PATH.h; a header without a .c, such as PATH_impl.h, belongs to the module PATH.
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
		sed -n 's/^tsort: \([a-z].*\/.*\)/\1: is part of a circle of includes: move what the others need to a header below them/p'
}

# A struct tag names one thing.
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

# Each third-party header in its one file; any other header is the C library or POSIX.
foreign_headers() {
	files '\.(c|h|cc)$' | grep -v '^tests/' | xargs grep -nE '^[ 	]*#[ 	]*include[ 	]*<' |
		awk '
	BEGIN {
		home["^libxml/"] = "filters/web/html.c"
		home["^unicode/"] = "lib/text/unicode.c"
		home["^sentencepiece"] = "tok/sp.cc"
		home["^(zstd|zdict|zlib|libdeflate)\\.h$"] = "lib/io/stream.c"
		home["^xxhash\\.h$"] = "lib/base/hash.c shards/tshard/shard_hash.c"
		known = "^((assert|errno|fcntl|float|fnmatch|glob|inttypes|limits|math|poll|pthread|sched|setjmp|signal|stdatomic" \
		    "|std(arg|bool|def|int|io|lib)|string|strings|termios|time|unistd|dirent|cpuid|[a-z]mmintrin" \
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
			print where "only " files " may include it: call that"
		else if (!files && name ~ /^(ctype|locale|wctype)\.h$/)
			print where "depends on the locale: compare bytes, or use lib/text/unicode.h"
		else if (!files && name !~ known)
			print where "a library that is new to us: if we want it, name its one file in tests/lint.sh"
	}'
}

# Functions that C has and we do not use.  Columns: where they may be used, what to do, names.
banned_calls() {
	cat >"$tmp/banned" <<-'EOF'
		-	use memcpy, snprintf or buf_put	strcpy stpcpy strcat strncpy stpncpy strncat sprintf vsprintf gets
		-	use memchr or strcspn	strtok strtok_r strsep
		lib/base/num.c	use num_u64, num_bytes, num_frac	atoi atol atoll atof scanf sscanf fscanf vscanf vsscanf vfscanf strtol strtoul strtoll strtoull strtoimax strtoumax strtod strtof strtold
		-	use doc_alloc, arena_alloc or xmalloc	alloca
		-	use a generator seeded by an option	rand rand_r srand random srandom drand48 erand48 lrand48 mrand48 srand48 getrandom getentropy
		lib/driver/tty.c	output must not depend on the clock	time clock clock_gettime gettimeofday localtime localtime_r gmtime gmtime_r ctime strftime
		-	compare bytes: no locale	isalnum isalpha isblank iscntrl isdigit isgraph islower isprint ispunct isspace isupper isxdigit tolower toupper strcasecmp strncasecmp strcoll setlocale newlocale uselocale
		-	do it without a shell	system popen
		-	use sigaction	signal
		-	use file_tmp_name	mktemp tmpnam tempnam tmpfile
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
				# a function pointer in a struct of ours
			} else if (name in home && !index(home[name], " " file " ")) {
				print where "banned: " instead[name]
			} else if (file ~ installed && name ~ /^(v?f?printf|puts|fputs|putchar|perror|msg|warning|die|bug)$/) {
				print where "in an installed library: it never prints: return an error"
			}
			before = "("
			s = substr(s, RSTART + RLENGTH)
		}
	}' "$tmp/banned" "$tmp/code"
	files '\.(c|h|cc|sh)$' | grep -v '^tests/lint\.sh$' | xargs grep -nwE 'TODO|FIXME|XXX' |
		sed 's/^\([^:]*:[^:]*\):.*/\1: a note to ourselves: do it, or drop it/'
}

# Editors, debuggers and people find a file by its name alone.
unique_names() {
	files . | grep -vE '^tests/(golden|fuzz/corpus)/|(^|/)(Makefile|README\.md|\.gitignore)$' | awk '
	{
		base = $0; sub(/.*\//, "", base)
		if (base in seen)
			print $0 ": has the name of " seen[base] ": give it another one"
		seen[base] = $0
	}'
}

formatting() {
	have clang-format-14 clang-format-14 || return 0
	files '\.(c|h|cc)$' | xargs clang-format-14 --dry-run -Werror 2>&1 |
		awk -F: '/: error: / { n[$1]++ }
		END { for (f in n) print f ": " n[f] " places are not in our format: clang-format-14 -i " f }' | sort
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
			print FILENAME ":" start ": " name ": a body of " FNR - start + 1 " lines: more than 60: split it"
		start = 0
	}
	/^[A-Za-z_].*\(/ { name = $0; sub(/\(.*/, "()", name); sub(/.*[ *]/, "", name) }
	{ last = $0 }
	END { over() }'
}

# The first line says what the file is for.
openings() {
	files '\.(c|h|cc)$' | xargs awk '
	FNR == 1 {
		base = FILENAME; sub(/.*\//, "", base)
		open = $0 == "/*"
		good = index($0, "/* " base " - ") == 1
	}
	FNR == 2 && open { good = index($0, " * " base " - ") == 1 }
	FNR == 2 && !good { print FILENAME ":1: does not say what it is for: begin with \"/* " base " - ...\"" }'
}

# compile WHAT COMMAND...: a remark with the first error, if there is one
compile() {
	what=$1
	shift
	"$@" >"$tmp/errors" 2>&1 && return
	printf '%s: does not compile %s: include what it uses: %s\n' "$header" "$what" \
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
		# As the programs of others see them: nothing of ours around, no feature macros.
		compile 'as C99' "$CC" -std=c99 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c "$header"
	done
	for header in $public $both; do
		[ -f "$header" ] || continue
		compile 'as C++' "$CXX" -std=c++11 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -I. \
			-x c++ "$header"
	done
}

# page_options PAGE: option names of its ".It Fl" lines, as --dump-options prints them
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

# The remarks on one verb: its page is there and has its options, neither more nor fewer.
verb_page() {
	page=man/tamis-$1.1
	if [ ! -f "$page" ]; then
		echo "$page: is missing: write it (man/tamis-length.1 is a short one)"
		return
	fi
	"$BIN/tamis" "$1" --dump-options | sort >"$tmp/has"
	page_options "$page" >"$tmp/says"
	sort -u "$tmp/says" "$tmp/common" | comm -23 "$tmp/has" - |
		sed "s,.*,$page: no option '&': add a line '.It Fl x Ar ARG \, Fl -long Ns = Ns Ar ARG',"
	comm -13 "$tmp/has" "$tmp/says" |
		sed "s,.*,$page: '&' is no option of tamis $1: take it out,"
	summary=$("$BIN/tamis" --help | sed -n "s/^  $1  *//p" | head -n 1)
	grep -qxF ".Nd $summary" "$page" ||
		echo "$page: .Nd is not what tamis --help says: .Nd $summary"
	grep -xF -A 1 ".It Xr tamis-$1 1" man/tamis.1 | grep -qxF "$summary" ||
		echo "man/tamis.1: $1 is not among the verbs, or not as tamis --help says: $summary"
	grep -qxF "| \`$1\` | $summary |" README.md ||
		echo "README.md: $1 is not among the verbs, or not as tamis --help says: $summary"
}

pages() {
	if have mandoc mandoc; then
		files '^man/.*\.[1-9]$' | xargs mandoc -T lint -W warning 2>&1 |
			sed 's/^mandoc: //'
	fi
	for page in $(files '^man/.*\.1$'); do
		for section in NAME SYNOPSIS DESCRIPTION 'EXIT STATUS' EXAMPLES 'SEE ALSO'; do
			grep -qx ".Sh $section" "$page" || echo "$page: no section $section: add it"
		done
	done
	files '^man/' | xargs grep -nE '^\.Xr (tamis|tshard)' /dev/null |
		while IFS=' ' read -r where name section _; do
			[ -f "man/$name.$section" ] ||
				echo "${where%:*}: refers to $name($section), which is not there: write it, or drop the line"
		done
	if [ ! -x "$BIN/tamis" ]; then
		echo "lint: skipped: no $BIN/tamis to compare the man pages with (make, or set BIN)" >&3
		return
	fi
	page_options man/tamis.1 >"$tmp/common"
	# length is the plainest filter: all of its options but its own are the common ones.
	page_options man/tamis-length.1 | sort - "$tmp/common" >"$tmp/says"
	"$BIN/tamis" length --dump-options | sort | comm -13 - "$tmp/says" |
		sed "s,.*,man/tamis.1: '&' is no common option: take it out,"
	for verb in $("$BIN/tamis" --list); do
		verb_page "$verb"
	done
}

# Links to files of ours lead to files.
links() {
	files '\.md$' | xargs grep -noE '\]\([^)#]+' /dev/null | grep -v '://' | while IFS= read -r hit; do
		from=${hit%%:*}
		case $from in
		*/*) dir=${from%/*}/ ;;
		*) dir= ;;
		esac
		[ -e "$dir${hit##*](}" ] || echo "${hit%:](*}: no file $dir${hit##*](}: mend the link"
	done
}

scripts() {
	have shellcheck shellcheck || return 0
	for f in $(files . | grep -v '^tests/fuzz/corpus/'); do
		case $(head -c 64 "$f" | head -n 1 | tr -d '\0') in
		'#!'*sh) shellcheck -f gcc "$f" ;;
		*)
			case $f in
			# try takes shell text in single quotes, and setup is sourced unseen.
			*.sh | tests/golden/*/setup) shellcheck -s bash -e SC1091,SC2016,SC2317 -f gcc "$f" ;;
			esac
			;;
		esac
	done | sed 's/$/: mend it, or disable the check on that line with the reason/'
}

# Nothing in here depends on the machine it was written on.
places() {
	files . | grep -vE '^(tests/fuzz/corpus/|LICENSE$)' | xargs grep -nIE \
		'(^|[^A-Za-z0-9_.}~-])/(home|work|root|Users|tmp)/[A-Za-z0-9._-]' |
		sed -E 's/^([^:]*:[^:]*):.*/\1: a path of one machine: use a relative one, or a variable/'
	files . | grep -vE '^(tests/fuzz/corpus/|tests/golden/.*[.]out$|LICENSE$)' | xargs grep -noIE 'https?://[A-Za-z0-9][A-Za-z0-9.-]*' |
		grep -vE "://($hosts)\$" |
		sed 's/$/: a host that is not on our list: use example.org, or add it to tests\/lint.sh/'
	files . | grep -vE '^tests/fuzz/corpus/' | xargs grep -nowIE \
		'(registry|proxy|mirrors?|packages|files|index|archive|deb)(\.[a-z0-9-]+)+\.(org|io|com|net|dev)' |
		sed 's/$/: looks like the host of a package registry: leave it to the user'"'"'s settings/'
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
