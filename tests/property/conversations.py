#!/usr/bin/env python3
"""Make conversations, state them in the layouts of chat, and compare what it reads with them.

usage: conversations.py make SEED DOCS DIR        DIR/openai.jsonl, and a file for each other layout
       conversations.py same MESSAGES DOCS...     the conversations of DOCS are those of MESSAGES
       conversations.py corpus DOLLY              Dolly's conversations as chat should read them
       conversations.py trees MESSAGES DOCS PAIRS paths and ranked answers of OASST trees
"""
import json
import random
import sys

WORDS = ["a", "the", "Mühle", "steht", "\n", "\n\n", " ", "\t", '"', "\\", "\u2028", "😀", "\u0001", "/", "<b>", "Human", "User:",
         "{}", "[1]", "null", "日本", "\r\n", "e\u0301", "\\n", "\u007f", "Assistant:"]


def text(r, empty=False):
    s = "".join(r.choice(WORDS) for _ in range(r.randrange(0 if empty else 1, 12)))
    return s if empty or s.strip(" \t\r\n\f") else s + "x"


def conversation(r):
    m = [{"role": "system", "content": text(r)}] if r.random() < .3 else []
    for _ in range(r.choice((1, 1, 1, 2, 3))):
        m += [{"role": "user", "content": text(r, True)}, {"role": "assistant", "content": text(r)}]
    return m


def extra_id(m, head=True):
    s = "" if m[0]["role"] == "system" or not head else "<extra_id_0>System\n\n"
    names = {"system": "<extra_id_0>System\n", "user": "<extra_id_1>User\n", "assistant": "<extra_id_1>Assistant\n"}
    return s + "".join(names[t["role"]] + t["content"] + "\n" for t in m)


def human(m):
    return "".join({"user": "\n\nHuman: ", "assistant": "\n\nAssistant: "}[t["role"]] + t["content"] for t in m)


def speak(m, names):
    return [{"from": names[t["role"]], "value": t["content"]} for t in m]


def single(q, x, a):
    return {"instruction": q, "input": x, "output": a}


def layouts(r, m, other):
    """The layouts that can state the conversation m, or the preference of its last turn to `other`."""
    system = m[0]["role"] == "system"
    names = r.choice(({"user": "human", "assistant": "gpt", "system": "system"},
                      {"user": "USER", "assistant": "Bing", "system": "System"}))
    rest = m[1:] if system else m
    yield "sharegpt", {"conversations": speak(m, names)}
    yield "nemo", {"system": m[0]["content"] if system else "", "mask": "User", "type": None,
                   "conversations": speak(rest, {"user": "User", "assistant": "Assistant"})}
    yield "trl", {"prompt": m[:-1], "completion": m[-1:]}
    yield "parts", {"messages": [dict(t, content=[{"type": "text", "text": t["content"]}],
                                      role="developer" if t["role"] == "system" else t["role"]) for t in m]}
    yield "aligner", {"prompt": extra_id(m[:-1]) + "<extra_id_1>Assistant\n",
                      "response": m[-1]["content"] + "\n<extra_id_1>", "preference": "chosen"}
    if not system:
        prompt = extra_id(m[:-1], False)[len("<extra_id_1>User\n"):-1]
        yield "helpsteer2", {"prompt": prompt, "response": m[-1]["content"], "helpfulness": 3}
    if len(m) == 2:
        q, a = m[0]["content"], m[1]["content"]
        cut = q.find("\n\n")
        material = cut > 0 and cut + 2 < len(q)
        yield "alpaca", {"instruction": q[:cut], "input": q[cut + 2:], "output": a} if material else single(q, "", a)
        yield "dolly", {"instruction": q, "context": "", "response": a}
        yield "bridge", {"prompt": q, "completion": a}
        yield "nemo-sft", {"input": q, "output": a}
    if other == m[-1]["content"]:
        return
    worse = m[:-1] + [{"role": "assistant", "content": other}]
    yield "pair-trl", {"prompt": m[:-1], "chosen": m[-1:], "rejected": worse[-1:]}
    yield "pair-strings", {"prompt": m[:-1], "chosen": m[-1]["content"], "rejected": other}
    yield "pair-openrlhf", {"chosen": m, "rejected": worse}
    yield "pair-nemo-rl", {"context": m[:-1], "completions": [{"rank": 1, "completion": worse[-1:]},
                                                              {"rank": 0, "completion": m[-1:]}]}
    yield "pair-aligner", {"prompt": extra_id(m[:-1]) + "<extra_id_1>Assistant\n",
                           "chosen_response": m[-1]["content"] + "\n<extra_id_1>",
                           "rejected_response": other + "\n<extra_id_1>", "chosen_reward": 2.50, "rejected_reward": 1}
    yield "pair-helpsteer3", {"context": m[:-1], "response1": other, "response2": m[-1]["content"],
                              "overall_preference": 2}
    if not system and not any(x in t["content"] for t in m + worse for x in ("\n\nHuman:", "\n\nAssistant:")):
        yield "pair-hh", {"chosen": human(m), "rejected": human(worse)}


