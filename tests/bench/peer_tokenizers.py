#!/usr/bin/env python3
"""User CPU of other encoders on one text, as tests/bench/encode.sh runs ours.

usage: peer_tokenizers.py MODEL TEXT [BYTES [SAMPLE]]

MODEL is a SentencePiece model.  TEXT is cut at line ends into documents of about BYTES
bytes, 20,000 by default.  Prints MB/s of user CPU on one thread: sentencepiece and
tokenizers (which reads a SentencePiece model through its own converter, BPE alone) on the
first SAMPLE bytes, 4,000,000 by default; gigatoken twice on the whole text.
"""
import os
import resource
import sys

os.environ["RAYON_NUM_THREADS"] = os.environ["TOKENIZERS_PARALLELISM"] = "1"
sys.stdout.reconfigure(line_buffering=True)


def documents(path, size, most):
    data = open(path, "rb").read(most) if most else open(path, "rb").read()
    at = 0
    while at < len(data):
        end = data.find(b"\n", at + size) + 1 if len(data) - at > size else len(data)
        end = end or len(data)
        yield data[at:end].decode("utf-8", "replace")
        at = end


def measure(name, texts, run):
    start = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    run(texts)
    seconds = resource.getrusage(resource.RUSAGE_SELF).ru_utime - start
    size = sum(len(t.encode()) for t in texts)
    print(f"{name:24} {size / 1e6 / seconds:9.2f} MB/s")


def run_sentencepiece(model, texts):
    import sentencepiece

    s = sentencepiece.SentencePieceProcessor(model_file=model)
    measure(f"sentencepiece {sentencepiece.__version__}", texts, lambda t: [s.encode(x) for x in t])


def run_tokenizers(model, texts):
    import tokenizers
    from tokenizers import SentencePieceBPETokenizer
    import sentencepiece

    s = sentencepiece.SentencePieceProcessor(model_file=model)
    vocab = {s.id_to_piece(i): i for i in range(s.get_piece_size())}
    merges = []
    for piece, i in vocab.items():
        for k in range(1, len(piece)):
            if piece[:k] in vocab and piece[k:] in vocab:
                merges.append((-s.get_score(i), k, piece[:k], piece[k:]))
    merges = [(a, b) for _, _, a, b in sorted(merges)]
    t = SentencePieceBPETokenizer(vocab=vocab, merges=merges, unk_token="<unk>")
    measure(f"tokenizers {tokenizers.__version__}", texts, lambda x: [t.encode(d).ids for d in x])


def run_gigatoken(model, texts):
    import gigatoken

    t = gigatoken.Tokenizer.from_sentencepiece(model)
    for name in "gigatoken, first pass", "gigatoken, second pass":
        measure(name, texts, lambda x: [t.encode(d) for d in x])


def main():
    model, text = sys.argv[1:3]
    size = int(sys.argv[3]) if len(sys.argv) > 3 else 20000
    sample = int(sys.argv[4]) if len(sys.argv) > 4 else 4000000
    for run, most in (run_sentencepiece, sample), (run_tokenizers, sample), (run_gigatoken, 0):
        try:
            run(model, list(documents(text, size, most)))
        except Exception as e:  # a peer that is missing, or refuses the model
            print(f"{run.__name__[4:]:24} skipped: {type(e).__name__}: {str(e)[:100]}")


main()
