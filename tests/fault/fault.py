#!/usr/bin/env python3
"""fault.py - make each call of a command go wrong in turn, and check what it leaves.

usage: BIN=DIR fault.py NAME [SCENARIO...]      BIN has tamis and tests/fault.so

NAME is a command; it has one or more scenarios below.  For each kind of call and each action
(fault.c explains both), N runs from 1 until the command makes fewer than N calls.  Each run must
meet these conditions:

- A file under a final name is whole: it is the new file, or the one that was there before.
- The commit point of several files appears last.
- A command that a signal ends leaves no temporary file, unless the signal is SIGKILL.
- A call that fails gives exit code 4 and a message that names the file, and leaves no temporary
  file; or the command copes, and its output is right.
- Running the command again, with --resume where it has that, gives the bytes of an undisturbed
  run.

Where a command makes very many calls of a kind, every N up to a limit is tried and then every
STRIDE-th: "strides" of a scenario has the two numbers.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
BIN = os.path.abspath(os.environ["BIN"])
TAMIS = os.path.join(BIN, "tamis")
PRELOAD = os.path.join(BIN, "tests/fault.so")
HANG = 600  # seconds: a guard, far above what any run takes

KINDS = {
    "write": ["KILL", "ENOSPC", "short"],
    "open": ["KILL", "TERM", "EACCES"],
    "rename": ["KILL", "TERM", "EIO"],
    "sync": ["KILL", "TERM", "EIO"],
    "unlink": ["KILL", "EIO"],
    "read": ["EIO", "short"],
    "alloc": ["ENOMEM"],
}
SIGNALS = {"KILL": -9, "TERM": -15, "INT": -2, "PIPE": -13}
# No command can cope with a failure of these.
FATAL = {"write", "open", "rename", "sync"}


def sh(text, **kw):
    """Prepare something: it must succeed."""
    subprocess.run(["bash", "-euc", text], check=True, env=dict(os.environ, PATH=BIN + ":" + os.environ["PATH"], HERE=HERE), **kw)


def snapshot(top):
    """What is below a directory: {relative path: bytes}, None for a directory."""
    found = {}
    for d, dirs, files in os.walk(top):
        for name in dirs:
            found[os.path.relpath(os.path.join(d, name), top)] = None
        for name in files:
            path = os.path.join(d, name)
            with open(path, "rb") as f:
                found[os.path.relpath(path, top)] = f.read()
    return found


def restore(top, files):
    """The opposite of snapshot."""
    shutil.rmtree(top, ignore_errors=True)
    os.mkdir(top)
    for path in sorted(files):
        if files[path] is None:
            os.mkdir(os.path.join(top, path))
    for path, data in files.items():
        if data is not None:
            with open(os.path.join(top, path), "wb") as f:
                f.write(data)


class Scenario:
    """A command that runs in work/, beside the inputs that setup makes."""

    setup = ""  # shell text that makes the inputs, and work/ as the command finds it
    stdin = None  # an input that the command gets through a pipe
    commit = {}  # file: the files that are whole once it is the new one; None for all
    scratch = r"(.*/)?[^/]*\.tmp"  # files that a killed command may leave
    kinds = KINDS
    strides = {}  # kind: (limit, stride)
    made = ()  # names of other files that the command makes
    known = {}  # regex of a failure: the fault in tamis that it comes from

    def command(self):
        raise NotImplementedError

    def again(self):
        """The command that completes what was broken off."""
        return self.command()


class Norm(Scenario):
    setup = """
        awk -v seed=5 -v docs=120 -f $HERE/../property/corpus.awk >in
        mkdir work
        for f in out out.zst rejects; do echo '{"text":"old"}' >work/$f; done
    """
    kinds = {**KINDS, "write": ["KILL", "TERM", "INT", "PIPE", "ENOSPC", "EIO", "short"]}

    def command(self):
        return ["norm", "-q", "-j1", "-r", "rejects", "-o", "out", "../in"]


class NormZst(Norm):
    strides = {"alloc": (0, 7)}

    def command(self):
        return ["norm", "-q", "-j1", "-r", "rejects", "-o", "out.zst", "../in"]


class NormThreads(Norm):
    """Several blocks on several threads: call N is another one each time."""

    setup = Norm.setup.replace("docs=120", "docs=2500")
    kinds = {"write": ["KILL", "ENOSPC"], "thread": ["EAGAIN"], "alloc": ["ENOMEM"]}
    strides = {"alloc": (0, 97)}

    def command(self):
        return ["norm", "-q", "-j4", "-r", "rejects", "-o", "out", "../in"]


class Exact(Scenario):
    """Standard input is a pipe, so --rank spools it."""

    setup = """
        awk -v seed=6 -v docs=200 -f $HERE/../property/corpus.awk >in
        mkdir work work/spool
    """
    stdin = "in"
    scratch = r"(.*/)?[^/]*\.tmp|spool/.*"

    def command(self):
        return ["exact", "-q", "-j1", "--rank", "q", "--tmp", "spool", "-r", "rejects", "-o", "out"]


class NearSketch(Scenario):
    """The sketches and the rejects precede the output."""

    setup = Norm.setup + "echo old >work/out.near"
    strides = {"alloc": (0, 7)}
    commit = {"out": ["out.near", "rejects", "out.report.json"]}

    def command(self):
        return ["near-sketch", "-q", "-j1", "-r", "rejects", "-o", "out", "../in"]


class Near(Exact):
    """Little memory, so that there are temporary files."""

    setup = """
        awk -v seed=6 -v docs=60 -f $HERE/../property/corpus.awk >some
        sed 's/lang/language/' some | cat some - >in
        mkdir work work/spool
    """
    strides = {"alloc": (0, 23), "write": (20, 9), "read": (20, 9)}

    def command(self):
        return ["near", "-q", "-j1", "--memory", "1Mi", "--counts", "--tmp", "spool", "-r", "rejects", "-o", "out"]


class Extract(Scenario):
    """ICU must not crash or lose text either."""

    setup = """
        for i in $(seq 30); do
            echo "<tr><td>row $i</td></tr><p>Number $i with <a href=x>a link</a> &amp; some more words</p>"
        done >rows
        { printf '<meta charset=latin1><title>A caf\\351</title><table>' && cat rows; } >page.html
        { printf '<p>A page that has no charset: \\351</p>' && cat rows; } >plain.html
        mkdir work
    """
    kinds = {"read": ["EIO", "short"], "alloc": ["ENOMEM"]}
    strides = {"alloc": (0, 3)}

    def command(self):
        return ["extract", "-q", "-j1", "-o", "out", "../page.html", "../plain.html"]


class Quality(Scenario):
    """ICU loads a dictionary when the first text needs it."""

    setup = """
        echo '{"lang":"en","text":"Plain words of English, and they are many. 😀"}' >in
        echo '{"lang":"th","text":"ภาษาไทยเป็นภาษา 我们今天去图书馆看书 日本語の文章です ພາສາລາວ ភាសាខ្មែរ မြန်မာဘာသာ"}' >>in
        mkdir work
    """
    kinds = {"alloc": ["ENOMEM"]}
    strides = {"alloc": (0, 5)}

    def command(self):
        return ["quality", "-q", "-j1", "--tag", "--segments", "--rules", "gopher", "-o", "out", "../in"]


class Thresholds(Quality):
    def command(self):
        return ["thresholds", "-q", "-j1", "--min-docs", "1", "-o", "out", "../in"]


MODEL = """
    awk -v seed=1 -v docs=60 -f $HERE/../property/corpus.awk >in
    tamis vocab -q --size 300 -o m in
    mkdir work
