# blend.awk: write the blend plan, from lines "SOURCE REPORT": 70 % English, 15 % many languages, 15 % code, each source in
# proportion to its tokens.  Needs json.awk.
# Any other group also gets 15 parts, and the parts are normalised to sum to one.  Sources without documents are skipped; a
# group that has no other sources is an error.

{
	group = $1
	sub(/\/.*/, "", group)
	if (!(group in parts)) {
		name[++n] = group
		parts[group] = group == "en" ? 70 : 15
		sum += parts[group]
	}
	json_read($2, field)
	if (json_number(field, "kept", $2)) {
		source[++nsources] = $1
		of[nsources] = group
		kept[group]++
	} else {
		print "blend: " $1 ": no document is left: skipped" >"/dev/stderr"
	}
}

END {
	if (failed)
		exit 1
	for (i = 1; i <= n; i++)
		if (!kept[name[i]])
			fail("blend: group " name[i] ": none of its sources has a document left: see their .rejects, or remove the group")
	print "tamis-plan 1\nseq " seq "\nseed 1\nshard " shard "\nphase main max"
	left = 1000000000
	for (i = 1; i <= n; i++) {
		share = i < n ? int(1000000000 * parts[name[i]] / sum) : left
		left -= share
		printf "group %s %d.%09d\n", name[i], int(share / 1000000000), share % 1000000000
	}
	for (i = 1; i <= nsources; i++) {
		file = source[i]
		gsub(/\//, "-", file)
		print "source " source[i], tok "/" file, "in=" of[i], "cap=4"
	}
}
