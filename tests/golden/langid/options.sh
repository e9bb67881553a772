# --min-p, --candidates, --keep, --thresholds, --scan, --spans, and fields that exist already.
de='Die Würde des Menschen ist unantastbar.'
en='The dignity of man shall be inviolable.'
printf '{"text":"%s"}\n' "$de" "$en" '12' >in
try tamis langid -q --min-p 1 in
try tamis langid -q --candidates en,fr in
try tamis langid --keep de -r rejects in
try cat rejects
try tamis langid -q --keep und,en --tag in
printf '# sure of German only\n\nde 0.9\nen 1\n' >thresholds
try tamis langid -q --thresholds thresholds in
printf '{"text":"%s %s\\n%s"}\n' "$de" "$de" "$en $en" | try tamis langid -q --spans
# Fields of an earlier run are replaced or become null.
printf '{"lang":"xx","lang_p":9,"lang_script":"Zzzz","lang_alt":"yy","text":"%s"}\n' "$en" 12 | try tamis langid -q
# A long text is sampled, so its last sentence hardly counts.
{ printf '{"text":"'; for _ in 1 2 3 4 5 6; do printf '%s ' "$en$en$en$en$en$en$en$en$en$en$en$en$en$en$en$en$en$en$en$en"; done; printf '%s"}\n' "$de"; } >long
hide() { sed 's/.*"lang"/"lang"/'; }
try 'tamis langid -q --scan 1K long | hide'
