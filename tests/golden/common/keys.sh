# --text and --id name two different fields, and neither is empty.
echo '{"text":"a"}' >in
try tamis length -q --text '' in
try tamis length -q --id= in
try tamis length -q --text id in
