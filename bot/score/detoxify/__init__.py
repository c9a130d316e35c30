"""Detoxify: its checkpoints found, trusted, converted once to ONNX, and served without torch.

`serve` is what the bot runs. `load`, `export` and `torch_model` need the `detoxify` extra.
"""
