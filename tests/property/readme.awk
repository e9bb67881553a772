# readme.awk - write the small corpus that README.md's pipeline runs on: a crawl of web pages, and C files.
#
# usage: LC_ALL=C awk -v dir=DIR -f readme.awk
# Creates DIR/crawl.warc and DIR/src/*.c; DIR/src must exist.  The same bytes on every machine.

# Park and Miller's generator: exact in doubles, the same in every awk.
function random(n) {
	seed = seed * 16807 % 2147483647
	return seed % n
}

function pick(list,  n, word) {
	n = split(list, word, " ")
	return word[random(n) + 1]
}

function capital(s) {
	return toupper(substr(s, 1, 1)) substr(s, 2)
}

function english() {
	return capital(pick("the a this that every one")) " " pick(adjectives) " " pick(nouns) " " pick(actions) " " \
	    pick("the a that this") " " pick(nouns) " " pick("of with in for from behind under") " the " pick(adjectives) " " \
	    pick(nouns) " " pick("and but because while when") " " pick("it we they you") " " pick(actions) " " \
	    pick("that those the some") " " pick(nouns) ". "
}

function german() {
	return capital(pick("der dieser jeder mein unser")) " " pick(adjektive) " " pick(nomen) " " pick(verben) " den " \
	    pick(adjektive) "n " pick(nomen) " " pick("und aber weil wenn") " " pick("er wir sie man") " " \
	    pick("auch nicht immer oft heute") " mit dem " pick(nomen) " " pick(verben) ". "
}

function paragraph(language,  s, n) {
	for (n = 3 + random(4); n > 0; n--)
		s = s (language == "de" ? german() : english())
	return s
}

# Every 9th page repeats one paragraph, every 7th is a copy, every 11th has a few words.
function page(i,  s, n, same) {
	if (i % 7 == 0)
		return old[random(i - 1) + 1]
	if (i % 11 == 0)
		return "<p>" pick(nouns) " " pick(nouns) "</p>"
	same = i % 9 ? "" : paragraph("en")
	for (n = 4 + random(9); n > 0; n--)
		s = s "<p>" (same ? same : paragraph(i % 4 ? "en" : "de")) "</p>\n"
	return s
}

function record(type, content, uri, body) {
	printf "WARC/1.0\r\nWARC-Type: %s\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-%012d>\r\n", type, ++records >warc
	printf "WARC-Date: 2026-01-01T00:00:00Z\r\n%sContent-Type: %s\r\n", uri ? "WARC-Target-URI: " uri "\r\n" : "", content >warc
	printf "Content-Length: %d\r\n\r\n%s\r\n\r\n", length(body), body >warc
}

function c_file(i,  file, n, name) {
	file = dir "/src/" pick(nouns) i ".c"
	printf "/* %s%d.c - %s the %s. */\n#include <stdio.h>\n\n", pick(nouns), i, pick(actions), pick(nouns) >file
	for (n = 2 + random(5); n > 0; n--) {
		name = pick(actions) "_" pick(nouns) random(100)
		printf "static int\n%s(const char *%s, size_t n)\n{\n", name, pick(nouns) >file
		printf "\tfor (size_t i = 0; i < n; i++)\n\t\tif (%s[i] == '%d')\n", pick(nouns), random(10) >file
		printf "\t\t\treturn %d;\n\treturn -1; /* no %s %s */\n}\n\n", random(1000), pick(adjectives), pick(nouns) >file
	}
	close(file)
}

BEGIN {
	seed = 1
	warc = dir "/crawl.warc"
	nouns = "sieve flour mill river stone bread kitchen garden winter morning letter house window train bridge market " \
	    "teacher story music paper forest village harbour summer engine doctor machine language history question"
	actions = "makes finds carries follows opens remembers builds moves reads writes keeps changes needs shows brings holds"
	adjectives = "old small quiet heavy bright narrow early green simple strange careful warm long deep empty round"
	nomen = "Tag Weg Mann Brief Garten Fluss Morgen Winter Zug Markt Lehrer Wald Stein Abend Tisch Berg Herbst Freund"
	verben = "sieht findet kennt sucht bringt braucht nimmt liest schreibt zeigt baut fragt"
	adjektive = "alte kleine ruhige schwere helle enge frühe grüne einfache fremde warme lange tiefe leere runde"
	record("warcinfo", "application/warc-fields", "", "software: readme.awk\r\n")
	for (i = 1; i <= 300; i++) {
		old[i] = page(i)
		body = "<!doctype html><html><head><title>Page " i "</title></head><body>\n<nav><a href=/>Home</a> <a href=/all>All pages</a></nav>\n" \
		    "<main>\n" old[i] "</main>\n<footer>Imprint and terms of use</footer></body></html>\n"
		body = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" body
		record("response", "application/http; msgtype=response", "https://example.org/" i, body)
	}
	for (i = 1; i <= 60; i++)
		c_file(i)
}
