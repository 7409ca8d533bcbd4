"""Serve a language model's file on this machine alone, as OpenAI's server does.

    python3 -m venv llm && llm/bin/pip install xllamacpp
    llm/bin/python scripts/serve_gguf.py MODEL.gguf --port 8080

Where there is no Ollama, LM Studio or `llama-server`: `xllamacpp` (MIT) is that server, in a wheel.
"""

from __future__ import annotations

import argparse
import threading
from pathlib import Path

import xllamacpp


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("file", type=Path, help="the model, as GGUF")
    parser.add_argument("--name", help="what --assistant-model calls it; the file's name if left out")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--context", type=int, default=8192, help="tokens of question and answer")
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    settings = xllamacpp.CommonParams()
    settings.model.path = str(given.file)
    settings.model_alias = {given.name or given.file.stem}
    settings.hostnames, settings.port = ["127.0.0.1"], given.port
    settings.n_ctx, settings.n_parallel = given.context, 1
    settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = given.threads
    server = xllamacpp.Server(settings)
    print(f"{given.name or given.file.stem} at {server.listening_address}/v1", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
