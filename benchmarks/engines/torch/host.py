"""PyTorch under test: `host.py NAME` answers one line of JSON after another, as host.ts does; `host.py NAME WORK FOLDER
COUNT` does a piece of work so many times and ends."""
import base64
import json
import os
import resource
import sys
import time

import torch
from by_hand import ByHand
from flow import Flow

CHECKED, STEPS, CHUNK = 512, 5, 2048
by_hand = sys.argv[1] == "torch-by-hand"


def array(folder, name, *shape):
    with open(os.path.join(folder, name + ".f32"), "rb") as f:
        data = bytearray(f.read())
    flat = torch.frombuffer(data, dtype=torch.float32).clone() if data else torch.empty(0)
    return flat.reshape(shape) if shape else flat


def widths(model):
    groups = 3 * model["bins"] - 1 if model["kind"] == "nsf" else 2
    dim = model["dim"]
    first, moved = (dim - 1, dim) if model["kind"] == "maf" else (dim // 2, dim // 2)
    return [first, *model["hidden"], moved * groups]


def views(model, flat):
    """Flat numbers as weights [out, in] and biases, sharing memory."""
    w, at, out = widths(model), 0, []
    for _ in range(model["layers"]):
        for i, o in zip(w, w[1:]):
            out += [flat[at : at + i * o].view(o, i), flat[at + i * o : at + i * o + o]]
            at += i * o + o
    return out


def masks_of(model, folder):
    flat, w, at, out = array(folder, "masks"), widths(model), 0, []
    if flat.numel() == 0:
        return None
    for i, o in zip(w, w[1:]):
        out.append(flat[at : at + i * o].view(o, i))
        at += i * o
    return out


class Training:
    """Adam on one flat buffer, which is the quickest of its forms."""

    def __init__(self, work, folder):
        model = work["model"]
        self.start = array(folder, "parameters")
        self.batch = array(folder, "rows").reshape(-1, model["dim"])[: work["rows"]].contiguous()
        self.model, self.flow = model, Flow(model, masks_of(model, folder))
        self.begin()

    def begin(self):
        self.flat = self.start.clone()
        self.gradient = torch.zeros_like(self.flat)
        self.first, self.second, self.steps = torch.zeros_like(self.flat), torch.zeros_like(self.flat), 0
        self.views, gradients = views(self.model, self.flat), views(self.model, self.gradient)
        if by_hand:
            self.hand = ByHand(self.model, self.views, gradients, self.batch.shape[0])
        else:
            for v, g in zip(self.views, gradients):
                v.requires_grad_()
                v.grad = g

    def loss(self):
        if by_hand:
            with torch.no_grad():
                return self.hand.loss_and_gradient(self.batch)
        self.gradient.zero_()
        loss = -self.flow.log_prob(self.views, self.batch).mean()
        loss.backward()
        return loss.detach()

    def step(self):
        loss = self.loss()
        self.steps += 1
        with torch.no_grad():
            self.first.mul_(0.9).add_(self.gradient, alpha=0.1)
            self.second.mul_(0.999).addcmul_(self.gradient, self.gradient, value=0.001)
            root = (self.second / (1 - 0.999**self.steps)).sqrt_().add_(1e-8)
            self.flat.addcdiv_(self.first, root, value=-1e-3 / (1 - 0.9**self.steps))
        return loss

    def check(self):
        loss = self.loss()
        gradient = self.gradient.clone()
        self.begin()
        losses = torch.stack([self.step() for _ in range(STEPS)])
        return {"loss": loss.reshape(1), "gradient": gradient, "losses": losses}

    def run(self, count):
        for _ in range(count):
            self.step()


class Repeated:
    def __init__(self, once, judged):
        self.once, self.judged = once, judged

    def begin(self):
        pass

    def check(self):
        with torch.no_grad():
            return {"values": self.judged()}

    def run(self, count):
        with torch.no_grad():
            for _ in range(count):
                self.once()


def in_chunks(f, x):
    """Pieces that fit the cache are quicker than the whole."""
    return torch.cat([f(part) for part in x.split(CHUNK)])


def prepare(work, folder):
    kind = work["kind"]
    if by_hand and not (kind == "train" and work["model"]["kind"] == "realnvp"):
        return None
    if kind == "train":
        return Training(work, folder)
    if kind == "exp":
        values = array(folder, "values")
        return Repeated(lambda: values.exp(), lambda: values.exp())
    if kind == "contraction":
        size, depth = work["size"], work["depth"]
        weights, x = array(folder, "weights", depth, size, size), array(folder, "values", size, work["rows"])

        def chain():
            at = x
            for i in range(depth):
                at = weights[i] @ at
            return at

        return Repeated(chain, chain)
    if kind in ("logProb", "sample"):
        model = work["model"]
        dim = model["dim"]
        flow, params = Flow(model, masks_of(model, folder)), views(model, array(folder, "parameters"))
        if kind == "logProb":
            f, x = lambda p: flow.log_prob(params, p), array(folder, "rows").reshape(-1, dim)[: work["rows"]]
            return Repeated(lambda: in_chunks(f, x), lambda: f(x[:CHECKED]))
        f, z = lambda p: flow.to_data(params, p), array(folder, "latent").reshape(-1, dim)
        return Repeated(lambda: in_chunks(f, torch.randn(work["rows"], dim)), lambda: f(z[:CHECKED]))
    return None


def timed(prepared, runs):
    prepared.begin()
    cpu, before = time.process_time(), time.perf_counter()
    prepared.run(runs)
    wall, used = time.perf_counter() - before, time.process_time() - cpu
    milliseconds = {"milliseconds": wall / runs, "wall": wall, "cpu": used, "total": used}
    return {"tag": "block", **{name: 1000 * value for name, value in milliseconds.items()}}


def block(prepared, seconds):
    """One unit says how many fill the time; where it fills the time alone, it is the block."""
    first = timed(prepared, 1)
    runs = round(1000 * seconds / first["wall"])
    if runs <= 1:
        return first
    whole = timed(prepared, runs)
    return {**whole, "total": whole["cpu"] + first["cpu"]}


def blas():
    """Which library multiplies matrices: Debian's torch takes whichever is installed, and the plain one is slow."""
    with open("/proc/self/maps") as maps:
        text = maps.read()
    return "OpenBLAS" if "openblas" in text else "MKL" if "mkl" in text else "plain BLAS"


def encode(tensor):
    return base64.b64encode(bytes(tensor.detach().contiguous().float().view(-1).numpy())).decode()


def peak_kibibytes():
    """The most memory this process had. ru_maxrss counts in what the process had that started it, /proc does not."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main():
    threads = int(os.environ.get("OMP_NUM_THREADS", "1"))
    torch.set_num_threads(threads)
    if len(sys.argv) > 2:
        ready = prepare(json.loads(sys.argv[2]), sys.argv[3])
        ready.begin()
        ready.run(int(sys.argv[4]))
        print(peak_kibibytes())
        return
    prepared = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["tag"] == "open":
                reply = {"tag": "opened", "threads": torch.get_num_threads(), "version": f"torch {torch.__version__}, {blas()}"}
            elif request["tag"] == "prepare":
                prepared = prepare(request["work"], request["folder"])
                reply = {"tag": "lacking"}
                if prepared is not None:
                    results = prepared.check()
                    reply = {"tag": "checked", "results": {name: encode(x) for name, x in results.items()}}
            else:
                reply = block(prepared, request["seconds"])
        except Exception as error:  # told to the runner, which says it
            reply = {"tag": "failed", "why": str(error)}
        print(json.dumps(reply, separators=(",", ":")), flush=True)


main()
