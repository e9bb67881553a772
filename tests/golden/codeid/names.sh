# The file name decides: path, else url, else id; the content confirms weak names.
hide() { sed 's/"code_p":[0-9.]*,"code_by":"model"/"code_p":P,"code_by":"model"/'; }
cat >in <<'END'
{"path":"src/main.go","text":"x"}
{"url":"https://example.org/r/lib.rs?raw=1","text":"x"}
{"url":"https://example.org/index.html","text":"The gate was painted green, and nobody had asked for it. It stood open all the same, and the cows of two farms went through as they liked.\n"}
{"id":"repo/Makefile","text":"x"}
{"path":"x.js","url":"https://example.org/x.py","id":"x.c","text":"x"}
{"path":7,"id":"docker/Dockerfile.alpine","text":"x"}
{"path":"qt_de.ts","text":"<?xml version=\"1.0\"?>\n<TS version=\"2.1\"/>\n"}
{"path":"a.h","text":"#pragma once\nnamespace a {\nclass B;\n}\n"}
{"path":"a.h","text":"#import <Foundation/Foundation.h>\n@interface A : NSObject\n@end\n"}
{"path":"a.m","text":"% mean\nfunction y = mean_of(x)\ny = sum(x) / numel(x);\nend\n"}
{"path":"notes.txt","text":"The gate was painted green, and nobody had asked for it. It stood open all the same, and the cows of two farms went through as they liked.\n"}
END
try 'tamis codeid in | hide'
try 'tamis codeid --path=name - | hide' <<'END'
{"name":"a.rb","path":"a.py","text":"x"}
END
