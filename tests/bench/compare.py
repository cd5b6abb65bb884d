#!/usr/bin/python3
"""attn beside NumPy and PyTorch: the same work, in float64, on one thread, in one run.

usage: tests/bench/compare.py [PATH-OF-attn_bench [NAME]]      (build it first: ./attn bench --help)
       NAME picks the benchmarks whose names begin so
needs: apt-get install python3-numpy python3-torch

Prints a Markdown table of ratios: how many times as long the other takes. Above 1, attn is faster.
"""
import json
import os
import subprocess
import sys
import time

# One thread for all: set before the libraries load.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np
import torch
import torch.nn.functional as F

torch.set_num_threads(1)
DK = 64
WIDTH, WORDS = 256, 1000  # of recurrent models
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def median_time(work, at_least=0.3, most=50):
    """The median of as many runs as fit into about `at_least` seconds, after one that warms up."""
    work()
    times = []
    while len(times) < 3 or (sum(times) < at_least and len(times) < most):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return sorted(times)[len(times) // 2]


def numpy_softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def torch_attention(q, k, v):
    """Written out, since it too keeps the weights."""
    return torch.softmax(q @ k.T / DK**0.5, -1) @ v


def fastest(*works):
    """Of several ways to do the same, the one that takes least."""
    return min(works, key=lambda work: median_time(work, at_least=0.1))


def online_attention(n, causal):
    """Written out, or PyTorch's own function (public from 2.0 on), whichever is faster."""
    q, k, v = (torch.randn(n, DK, dtype=torch.float64) for _ in range(3))
    hidden = torch.ones(n, n).triu(1).bool()
    functional = torch.nn.functional

    def written():
        scores = q @ k.T / DK**0.5
        return torch.softmax(scores.masked_fill_(hidden, -torch.inf) if causal else scores, -1) @ v
    works = [written]
    if hasattr(functional, "scaled_dot_product_attention"):
        works.append(lambda: functional.scaled_dot_product_attention(q[None, None], k[None, None],
                                                                     v[None, None], is_causal=causal))
    elif hasattr(functional, "_scaled_dot_product_attention"):
        works.append(lambda: functional._scaled_dot_product_attention(
            q[None], k[None], v[None], torch.zeros(n, n, dtype=torch.float64).masked_fill_(
                hidden, -torch.inf)[None] if causal else None))
    return fastest(*works)


def multi_head(n):
    """nn.MultiheadAttention, 8 heads, width 512: with each head's weights, which attn keeps, or without,
    whichever is faster."""
    module = torch.nn.MultiheadAttention(512, 8, bias=True, batch_first=True).double().eval()
    x = torch.randn(1, n, 512, dtype=torch.float64)
    return fastest(lambda: module(x, x, x, average_attn_weights=False),
                   lambda: module(x, x, x, need_weights=False))


def encoder(kind, n):
    """PyTorch's own module over n words of width 256."""
    module = {"gru_encoder": torch.nn.GRU, "lstm_encoder": torch.nn.LSTM}[kind](WIDTH, WIDTH)
    module = module.double()
    x = 0.06 * torch.randn(n, 1, WIDTH, dtype=torch.float64)
    return lambda: module(x)


def small(*shape):
    return 0.06 * torch.randn(*shape, dtype=torch.float64)


def bahdanau_decoding(n):
    """Bahdanau's decoder with a teacher: U_a h_j once, GRUCell for the gates."""
    E, W_s = small(WORDS, WIDTH), small(WIDTH, WIDTH // 2)
    W_a, U_a, v_a = small(WIDTH, WIDTH), small(WIDTH, WIDTH), small(WIDTH)
    cell = torch.nn.GRUCell(2 * WIDTH, WIDTH).double()
    deep, output = small(2 * WIDTH, 3 * WIDTH), small(WORDS, WIDTH)
    H, targets = small(n, WIDTH), [2 + t for t in range(n)]

    def run():
        s, word, keys = torch.tanh(W_s @ H[0, WIDTH // 2:]), 0, H @ U_a.T
        for target in targets:
            e = torch.tanh(W_a @ s + keys) @ v_a
            c = torch.softmax(e, 0) @ H
            y = E[word]
            s = cell(torch.cat([y, c])[None], s[None])[0]
            t = (deep @ torch.cat([s, y, c])).view(-1, 2).max(-1).values
            torch.softmax(output @ t, 0).argmax()
            word = target
    return run


def luong_decoding(n):
    """Luong's decoder with a teacher, general scores, without input feeding."""
    E, W_a, W_c = small(WORDS, WIDTH), small(WIDTH, WIDTH), small(WIDTH, 2 * WIDTH)
    cell, output = torch.nn.GRUCell(WIDTH, WIDTH).double(), small(WORDS, WIDTH)
    H, start, targets = small(n, WIDTH), small(WIDTH), [2 + t for t in range(n)]

    def run():
        h, word = start, 0
        for target in targets:
            h = cell(E[word][None], h[None])[0]
            c = torch.softmax(H @ (h @ W_a), 0) @ H
            attentional = torch.tanh(W_c @ torch.cat([c, h]))
            torch.softmax(output @ attentional, 0).argmax()
            word = target
    return run


def attention_weights():
    return {name: small(512, 512) for name in "qkvo"} | {"b" + name: small(512) for name in "qkvo"}


def attend(p, x, k, v):
    """One position x (1, 512) over k and v (8, t, 64)."""
    q = F.linear(x, p["q"], p["bq"]).view(8, 1, 64)
    heads = torch.softmax(q @ k.transpose(1, 2) / 8.0, -1) @ v
    return F.linear(heads.view(1, 512), p["o"], p["bo"])


def project(p, x, which):
    return F.linear(x, p[which], p["b" + which]).view(len(x), 8, 64).transpose(0, 1)


def transformer_decoding(n):
    """The decoder's layers with a cache of keys and values, written out: nn.TransformerDecoder has none."""
    E, P, memory = small(WORDS, 512), small(n, 512), small(64, 512)
    layers = [{"self": attention_weights(), "cross": attention_weights(), "W_1": small(2048, 512),
               "b_1": small(2048), "W_2": small(512, 2048), "b_2": small(512)} for _ in range(2)]
    output, bias, ones, zeros = small(WORDS, 512), small(WORDS), small(512) + 1, small(512)

    def norm(x):
        return F.layer_norm(x, (512,), ones, zeros)

    def run():
        cross = [(project(p["cross"], memory, "k"), project(p["cross"], memory, "v")) for p in layers]
        cache, word = [None] * len(layers), 0
        for t in range(n):
            x = 512 ** 0.5 * E[word][None] + P[t]
            for i, p in enumerate(layers):
                k, v = project(p["self"], x, "k"), project(p["self"], x, "v")
                if cache[i]:
                    k, v = torch.cat([cache[i][0], k], 1), torch.cat([cache[i][1], v], 1)
                cache[i] = k, v
                x = norm(x + attend(p["self"], x, k, v))
                x = norm(x + attend(p["cross"], x, *cross[i]))
                hidden = torch.relu(F.linear(x, p["W_1"], p["b_1"]))
                x = norm(x + F.linear(hidden, p["W_2"], p["b_2"]))
            torch.softmax(F.linear(x, output, bias), -1).argmax()
            word = 2 + t
    return run


def encoder_layer(name, n):
    """PyTorch's own module, width 512, 8 heads, 2048 in the feed-forward network."""
    module = torch.nn.TransformerEncoderLayer(
        512, 8, 2048, dropout=0.0, activation="gelu" if name.endswith("_gelu") else "relu",
        dtype=torch.float64).eval()
    x = small(n, 1, 512)
    return lambda: module(x)


def others(name, n):
    """The same work for NumPy and PyTorch; None where there is nothing to compare with."""
    if name.startswith("encoder_layer"):
        return None, encoder_layer(name, n)
    if name.endswith("_encoder"):
        return None, encoder(name, n)
    if name.endswith("_decoding"):
        return None, {"bahdanau_decoding": bahdanau_decoding, "luong_decoding": luong_decoding,
                      "transformer_decoding": transformer_decoding}[name](n)
    if name.startswith("online_softmax"):
        return None, online_attention(n, name.endswith("causal"))
    if name == "multi_head":
        return None, multi_head(n)
    rng = np.random.default_rng(0)
    q, k, v = (rng.standard_normal((n, DK)) for _ in range(3))
    a, b = rng.standard_normal((n, n)), rng.standard_normal((n, n))
    tq, tk, tv, ta, tb = (torch.from_numpy(x) for x in (q, k, v, a, b))
    return {
        "matmul_nt": (lambda: q @ k.T, lambda: tq @ tk.T),
        "matmul_square": (lambda: a @ b, lambda: ta @ tb),
        "softmax": (lambda: numpy_softmax(a), lambda: torch.softmax(ta, -1)),
        "scaled_dot": (
            lambda: numpy_softmax(q @ k.T / DK**0.5) @ v,
            lambda: torch_attention(tq, tk, tv),
        ),
    }[name]


def ours(program, name):
    out = subprocess.run(
        [program, f"--benchmark_filter=^{name}$", "--benchmark_format=json",
         "--benchmark_repetitions=3", "--benchmark_report_aggregates_only=true",
         "--benchmark_min_time=0.1"],
        check=True, capture_output=True, text=True)
    for row in json.loads(out.stdout)["benchmarks"]:
        if row.get("aggregate_name") == "median":
            return row["real_time"] * {"ns": 1e-9, "us": 1e-6, "ms": 1e-3}[row["time_unit"]]
    raise SystemExit(f"{program} has no benchmark {name}")


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "build/release/attn_bench")
    listed = subprocess.run([program, "--benchmark_list_tests"], check=True, capture_output=True,
                            text=True).stdout.split()
    listed = [name for name in listed if name.startswith(sys.argv[2] if len(sys.argv) > 2 else "")]
    print(f"NumPy {np.__version__}, PyTorch {torch.__version__}, float64, one thread\n")
    print("| work | n | attn, ms | NumPy / attn | PyTorch / attn |")
    print("|---|--:|--:|--:|--:|")
    with torch.no_grad():
        for test in listed:
            name, _, n = test.partition("/")
            if name == "program":
                print(f"| attn {n.split('/')[0]}, whole process | | {1e3 * ours(program, test):.1f} | | |")
                continue
            mine = ours(program, test)
            ratios = [f"{median_time(work) / mine:.2f}" if work else "" for work in others(name, int(n))]
            print(f"| {name} | {n} | {1e3 * mine:.3f} | {ratios[0]} | {ratios[1]} |", flush=True)


if __name__ == "__main__":
    main()
