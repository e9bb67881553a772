# UTF-8 that was read as windows-1252, Latin-1 or windows-1251 is repaired, where nothing else makes sense.
cat >broken <<'END'
{"text":"donâ€™t, cafÃ©, Ã–sterreich, 5Â°C, 10Ã—20"}
{"text":"\u00e2\u0080\u009cLatin-1\u00e2\u0080\u009d, d\u00c3\u00a9j\u00c3\u00a0 vu"}
{"text":"ÃƒÂ©tÃƒÂ© twice, ÃƒÆ’Ã‚Â© three times"}
{"text":"ÐŸÑ€Ð¸Ð²ÐµÑ‚ Ð¼Ð¸Ñ€ Ð¸ Ð¯"}
{"text":"РџСЂРёРІРµС‚ РјРёСЂ Рё вЂ“ РЅР°"}
{"text":"ä¸\u00adæ–‡, ã\u0081®, ðŸ˜€"}
END
try tamis norm broken
try tamis norm -q --mojibake keep broken
try tamis norm -q --lossless broken
# Capital letters before a quotation mark or dash, and names, remain.
cat >right <<'END'
{"text":"CORAÇÃO”, VILÃ”, ROMÂNIA, Ã—, Å“"}
{"text":"«\u202fà «»\u202f», café\u00a0», Ø 5 µm"}
{"text":"Ç’en est, Ä’s, Ç’bllokohet"}
{"text":"Рёдзи и Рё, Сёко"}
{"text":"Ã, Â and â are letters; â€ is not a word"}
END
try tamis norm right