def make(seed, docs, directory):
    r = random.Random(seed)
    files = {}
    for i in range(docs):
        m, other = conversation(r), text(r)
        found = [("openai", {"messages": m})] + list(layouts(r, m, other))
        for name, d in found:
            if name not in files:
                files[name] = open(f"{directory}/{name}.jsonl", "w", encoding="utf-8", newline="\n")
            d = dict([("id", str(i))] + list(d.items()) + [("other", 1)])
            files[name].write(json.dumps(d, ensure_ascii=r.random() < .5) + "\n")


def read(path):
    with open(path, encoding="utf-8", newline="\n") as f:
        return [json.loads(line) for line in f]


def whole(d):
    return d["messages"] if "messages" in d else d["prompt"] + d["chosen"]


def same(path, others):
    want = {d["id"]: d["messages"] for d in read(path)}
    wrong = 0
    for other in others:
        for d in read(other):
            ok = whole(d) == want[d["id"]] and d["other"] == 1
            if "rejected" in d:
                ok = ok and d["rejected"] != d["chosen"] and len(d["chosen"]) == len(d["rejected"]) == 1
            if not ok:
                wrong += 1
                print(f"{other}: {d['id']}: {d}\n  not {want[d['id']]}", file=sys.stderr)
    return wrong


def trees(messages, docs, pairs):
    by = {m["message_id"]: m for m in read(messages)}

    def path(m):
        turns = []
        while m:
            if m["deleted"]:
                return None
            turns.insert(0, {"role": "assistant" if m["role"] == "assistant" else "user", "content": m["text"]})
            if m["parent_id"] and m["parent_id"] not in by:
                return None
            m = by.get(m["parent_id"])
        return turns

    good = {k: path(m) for k, m in by.items() if path(m)}
    parents = {by[k]["parent_id"] for k in good}
    want = [path(m) for k, m in by.items() if k in good and k not in parents]
    wrong = want != [d["messages"] for d in read(docs)]
    want = []
    for k, m in by.items():
        ranked = sorted((by[a]["rank"], n, by[a]["text"]) for n, a in enumerate(good) if by[a]["parent_id"] == k and
                        by[a]["role"] == "assistant" and by[a]["rank"] is not None)
        if k in good and m["role"] == "prompter" and len(ranked) > 1 and ranked[0][0] < ranked[-1][0]:
            want.append([good[k], ranked[0][2], ranked[-1][2]])
    got = [[d["prompt"], d["chosen"][0]["content"], d["rejected"][0]["content"]] for d in read(pairs)]
    return wrong + (want != got)


def corpus(path):
    for d in read(path):
        messages = d.pop("messages")
        d["other"] = 1
        print(json.dumps(dict(d, given=messages)))


if __name__ == "__main__":
    arg = sys.argv[2:]
    if sys.argv[1] == "make":
        make(int(arg[0]), int(arg[1]), arg[2])
    elif sys.argv[1] == "same":
        sys.exit(same(arg[0], arg[1:]) > 0)
    elif sys.argv[1] == "trees":
        sys.exit(trees(*arg) > 0)
    elif sys.argv[1] == "corpus":
        corpus(*arg)
