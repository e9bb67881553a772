# Standard input named twice is read once; the second time it is empty.
echo '{"text":"a","q":1}' | try tamis exact -q --rank q - -
echo '{"text":"a","q":1}' | try tamis exact -q - -
