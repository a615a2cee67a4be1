"""The explorer: 50 quick moves of levers in a row over the server that serves it, time and memory.

Prints figures, never fails on time. Run with `.venv/bin/python tests/benchmarks/explorer_bench.py`.
"""

from __future__ import annotations

import argparse
import gc
import http.client
import json
import statistics
import threading
import time
from typing import Any

import psutil

TARGET = 2.0
"""Seconds in which the median answer is to be there, on two cores."""


def body_of(name: str, entry: dict[str, Any], query: str) -> bytes:
    """Return the request that a page sends when its state has changed."""
    outputs = [
        dict(zip(("id", "property"), part.rsplit(".", 1), strict=True))
        for part in name.strip(".").split("...")
    ]
    values = {"state": query, "secret": "benchmark"}
    sent = {
        "output": name,
        "outputs": outputs,
        "inputs": [{**item, "value": values.get(item["id"])} for item in entry["inputs"]],
        "state": [{**item, "value": values.get(item["id"])} for item in entry["state"]],
        "changedPropIds": ["state.data"],
    }
    return json.dumps(sent).encode()


def main() -> None:
    """Serve, move, print."""
    import waitress

    from ankomst.explorer.app import THREADS, make_app, warm_up
    from ankomst.explorer.choices import QUICK_NEWCOMERS

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moves", type=int, default=50)
    parser.add_argument("--newcomers", type=int, default=QUICK_NEWCOMERS)
    chosen = parser.parse_args()
    app = make_app(newcomers=chosen.newcomers)
    begun = time.perf_counter()
    warm_up(app)
    print(f"ready after {time.perf_counter() - begun:.1f} s")
    server = waitress.create_server(app.server, host="127.0.0.1", port=0, threads=THREADS)
    threading.Thread(target=server.run, daemon=True).start()
    (found,) = [each for each in app.callback_map.items() if each[0].startswith("..answer.children...")]
    process = psutil.Process()
    seconds, memory = [], []
    for k in range(chosen.moves):
        # Every move asks for something new: nothing comes from what is kept.
        query = f"months={6 + k % 50}&benefit={50 + 5 * (k % 20)}&grant1={1000 * (k + 1)}"
        connection = http.client.HTTPConnection("127.0.0.1", server.effective_port, timeout=120)
        clock = time.perf_counter()
        connection.request(
            "POST", "/_dash-update-component", body_of(*found, query), {"Content-Type": "application/json"}
        )
        answer = connection.getresponse()
        content = answer.read()
        seconds.append(time.perf_counter() - clock)
        connection.close()
        if answer.status != 200 or b"What the numbers say" not in content:
            print(f"move {k}: status {answer.status}, no answer within the first wait")
        gc.collect()
        memory.append(process.memory_info().rss / 1e6)
    app.jobs.close()
    server.close()
    ordered = sorted(seconds)
    print(
        f"{len(seconds)} moves: median {statistics.median(seconds):.2f} s (bar {TARGET:g} s), "
        f"90 % within {ordered[int(0.9 * len(ordered))]:.2f} s, longest {ordered[-1]:.2f} s"
    )
    print(
        f"memory: {memory[0]:.0f} MB after the first move, {memory[len(memory) // 2]:.0f} MB half way, "
        f"{memory[-1]:.0f} MB at the end"
    )
    print(f"load of the machine: {psutil.getloadavg()[0]:.1f} on {psutil.cpu_count()} cores")


if __name__ == "__main__":
    main()
