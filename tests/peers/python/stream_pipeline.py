"""Streams audio through a pipeline by grpcio (gRPC's C core), with messages that it gets by reflection. Argument: the
address, the number of chunks of 100 ms, and the milliseconds from one to the next. Prints a line of JSON: the outputs of
each chunk, the end of the stream, the slowest answer, and the delay of RetryInfo (google/rpc/error_details.proto) with
which one stream too many is refused."""

import json
import queue
import sys
import threading
import time

import grpc
from google.protobuf import any_pb2, descriptor_pb2, descriptor_pool, duration_pb2, message_factory
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

# The streams of a peer at once.
STREAMS = 32
TIMEOUT = 60

address, chunks, interval_s = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) / 1000

channel = grpc.insecure_channel(address)
pool = descriptor_pool.DescriptorPool(ProtoReflectionDescriptorDatabase(channel))
request_type, response_type = (
    message_factory.GetMessageClass(pool.FindMessageTypeByName(f"signer.pipeline.v1.{name}"))
    for name in ("StreamPipelineRequest", "StreamPipelineResponse")
)
call = channel.stream_stream(
    "/signer.pipeline.v1.PipelineService/StreamPipeline",
    request_serializer=request_type.SerializeToString,
    response_deserializer=response_type.FromString,
)


def manifest():
    request = request_type()
    request.manifest.version = 1
    request.manifest.nodes.add(id="rate", type="resample", parameters_json='{"sample_rate": 8000}')
    request.manifest.nodes.add(id="speech", type="voice_activity")
    request.manifest.connections.add(**{"from": "rate", "to": "speech"})
    request.manifest.inputs.append("rate")
    request.manifest.outputs.extend(["rate", "speech"])
    return request


def chunk():
    request = request_type()
    value = request.chunk.values.add(name="rate")
    # 100 ms at 16 kHz, of 16 bits.
    value.audio.samples = bytes(3200)
    value.audio.sample_rate = 16000
    value.audio.channels = 1
    value.audio.format = 2
    return request


def stream():
    """Sends each chunk when its time has come, and the answer to the one before has arrived."""
    requests = queue.Queue()
    responses = call(iter(requests.get, None), timeout=TIMEOUT)
    requests.put(manifest())
    outputs = []
    slowest = 0
    began = time.monotonic()
    for index in range(chunks):
        time.sleep(max(0, began + index * interval_s - time.monotonic()))
        sent = time.monotonic()
        requests.put(chunk())
        outputs.append([value.name for value in next(responses).chunk.values])
        slowest = max(slowest, time.monotonic() - sent)
    requests.put(None)
    rest = list(responses)
    return {
        "outputs": outputs,
        "audioBytes": rest[-1].metrics.audio_bytes,
        "slowestMs": round(1000 * slowest, 1),
    }


def status_type():
    """google.rpc.Status, which is in a package of its own."""
    file = descriptor_pb2.FileDescriptorProto(name="status.proto", package="google.rpc", syntax="proto3")
    file.dependency.extend([any_pb2.DESCRIPTOR.name, duration_pb2.DESCRIPTOR.name])
    field = descriptor_pb2.FieldDescriptorProto
    status = file.message_type.add(name="Status")
    status.field.add(name="code", number=1, type=field.TYPE_INT32, label=field.LABEL_OPTIONAL)
    status.field.add(name="message", number=2, type=field.TYPE_STRING, label=field.LABEL_OPTIONAL)
    status.field.add(
        name="details",
        number=3,
        type=field.TYPE_MESSAGE,
        label=field.LABEL_REPEATED,
        type_name=".google.protobuf.Any",
    )
    retry = file.message_type.add(name="RetryInfo")
    retry.field.add(
        name="retry_delay",
        number=1,
        type=field.TYPE_MESSAGE,
        label=field.LABEL_OPTIONAL,
        type_name=".google.protobuf.Duration",
    )
    types = descriptor_pool.Default()
    types.Add(file)
    return [
        message_factory.GetMessageClass(types.FindMessageTypeByName(f"google.rpc.{name}"))
        for name in ("Status", "RetryInfo")
    ]


def refused():
    """Opens one stream too many."""
    ended = threading.Event()

    def requests():
        yield manifest()
        yield chunk()
        ended.wait(TIMEOUT)

    open_streams = [call(requests(), timeout=TIMEOUT) for _ in range(STREAMS)]
    for one in open_streams:
        next(one)
    status, retry = status_type()
    try:
        next(call(requests(), timeout=TIMEOUT))
        return None
    except grpc.RpcError as error:
        details = status.FromString(dict(error.trailing_metadata())["grpc-status-details-bin"])
        info = retry()
        details.details[0].Unpack(info)
        return {
            "code": error.code().name,
            "statusCode": details.code,
            "retryMs": info.retry_delay.ToMilliseconds(),
        }
    finally:
        ended.set()
        for one in open_streams:
            one.cancel()


print(json.dumps({**stream(), "refused": refused()}))
