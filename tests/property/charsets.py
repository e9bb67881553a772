#!/usr/bin/env python3
"""Write texts in many charsets with right, wrong and no labels, or compare what extract read with them.

usage: charsets.py write            the web archive, on stdout
       charsets.py compare DOCS     the documents that extract made of it
       charsets.py pages SENTENCES  an archive of whole pages without labels, of lines LANGUAGE<TAB>SENTENCE
       charsets.py matrix DOCS      the share of these pages that extract read right, by charset and language
       charsets.py labelled DIR     lines FILE<TAB>CHARSET of a directory CHARSET/FILE
       charsets.py equal DOCS LIST  compare documents with the files that LIST names
"""
import json
import os
import random
import sys
import unicodedata

TEXTS = {
    "cs": "Dneska ráno pršelo, a tak jsme zůstali doma. Babička upekla švestkové koláče a děti četly pohádky o žábách. "
          "Odpoledne přišel soused a půjčil si žebřík.",
    "pl": "Dziś rano padało, więc zostaliśmy w domu. Babcia upiekła ciasto ze śliwkami, a dzieci czytały baśnie o żabach. "
          "Po południu przyszedł sąsiad i pożyczył drabinę.",
    "hu": "Ma reggel esett az eső, ezért otthon maradtunk. Nagymama szilvás lepényt sütött, a gyerekek pedig békákról szóló "
          "meséket olvastak. Délután átjött a szomszéd, és kölcsönkérte a létrát.",
    "ro": "Azi dimineaţă a plouat, aşa că am rămas acasă. Bunica a copt o plăcintă cu prune, iar copiii au citit poveşti "
          "despre broaşte. După-amiaza a venit vecinul şi a împrumutat scara.",
    "fr": "Ce matin il a plu, nous sommes donc restés à la maison. Grand-mère a préparé une tarte aux pruneaux et les enfants "
          "ont lu des contes où les grenouilles étaient fées. L’après-midi, le voisin a emprunté l’échelle.",
    "de": "Heute früh regnete es, also blieben wir zu Hause. Großmutter backte Pflaumenkuchen, und die Kinder lasen Märchen "
          "über Frösche. Am Nachmittag kam der Nachbar und lieh sich die Leiter für das hohe Gerüst.",
    "is": "Í morgun rigndi svo við vorum heima. Amma bakaði plómuköku og börnin lásu ævintýri um froska. "
          "Síðdegis kom nágranninn og fékk stigann að láni.",
    "ru": "Сегодня утром шёл дождь, поэтому мы остались дома. Бабушка испекла пирог со сливами, а дети читали сказки "
          "о лягушках. Днём пришёл сосед и попросил лестницу.",
    "uk": "Сьогодні вранці йшов дощ, тому ми залишилися вдома. Бабуся спекла пиріг зі сливами, а діти читали казки "
          "про жаб. Удень прийшов сусід і позичив їхню драбину.",
    "bg": "Тази сутрин валеше, затова си останахме вкъщи. Баба изпече сладкиш със сливи, а децата четоха приказки "
          "за жаби. Следобед дойде съседът и взе назаем стълбата.",
    "el": "Σήμερα το πρωί έβρεχε, γι αυτό μείναμε στο σπίτι. Η γιαγιά έψησε πίτα με δαμάσκηνα και τα παιδιά διάβαζαν "
          "παραμύθια για βατράχους. Το απόγευμα ήρθε ο γείτονας και δανείστηκε τη σκάλα.",
    "tr": "Bu sabah yağmur yağıyordu, bu yüzden evde kaldık. Büyükannem erikli börek pişirdi, çocuklar da kurbağalar "
          "üzerine masallar okudu. Öğleden sonra komşu geldi ve merdiveni ödünç aldı.",
    "he": "הבוקר ירד גשם ולכן נשארנו בבית. סבתא אפתה עוגת שזיפים והילדים קראו סיפורים על צפרדעים. "
          "אחר הצהריים בא השכן ושאל את הסולם.",
    "ar": "أمطرت السماء هذا الصباح فبقينا في البيت. خبزت الجدة كعكة بالخوخ وقرأ الأطفال حكايات عن الضفادع. "
          "وبعد الظهر جاء الجار واستعار السلم.",
    "lt": "Šįryt lijo, todėl likome namuose. Močiutė iškepė slyvų pyragą, o vaikai skaitė pasakas apie varles. "
          "Po pietų atėjo kaimynas ir pasiskolino kopėčias.",
    "lv": "Šorīt lija, tāpēc palikām mājās. Vecmāmiņa izcepa plūmju kūku, bet bērni lasīja pasakas par vardēm. "
          "Pēcpusdienā atnāca kaimiņš un aizņēmās kāpnes.",
    "th": "เช้านี้ฝนตก เราจึงอยู่ที่บ้าน คุณยายอบขนมลูกพลัม ส่วนเด็ก ๆ อ่านนิทานเรื่องกบ ตอนบ่ายเพื่อนบ้านมายืมบันได",
    "zh": "今天早上下雨，所以我们留在家里。奶奶烤了李子馅饼，孩子们读了关于青蛙的童话。下午邻居来借了梯子。",
    "tw": "今天早上下雨，所以我們留在家裡。奶奶烤了李子餡餅，孩子們讀了關於青蛙的童話。下午鄰居來借了梯子。",
    "ja": "今朝は雨が降っていたので、家にいました。祖母はすもものケーキを焼き、子供たちはカエルの童話を読みました。"
          "午後には隣の人が来て、はしごを借りていきました。",
    "ko": "오늘 아침에는 비가 와서 우리는 집에 있었다. 할머니는 자두 파이를 구웠고 아이들은 개구리 동화를 읽었다. "
          "오후에는 이웃이 와서 사다리를 빌려 갔다.",
}
# Codec of Python, label, languages.
CHARSETS = (
    ("cp1250", "windows-1250", "cs pl hu ro"), ("iso8859_2", "iso-8859-2", "cs pl hu ro"),
    ("cp1251", "windows-1251", "ru uk bg"), ("koi8_r", "koi8-r", "ru"), ("koi8_u", "koi8-u", "uk"),
    ("iso8859_5", "iso-8859-5", "ru uk bg"), ("cp866", "ibm866", "ru"), ("cp1252", "windows-1252", "fr de is"),
    ("cp1253", "windows-1253", "el"), ("iso8859_7", "iso-8859-7", "el"), ("cp1254", "windows-1254", "tr"),
    ("iso8859_9", "iso-8859-9", "tr"), ("cp1255", "windows-1255", "he"), ("iso8859_8", "iso-8859-8-i", "he"),
    ("cp1256", "windows-1256", "ar"), ("cp1257", "windows-1257", "lt lv"), ("cp874", "tis-620", "th"),
    ("gbk", "gbk", "zh"), ("gb18030", "gb18030", "zh"), ("big5", "big5", "tw"), ("cp932", "shift_jis", "ja"),
    ("euc_jp", "euc-jp", "ja"), ("iso2022_jp", "iso-2022-jp", "ja"), ("euc_kr", "euc-kr", "ko"),
    ("utf_8", "utf-8", " ".join(sorted(TEXTS))), ("utf_16_le", "utf-16le", " ".join(sorted(TEXTS))),
    ("utf_16_be", "utf-16be", " ".join(sorted(TEXTS))),
)
# Name, label in the header, start of the page.  LABEL is the right one.
LABELLED = (
    ("none", "", "<p>"),
    ("http", "LABEL", "<p>"),
    ("quoted", '"LABEL"', "<p>"),
    ("meta", "", "<meta charset=LABEL><p>"),
    ("equiv", "", "<meta http-equiv='Content-Type' content='text/html; charset=LABEL'><p>"),
    ("late", "", "<!-- " + "x" * 17000 + " --><body><meta charset=LABEL><p>"),
    ("hidden", "", "<script>'<meta charset=iso-8859-1>'</script><!-- <meta charset=utf-8> --><meta charset=LABEL><p>"),
    ("default", "iso-8859-1", "<meta charset=LABEL><p>"),
    ("utf8-http", "utf-8", "<meta charset=LABEL><p>"),
    ("latin1", "iso-8859-1", "<p>"),
    ("utf8", "utf-8", "<p>"),
    ("unknown", "klingon", "<meta charset=no-such><p>"),
)


