# codeid refuses wrong options and models.
echo '{"text":"a"}' >in
try tamis codeid --keep pyton in
try tamis codeid --keep 'python,,c' in
try tamis codeid --candidates unknown in
try tamis codeid --min-p 2 in
try tamis codeid --content-only --path p in
try tamis codeid -m in in
try tamis codeid -m absent in
try tamis codeid --candidates c --keep cpp,python in
