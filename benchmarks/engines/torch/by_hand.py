"""The gradient of the affine couplings' loss written out: no tape, every product into memory that is kept."""
import math

import torch


class ByHand:
    """Loss and gradient at flat parameters; views of both, layer by layer, as [weight, bias, ...]."""

    def __init__(self, model, views, gradients, rows):
        self.layers, self.bound = model["layers"], model["bound"]
        self.views, self.gradients = views, gradients
        self.dense = len(model["hidden"]) + 1
        self.rows, self.dim = rows, model["dim"]
        widths = [self.dim // 2, *model["hidden"], self.dim]
        # Activations of every layer's network, kept for the way back.
        self.kept = [[torch.empty(rows, w) for w in widths[1:]] for _ in range(self.layers)]

    def forward(self, i, x):
        for k in range(self.dense):
            j = 2 * (i * self.dense + k)
            out = self.kept[i][k]
            torch.addmm(self.views[j + 1], x, self.views[j].t(), out=out)
            if k < self.dense - 1:
                out.relu_()
            x = out
        return x

    def loss_and_gradient(self, batch):
        half, rows = self.dim // 2, self.rows
        parts = [batch[:, :half], batch[:, half:]]
        saved, log_det = [], 0.0
        for i in range(self.layers):
            kept, moved = i % 2, 1 - i % 2
            raw = self.forward(i, parts[kept])
            denominator = raw[:, half:].abs().div_(self.bound).add_(1)
            s = raw[:, half:] / denominator
            scale = s.exp()
            saved.append((parts[kept], parts[moved], denominator, scale))
            parts[moved] = torch.addcmul(raw[:, :half], parts[moved], scale)
            log_det += s.sum()
        loss = (0.5 * (parts[0].square().sum() + parts[1].square().sum()) - log_det) / rows + 0.5 * self.dim * math.log(2 * math.pi)
        # d loss / d z, for a loss that is the mean over rows.
        g = [parts[0] / rows, parts[1] / rows]
        for i in reversed(range(self.layers)):
            kept, moved = i % 2, 1 - i % 2
            still, before, denominator, scale = saved[i]
            d_raw = torch.empty(rows, self.dim)
            d_raw[:, :half] = g[moved]
            g[moved] = g[moved] * scale
            # ds/dr = 1 / denominator^2; every log-scale also counts -1 / rows.
            torch.addcmul(torch.full_like(scale, -1.0 / rows), g[moved], before, out=d_raw[:, half:])
            d_raw[:, half:].div_(denominator).div_(denominator)
            g[kept] = g[kept] + self.backward(i, still, d_raw)
        return loss

    def backward(self, i, x, d):
        for k in reversed(range(self.dense)):
            j = 2 * (i * self.dense + k)
            inputs = self.kept[i][k - 1] if k > 0 else x
            torch.mm(d.t(), inputs, out=self.gradients[j])
            torch.sum(d, 0, out=self.gradients[j + 1])
            d = torch.mm(d, self.views[j])
            if k > 0:
                d.mul_(inputs > 0)
        return d
