# roff2text.awk: turn manual pages (man or mdoc macros) into plain prose, each FILE into FILE.txt; run with LC_ALL=C.
#
# Good enough for a corpus, not a formatter: filled text becomes one line per paragraph, displays keep their lines, tables
# and equations are dropped, macros that only set type are unwrapped, any other request is ignored.

BEGIN {
	init_chars()
	# Macros whose arguments are prose in a special type: the arguments are kept.
	split("B I SM SB BI BR IB IR RB RI Nm Ar Cm Fa Fn Fl Ft Ic Li Pa Sy Em Ev Er Dv Va Vt An Ad Ms No Tn Lk Mt Nd Dq Sq Qq " \
	    "Ql Pq Aq Bq Brq Op Oo Ao Bo Po Do So Xr Rv Ux Bx Fx Nx Ox Dx At St Rs %A %T %B %J %D %O %I Fo Fc In Cd " \
	    "Dl D1 UR URL MT MR Q Pf Ns Xo", list, " ")
	for (i in list)
		prose[list[i]] = 1
	# The mdoc macros that may be called in the arguments of another.
	split("Ad An Ar Aq Bq Brq Bo Bc Cm Dq Do Dc Dv Em Er Ev Fa Fl Fn Ft Ic Li Nm No Ns Oo Oc Op Pa Pf Po Pc Pq Ql Qq Sm Sq " \
	    "So Sc Sx Sy Ta Tn Va Vt Xo Xc Xr Ap", list, " ")
	for (i in list)
		callable[list[i]] = 1
	enclose["Dq"] = "\"|\""; enclose["Qq"] = "\"|\""; enclose["Sq"] = "'|'"; enclose["Ql"] = "'|'"
	enclose["Pq"] = "(|)"; enclose["Aq"] = "<|>"; enclose["Bq"] = "[|]"; enclose["Brq"] = "{|}"; enclose["Op"] = "[|]"
	opening["Oo"] = "["; opening["Ao"] = "<"; opening["Bo"] = "["; opening["Po"] = "("; opening["Do"] = "\""; opening["So"] = "'"
	closing["Oc"] = "]"; closing["Ac"] = ">"; closing["Bc"] = "]"; closing["Pc"] = ")"; closing["Dc"] = "\""; closing["Sc"] = "'"
	# Requests that end a paragraph.
	split("PP P LP HP TP IP br sp Pp RS RE ne in ti TQ SY YS Bl El Bd Ed It Lp", list, " ")
	for (i in list)
		breaks[list[i]] = 1
}

function init_chars(	pairs, n, i)
{
	n = split("em — en – bu • hy - co © rg ® tm ™ rs \\ dq \" aq ' lq “ rq ” oq ‘ cq ’ -> → <- ← ua ↑ da ↓ >= ≥ <= ≤ == ≡ != ≠ " \
	    "+- ± mu × di ÷ ha ^ ti ~ ga ` aa ´ bv | ba | br | or | sl / sh # at @ lB [ rB ] lC { rC } Fo « Fc » fo ‹ fc › Bq „ bq ‚ " \
	    "Do $ Eu € Po £ Ye ¥ de ° sc § ps ¶ dg † dd ‡ 12 ½ 14 ¼ 34 ¾ S1 ¹ S2 ² S3 ³ if ∞ ap ≈ ~= ≈ *a α *b β *g γ *l λ *m μ *p π *s σ " \
	    ":a ä :o ö :u ü :A Ä :O Ö :U Ü :e ë :i ï ss ß 'a á 'e é 'i í 'o ó 'u ú 'A Á 'E É `a à `e è `i ì `o ò `u ù ^a â ^e ê ^i î ^o ô ^u û " \
	    "~n ñ ~a ã ~o õ ,c ç /o ø /O Ø oa å oA Å ae æ AE Æ r! ¡ r? ¿ mc µ no ¬ pl + mi − eq = ** ∗ fm ′ sd ″ ul _ ru _ " \
	    "la ⟨ ra ⟩ CR ↵ OK ✓ cu ∪ ca ∩ mo ∈ ft f ff ff fi fi fl fl Fi ffi Fl ffl", pairs, " ")
	for (i = 1; i < n; i += 2)
		chars[pairs[i]] = pairs[i + 1]
	strings["R"] = "®"; strings["Tm"] = "™"; strings["lq"] = "“"; strings["rq"] = "”"; strings["(lq"] = "“"
	strings["Aq"] = "'"; strings["C+"] = "C++"; strings["--"] = "—"; strings["Px"] = "POSIX"; strings["Gt"] = ">"; strings["Lt"] = "<"
	hex = "0123456789ABCDEF"
}

