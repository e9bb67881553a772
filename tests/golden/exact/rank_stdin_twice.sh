# Standard input named twice is read once; a second reading finds it empty.
echo '{"text":"a","q":1}' | try tamis exact -q --rank q - -
echo '{"text":"a","q":1}' | try tamis exact -q - -
