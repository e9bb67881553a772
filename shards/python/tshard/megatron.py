"""An iterator for Megatron-LM's --dataloader-type external."""
import torch

from .feed import Feed
from .torch import tensors


def attention_masks(batch):
    """[samples, 1, seq, seq], True where a token must not see another one: a later one, or one of another document."""
    position = batch["position_ids"]
    rows, seq = position.shape
    segment = (position == 0).cumsum(dim=1)
    same = segment[:, :, None] == segment[:, None, :]
    return ~(same & torch.ones(seq, seq, dtype=torch.bool).tril()).view(rows, 1, seq, seq)


class Batches:
    def __init__(self, feed, masks):
        self.feed, self.masks = feed, masks

    def __iter__(self):
        return self

    def __next__(self):
        batch = tensors(next(self.feed))
        if self.masks:
            batch["attention_mask"] = attention_masks(batch)
        return batch


def megatron_iterator(run, consumed=0, micro_batch=1, dp=1, rank=0, *, attention_mask=False, **options):
    """Micro-batches as Megatron-LM's get_batch expects them, in the order of MegatronPretrainingSampler.

    Pass args.consumed_train_samples, args.micro_batch_size, and mpu's data-parallel world size and rank.  Further
    options are those of Feed.
    """
    return Batches(Feed(run, consumed, micro_batch, dp, rank, order="megatron", **options), attention_mask)
