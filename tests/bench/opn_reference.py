#!/usr/bin/env python3
"""Times OmDet-Turbo of Hugging Face's transformers at its released size with random weights, for comparison with
`bench_proposals --network opn`. Needs torch, transformers 4.50.1 and timm.

  opn_reference.py [--threads 2] [--repeat 5] [--labels 15]
"""
import argparse
import resource
import statistics
import time

import torch
from transformers import OmDetTurboConfig, OmDetTurboForObjectDetection


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--labels", type=int, default=15)
    options = parser.parse_args()
    torch.set_grad_enabled(False)
    torch.set_num_threads(options.threads)
    model = OmDetTurboForObjectDetection(OmDetTurboConfig()).eval()
    words = torch.tensor([[49406, 320, 1125, 49407]])
    labels = words.repeat(options.labels, 1)
    inputs = {"pixel_values": torch.randn(1, 3, 640, 640), "classes_input_ids": labels,
              "classes_attention_mask": torch.ones_like(labels), "tasks_input_ids": words,
              "tasks_attention_mask": torch.ones_like(words), "classes_structure": torch.tensor([options.labels])}
    seconds = []
    for _ in range(options.repeat + 1):
        start = time.perf_counter()
        model(**inputs)
        seconds.append(time.perf_counter() - start)
    # The first call reads the text, which the model then keeps.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"median of {options.repeat}: {statistics.median(seconds[1:]):.2f} s, peak {peak} MiB")


if __name__ == "__main__":
    main()
