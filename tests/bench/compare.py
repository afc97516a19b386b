"""What the verify benchmarks share: commands timed in turns, medians of ratios, peak memory."""
import os
import statistics
import subprocess
import sys
import time

ROUNDS = 5


def timed(command):
    """Seconds, and the peak resident size in MB, of a command; a shell line when it is a text."""
    started = time.perf_counter()
    argv = ["sh", "-c", command] if isinstance(command, str) else command
    child = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 3):
        sys.exit(f"exit code {child.returncode}: {command}")
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def compare(what, ours, theirs, goal):
    """Prints the median ratio of ours to theirs; true when it is within the goal."""
    timed(ours), timed(theirs)  # into the page cache
    rounds = [(timed(ours), timed(theirs)) for _ in range(ROUNDS)]
    ratio = statistics.median(mine[0] / other[0] for mine, other in rounds)
    mine = statistics.median(row[0][0] for row in rounds)
    other = statistics.median(row[1][0] for row in rounds)
    memory = max(row[0][1] for row in rounds)
    verdict = "ok" if ratio <= goal else "MISSED"
    print(f"{what}: {mine:.3f} s against {other:.3f} s, ratio {ratio:.2f}, goal at most {goal}: {verdict}; peak {memory:.0f} MB",
          flush=True)
    return ratio <= goal