# Codecs of whole pages, and languages.
EUROPEAN = "cs pl hu fr de tr vi lt lv et ru uk el he ar th"
PAGE_CODECS = (
    ("gbk", "zh"), ("gb18030", "zh"), ("big5", "tw"), ("big5hkscs", "tw"), ("cp932", "ja"), ("euc_jp", "ja"),
    ("iso2022_jp", "ja"), ("euc_kr", "ko"), ("cp949", "ko"), ("cp1250", "cs pl hu"), ("iso8859_2", "cs pl hu"),
    ("cp1251", "ru uk"), ("koi8_r", "ru"), ("koi8_u", "uk"), ("iso8859_5", "ru uk"), ("cp866", "ru uk"),
    ("mac_cyrillic", "ru uk"), ("cp1252", "fr de"), ("iso8859_1", "fr de"), ("iso8859_15", "fr de"), ("mac_roman", "fr de"),
    ("cp1253", "el"), ("iso8859_7", "el"), ("cp1254", "tr"), ("iso8859_9", "tr"), ("cp1255", "he"), ("iso8859_8", "he"),
    ("cp1256", "ar"), ("iso8859_6", "ar"), ("cp1257", "lt lv et"), ("iso8859_13", "lt lv et"), ("iso8859_4", "lt lv et"),
    ("cp1258", "vi"), ("cp874", "th"), ("utf_8", EUROPEAN + " zh tw ja ko"), ("utf_16_le", EUROPEAN + " zh tw ja ko"),
    ("utf_16_be", EUROPEAN + " zh tw ja ko"), ("utf_16_le+bom", EUROPEAN + " zh tw ja ko"),
    ("utf_16_be+bom", EUROPEAN + " zh tw ja ko"),
)
PAGES = 50
LEAST = .98
PAGE = """<!DOCTYPE html>
<html><head><title>%s</title>
<link rel="stylesheet" type="text/css" href="/css/main.css?v=12"><script type="text/javascript">var path = "/";</script>
</head><body class="home page"><div id="header"><a href="/"><img src="/logo.gif" alt=""></a><ul class="nav">
%s</ul></div>
<div id="content"><h1>%s</h1>
%s</div>
<div id="footer"><p>Copyright &copy; 2009 example.com</p></div></body></html>
"""


