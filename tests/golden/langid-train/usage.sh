# langid-train refuses wrong options and unusable documents.
de='{"lang":"de","text":"Die Würde des Menschen"}'
echo "$de" >one
try tamis langid-train one
try tamis langid-train -o m one
try tamis langid-train -o m --samples 10 one
try tamis langid-train -o m --rows 30 one
try tamis langid-train -o m --rate 0 one
echo '{"text":"The dignity of man"}' | try tamis langid-train -o m one -
echo '{"lang":"e n","text":"The dignity of man"}' | try tamis langid-train -o m one -
echo '{"lang":"","text":"The dignity of man"}' | try tamis langid-train -o m one -
echo '{"lang":"a-language-of-a-long-name","text":"The dignity of man"}' | try tamis langid-train -o m one -
echo '{"lang":"en","text":"short"}' | try tamis langid-train -o m one -
echo '{"lang":"en","text":"The dignity of man","weight":0}' | try tamis langid-train -o m one -
echo '{"lang":"de","lang_script":"Latn","text":"The dignity of man"}' | try tamis langid-train -o m one -
printf '{"lang":"%s","text":"The dignity of man and women"}\n' en de >two
try tamis langid-train -o m --focus de,xx two
try tamis langid-train -o m.zst two
try ls
