"""Leaves pipelines in every state by grpcio (gRPC's C core): running, waiting for their turn, and a stream
between two chunks. Arguments: the address, the process id of the server, how to leave (`cancel` the calls, `close` the
channel, or `kill` the process of the client), and how many times, 1 by default. Prints a line of JSON each time: the
server's counts before and after, and the milliseconds until they were 0, until its thread of pipelines slept, and in which that waited for a processor meanwhile."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import grpc
from google.protobuf import descriptor_pool, message_factory
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

SERVICE = "signer.pipeline.v1"
# Executions that run at once with 100 MB each, and others.
RUNNING, WAITING = 8, 3
TIMEOUT = 60
# The nice value of the server's threads that execute pipelines.
NICE = "10"
# A thread that works is never seen asleep so many times, a millisecond apart. It may well use no CPU time meanwhile.
LOOKS = 20

address, pid, how = sys.argv[1], sys.argv[2], sys.argv[3]
times = int(sys.argv[4]) if len(sys.argv) > 4 else 1


def connect():
    # Without the option, channels to one address share a connection.
    return grpc.insecure_channel(address, [("grpc.use_local_subchannel_pool", 1)])


observer = connect()
pool = descriptor_pool.DescriptorPool(ProtoReflectionDescriptorDatabase(observer))


def type_of(name):
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{SERVICE}.{name}"))


def method(channel, kind, name):
    return getattr(channel, kind)(
        f"/{SERVICE}.PipelineService/{name}",
        request_serializer=type_of(f"{name}Request").SerializeToString,
        response_deserializer=type_of(f"{name}Response").FromString,
    )


get_metrics = method(observer, "unary_unary", "GetMetrics")


def counts():
    metrics = get_metrics(type_of("GetMetricsRequest")(), timeout=TIMEOUT)
    return {name: getattr(metrics, name) for name in ("running", "waiting", "streams", "executions")}


def audio(values, frames):
    value = values.add(name="n0")
    value.audio.samples = bytes(2 * frames)
    value.audio.sample_rate = 16000
    value.audio.channels = 1
    value.audio.format = 2


def long_request():
    """Resamples through 20 nodes at the best quality, which takes many times the time limit of this script."""
    request = type_of("ExecutePipelineRequest")()
    request.manifest.version = 1
    request.manifest.limits.time_ms = 30000
    for i in range(20):
        rate = 15000 + 1000 * (i % 2)
        parameters = json.dumps({"sample_rate": rate, "quality": 10})
        request.manifest.nodes.add(id=f"n{i}", type="resample", parameters_json=parameters)
        if i > 0:
            request.manifest.connections.add(**{"from": f"n{i - 1}", "to": f"n{i}"})
    request.manifest.inputs.append("n0")
    request.manifest.outputs.append("n19")
    audio(request.inputs, 800000)
    return request


def stream_requests(ended):
    first = type_of("StreamPipelineRequest")()
    first.manifest.version = 1
    first.manifest.nodes.add(id="n0", type="levels")
    first.manifest.inputs.append("n0")
    first.manifest.outputs.append("n0")
    yield first
    chunk = type_of("StreamPipelineRequest")()
    audio(chunk.chunk.values, 1600)
    yield chunk
    ended.wait(TIMEOUT)


def open_calls():
    """Returns the channel and its calls."""
    channel = connect()
    execute = method(channel, "unary_unary", "ExecutePipeline")
    calls = [execute.future(long_request(), timeout=TIMEOUT) for _ in range(RUNNING + WAITING)]
    ended = threading.Event()
    stream = method(channel, "stream_stream", "StreamPipeline")(stream_requests(ended), timeout=TIMEOUT)
    next(stream)
    return channel, [*calls, stream], ended


def pipeline_threads():
    """Yields the state of each thread of pipelines, and the milliseconds in which it waited for a processor."""
    for thread in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{thread}/stat") as file:
                fields = file.read().rsplit(") ", 1)[1].split()
            if fields[16] != NICE:
                continue
            with open(f"/proc/{pid}/task/{thread}/schedstat") as file:
                yield fields[0], int(file.read().split()[1]) / 1e6
        except OSError:
            # The thread has ended.
            continue


def sleeps():
    """Returns whether all threads of pipelines sleep."""
    return all(state == "S" for state, _ in pipeline_threads())


def waited_ms():
    return sum(waited for _, waited in pipeline_threads())


def until(holds):
    """Waits for a condition. Returns the milliseconds that it took."""
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > TIMEOUT:
            raise TimeoutError(json.dumps(counts()))
    return round(1000 * (time.monotonic() - began), 1)


def until_quiet():
    """Waits until the threads of pipelines sleep. Returns the time at which they were first seen to do so."""
    began = time.monotonic()
    looks = 0
    while looks < LOOKS:
        if looks == 0:
            since = time.monotonic()
        looks = looks + 1 if sleeps() else 0
        if time.monotonic() - began > TIMEOUT:
            raise TimeoutError("The thread of pipelines does not sleep")
        time.sleep(0.001)
    return since


def busy(now):
    return (now["running"], now["waiting"], now["streams"]) == (RUNNING, WAITING, 1)


def idle(now):
    return (now["running"], now["waiting"], now["streams"]) == (0, 0, 0)


if how == "hold":
    channel, calls, ended = open_calls()
    print("open", flush=True)
    sys.stdin.read()
    os._exit(0)

def leave():
    """Opens calls, and leaves them. Returns the figures."""
    holder = None
    if how == "kill":
        command = [sys.executable, __file__, address, pid, "hold"]
        holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        holder.stdout.readline()
    else:
        channel, calls, ended = open_calls()
    until(lambda: busy(counts()))
    before = counts()
    if sleeps():
        raise RuntimeError("The thread of pipelines sleeps before the calls end")
    waited = waited_ms()
    left = time.monotonic()
    if how == "kill":
        holder.send_signal(signal.SIGKILL)
    elif how == "cancel":
        for call in calls:
            call.cancel()
    else:
        channel.close()
    quiet = until_quiet()
    waited = waited_ms() - waited
    until(lambda: idle(counts()))
    idle_ms = 1000 * (time.monotonic() - left)
    after = counts()
    if holder is not None:
        holder.wait()
    else:
        ended.set()
        channel.close()
    quiet_ms = 1000 * (quiet - left)
    figures = {"idleMs": idle_ms, "quietMs": quiet_ms, "waitedMs": waited}
    return {"before": before, "after": after, **{name: round(ms, 1) for name, ms in figures.items()}}


for _ in range(times):
    print(json.dumps(leave()), flush=True)
