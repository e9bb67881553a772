# a domain names documents whatever the way to write the host in their URLs.
n=0 http=http: https=https:
while read -r url; do
	printf '{"id":"%s","text":"some words","url":"%s"}\n' "$((n++))" "$url"
done >docs.jsonl <<END
$http//A.Example/
$https//user:secret@b.a.example:8080/
$https//a.example./
ftp://a.example/file
//a.example/
a.example/page
$http//%61.example/
$http//bücher.example/
$http//xn--bcher-kva.example/
$http//1.2.3.4/
$http//[::1]/
$http//nota.example/
$http//a.example.org/
mailto:x@a.example
END
tamis encode -q -m m -o hosts docs.jsonl
try 'tamis where --domain a.example hosts | cut -f 5,6'
try 'tamis where --domain .A.EXAMPLE. hosts | wc -l'
try 'tamis where --domain bücher.example hosts | cut -f 5,6'
try 'tamis where --domain xn--bcher-kva.example hosts | cut -f 5'
try "tamis where --url $http//xn--bcher-kva.example/ hosts | cut -f 5"
try 'tamis where --domain 1.2.3.4 hosts | cut -f 5'
try 'tamis where --domain 3.4 hosts'
try "tamis where --domain '[::1]' hosts | cut -f 5"
note 'a list with a byte order mark and line ends of Windows'
printf '\xef\xbb\xbf0\r\n1\r\n' >list
try 'tamis where --list list --kind id hosts | cut -f 5'
