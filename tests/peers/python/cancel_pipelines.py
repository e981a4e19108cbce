"""Leaves pipelines in every state by grpcio (gRPC's C core): those that run, those that wait for their turn, and a stream
between two chunks. Arguments: the address, the process id of the server, and how to leave: `cancel` the calls, `close` the
channel, or `kill` the process of the client. Prints a line of JSON: the server's counts before and after, and the
milliseconds until they were 0, and until the server used no more CPU time."""

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
# A thread that works has used a tenth of this time, or more, even beside much other work.
QUIET_WINDOW_S = 0.03

address, pid, how = sys.argv[1], sys.argv[2], sys.argv[3]


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


def cpu_s():
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def until(holds):
    """Waits for a condition. Returns the milliseconds that it took."""
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > TIMEOUT:
            raise TimeoutError(json.dumps(counts()))
    return round(1000 * (time.monotonic() - began), 1)


def is_quiet():
    before = cpu_s()
    time.sleep(QUIET_WINDOW_S)
    return cpu_s() - before < QUIET_WINDOW_S / 3


def busy(now):
    return (now["running"], now["waiting"], now["streams"]) == (RUNNING, WAITING, 1)


def idle(now):
    return (now["running"], now["waiting"], now["streams"]) == (0, 0, 0)


if how == "hold":
    channel, calls, ended = open_calls()
    print("open", flush=True)
    sys.stdin.read()
    os._exit(0)

if how == "kill":
    command = [sys.executable, __file__, address, pid, "hold"]
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    holder.stdout.readline()
else:
    channel, calls, ended = open_calls()
until(lambda: busy(counts()))
before = counts()
if how == "kill":
    holder.send_signal(signal.SIGKILL)
elif how == "cancel":
    for call in calls:
        call.cancel()
else:
    channel.close()
left = time.monotonic()
idle_ms = until(lambda: idle(counts()))
until(is_quiet)
quiet_ms = round(1000 * (time.monotonic() - left - QUIET_WINDOW_S), 1)
after = counts()
if how == "kill":
    holder.wait()
else:
    ended.set()
print(json.dumps({"before": before, "after": after, "idleMs": idle_ms, "quietMs": quiet_ms}))