def vietnamese(text):
    """Marks of tones follow their letter in windows-1258; other marks are part of it."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    out = ""
    for c in unicodedata.normalize("NFC", text):
        parts = unicodedata.normalize("NFD", c)
        tone = "".join(p for p in parts if p in tones)
        out += unicodedata.normalize("NFC", "".join(p for p in parts if p not in tones)) + tone
    return out


def can_encode(text, codec):
    try:
        text.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def sentences_of(path):
    """Sentences by language; Chinese in simplified characters, and in traditional ones as "tw"."""
    out = {}
    for line in open(path, encoding="utf-8"):
        language, text = line.rstrip("\n").split("\t")[:2]
        if language == "zh":
            simple, traditional = can_encode(text, "gb2312"), can_encode(text, "big5")
            if simple == traditional:
                continue
            language = "tw" if traditional else "zh"
        out.setdefault(language, []).append(text.replace("&", "&amp;").replace("<", "&lt;"))
    return out


def page_of(rng, sentences):
    """A page of 3 to 40 sentences, with a menu of short ones."""
    short = sorted(sentences, key=len)[:len(sentences) // 4]
    items = "".join('<li><a href="/item%d.html">%s</a></li>\n' % (i, rng.choice(short)) for i in range(rng.randint(4, 10)))
    body = "".join('<p class="text">%s</p>\n' % " ".join(rng.choice(sentences) for _ in range(rng.randint(1, 4)))
                   for _ in range(rng.choice((2, 4, 10))))
    return PAGE % (rng.choice(sentences), items, rng.choice(sentences), body)


def pages(path, out):
    sentences = sentences_of(path)
    for codec, languages in PAGE_CODECS:
        encoding = codec.split("+")[0]
        for language in languages.split():
            rng = random.Random(codec + language)
            fit = [s if encoding != "cp1258" else vietnamese(s) for s in sentences[language]]
            # Python writes rare syllables as four letters in EUC-KR.
            fit = [s for s in fit if can_encode(s, encoding)
                   and (encoding != "euc_kr" or s.encode("euc_kr") == s.encode("cp949"))]
            for i in range(PAGES):
                page = page_of(rng, fit)
                put_page(out, "%s %s %d" % (codec, language, i), "",
                         (b"\xFF\xFE" if "le+bom" in codec else b"\xFE\xFF" if "be+bom" in codec else b"")
                         + page.encode(encoding))
                put_page(out, "%s %s %d right" % (codec, language, i), "utf-8", page.encode("utf-8"))


def matrix(path):
    docs = (json.loads(line) for line in open(path, encoding="utf-8"))
    found = {doc["id"]: (doc.get("title"), doc["text"]) for doc in docs}
    bad = 0
    for codec, languages in PAGE_CODECS:
        row = []
        for language in languages.split():
            names = ["%s %s %d" % (codec, language, i) for i in range(PAGES)]
            right = sum(name in found and found[name] == found[name + " right"] for name in names)
            bad += right < LEAST * PAGES
            row.append("%s %d%%" % (language, 100 * right // PAGES))
        print("%-14s %s" % (codec, ", ".join(row)))
    return bad


def put_page(out, name, charset, page):
    media = "text/html" + ("; charset=" + charset if charset else "")
    body = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\n\r\n%s" % (media.encode(), page)
    out.write(b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: %s\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n"
              % (name.encode(), len(body), body))


def cases():
    for codec, label, languages in CHARSETS:
        for language in languages.split():
            for name, http, start in LABELLED:
                page = "<html><head></head>" + start.replace("LABEL", label) + TEXTS[language] + "</html>"
                yield "%s.%s.%s" % (codec, language, name), http.replace("LABEL", label), page.encode(codec), TEXTS[language]


def write(out):
    for name, http, page, _ in cases():
        put_page(out, name, http, page)


def compare(path):
    found = {doc["id"]: doc["text"] for doc in map(json.loads, open(path, encoding="utf-8"))}
    wrong = 0
    for name, _, _, text in cases():
        if " ".join(found.get(name, "").split()) != " ".join(text.split()):
            wrong += 1
            print("%s: %s" % (name, found.get(name, "missing")[:60]))
    return wrong


CODECS = {"cp949": "cp949", "x-mac-ce": "mac_latin2", "x-mac-cyrillic": "mac_cyrillic", "iso-8859-1": "cp1252",
          "shift-jis": "cp932", "iso-2022-jp": "iso2022_jp_2", "big5": "big5hkscs", "tis-620": "cp874"}


def labelled(top):
    for name in sorted(os.listdir(top)):
        if os.path.isdir(os.path.join(top, name)):
            for file in sorted(os.listdir(os.path.join(top, name))):
                print("%s\t%s" % (os.path.join(top, name, file), name.split("_(")[0]))


def equal(path, listed):
    found = {doc["id"]: doc["text"] for doc in map(json.loads, open(path, encoding="utf-8"))}
    wrong = 0
    for line in open(listed, encoding="utf-8"):
        name, charset = line.rstrip("\n").split("\t")
        text = open(name, "rb").read().decode(CODECS.get(charset, charset), "replace").lstrip("\ufeff")
        if found.get(name) != text:
            wrong += 1
            print("%s: not %s" % (name, charset))
    return wrong


if __name__ == "__main__":
    if sys.argv[1:2] == ["write"]:
        write(sys.stdout.buffer)
    elif sys.argv[1:2] == ["compare"]:
        sys.exit(compare(sys.argv[2]) > 0)
    elif sys.argv[1:2] == ["pages"]:
        pages(sys.argv[2], sys.stdout.buffer)
    elif sys.argv[1:2] == ["matrix"]:
        sys.exit(matrix(sys.argv[2]) > 0)
    elif sys.argv[1:2] == ["labelled"]:
        labelled(sys.argv[2])
    elif sys.argv[1:2] == ["equal"]:
        sys.exit(equal(sys.argv[2], sys.argv[3]) > 1)
    else:
        sys.exit(__doc__)
