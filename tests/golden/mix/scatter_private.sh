# mix rejects a scatter directory in which others could plant symbolic links.
docs en 1 40 | tamis encode -q -m m -o en
printf 'tamis-plan 1\nseq 16\nseed 5\nphase p 640 shard=10\ngroup g 1\nsource en en in=g\n' >p
tamis plan -q -o p.lock p
dir=tmp/tamis-scatter-$(sha256sum p.lock | cut -c 1-12)
hide() { sed 's/scatter-[0-9a-f]*/scatter-HASH/'; }
mix() { try "tamis mix -q -p p -o run --tmp tmp $* 2>&1 | hide"; }
mkdir tmp victim
echo precious >victim/job-00000
echo precious >victim/jobs
ln -s "$PWD/victim" "$dir"
mix --scatter all
mix --force
rm "$dir"
mkdir "$dir"
chmod 0777 "$dir"
ln -s "$PWD/victim/job-00000" "$dir/job-00000"
mix --scatter all
mix --force
try 'cat victim/*'
rm -r "$dir"
mix --scatter all
try "stat -c %a tmp/*"
mix --only-shards all
mix --resume
try ls tmp
