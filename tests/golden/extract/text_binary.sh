# A file with a NUL in its first 8 KiB is dropped; a later NUL becomes U+FFFD.
printf 'ELF\0\1\2' >early
{ printf %8191s ''; printf '\0late'; } >last
{ printf %8192s ''; printf '\0late\0'; } >later
try 'tamis extract -r rejects early last later >out'
try sed 's/  */ /g' out rejects
try tamis extract -q --as text --tag early
# The pointer that Git LFS leaves in the place of a file is not its text.
printf 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22e\nsize 12345\n' >pointer.txt
cp pointer.txt pointer.html
echo 'version https://git-lfs.example/spec/v1 is not one' >other.txt
try tamis extract pointer.txt pointer.html other.txt
