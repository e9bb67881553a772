#!/usr/bin/env python3
"""Compare what chat templates render with Jinja.

usage: chat_template.py DUMP TAMIS [CONVERSATIONS]

For each built-in template and for random conversations, DUMP (tests/property/chat_dump.c) must
render the same text as jinja2 does with the string of `chat-template --jinja`, and train the same
bytes as its generation blocks.  A prompt must be the beginning of the text of its answer.
CONVERSATIONS: a file of JSON lists of messages, to be compared, too.  TAMIS_CHAT_TEMPLATES names a
directory with the original template NAME.jinja of models: their text must be the same, too.
"""
import json, os, random, subprocess, sys
import jinja2, jinja2.ext, jinja2.nodes, jinja2.sandbox

ENV = {'bos_token': '<s>', 'eos_token': '</s>'}


class Generation(jinja2.ext.Extension):
    """Record the text of {% generation %} blocks between two characters that no text has."""
    tags = {'generation'}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(['name:endgeneration'], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method('mark'), [], [], body).set_lineno(line)

    def mark(self, caller):
        return '\ufdd0' + caller() + '\ufdd1'


def environment():
    env = jinja2.sandbox.ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation])

    def refuse(text):
        raise jinja2.TemplateError(text)
    env.globals['raise_exception'] = refuse
    return env


def unmark(marked):
    """The text, and the trained ranges of its bytes."""
    text, trained, start = b'', [], None
    for part in marked.replace('\ufdd0', '\0\ufdd0\0').replace('\ufdd1', '\0\ufdd1\0').split('\0'):
        if part == '\ufdd0':
            start = len(text)
        elif part == '\ufdd1':
            if trained and trained[-1][1] == start:
                trained[-1][1] = len(text)
            elif start < len(text):
                trained.append([start, len(text)])
        else:
            text += part.encode()
    return text.decode(), trained


WORDS = ['Hello', 'a  b', ' ', '\n', '\n\n', '\t', "it's", '"', '\\', '\\n', '{{ x }}', '{% y %}', 'Grüße', '你好', '\u00a0', '\u2003',
         '\u3000', '\u0085', '\u001f', '\u200b', '### Response:', 'USER:', '😀', 'é', '<', '<|', '[INS', '']


def text_of(r):
    return ''.join(r.choice(WORDS) for _ in range(r.randrange(1, 6)))


def conversation(r):
    turns = [{'role': 'system', 'content': text_of(r)}] if r.random() < .5 else []
    for _ in range(r.randrange(1, 4)):
        turns += [{'role': 'user', 'content': 'u' + text_of(r)}, {'role': 'assistant', 'content': text_of(r) + 'a' + text_of(r)}]
    return turns


def dump(program, name, conversations, *more):
    lines = ''.join(json.dumps(c, ensure_ascii=bool(i % 2)) + '\n' for i, c in enumerate(conversations))
    out = subprocess.run([program, name, *more], input=lines.encode(), stdout=subprocess.PIPE, check=True).stdout
    return [json.loads(x) for x in out.decode().split('\n')[:-1]]


def check(program, tamis, name, conversations):
    jinja = subprocess.run([tamis, 'chat-template', '--jinja', name], stdout=subprocess.PIPE, check=True).stdout.decode()
    template = environment().from_string(jinja)
    directory = os.environ.get('TAMIS_CHAT_TEMPLATES')
    path = os.path.join(directory, name + '.jinja') if directory else ''
    original = environment().from_string(open(path).read()) if os.path.exists(path) else None
    bad = compared = 0
    prompts = dump(program, name, [c[:-1] for c in conversations], 'prompt')
    for c, mine, prompt in zip(conversations, dump(program, name, conversations), prompts):
        try:
            want, trained = unmark(template.render(messages=c, add_generation_prompt=False, **ENV))
            asked = template.render(messages=c[:-1], add_generation_prompt=True, **ENV).replace('\ufdd0', '').replace('\ufdd1', '')
        except jinja2.TemplateError:
            bad += 'problem' not in mine
            continue
        faults = []
        if mine.get('text') != want or mine.get('trained') != trained:
            faults.append(('jinja', want, trained))
        if prompt.get('text') != asked or not want.startswith(asked):
            faults.append(('prompt', asked, prompt))
        if original:
            theirs = original.render(messages=c, add_generation_prompt=False, **ENV)
            compared += 1
            if theirs != mine.get('text'):
                faults.append(('original', theirs))
        if faults and not bad:
            print('not', name, c, mine, faults)
        bad += bool(faults)
    print(f'{name}: {len(conversations)} conversations, {compared} also by the original, {bad} differ')
    return bad


def main():
    program, tamis = sys.argv[1:3]
    r = random.Random(1)
    conversations = [conversation(r) for _ in range(400)]
    if len(sys.argv) > 3:
        conversations += [json.loads(line) for line in open(sys.argv[3])]
    names = subprocess.run([tamis, 'chat-template'], stdout=subprocess.PIPE, check=True).stdout.decode().split()
    return sum(check(program, tamis, name, conversations) for name in names) > 0


if __name__ == '__main__':
    sys.exit(main())
