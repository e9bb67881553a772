# corpus.awk - a corpus of JSON lines, the same for the same seed, to test filters with.
#
# usage: awk -v seed=1 -v docs=1000 -f corpus.awk
# Texts repeat (for exact), contain what norm repairs, and run from nothing to 20 kB.

# Park and Miller's generator: exact in doubles, the same in every awk.
function random(n) {
	seed = (seed * 16807) % 2147483647
	return seed % n
}

function word(  s, k) {
	s = ""
	for (k = random(9) + 1; k > 0; k--)
		s = s substr("etaoinshrdlucmfw", random(16) + 1, 1)
	return s
}

function text(  s, k) {
	s = ""
	for (k = random(20) ? random(40) : random(4000); k > 0; k--)
		s = s word() space[random(nspace) + 1]
	return s
}

BEGIN {
	if (!seed)
		seed = 1
	nspace = split(" | | | | |\\n|\\r\\n|\\u00a0|  |\\u0001|e\\u0301 |\\ud83d\\ude00 |é|漢字|\\u2028|\\t", space, "|")
	for (i = 1; i <= docs; i++) {
		if (i > 5 && random(4) == 0)
			t = old[random(nold)]
		else if (nold < 500)
			t = old[nold++] = text()
		else
			t = text()
		printf "{\"id\":\"d%d\",\"text\":\"%s\",\"q\":%d.%d,\"lang\":\"%s\"}\n", i, t,
		    random(9), random(3), random(2) ? "en" : "de"
	}
}
