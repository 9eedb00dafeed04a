"""The flows in PyTorch, on rows [rows, columns]: plain functions for autograd."""
import math

import torch
import torch.nn.functional as F


def affine(raw, half, bound):
    r = raw[:, half:]
    return raw[:, :half], r / (1 + r.abs() / bound)


def sizes(raw, bins, minimum, tails):
    return (F.softmax(raw, -1) * (1 - bins * minimum) + minimum) * (2 * tails)


def spline(raw, x, m):
    """Rational-quadratic splines, Durkan et al. 2019, equations 4 to 6."""
    rows, half = x.shape
    k, tails = m["bins"], m["tails"]
    offset = math.log(math.expm1(1 - m["minimumSlope"]))
    w = sizes(raw[:, : half * k].reshape(rows, half, k), k, m["minimumBin"], tails)
    h = sizes(raw[:, half * k : 2 * half * k].reshape(rows, half, k), k, m["minimumBin"], tails)
    d = F.softplus(raw[:, 2 * half * k :].reshape(rows, half, k - 1) + offset) + m["minimumSlope"]
    d = F.pad(d, (1, 1), value=1.0)
    inside = x.abs() <= tails
    held = torch.where(inside, x, torch.zeros_like(x))
    right = torch.cumsum(w, -1) - tails
    top = torch.cumsum(h, -1) - tails
    at = torch.searchsorted(right[..., :-1].detach().contiguous(), held.detach().unsqueeze(-1), right=True)
    pick = lambda xs: xs.gather(-1, at).squeeze(-1)
    width, height = pick(w), pick(h)
    left, bottom = pick(right) - width, pick(top) - height
    d0, d1 = pick(d), d.gather(-1, at + 1).squeeze(-1)
    s = height / width
    xi = (held - left) / width
    rest = 1 - xi
    product = xi * rest
    spread = s + (d0 + d1 - 2 * s) * product
    y = bottom + height * (s * xi * xi + d0 * product) / spread
    slope = torch.log(s * s * (d1 * xi * xi + 2 * s * product + d0 * rest * rest)) - 2 * torch.log(spread)
    return torch.where(inside, y, x), torch.where(inside, slope, torch.zeros_like(slope)).sum(-1)


class Flow:
    """A model with its dense layers: params is [weight, bias, ...] for each dense layer of each layer."""

    def __init__(self, model, masks):
        self.model, self.masks = model, masks
        self.dense = len(model["hidden"]) + 1
        self.dim = model["dim"]

    def network(self, params, i, x):
        for k in range(self.dense):
            j = 2 * (i * self.dense + k)
            weight = params[j] if self.masks is None else params[j] * self.masks[k]
            x = F.linear(x, weight, params[j + 1])
            if k < self.dense - 1:
                x = torch.relu(x)
        return x

    def log_prob(self, params, x):
        m, log_det = self.model, 0.0
        if m["kind"] == "maf":
            for i in range(m["layers"]):
                u = x if i % 2 == 0 else x.flip(-1)
                t, s = affine(self.network(params, i, u[:, : self.dim - 1]), self.dim, m["bound"])
                u = u * s.exp() + t
                log_det = log_det + s.sum(-1)
                x = u if i % 2 == 0 else u.flip(-1)
            z = x
        else:
            half = self.dim // 2
            parts = [x[:, :half], x[:, half:]]
            for i in range(m["layers"]):
                kept, moved = i % 2, 1 - i % 2
                raw = self.network(params, i, parts[kept])
                if m["kind"] == "nsf":
                    parts[moved], slope = spline(raw, parts[moved], m)
                    log_det = log_det + slope
                else:
                    t, s = affine(raw, half, m["bound"])
                    parts[moved] = parts[moved] * s.exp() + t
                    log_det = log_det + s.sum(-1)
            z = torch.cat(parts, -1)
        return log_det - 0.5 * (z * z).sum(-1) - 0.5 * self.dim * math.log(2 * math.pi)

    def to_data(self, params, z):
        m = self.model
        if m["kind"] == "maf":
            for i in reversed(range(m["layers"])):
                u = z if i % 2 == 0 else z.flip(-1)
                x = torch.zeros_like(u)
                for _ in range(self.dim):
                    t, s = affine(self.network(params, i, x[:, : self.dim - 1]), self.dim, m["bound"])
                    x = (u - t) * (-s).exp()
                z = x if i % 2 == 0 else x.flip(-1)
            return z
        half = self.dim // 2
        parts = [z[:, :half], z[:, half:]]
        for i in reversed(range(m["layers"])):
            kept, moved = i % 2, 1 - i % 2
            t, s = affine(self.network(params, i, parts[kept]), half, m["bound"])
            parts[moved] = (parts[moved] - t) * (-s).exp()
        return torch.cat(parts, -1)
