# near.awk: print near duplicates and the documents that were kept for them, from the rejects of tamis near: similarity, two
# ids, and the two texts from shortly before where they differ, separated by tabs.  kept: the documents that were kept.

# Return the string in field NAME of the document LINE, with escapes of white space as spaces.
function text_of(line, name,	at, s)
{
	at = index(line, "\"" name "\":\"")
	if (!at)
		return ""
	s = substr(line, at + length(name) + 4)
	match(s, /^([^"\\]|\\.)*/)
	s = substr(s, 1, RLENGTH)
	gsub(/\\[ntr]|[ \t]+/, " ", s)
	gsub(/  +/, " ", s)
	gsub(/\\"/, "\"", s)
	return s
}

function number_of(line, name)
{
	return match(line, "\"" name "\":[0-9.]+") ? substr(line, RSTART + length(name) + 3, RLENGTH - length(name) - 3) : ""
}

# The pair that differs most comes first.
{
	sim = number_of($0, "dup_sim")
	if (sim == "" || sim + 0 >= 1 || best[1] != "" && sim >= best[1] + 0)
		next
	best[1] = sim
	id = text_of($0, "id")
	of = text_of($0, "dup_of")
	text = text_of($0, "text")
}

END {
	if (best[1] == "")
		exit
	while ((getline line <kept) > 0)
		if (text_of(line, "id") == of)
			break
	other = text_of(line, "text")
	for (at = 1; at <= length(text) && substr(text, at, 1) == substr(other, at, 1); at++)
		;
	at = at > 60 ? at - 60 : 1
	printf "%s\t%s\t%s\t%s\t%s\n", best[1], id, of, substr(text, at, 340), substr(other, at, 340)
}
