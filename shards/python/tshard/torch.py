"""A dataset of batches for PyTorch's DataLoader and torchdata's StatefulDataLoader."""
import torch
import torch.utils.data

from .batches import TshardError
from .feed import Feed
from .run import Run


def tensors(batch, ids=torch.int64, mask=torch.float32):
    """A batch as tensors: token ids, labels and positions in one type, the loss mask in another."""
    types = {"tokens": ids, "labels": ids, "position_ids": ids, "loss_mask": mask, "cu_seqlens": torch.int32}
    out = {name: torch.as_tensor(batch[name]).to(to) for name, to in types.items()}
    # Copies: torch lacks most unsigned types.
    out["source_ids"] = torch.tensor(batch["source_ids"].astype("int64"))
    out["sample_ids"] = torch.tensor(batch["sample_ids"].astype("int64"))
    out["consumed"] = batch["consumed"]
    return out


class Dataset(torch.utils.data.IterableDataset):
    """The micro-batches of one rank; use it with DataLoader(dataset, batch_size=None).

    It takes the arguments of Feed, and its stream is the same for any number of DataLoader workers.  Each iteration
    starts at `consumed`, or at the state that was loaded, whatever the workers are.

    StatefulDataLoader calls state_dict and load_state_dict.  With another loader, save state_after(batch) for the last
    batch that was trained on: the loader has read further.
    """

    def __init__(self, run, consumed=0, micro_batch=1, dp=1, rank=0, *, run_id=None, **options):
        self.run = run if isinstance(run, Run) else Run(run)
        self.arguments = {"micro_batch": micro_batch, "dp": dp, "rank": rank, **options}
        Feed(self.run, consumed, run_id=run_id, native=False, **self.without_native()).close()  # check them here
        self.end = consumed + options["samples"] if options.get("samples") is not None else None
        self.load_state_dict({"run_id": self.run.run_id, "consumed": consumed})

    def without_native(self):
        return {k: v for k, v in self.arguments.items() if k not in ("native", "samples")}

    def __iter__(self):
        info = torch.utils.data.get_worker_info()
        workers, worker = (info.num_workers, info.id) if info else (1, 0)
        # Not where the last iteration ended: workers that persist have read further than what the loader returned.
        self.state = dict(self.start)
        if self.state.get("workers", workers) != workers:
            raise TshardError(f"a state of {self.state['workers']} workers, now {workers}: load one of state_after(batch)")
        start = self.state["consumed"]
        arguments = dict(self.arguments, samples=self.end - start) if self.end is not None else self.arguments
        if self.end == start:
            return
        step = arguments["micro_batch"] * arguments["dp"]
        with Feed(self.run, start, workers=workers, worker=worker, **arguments) as feed:
            for i, batch in enumerate(feed, 1):
                # A worker resumes at its own next batch, from a multiple of all workers' batches.
                self.state = {"run_id": self.run.run_id, "consumed": start + i * workers * step}
                if workers > 1:
                    self.state["workers"] = workers
                yield tensors(batch)

    def state_dict(self):
        return dict(self.state)

    def state_after(self, batch):
        """The state to resume with after a batch, with any number of workers, ranks and samples in a micro-batch."""
        return {"run_id": self.run.run_id, "consumed": int(batch["consumed"])}

    def load_state_dict(self, state):
        self.run.check_id(state.get("run_id"))
        self.start = {**state, "run_id": self.run.run_id}
        self.state = dict(self.start)
