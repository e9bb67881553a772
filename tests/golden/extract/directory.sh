# A directory stands for the files below it, in the order of their names; hidden entries, those of version control and links to directories are left out.
mkdir -p src/b/deep src/.git src/CVS src/.hidden src/empty other
printf 'a\n' >src/a
printf 'b\n' >src/b.c
printf 'deep\n' >src/b/deep/file
printf 'x\n' >src/b/x
printf 'B\n' >src/B
printf 'config\n' | tee src/.git/config src/CVS/Root src/.hidden/file src/.dotfile >/dev/null
printf '<p>page' >src/page.html
printf 'zipped\n' | gzip -n >src/z.gz
printf 'other\n' >other/file
ln -s ../other src/link
ln -s ../../other/file src/b/to_file
ln -s nowhere src/broken
mkfifo src/pipe
try tamis extract src
try tamis extract -q src/ other src/b.c
try "printf 'other\nsrc/b\n' | tamis extract -q --files-from -"
try tamis extract -q src/link
try tamis extract src/empty
try tamis extract -q src/missing
try tamis length src
