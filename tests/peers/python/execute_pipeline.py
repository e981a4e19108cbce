"""Executes a pipeline by several grpcio channels (gRPC's C core), each with a connection of its own, all at once. Arguments:
the address, the number of the first client, the number of clients. Prints a line of JSON: the SHA-256 of each client's
output. Each client has other samples, so that an answer to another one is found out."""

import array
import hashlib
import json
import sys
from concurrent.futures import ThreadPoolExecutor

import grpc
from google.protobuf import descriptor_pool, message_factory
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

TIMEOUT = 120
FRAMES = 22050

address, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
pool = descriptor_pool.DescriptorPool(ProtoReflectionDescriptorDatabase(grpc.insecure_channel(address)))
request_type, response_type = (
    message_factory.GetMessageClass(pool.FindMessageTypeByName(f"signer.pipeline.v1.{name}"))
    for name in ("ExecutePipelineRequest", "ExecutePipelineResponse")
)


def execute(client):
    request = request_type()
    request.manifest.version = 1
    request.manifest.nodes.add(id="n0", type="resample", parameters_json='{"sample_rate": 16000}')
    request.manifest.inputs.append("n0")
    request.manifest.outputs.append("n0")
    samples = array.array("h", ((i * 7919 + client * 104729) % 60000 - 30000 for i in range(FRAMES)))
    value = request.inputs.add(name="n0")
    value.audio.samples = samples.tobytes()
    value.audio.sample_rate = 44100
    value.audio.channels = 1
    value.audio.format = 2
    # Without the option, channels to one address share a connection.
    with grpc.insecure_channel(address, [("grpc.use_local_subchannel_pool", 1)]) as channel:
        call = channel.unary_unary(
            "/signer.pipeline.v1.PipelineService/ExecutePipeline",
            request_serializer=request_type.SerializeToString,
            response_deserializer=response_type.FromString,
        )
        response = call(request, timeout=TIMEOUT)
    return hashlib.sha256(response.outputs[0].audio.samples).hexdigest()


with ThreadPoolExecutor(count) as threads:
    print(json.dumps(list(threads.map(execute, range(first, first + count)))))
