# report.awk: print the tables of the demo's report, from lines "raw", "report", "routed", "route", "time", "size", "lock", "shards"
# and "now".

function number(text, key,	at, s)
{
	at = index(text, "\"" key "\":")
	if (!at)
		return 0
	s = substr(text, at + length(key) + 3, 24)
	sub(/[^0-9].*/, "", s)
	return s + 0
}

function group_of(name)
{
	sub(/\/.*/, "", name)
	return name
}

# Add the rules of a report to hits[] and alone[], keyed by "STAGE GROUP RULE".
function take_rules(stage, group, text,	s, one, name)
{
	if (!match(text, /"rules":\[[^]]*\]/))
		return
	s = substr(text, RSTART + 9, RLENGTH - 10)
	while (match(s, /"rule":"[^"]*","hits":[0-9]+,"alone":[0-9]+/)) {
		one = substr(s, RSTART, RLENGTH)
		name = substr(one, 9)
		sub(/".*/, "", name)
		hits[stage " " group " " name] += number(one, "hits")
		alone[stage " " group " " name] += number(one, "alone")
		s = substr(s, RSTART + RLENGTH)
	}
}

# The counts follow the options and precede the reports of the inputs; the size of the output is last.
function take_report(stage, name, file,	text, own, at, group)
{
	if ((getline text <file) <= 0)
		return
	close(file)
	at = index(text, ",\"inputs\":[")
	own = at ? substr(text, 1, at) : text
	own = substr(own, index(own, ",\"libraries\":{"))
	group = group_of(name)
	if (!((stage, group) in group_reads))
		order_of[stage, ++ngroups_of[stage]] = group
	group_reads[stage, group] += number(own, "read")
	group_drops[stage, group] += number(own, "dropped")
	reads[stage] += number(own, "read")
	drops[stage] += number(own, "dropped")
	keeps[stage] += number(own, "kept")
	bads[stage] += number(own, "bad")
	take_rules(stage, group, own)
	if (match(text, /"output":\{[^{}]*\}\}$/))
		written[stage] += number(substr(text, RSTART, RLENGTH), "bytes")
	if (stage == "encode")
		documents[name] = number(own, "kept")
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
$1 == "time" { jobs[$2]++; wall[$2] += $3; cpu[$2] += $4 + $5 }
$1 == "size" { written[$2] = $3 }
$1 == "now" { elapsed = $2 }
$1 == "lock" && $2 == "phase" { seq = substr($5, 5) }
$1 == "lock" && $2 == "samples" { samples = $3 }
$1 == "lock" && $2 == "group" {
	group[++ngroups] = $3
	split($4, part, "[=,]")
	share[$3] = part[2] / 1e12
}
$1 == "lock" && $2 == "source" {
	source[++nsources] = $3
	for (i = 4; i <= NF; i++) {
		split($i, part, "=")
		if (part[1] == "in")
			of[$3] = part[2]
		if (part[1] == "tokens")
			tokens[$3] = part[2]
	}
	unique[of[$3]] += tokens[$3]
	all_tokens += tokens[$3]
}
$1 == "shards" { used[$2] = $3 }

END {
	n = split("fetch unpack warc tag extract route quality exact vocab encode plan mix verify", order, " ")
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
	print "\n== removed: documents that failed a rule, and those that failed no other"
	for (i = 1; i <= n; i++)
		print_removed(order[i])
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
		taken[of[s]] += used[s]
		total += used[s]
	}
	printf "%-22s %10d %12d\n", "all", keeps["encode"], all_tokens
	print "\n== blend"
	printf "%d samples of %d tokens: %d tokens\n", samples, seq, samples * seq
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
	input["vocab"] = input["encode"] = written["vocab"]
	input["verify"] = written["mix"]
	input["mix"] = samples * seq * 2
	for (i = 1; i <= n; i++) {
		s = order[i]
		if (!(s in jobs))
			continue
		printf "%-9s %6d %10.1f %10.1f", s, jobs[s], wall[s], cpu[s]
		if (input[s] && cpu[s])
			printf " %10.1f %9.1f", input[s] / 1e6, input[s] / 1e6 / cpu[s]
		print ""
		total_wall += wall[s]
		total_cpu += cpu[s]
	}
	printf "%-9s %6s %10.1f %10.1f\n", "all", "", total_wall, total_cpu
	printf "this make took %d s so far; the table includes stages finished earlier\n", elapsed
}
