# langid refuses wrong options, models and thresholds.
echo '{"text":"a"}' >in
try tamis langid --min-p 2 in
try tamis langid --candidates en,xx in
try tamis langid -m absent in
try tamis langid -m in in
try tamis langid -m . in
printf 'de x\n' >t
try tamis langid --thresholds t in
printf 'de 0.5\nqq 0.5\n' >t
try tamis langid --thresholds t in
printf 'de\n' >t
try tamis langid --thresholds t in
printf 'de 1.5\n' >t
try tamis langid --thresholds t in
try tamis langid --thresholds absent in
try tamis langid --split d -o out in
try tamis langid --keep de,xx in
try tamis langid --candidates de --keep de,en in
mkfifo pipe
try timeout 600 tamis langid -m pipe in
printf 'de 0.5\nen 0.5\nde 0.6\n' >t
try tamis langid --thresholds t in
printf 'de 0.5\0x\n' >t
try tamis langid --thresholds t in
printf '\377\376\001\002junk%0200d\n' 0 >t
try tamis langid --thresholds t in
printf '\357\273\277de 0.5 # of German\n' >t
try tamis langid -q --thresholds t in
printf 'de 0.5 \r\n\r\nen\t0.5\t\r\n' >t
try tamis langid -q --thresholds t in
try tamis langid --split in in
