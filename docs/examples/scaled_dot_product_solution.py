"""Scaled dot-product attention in PyTorch, as a submission to attn.

    python3 scaled_dot_product_solution.py CONFIG.yaml

reads the config, computes every step in double precision, and prints the trace that attn grades.
The backward pass is autograd's: each step of the forward pass is a leaf's descendant whose gradient
is kept. A step that is not written yet is left out, or has "values": [].
"""

import json
import math
import sys

import torch
import yaml


def attention_mask(config, queries, keys):
    """True means "attend". The mask, causal order and valid lengths must all allow it."""
    options = config.get("options", {})
    mask = torch.ones(queries, keys, dtype=torch.bool)
    if "mask" in config["inputs"]:
        mask &= torch.tensor(config["inputs"]["mask"])
    if options.get("causal", False):
        mask &= torch.ones(queries, keys, dtype=torch.bool).tril()
    lengths = options.get("valid_lens")
    if lengths is not None:
        lengths = torch.as_tensor(lengths).reshape(-1, 1)
        mask &= torch.arange(keys) < lengths
    return mask


def scale_of(config, dk):
    scale = config.get("options", {}).get("scale", "sqrt_dk")
    return {"sqrt_dk": 1.0 / math.sqrt(dk), "none": 1.0}.get(scale, scale)


def solve(config):
    """Every tensor by name, with its axes."""
    def given(name):
        return torch.tensor(config["inputs"][name], dtype=torch.float64, requires_grad=True)

    queries, keys, values = given("queries"), given("keys"), given("values")
    mask = attention_mask(config, len(queries), len(keys))
    scale = scale_of(config, queries.shape[1])

    scores = queries @ keys.T
    scaled = scale * scores
    masked = scaled.masked_fill(~mask, -math.inf)
    # A query that may see no key attends to nothing; a plain softmax would give it NaN, and the
    # gradient of one, so its row is given scores of 0 first, and weights of 0 afterwards.
    blind = ~mask.any(dim=1, keepdim=True)
    weights = torch.softmax(masked.masked_fill(blind, 0.0), dim=1).masked_fill(blind, 0.0)
    context = weights @ values

    for tensor in (scores, scaled, weights):
        tensor.retain_grad()
    d_context = torch.ones_like(context)
    if "d_context" in config["inputs"]:
        d_context = torch.tensor(config["inputs"]["d_context"], dtype=torch.float64)
    context.backward(d_context)

    return {
        "scale": (torch.tensor(scale, dtype=torch.float64), []),
        "scores": (scores, ["Tq", "Tk"]),
        "scaled": (scaled, ["Tq", "Tk"]),
        "masked": (masked, ["Tq", "Tk"]),
        "weights": (weights, ["Tq", "Tk"]),
        "context": (context, ["Tq", "dv"]),
        "d_values": (values.grad, ["Tk", "dv"]),
        "d_weights": (weights.grad, ["Tq", "Tk"]),
        "d_scaled": (scaled.grad, ["Tq", "Tk"]),
        "d_scores": (scores.grad, ["Tq", "Tk"]),
        "d_queries": (queries.grad, ["Tq", "dk"]),
        "d_keys": (keys.grad, ["Tk", "dk"]),
    }


def numbers(values):
    """JSON has no infinities: they are texts in a trace."""
    if isinstance(values, list):
        return [numbers(value) for value in values]
    return values if math.isfinite(values) else str(values)  # "inf", "-inf", "nan"


def trace(config):
    steps = []
    for name, (tensor, axes) in solve(config).items():
        shown = {"name": name, "axes": axes, "shape": list(tensor.shape),
                 "values": numbers(tensor.detach().tolist())}
        steps.append({"id": name, "tensors": [shown]})
    return {"format": "attn-trace", "version": 1, "chapter": config["chapter"], "steps": steps}


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        print(json.dumps(trace(yaml.safe_load(file))))
