# A file with a NUL in its first 8 KiB is dropped; a later NUL becomes U+FFFD.
printf 'ELF\0\1\2' >early
{ printf %8191s ''; printf '\0late'; } >last
{ printf %8192s ''; printf '\0late\0'; } >later
try 'tamis extract -r rejects early last later >out'
try sed 's/  */ /g' out rejects
try tamis extract -q --as text --tag early
