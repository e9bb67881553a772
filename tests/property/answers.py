"""answers.py - a stand-in for a server: answers request lines, badly.

usage: answers.py SEED DIR [differ] <requests

Appends files of responses to DIR.  The answer depends on the request only.  Of all answers it loses 5 %, fails
2 %, repeats 5 %, shuffles the rest over files, and truncates the last line of files of more than ten lines.  With `differ`, some
repeated answers are different ones.
"""
import json
import os
import random
import sys

seed, directory = sys.argv[1:3]
differ = sys.argv[3:] == ["differ"]
rng = random.Random(seed)
lines = []
for request in map(json.loads, sys.stdin):
    body = request["body"]
    question = body["messages"][-1]["content"]
    choices = [
        {"index": i, "message": {"role": "assistant", "content": f"{i}: {question[::-1]}"}, "finish_reason": "stop"}
        for i in range(body.get("n", 1))
    ]
    rng.shuffle(choices)
    good = {"status_code": 200, "body": {"model": body["model"], "choices": choices}}
    response = {"id": str(rng.random()), "custom_id": request["custom_id"], "response": good, "error": None}
    luck = rng.random()
    if luck < 0.05:
        continue
    if luck < 0.06:
        response["response"] = {"status_code": 500, "body": {"error": {"message": "busy"}}}
    elif luck < 0.065:
        response |= {"response": None, "error": {"code": "expired"}}
    elif luck < 0.07:
        choices.pop()
    lines.append(json.dumps(response))
    if luck > 0.95:
        lines.append(json.dumps(response | {"id": "again"}))
    if differ and luck > 0.98:
        lines.append(json.dumps(response).replace('"content": "0: ', '"content": "0! '))
rng.shuffle(lines)
parts = rng.randint(1, 4)
first = len(os.listdir(directory))
for part in range(parts):
    data = "".join(line + "\n" for line in lines[part::parts])
    if len(lines) > 10 * parts:
        data = data[: -rng.randint(1, min(40, len(data)))]
    with open(os.path.join(directory, f"{first + part:04}.jsonl"), "w") as f:
        f.write(data)
