# json.awk: functions that read the fields of a JSON file; to use with another -f, under LC_ALL=C.

# Print MESSAGE and exit.  The END of the program must begin with "if (failed) exit 1".
function fail(message)
{
	print message >"/dev/stderr"
	failed = 1
	exit 1
}

# Read FILE into VALUE, by paths such as "kept", "output.bytes" or "rules.1.hits".  Strings keep their escapes; empty ones
# are left out.
# Split at quotes, so that the time is linear in the size of the file.
function json_read(file, value,	rs, part, quoted, text, depth, kind, name, word, i, c)
{
	split("", value)
	rs = RS
	RS = "\""
	while ((getline part <file) > 0) {
		if (quoted) {
			text = text part
			match(part, /\\*$/)
			if (RLENGTH % 2)
				text = text "\""
			else
				quoted = 0
			continue
		}
		for (i = 1; i <= length(part); i++) {
			c = substr(part, i, 1)
			if (c == "{" || c == "[") {
				kind[++depth] = c
				name[depth] = 1
			} else if (c == ":") {
				name[depth] = text
				text = ""
			} else if (c == "," || c == "}" || c == "]") {
				if (text word != "")
					value[json_path(name, depth)] = text word
				text = word = ""
				if (c != ",")
					depth--
				else if (kind[depth] == "[")
					name[depth]++
			} else if (c != " " && c != "\t" && c != "\n" && c != "\r") {
				word = word c
			}
		}
		quoted = 1
		text = ""
	}
	close(file)
	RS = rs
	for (i in value)
		return
	fail(file ": not a JSON file, or missing")
}

function json_path(name, depth,	path, i)
{
	path = name[1]
	for (i = 2; i <= depth; i++)
		path = path "." name[i]
	return path
}

# Return the number in field KEY of FILE, which json_read has read into VALUE.
function json_number(value, key, file)
{
	if (!(key in value) || value[key] !~ /^[0-9]+$/)
		fail(file ": field '" key "': missing or not a number")
	return value[key] + 0
}
