# report.awk: print the tables of the demo's report, from lines "raw", "report", "routed", "route", "time", "size", "run", "lock"
# and "now".  A figure that is missing is an error.  Needs json.awk.

function group_of(name)
{
	sub(/\/.*/, "", name)
	return name
}

# Return VALUE, the figure WHAT of the report, as a number above zero.
function positive(value, what)
{
	if (!(value + 0 > 0))
		fail("report: " what ": missing or zero")
	return value + 0
}

# Add the rules of a report to hits[] and alone[], keyed by "STAGE GROUP RULE".
function take_rules(stage, group, file,	i, rule)
{
	for (i = 1; ("rules." i ".rule") in field; i++) {
		rule = stage " " group " " field["rules." i ".rule"]
		hits[rule] += json_number(field, "rules." i ".hits", file)
		alone[rule] += json_number(field, "rules." i ".alone", file)
	}
}

function take_report(stage, name, file,	group)
{
	json_read(file, field)
	group = group_of(name)
	if (!((stage, group) in group_reads))
		order_of[stage, ++ngroups_of[stage]] = group
	group_reads[stage, group] += json_number(field, "read", file)
	group_drops[stage, group] += json_number(field, "dropped", file)
	reads[stage] += json_number(field, "read", file)
	drops[stage] += json_number(field, "dropped", file)
	keeps[stage] += json_number(field, "kept", file)
	bads[stage] += json_number(field, "bad", file)
	take_rules(stage, group, file)
	if (stage != "route" && stage != "encode")
		written[stage] += json_number(field, "output.bytes", file)
	if (stage == "encode")
		documents[name] = json_number(field, "kept", file)
}

# Take the figures of the run from FILE, which is the output of tamis info --json.
function take_run(file,	i)
{
	json_read(file, field)
	seq = positive(field["seq_len"], "length of a sample")
	samples = positive(field["samples"], "samples")
	run_tokens = positive(field["tokens"], "tokens of the run")
	payload = positive(field["bin_bytes"], "bytes of the run")
	for (i = 1; ("sources." i ".name") in field; i++)
		used[field["sources." i ".name"]] = json_number(field, "sources." i ".tokens", file)
}

# Print the rules of one stage and group, most hits first, then by name.
function print_rules(key,	r, best)
{
	for (;;) {
		best = ""
		for (r in hits)
			if (index(r, key) == 1 && (best == "" || hits[r] > hits[best] || hits[r] == hits[best] && r < best))
				best = r
		if (best == "")
			return
		printf "    %8d %8d  %s\n", hits[best], alone[best], substr(best, length(key) + 1)
		delete hits[best]
	}
}

function print_removed(stage,	i, g)
{
	for (i = 1; i <= ngroups_of[stage]; i++) {
		g = order_of[stage, i]
		if (!group_drops[stage, g])
			continue
		printf "%s, %s: %d of %d (%.1f %%)\n", stage, g, group_drops[stage, g], group_reads[stage, g], \
		    percent(group_drops[stage, g], group_reads[stage, g])
		print_rules(stage " " g " ")
	}
}

# Print the three most frequent routes of a source, then the rest.
function print_routes(source,	k, f, best, rest, out)
{
	rest = went[source]
	for (k = 0; k < 3; k++) {
		best = ""
		for (f in to_file)
			if (routed[source, f] && (best == "" || routed[source, f] > routed[source, best] || \
			    routed[source, f] == routed[source, best] && f < best))
				best = f
		if (best == "")
			break
		out = out sprintf("  %s %.1f %%", to_file[best], percent(routed[source, best], went[source]))
		rest -= routed[source, best]
		delete routed[source, best]
	}
	if (rest)
		out = out sprintf("  others %.1f %%", percent(rest, went[source]))
	printf "%-18s %9d %s\n", source, went[source], out
}

# Print the five sources that lost most documents to near.
function print_near(	k, s, best)
{
	for (k = 0; k < 5; k++) {
		best = ""
		for (s in near_source)
			if (near["dropped", s] && (best == "" || near["dropped", s] > near["dropped", best] || \
			    near["dropped", s] == near["dropped", best] && s < best))
				best = s
		if (best == "")
			return
		printf "    from %s: %d of %d (%.1f %%)\n", best, near["dropped", best], near["read", best], \
		    percent(near["dropped", best], near["read", best])
		delete near_source[best]
	}
}

function percent(part, whole)
{
	return whole ? 100 * part / whole : 0
}