"""


class Vocab(Scenario):
    setup = """
        awk -v seed=1 -v docs=20 -f $HERE/../property/corpus.awk >in
        mkdir work
    """
    kinds = {"write": ["KILL", "ENOSPC"], "rename": ["EIO"], "sync": ["EIO"], "alloc": ["ENOMEM"]}
    strides = {"alloc": (0, 397)}

    def command(self):
        return ["vocab", "-q", "-j1", "--size", "300", "-o", "out", "../in"]


class VocabCount(Vocab):
    """With the least memory, words are spilled."""

    setup = Vocab.setup.replace("docs=20", "docs=2000")
    strides = {"alloc": (0, 397), "write": (20, 9)}

    def command(self):
        return ["vocab-count", "-q", "-j1", "-m", "1Mi", "--tmp", ".", "-o", "out", "../in"]


class VocabTrain(Vocab):
    setup = Vocab.setup + """
        tamis vocab-count -q -o a.counts in
        tamis vocab-count -q -o b.counts in
    """
    kinds = {**Vocab.kinds, "read": ["EIO", "short"]}

    def command(self):
        return ["vocab-train", "-q", "--size", "300", "--tmp", ".", "-o", "out", "../a.counts", "../b.counts"]


class Encode(Scenario):
    setup = MODEL
    scratch = r"(.*/)?[^/]*\.tmp|en\.lock"
    made = ("en.lock",)
    commit = {"en.sdx": ["en.bin", "en.idx"]}
    scratch = r"[^/]*\.tmp|en\.lock"
    strides = {"alloc": (60, 2999)}

    def command(self):
        return ["encode", "-q", "-j1", "-m", "../m", "-o", "en", "../in"]

    def again(self):
        return self.command() + (["--force"] if os.path.exists("work/en.sdx") else [])


class EncodeLong(Encode):
    """A document with more ids than stay in memory."""

    setup = """
        python3 $HERE/../golden/sp_model.py >m
        awk 'BEGIN { printf "{\\"text\\":\\""; for (i = 0; i < 110000; i++) printf "ab ba a b "; print "\\"}" }' >in
        mkdir -p work/spool
    """
    kinds = {"open": ["EACCES"], "write": ["ENOSPC", "short", "KILL"], "read": ["EIO", "short"]}

    def command(self):
        return super().command() + ["--tmp", "spool"]


class EncodeForce(Encode):
    setup = MODEL + "head -n 5 in | tamis encode -q -m m -o work/en"
    kinds = {k: v for k, v in KINDS.items() if k not in ("alloc", "read")}

    def command(self):
        return super().command() + ["--force"]

    again = command


class Cat(Scenario):
    """Decodes: the model must not be blamed for lack of memory."""

    setup = MODEL + "head -n 5 in | tamis encode -q -m m -o en"
    kinds = {"read": ["EIO", "short"], "alloc": ["ENOMEM"]}
    made = ("m",)

    def command(self):
        return ["cat", "--all", "-m", "../m", "../en"]


class Feed(Scenario):
    """The thread that reads ahead passes its errors on."""

    setup = MODEL + """
        tamis encode -q -m m -o en in
        printf 'tamis-plan 1\\nseq 64\\nshard 50\\nphase p max\\ngroup g 1\\nsource en en in=g\\n' >p
        tamis mix -q -p p -o run
    """
    kinds = {"read": ["EIO", "short"], "alloc": ["ENOMEM"], "thread": ["EAGAIN"]}
    made = ("m",)

    def command(self):
        return ["feed", "--dp", "2", "--micro-batch", "3", "../run"]


class Reshard(Scenario):
    """The first of three shards is committed last."""

    setup = MODEL + """
        head -n 40 in | tamis encode -q -m m -o a
        tail -n 20 in | tamis encode -q -m m -o b
    """
    scratch = r"[^/]*\.tmp|x\.lock"
    made = ("x.lock",)
    commit = {"x-00000.sdx": None}

    def command(self):
        return ["reshard", "-q", "--shards", "3", "-o", "x", "../a", "../b"]

    def again(self):
        return self.command() + ["--force"] * any(f.endswith(".sdx") for f in os.listdir("work"))


class ReshardForce(Reshard):
    setup = Reshard.setup + "tamis reshard -q --shards 3 --source old -o work/x b"
    kinds = {k: v for k, v in KINDS.items() if k not in ("alloc", "read")}

    def command(self):
        return super().command() + ["--force"]

    again = command


class Export(Scenario):
    """The tokens appear after the files that describe them."""

    setup = MODEL + "head -n 40 in | tamis encode -q -m m -o a"
    scratch = r"[^/]*\.tmp|x\.lock"
    made = ("x.lock",)
    commit = {"x.ds": None}

    def command(self):
        return ["export", "-q", "--to", "datatrove", "-o", "x", "../a"]

    def again(self):
        return self.command() + ["--force"] * os.path.exists("work/x.ds")


class Import(Export):
    setup = Export.setup + "; tamis export -q --to olmo -o a a"
    commit = {"x.sdx": None}

    def command(self):
        return ["import", "-q", "--from", "olmo", "-m", "../m", "--eod", "2", "-o", "x", "../a.npy"]

    def again(self):
        return self.command() + ["--force"] * os.path.exists("work/x.sdx")


PLAN = (
    MODEL
    + """
    tamis encode -q -m m -o en in
    printf '%s\\n' 'tamis-plan 1' 'seq 64' 'shard 12' 'phase p 2K' 'group g 1' 'source en en in=g' >plan
