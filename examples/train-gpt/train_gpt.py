#!/usr/bin/env python3
"""Train a small GPT on a run of tamis, on the CPU, and resume it with exactly the samples that are left.

usage: train_gpt.py [--steps N] [--save-every N] [--kill-at STEP] [--workers N] --checkpoint FILE RUN

Prints one line per step: the step, the samples consumed, the loss, and the first and last sample of the step.  Started
again with the same checkpoint, it continues from there.
"""
import argparse
import os
import signal

import torch
import torch.nn.functional as F
from torch import nn
from tshard import Run
from tshard.megatron import attention_masks
from tshard.torch import Dataset

MICRO_BATCH, PER_STEP = 4, 2  # samples, and micro-batches of a step
WIDTH, HEADS, LAYERS = 64, 4, 2


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.mlp = nn.Sequential(nn.Linear(WIDTH, 4 * WIDTH), nn.GELU(), nn.Linear(4 * WIDTH, WIDTH))

    def forward(self, x, visible):
        rows, seq, _ = x.shape
        q, k, v = (t.view(rows, seq, HEADS, -1).transpose(1, 2) for t in self.qkv(self.norm1(x)).split(WIDTH, dim=2))
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=visible)
        x = x + self.out(y.transpose(1, 2).reshape(rows, seq, WIDTH))
        return x + self.mlp(self.norm2(x))


class GPT(nn.Module):
    def __init__(self, vocab, seq):
        super().__init__()
        self.token, self.position = nn.Embedding(vocab, WIDTH), nn.Embedding(seq, WIDTH)
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.norm, self.head = nn.LayerNorm(WIDTH), nn.Linear(WIDTH, vocab, bias=False)

    def forward(self, batch):
        x = self.token(batch["tokens"]) + self.position(batch["position_ids"])
        visible = ~attention_masks(batch)  # within a document, and not ahead
        for block in self.blocks:
            x = block(x, visible)
        return self.head(self.norm(x))


def loss_of(model, batch):
    loss = F.cross_entropy(model(batch).flatten(0, 1), batch["labels"].flatten(), reduction="none")
    return (loss * batch["loss_mask"].flatten()).sum() / batch["loss_mask"].sum().clamp(min=1)


def save(path, step, data, model, optimizer):
    """The rename makes the checkpoint whole or absent."""
    torch.save({"step": step, "data": data, "model": model.state_dict(), "optimizer": optimizer.state_dict()}, path + ".tmp")
    os.replace(path + ".tmp", path)


def main():
    p = argparse.ArgumentParser(description="train a small GPT on a run of tamis")
    p.add_argument("run")
    p.add_argument("--checkpoint", required=True, metavar="FILE")
    p.add_argument("--steps", type=int, default=20, metavar="N")
    p.add_argument("--save-every", type=int, default=5, metavar="N")
    p.add_argument("--kill-at", type=int, metavar="STEP", help="end by SIGKILL after this step, as a machine that fails")
    p.add_argument("--workers", type=int, default=0, metavar="N")
    args = p.parse_args()

    torch.manual_seed(1)
    torch.set_num_threads(1)  # the order of sums, and so the loss, does not depend on the machine
    run = Run(args.run)
    model = GPT(run.vocab, run.seq_len)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    dataset = Dataset(run, micro_batch=MICRO_BATCH, within=True)
    step = 0
    if os.path.exists(args.checkpoint):
        saved = torch.load(args.checkpoint, weights_only=True)
        step = saved["step"]
        dataset.load_state_dict(saved["data"])
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])

    batches = iter(torch.utils.data.DataLoader(dataset, batch_size=None, num_workers=args.workers))
    while step < args.steps:
        total, ids = 0.0, []
        for _ in range(PER_STEP):
            batch = next(batches)
            loss = loss_of(model, batch) / PER_STEP
            loss.backward()
            total += loss.item()
            ids += batch["sample_ids"].tolist()
        optimizer.step()
        optimizer.zero_grad()
        step += 1
        print(f"step {step}: consumed {batch['consumed']}, loss {total:.6f}, samples {ids[0]} to {ids[-1]}", flush=True)
        if step % args.save_every == 0:
            save(args.checkpoint, step, dataset.state_after(batch), model, optimizer)
        if step == args.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
