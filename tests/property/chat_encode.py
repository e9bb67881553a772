#!/usr/bin/env python3
"""Compare the ids and targets of conversations with SentencePiece and Jinja.

usage: chat_encode.py TAMIS MODEL TEMPLATE CONVERSATIONS

Each text that Jinja renders, cut at the template's controls and where its generation blocks begin,
is encoded by SentencePiece.  `encode --template` must give the same ids, and targets where the
blocks are.  The prompt of each answer must be a prefix of the ids, as --prompt-only encodes it.
CONVERSATIONS: a file of JSON lines with the field messages.
"""
import json, re, struct, subprocess, sys
import sentencepiece
from chat_template import environment


def sections(path):
    data = open(path, 'rb').read()
    for k in range(struct.unpack_from('<I', data, 124)[0]):
        tag, at, size = struct.unpack_from('<8sQQ', data, 256 + 64 * k)
        yield tag.rstrip(b'\0').decode(), data[at:at + size]


def read_shard(prefix):
    """The ids and targets of each document."""
    data = open(prefix + '.idx', 'rb').read()
    code, n = data[17], struct.unpack_from('<Q', data, 18)[0]
    lengths = struct.unpack_from(f'<{n}i', data, 34)
    raw = open(prefix + '.bin', 'rb').read()
    ids = struct.unpack('<%d%s' % (len(raw) // (2 if code == 8 else 4), 'H' if code == 8 else 'I'), raw)
    mask = dict(sections(prefix + '.sdx'))['MASK']
    at = 0
    for length in lengths:
        yield list(ids[at:at + length]), [mask[t // 8] >> t % 8 & 1 for t in range(at, at + length)]
        at += length


def controls_of(tamis, template):
    text = subprocess.run([tamis, 'chat-template', template], stdout=subprocess.PIPE, check=True).stdout.decode()
    return [json.loads(s) for line in text.splitlines() if line.startswith('control ') for s in re.findall(r'"[^"]*"', line)]


def encode(model, marked, controls):
    ids, mask, prompts, on = [], [], [], 0
    for part in re.split('(' + '|'.join(map(re.escape, controls + ['\ufdd0', '\ufdd1'])) + ')', marked):
        if part in '\ufdd0\ufdd1':
            on = int(part == '\ufdd0') if part else on
            if on and part:
                prompts.append(len(ids))
        else:
            new = [model.piece_to_id(part)] if part in controls else model.encode(part)
            ids += new
            mask += [on] * len(new)
    return ids, [0] + mask[1:], prompts


def main():
    tamis, path, template, file = sys.argv[1:]
    model = sentencepiece.SentencePieceProcessor(model_file=path)
    jinja = subprocess.run([tamis, 'chat-template', '--jinja', template], stdout=subprocess.PIPE, check=True).stdout.decode()
    render = environment().from_string(jinja)
    controls = controls_of(tamis, template) + ['<s>', '</s>']
    subprocess.run([tamis, 'encode', '-q', '--force', '-m', path, '--template', template, '-o', 'shard', file], check=True)
    conversations = [json.loads(line)['messages'] for line in open(file, encoding='utf-8')]
    asked, want_asked, bad = [], [], 0
    for c, (ids, mask) in zip(conversations, read_shard('shard'), strict=True):
        marked = render.render(messages=c, add_generation_prompt=False, bos_token='<s>', eos_token='</s>')
        # Stops are blocks of their own: a generation point is where an answer begins.
        want, want_mask, points = encode(model, marked, controls)
        bad += (ids, mask) != (want, want_mask)
        if (ids, mask) != (want, want_mask) and bad < 3:
            print('not', template, c, ids, want, mask, want_mask)
        asked.append({'messages': c[:-1]})
        want_asked.append(want)
    with open('asked.jsonl', 'w', encoding='utf-8') as f:
        f.writelines(json.dumps(a) + '\n' for a in asked)
    lines = subprocess.run([tamis, 'encode', '-q', '-m', path, '--template', template, '--prompt-only', '--ids', 'asked.jsonl'],
                           stdout=subprocess.PIPE, check=True).stdout.decode().splitlines()
    for line, want in zip(lines, want_asked, strict=True):
        prompt = [int(x) for x in line.split()]
        bad += want[:len(prompt)] != prompt
    print(f'{template}: {len(conversations)} conversations, {bad} differ')
    return bad > 0


if __name__ == '__main__':
    sys.exit(main())
