# report.awk: the tables of the demo's report, from lines "raw", "report", "time", "size", "lock", "shards" and "now".

function number(text, key,	at, s)
{
	at = index(text, "\"" key "\":")
	if (!at)
		return 0
	s = substr(text, at + length(key) + 3, 24)
	sub(/[^0-9].*/, "", s)
	return s + 0
}

# The rules of a report, into rule[] as "STAGE RULE".
function rules(stage, text,	s, name)
{
	if (!match(text, /"rules":\[[^]]*\]/))
		return
	s = substr(text, RSTART + 9, RLENGTH - 10)
	while (match(s, /"rule":"[^"]*","hits":[0-9]+/)) {
		name = substr(s, RSTART + 8)
		sub(/".*/, "", name)
		rule[stage " " name] += number(substr(s, RSTART, RLENGTH), "hits")
		s = substr(s, RSTART + RLENGTH)
	}
}

# What was read is above the inputs' own reports; the bytes of the output stand last.
function take_report(stage, name, file,	text, own, at, out)
{
	if ((getline text <file) <= 0)
		return
	close(file)
	at = index(text, ",\"inputs\":[")
	own = at ? substr(text, 1, at) : text
	reads[stage] += number(own, "read")
	drops[stage] += number(own, "dropped")
	keeps[stage] += number(own, "kept")
	bads[stage] += number(own, "bad")
	rules(stage, own)
	if (match(text, /"output":\{[^{}]*\}\}$/)) {
		out = number(substr(text, RSTART, RLENGTH), "bytes")
		written[stage] += out
	}
	if (stage == "encode")
		documents[name] = number(own, "kept")
}

# Most hits first, then by name.
function print_rules(stage,	r, best)
{
	for (;;) {
		best = ""
		for (r in rule)
			if (index(r, stage " ") == 1 && (best == "" || rule[r] > rule[best] || rule[r] == rule[best] && r < best))
				best = r
		if (best == "")
			return
		printf "%-9s %10d  %s\n", stage, rule[best], substr(best, length(stage) + 2)
		delete rule[best]
	}
}

function percent(part, whole)
{
	return whole ? 100 * part / whole : 0
}

$1 == "raw" { files[$2] = $3; bytes[$2] = $4; raw_files += $3; raw_bytes += $4 }
$1 == "report" { take_report($2, $3, $4) }
$1 == "time" { jobs[$2]++; wall[$2] += $3; cpu[$2] += $4 + $5 }
$1 == "size" { written[$2] = $3 }
$1 == "now" { elapsed = $2 }
$1 == "lock" && $2 == "seq" { seq = $3 }
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
	n = split("fetch unpack warc tag extract norm length exact vocab encode plan mix verify", order, " ")
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
	print "\n== dropped, by rule"
	for (i = 1; i <= n; i++)
		print_rules(order[i])
	print "\n== tokens, by source and language"
	printf "%-18s %8s %9s %10s %12s %8s %7s\n", "source", "files", "MB raw", "documents", "tokens", "share", "epochs"
	for (i = 1; i <= nsources; i++) {
		s = source[i]
		printf "%-18s %8d %9.2f %10d %12d %7.2f%% %7.2f\n", s, files[s], bytes[s] / 1e6, documents[s], tokens[s], \
		    percent(tokens[s], all_tokens), tokens[s] ? used[s] / tokens[s] : 0
		taken[of[s]] += used[s]
		total += used[s]
	}
	printf "%-18s %8d %9.2f %10d %12d\n", "all", raw_files, raw_bytes / 1e6, keeps["encode"], all_tokens
	print "\n== blend"
	printf "%d samples of %d tokens: %d tokens\n", samples, seq, samples * seq
	printf "%-10s %14s %14s %8s %9s %9s\n", "group", "tokens there", "tokens used", "epochs", "planned", "achieved"
	for (i = 1; i <= ngroups; i++) {
		g = group[i]
		printf "%-10s %14d %14d %8.2f %8.2f%% %8.2f%%\n", g, unique[g], taken[g], \
		    unique[g] ? taken[g] / unique[g] : 0, 100 * share[g], percent(taken[g], total)
	}
	print "\n== time: seconds of all jobs of a stage together; MB/s of its input, per second of processor time"
	printf "%-9s %6s %10s %10s %10s %9s\n", "stage", "jobs", "wall s", "cpu s", "MB in", "MB/s"
	input["unpack"] = input["extract"] = raw_bytes
	input["norm"] = "tag" in jobs ? raw_bytes : written["extract"]
	input["length"] = written["norm"]
	input["exact"] = written["length"]
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
	printf "this run of make took %d s so far; stages done before it count above too\n", elapsed
}