"""
)


class Plan(Scenario):
    setup = PLAN + "echo old >work/lock"

    def command(self):
        return ["plan", "-q", "-o", "lock", "../plan"]


class Mix(Scenario):
    setup = PLAN
    commit = {"run/run.tsv": None}
    scratch = r"(.*/)?[^/]*\.tmp|run/run\.lock|run/scatter(/.*)?"
    step = []

    def command(self):
        return ["mix", "-q", "-j1", "-p", "../plan", "-o", "run", *self.step]

    def again(self):
        return ["mix", "-q", "-j1", "-p", "../plan", "-o", "run", "--resume"]


class MixScatter(Mix):
    """The first pass of two."""

    step = ["--scatter", "all"]
    scratch = r"(.*/)?[^/]*\.tmp|run/run\.lock"
    strides = {"alloc": (0, 5)}


class MixGather(Mix):
    """The second pass."""

    setup = PLAN + "cd work; tamis mix -q -p ../plan -o run --scatter all"
    step = ["--only-shards", "all"]
    kinds = {"write": ["KILL", "ENOSPC"], "rename": ["KILL", "EIO"], "sync": ["EIO"], "read": ["EIO"], "alloc": ["ENOMEM"]}
    strides = {"alloc": (0, 13)}


class MixResume(Mix):
    """A run that died within its second shard is taken up, and dies again."""

    setup = PLAN + """
        cd work
        FAULT=write:45:KILL LD_PRELOAD=$BIN/tests/fault.so tamis mix -q -j1 -p ../plan -o run &
        wait $! 2>/dev/null || true
        [ -e run/shard-00000.sdx ] && [ ! -e run/run.tsv ]
    """
    kinds = {"write": ["KILL"], "rename": ["KILL"], "unlink": ["KILL", "EIO"], "read": ["EIO"]}
    command = Mix.again


class MixExtend(Mix):
    """A run of one and a half shards is lengthened in place."""

    setup = PLAN + """
        sed 's/^phase p.*/phase p 1152/' plan >short
        cd work
        tamis mix -q -j1 -p ../short -o run
    """
    scratch = Mix.scratch + r"|run/plan\.lock\.old"
    kinds = {k: v for k, v in KINDS.items() if k != "alloc"}

    def command(self):
        return ["mix", "-q", "-j1", "-p", "../plan", "-o", "run", "--extend"]

    again = command


class Takedown(Scenario):
    """Two of the shards are links; a takedown of the same list takes a directory over."""

    setup = PLAN + """
        tamis mix -q -p plan -o run
        tamis where --json 0:0 run | sed 's/.*"id":"\\([^"]*\\)".*/id \\1/' >list
    """
    commit = {"new/run.tsv": None}
    scratch = r"(.*/)?[^/]*\.tmp|new/takedown\.lock"
    made = ("new", "takedown.lock", "shard-00000", "shard-00001", "shard-00002")
    strides = {"alloc": (40, 7)}

    def command(self):
        return ["takedown", "-q", "-j1", "-o", "new", "../list", "../run"]

    def again(self):
        return ["verify", "-q", "new"] if os.path.exists("work/new/run.tsv") else self.command()


SCENARIOS = {
    "norm": [Norm, NormZst, NormThreads],
    "exact": [Exact],
    "near": [Near, NearSketch],
    "extract": [Extract],
    "quality": [Quality],
    "thresholds": [Thresholds],
    "encode": [Encode, EncodeLong, EncodeForce],
    "plan": [Plan],
    "vocab": [Vocab],
    "vocab-count": [VocabCount],
    "vocab-train": [VocabTrain],
    "mix": [Mix, MixScatter, MixGather, MixResume, MixExtend],
    "takedown": [Takedown],
    "reshard": [Reshard, ReshardForce],
    "cat": [Cat],
    "export": [Export],
    "import": [Import],
    "feed": [Feed],
}


class Failure(Exception):
    pass


class Runner:
    """Runs one scenario in the current directory, which is empty."""

    def __init__(self, scenario):
        self.s = scenario
        sh(scenario.setup)
        self.before = snapshot("work")
        self.stdin = None
        if scenario.stdin:
            with open(scenario.stdin, "rb") as f:
                self.stdin = f.read()
        self.want = self.undisturbed(scenario.command())
        self.goal = self.undisturbed(scenario.again())
        self.names = {os.path.basename(p) for p in snapshot(".")} | {".", *self.s.made}
        self.runs = self.coped = 0
        self.recovered = set()  # states of work/ from which it was completed

    def undisturbed(self, command):
        code, err = self.run(command)
        if code:
            raise Failure(f"undisturbed: exit {code}: {err}")
        return snapshot("work")

    def run(self, command, fault=None):
        """Run tamis; return its exit code, negative for a signal, and what it wrote to stderr."""
        env = dict(os.environ)
        if fault:
            env.update(FAULT=fault, FAULT_MARK=os.path.abspath("mark"), LD_PRELOAD=PRELOAD)
        # A plain file has no pipe's readers and buffers, which take half of the time.
        with open("err", "w+b") as err, open(os.devnull, "wb") as null:
            with subprocess.Popen([TAMIS, *command], cwd="work", env=env, stdout=null, stderr=err,
                                  stdin=subprocess.PIPE if self.stdin else subprocess.DEVNULL) as p:
                try:
                    p.communicate(self.stdin, timeout=HANG)
                except subprocess.TimeoutExpired:
                    p.kill()
                    raise Failure("hangs") from None
            err.seek(0)
            return p.returncode, err.read().decode(errors="replace").rstrip("\n")

    def scratch(self, path):
        return re.fullmatch(self.s.scratch, path)

    def check_whole(self, temporaries):
        """Final names are whole; TEMPORARIES tells whether temporary files may be there."""
        found = snapshot("work")
        for path, data in found.items():
            if any(path in files and data == files[path] for files in (self.want, self.goal, self.before)):
                continue
            if not self.scratch(path):
                raise Failure(f"{path} is neither the old file nor the new one")
            if not temporaries and path.endswith(".tmp"):
                raise Failure(f"{path} is left over")
        for last, others in self.s.commit.items():
            if found.get(last) != self.goal[last]:
                continue
            for path in others or self.goal:
                if not self.scratch(path) and found.get(path, "missing") != self.goal[path]:
                    raise Failure(f"{last} is there before {path}")

    def check_equal(self, why, want):
        """work/ is what undisturbed runs make."""
        found = snapshot("work")
        for path in found.keys() | want.keys():
            if not self.scratch(path) and found.get(path, "missing") != want.get(path, "missing"):
                raise Failure(f"{why}, and {path} is not what it should be")

    def state(self):
        """work/ as far as a later run can depend on it: all but the content of temporary files."""
        return frozenset(
            (re.sub(r"[^/]*\.tmp$", "tmp", path), None if path.endswith(".tmp") else data)
            for path, data in snapshot("work").items())

    def names_file(self, message):
        """Whether there is one message, and it names a file, or memory or threads as what is short."""
        words = set(re.split(r"[ ':]+|\.\.?/", message)) | set(re.split(r"[ ':/]+", message))
        return message.startswith("tamis ") and "\n" not in message and (
            words & self.names or re.search(r"\.tmp|\.lock|standard input|memory|thread", message))

    def one(self, kind, n, action):
        """Run with one fault; return False if the command makes fewer calls than n."""
        restore("work", self.before)
        code, message = self.run(self.s.command(), f"{kind}:{n}:{action}")
        if not os.path.exists("mark"):
            return False
        os.unlink("mark")
        self.runs += 1
        if code == 0:
            self.check_equal("exit 0", self.want)
            if action in SIGNALS or kind in FATAL and action != "short":
                raise Failure("exit 0: the fault went unnoticed")
            self.coped += 1
            return True
        if code != SIGNALS.get(action, 4) or code == 4 and (action == "short" or not self.names_file(message)):
            raise Failure(f"exit {code}: {message}")
        self.check_whole(action == "KILL" or kind == "unlink")
        state = self.state()
        if state in self.recovered:
            return True
        code, message = self.run(self.s.again())
        if code:
            raise Failure(f"again: exit {code}: {message}")
        self.check_equal("again: exit 0", self.goal)
        self.recovered.add(state)
        return True

    def all(self):
        """Run all faults; return the number of failures."""
        failures = 0
        known = set()
        for kind, actions in self.s.kinds.items():
            limit, stride = self.s.strides.get(kind, (1 << 30, 1))
            for action in actions:
                n = max(1, min(limit, 1))
                more = True
                while more:
                    try:
                        more = self.one(kind, n, action)
                    except Failure as f:
                        text = f"{kind}:{n}:{action}: {f}"
                        found = {k for k in self.s.known if re.search(k, text)}
                        known |= found
                        if not found:
                            print(f"{type(self.s).__name__}: {text}")
                            failures += 1
                    n += 1 if n < limit else stride
        for k in self.s.known.keys() - known:
            # A stride may step over it.
            print(f"{type(self.s).__name__}: gone: remove it from known: {self.s.known[k]}")
            failures += not self.s.strides
        print(f"{type(self.s).__name__}: {self.runs} faults, {self.coped} of them coped with")
        return failures


def main():
    if os.environ.get("TAMIS_TEST_SAN"):
        print("fault: skipped: a sanitizer has an allocator and system calls of its own")
        return
    if not os.path.exists(PRELOAD):
        sys.exit(f"fault: no {PRELOAD}: build it with 'make build/tests/fault.so'")
    runs = failures = 0
    for scenario in SCENARIOS[sys.argv[1]]:
        if len(sys.argv) > 2 and scenario.__name__ not in sys.argv[2:]:
            continue
        with tempfile.TemporaryDirectory() as top:
            os.chdir(top)
            r = Runner(scenario())
            failures += r.all()
            runs += r.runs
            os.chdir("/")
    print(f"{runs - failures} passed, {failures} failed")
    sys.exit(failures != 0)


if __name__ == "__main__":
    main()