function from_hex(s,	v, i)
{
	v = 0
	for (i = 1; i <= length(s); i++)
		v = v * 16 + index(hex, substr(s, i, 1)) - 1
	return v
}

function utf8(c)
{
	if (c < 32)
		return " "
	if (c < 128)
		return sprintf("%c", c)
	if (c < 2048)
		return sprintf("%c%c", 192 + int(c / 64), 128 + c % 64)
	if (c >= 55296 && c < 57344 || c > 1114111)
		return "?"
	if (c < 65536)
		return sprintf("%c%c%c", 224 + int(c / 4096), 128 + int(c / 64) % 64, 128 + c % 64)
	return sprintf("%c%c%c%c", 240 + int(c / 262144), 128 + int(c / 4096) % 64, 128 + int(c / 64) % 64, 128 + c % 64)
}

function glyph(name)
{
	if (name ~ /^u[0-9A-F][0-9A-F][0-9A-F][0-9A-F][0-9A-F]?[0-9A-F]?$/)
		return utf8(from_hex(substr(name, 2)))
	return name in chars ? chars[name] : ""
}

# Return the text of one line with its escapes resolved.
function plain(s,	out, p, c, name, k)
{
	out = ""
	while ((p = index(s, "\\")) > 0) {
		out = out substr(s, 1, p - 1)
		c = substr(s, p + 1, 1)
		s = substr(s, p + 2)
		if (c == "\"" || c == "#")
			return out
		if (c == "-")
			out = out "-"
		else if (c == "e" || c == "\\")
			out = out "\\"
		else if (c == " " || c == "0" || c == "~")
			out = out " "
		else if (c == "t")
			out = out "\t"
		else if (c == "'" || c == "`" || c == "." || c ~ /[\200-\377]/)
			out = out c
		else if (c == "(") {
			out = out glyph(substr(s, 1, 2))
			s = substr(s, 3)
		} else if (c == "[" || c == "C") {
			k = index(c == "C" ? substr(s, 2) : s, c == "C" ? "'" : "]")
			if (k) {
				name = c == "C" ? substr(s, 2, k - 1) : substr(s, 1, k - 1)
				out = out glyph(name)
				s = substr(s, k + (c == "C" ? 2 : 1))
			}
		} else if (c == "f" || c == "F" || c == "m" || c == "M" || c == "n" || c == "k" || c == "g" || c == "*" || c == "s") {
			if (c == "s" && s ~ /^[-+]/)
				s = substr(s, 2)
			if (c == "s" && s ~ /^'/)
				s = substr(s, index(substr(s, 2), "'") + 2)
			else {
				name = escape_name(s)
				if (c == "*" && name in strings)
					out = out strings[name]
				s = substr(s, eaten + 1)
			}
		} else if (index("hvwlLDoXZRNbSHxAB", c) && substr(s, 1, 1) == "'") {
			k = index(substr(s, 2), "'")
			s = k ? substr(s, k + 2) : ""
		}
		# The rest has zero width: \& \| \^ \% \/ \, \c \: \) and similar.
	}
	return out s
}

# Return the name at the start of s (one byte, (xx or [xxx]), and set eaten to its length.
function escape_name(s,	k)
{
	if (s ~ /^\(/) {
		eaten = 3
		return substr(s, 2, 2)
	}
	if (s ~ /^\[/ && (k = index(s, "]"))) {
		eaten = k
		return substr(s, 2, k - 2)
	}
	# Half a UTF-8 character is not a name; the page is invalid, but its text is kept.
	eaten = s !~ /^[\200-\377]/
	return substr(s, 1, eaten)
}

# Split the arguments of a request into arg[1..n]; "..." is one argument, "" in it is a quote.
function arguments(s,	n, a, k)
{
	n = 0
	for (;;) {
		sub(/^[ \t]+/, "", s)
		if (s == "" || s ~ /^\\"/)
			return n
		a = ""
		if (s ~ /^"/) {
			s = substr(s, 2)
			while ((k = index(s, "\"")) && substr(s, k + 1, 1) == "\"") {
				a = a substr(s, 1, k)
				s = substr(s, k + 2)
			}
			a = a (k ? substr(s, 1, k - 1) : s)
			s = k ? substr(s, k + 1) : ""
		} else {
			while (match(s, /^[^ \t\\]*\\./)) {
				a = a substr(s, 1, RLENGTH)
				s = substr(s, RLENGTH + 1)
			}
			match(s, /^[^ \t\\]*/)
			a = a substr(s, 1, RLENGTH)
			s = substr(s, RLENGTH + 1)
		}
		arg[++n] = a
	}
}

function wide_end(s)
{
	return s ~ /[\343-\351\357][\200-\277][\200-\277]$/
}

function wide_start(s)
{
	return s ~ /^[\343-\351\357][\200-\277]/
}

function flush()
{
	if (para != "") {
		sub(/^[ \t]+/, "", para)
		sub(/[ \t]+$/, "", para)
		if (para != "") {
			print (gap ? "\n" : "") para > out
			gap = 0
		}
	}
	para = ""
}

function blank()
{
	flush()
	gap = started
}

function add(s)
{
	if (s == "")
		return
	started = 1
	if (verbatim) {
		flush()
		sub(/[ \t]+$/, "", s)
		print (gap ? "\n" : "") s > out
		gap = 0
		return
	}
	gsub(/[ \t]+/, " ", s)
	if (para == "" || glue || wide_end(para) && wide_start(s))
		para = para s
	else
		para = para " " s
	glue = 0
}

# man: fonts alternate without a space between arguments (.BR foo (1)) but B and I put spaces between.
function man_text(m, n,	s, i)
{
	s = ""
	for (i = 1; i <= n; i++)
		s = s (i > 1 && (length(m) == 1 || m == "SM" || m == "SB") ? " " : "") plain(arg[i])
	return s
}

# mdoc: the arguments of macro m with the macros called among them, punctuation set close.
function mdoc_text(m, n,	s, i, a, tail, open, close_up)
{
	s = ""; tail = ""; close_up = 1
	for (i = 0; i <= n; i++) {
		a = i ? arg[i] : m
		if (i == 0 || a in callable || a in closing) {
			if (a == "Nm") {
				if (i == n || arg[i + 1] ~ /^[.,;:)]$/)
					a = page_name
				else
					continue
			} else if (a == "Xr") {
				a = plain(arg[i + 1]) (i + 2 <= n && arg[i + 2] ~ /^[0-9]/ ? "(" arg[i + 2] ")" : "")
				i += i + 2 <= n && arg[i + 2] ~ /^[0-9]/ ? 2 : 1
			} else if (a == "Fl") {
				s = s (close_up ? "" : " ") "-"
				close_up = 1
				continue
			} else if (a == "Fn" && i < n) {
				a = plain(arg[++i]) "("
				for (i++; i <= n && arg[i] !~ /^[.,;:)]$/; i++)
					a = a (a ~ /\($/ ? "" : ", ") plain(arg[i])
				a = a ")"
				i--
			} else if (a == "Ns" || a == "Pf" || a == "Ap") {
				s = s (a == "Ap" ? "'" : "")
				close_up = 1
				continue
			} else if (a in enclose) {
				split(enclose[a], open, "|")
				s = s (close_up ? "" : " ") open[1]
				tail = open[2] tail
				close_up = 1
				continue
			} else if (a in opening) {
				s = s (close_up ? "" : " ") opening[a]
				close_up = 1
				continue
			} else if (a in closing) {
				s = s closing[a]
				close_up = 0
				continue
			} else if (a == "Ux") {
				a = "UNIX"
			} else if (a ~ /^[FNOD]x$|^Bx$|^At$/) {
				a = a == "Fx" ? "FreeBSD" : a == "Nx" ? "NetBSD" : a == "Ox" ? "OpenBSD" : a == "Bx" ? "BSD" : a == "At" ? "AT&T UNIX" : "DragonFly"
			} else
				continue
			s = s (close_up ? "" : " ") a
			close_up = 0
			continue
		}
		a = plain(a)
		if (a ~ /^[.,;:)?!]$/ || a == "]") {
			if (i == n) {
				s = s tail
				tail = ""
			}
			s = s a
			close_up = 0
		} else {
			s = s (close_up || s == "" ? "" : " ") a
			close_up = a == "(" || a == "["
		}
	}
	return s tail
}

function heading(s)
{
	blank()
	add(s)
	blank()
}

function request(m, rest,	n, i, s)
{
	n = arguments(rest)
	if (m == "so" && !started) {
		skip = "file"
	} else if (m == "TH" || m == "Dt") {
		if (n > 1)
			heading(plain(arg[1]) "(" plain(arg[2]) ")")
	} else if (m == "Dd" || m == "Os") {
		mdoc = 1
	} else if (m == "SH" || m == "SS" || m == "Sh" || m == "Ss") {
		verbatim = 0
		s = ""
		for (i = 1; i <= n; i++)
			s = s (i > 1 ? " " : "") plain(arg[i])
		if (s == "")
			blank()
		else
			heading(section = s)
	} else if (m == "nf" || m == "EX" || m == "Bd" && rest !~ /-(filled|ragged)/) {
		blank()
		verbatim = 1
	} else if (m == "fi" || m == "EE" || m == "Ed") {
		verbatim = 0
		blank()
	} else if (m == "IP" && !mdoc) {
		blank()
		if (n > 0)
			add(plain(arg[1]))
	} else if (m == "It") {
		blank()
		add(mdoc_text("It", n))
		flush()
	} else if (m == "sp" || m == "br" && !verbatim) {
		blank()
	} else if (m in breaks) {
		if (!verbatim || m == "PP" || m == "P" || m == "LP" || m == "Pp")
			blank()
	} else if (m == "Nm" && page_name == "" && n > 0) {
		page_name = plain(arg[1])
		add(page_name)
	} else if (m == "Nd") {
		add("- " mdoc_text(m, n))
	} else if (m == "In" || m == "Ft" || m == "Fo") {
		if (m == "In" && section == "SYNOPSIS" || m == "Ft")
			flush()
		add((m != "In" ? "" : section == "SYNOPSIS" ? "#include <" : "<") mdoc_text("No", n) (m == "In" ? ">" : m == "Fo" ? "(" : ""))
	} else if (m == "Fc") {
		glue = 1
		add(")")
	} else if (m == "Bt") {
		add("is currently in beta test.")
	} else if (m in closing) {
		glue = 1
		add(closing[m] mdoc_text("No", n))
	} else if (m in prose) {
		add(mdoc ? mdoc_text(m, n) : man_text(m, n))
	}
}

function line(s,	m, k)
{
	if (s ~ /^[.'][ \t]*[a-zA-Z%]/) {
		sub(/^[.'][ \t]*/, "", s)
		k = match(s, /[ \t\\]/)
		m = k ? substr(s, 1, k - 1) : s
		s = k ? substr(s, k) : ""
		if (m == "de" || m == "de1" || m == "am" || m == "ig")
			skip = "macro"
		else if (m == "TS")
			skip = "table"
		else if (m == "EQ")
			skip = "equation"
		else if (m == "if" || m == "ie" || m == "el") {
			depth = gsub(/\\\{/, "", s) - gsub(/\\\}/, "", s)
			if (depth > 0)
				skip = "condition"
		} else
			request(m, s)
	} else if (s ~ /^[.']/) {
		return
	} else if (s ~ /^[ \t]*$/) {
		if (verbatim && started)
			gap = 1
		else
			blank()
	} else {
		if (s ~ /^[ \t]/ && !verbatim)
			flush()
		add(plain(s))
		if (s ~ /\\c$/)
			glue = 1
	}
}

FNR == 1 {
	if (out != "") {
		flush()
		close(out)
	}
	out = FILENAME ".txt"
	para = ""; skip = ""; page_name = ""; section = ""
	gap = glue = started = verbatim = mdoc = depth = 0
}

{ sub(/\r$/, "") }

skip == "macro" {
	if (/^[.'][ \t]*\./)
		skip = ""
	next
}

skip == "table" || skip == "equation" {
	if (/^\.[ \t]*(TE|EN)/)
		skip = ""
	next
}

skip == "condition" {
	depth += gsub(/\\\{/, "") - gsub(/\\\}/, "")
	if (depth <= 0)
		skip = ""
	next
}

skip == "file" { next }

# mdoc calls "It Xo" and friends over several lines; joined lines end in a backslash.
/[^\\]\\$/ { held = held substr($0, 1, length($0) - 1); next }

{
	line(held $0)
	held = ""
}

END {
	if (out != "") {
		flush()
		close(out)
	}
}