$1 == "raw" { raw[++nraw] = $2; files[$2] = $3; bytes[$2] = $4; raw_files += $3; raw_bytes += $4 }
$1 == "report" { take_report($2, $3, $4) }
$1 == "routed" {
	to_file[$3] = $3
	sub(/.*\//, "", to_file[$3])
	sub(/\.jsonl$/, "", to_file[$3])
	if ($2 == "-")
		aside = aside sprintf(" %s %d", to_file[$3], $4)
}
$1 == "route" { routed[$2, $3] = $4; went[$2] += $4 }
$1 == "near" { near[$2, $3] = $4; near_source[$3] }
$1 == "time" { jobs[$2]++; wall[$2] += $3; cpu[$2] += $4 + $5 }
$1 == "size" { written[$2] = $3 }
$1 == "now" { elapsed = $2 }
$1 == "run" { take_run($2) }
$1 == "lock" && $2 == "group" {
	group[++ngroups] = $3
	split($4, part, "[=,]")
	share[$3] = positive(part[2], "share of group " $3) / 1e12
}
$1 == "lock" && $2 == "source" {
	source[++nsources] = $3
	for (i = 4; i <= NF; i++) {
		split($i, part, "=")
		if (part[1] == "in")
			of[$3] = part[2]
		if (part[1] == "tokens")
			tokens[$3] = positive(part[2], "tokens of source " $3)
	}
	unique[of[$3]] += tokens[$3]
	all_tokens += tokens[$3]
}

# Check that every stage has run, and that the run has tokens of every planned group.
function check(	i, n, order)
{
	positive(nraw, "files read")
	positive(ngroups, "groups of the plan")
	positive(nsources, "sources of the plan")
	if (elapsed == "")
		fail("report: time of this make: missing")
	for (i = 1; i <= nsources; i++) {
		positive(documents[source[i]], "documents of source " source[i])
		taken[of[source[i]]] += used[source[i]]
		total += used[source[i]]
	}
	for (i = 1; i <= ngroups; i++)
		positive(taken[group[i]], "tokens of group " group[i] " in the run")
	n = split(("tag" in jobs ? "tag" : "fetch unpack extract") " route quality exact near vocab encode plan mix verify", order, " ")
	for (i = 1; i <= n; i++)
		positive(jobs[order[i]], "time of stage " order[i])
	n = split(("tag" in jobs ? "" : "extract ") "route quality exact near encode", order, " ")
	for (i = 1; i <= n; i++) {
		positive(reads[order[i]], "documents read by stage " order[i])
		positive(keeps[order[i]], "documents kept by stage " order[i])
		if (order[i] != "encode")
			positive(written[order[i]], "bytes written by stage " order[i])
	}
}

END {
	if (failed)
		exit 1
	check()
	n = split("fetch unpack warc tag extract route quality exact near vocab encode plan mix verify", order, " ")
	print "== documents"
	if (raw_files)
		printf "read %d files, %.1f MB\n", raw_files, raw_bytes / 1e6
	printf "%-9s %10s %10s %10s %6s %12s\n", "stage", "read", "dropped", "kept", "bad", "MB out"
	for (i = 1; i <= n; i++)
		if (order[i] in reads) {
			s = order[i]
			printf "%-9s %10d %10d %10d %6d %12s\n", s, reads[s], drops[s], keeps[s], bads[s], \
			    s == "encode" ? "-" : sprintf("%.1f", written[s] / 1e6)
		}
	print "\n== removed: documents that failed a rule, and documents that failed no other"
	for (i = 1; i <= n; i++)
		print_removed(order[i])
	print_near()
	print "\n== routes: where the documents of each source went, by their content"
	printf "%-18s %9s   %s\n", "source", "documents", "to"
	for (i = 1; i <= nraw; i++)
		print_routes(raw[i])
	if (aside)
		printf "not used, in documents:%s\n", aside
	print "\n== tokens"
	printf "%-22s %10s %12s %8s %7s\n", "source", "documents", "tokens", "share", "epochs"
	for (i = 1; i <= nsources; i++) {
		s = source[i]
		printf "%-22s %10d %12d %7.2f%% %7.2f\n", s, documents[s], tokens[s], percent(tokens[s], all_tokens), \
		    tokens[s] ? used[s] / tokens[s] : 0
	}
	printf "%-22s %10d %12d\n", "all", keeps["encode"], all_tokens
	print "\n== blend"
	printf "%d samples of %d tokens: %d tokens\n", samples, seq, run_tokens
	printf "%-10s %14s %14s %8s %9s %9s\n", "group", "tokens", "tokens used", "epochs", "planned", "achieved"
	for (i = 1; i <= ngroups; i++) {
		g = group[i]
		printf "%-10s %14d %14d %8.2f %8.2f%% %8.2f%%\n", g, unique[g], taken[g], \
		    unique[g] ? taken[g] / unique[g] : 0, 100 * share[g], percent(taken[g], total)
	}
	print "\n== time: seconds summed over the jobs of a stage; MB/s of input per second of CPU time"
	printf "%-9s %6s %10s %10s %10s %9s\n", "stage", "jobs", "wall s", "cpu s", "MB in", "MB/s"
	input["unpack"] = input["extract"] = raw_bytes
	input["route"] = "tag" in jobs ? raw_bytes : written["extract"]
	input["quality"] = written["route"]
	input["exact"] = written["quality"]
	input["near"] = written["exact"]
	input["vocab"] = input["encode"] = written["vocab"]
	input["verify"] = written["mix"]
	input["mix"] = payload
	for (i = 1; i <= n; i++) {
		s = order[i]
		if (!(s in jobs))
			continue
		printf "%-9s %6d %10.1f %10.1f", s, jobs[s], wall[s], cpu[s]
		if (input[s])
			printf " %10.1f %9s", input[s] / 1e6, cpu[s] ? sprintf("%.1f", input[s] / 1e6 / cpu[s]) : "-"
		print ""
		total_wall += wall[s]
		total_cpu += cpu[s]
	}
	printf "%-9s %6s %10.1f %10.1f\n", "all", "", total_wall, total_cpu
	printf "this make took %d s so far; the table includes stages finished earlier\n", elapsed
}
