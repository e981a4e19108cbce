"""Serves the Mirror services of odd3.proto and odd2.proto, which return their requests, with reflection.

python mirror.py FOLDER [reflection], FOLDER being that of the .proto files. Prints the address, and each
request as Python's JSON.
"""

import concurrent.futures
import sys

import grpc
from google.protobuf import json_format
from grpc_reflection.v1alpha import reflection

sys.path.insert(0, sys.argv[1])
services = []


def show(request):
    print(json_format.MessageToJson(request, indent=None), flush=True)
    return request


class Mirror:
    def Reflect(self, request, context):
        return show(request)

    def ReflectAll(self, requests, context):
        for request in requests:
            yield show(request)


server = grpc.server(concurrent.futures.ThreadPoolExecutor(max_workers=8))
for file in ["odd3.proto", "odd2.proto"]:
    messages, stubs = grpc.protos_and_services(file)
    stubs.add_MirrorServicer_to_server(Mirror(), server)
    services.append(messages.DESCRIPTOR.services_by_name["Mirror"].full_name)
if "reflection" in sys.argv:
    reflection.enable_server_reflection([*services, reflection.SERVICE_NAME], server)
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(f"ready 127.0.0.1:{port}", flush=True)
server.wait_for_termination()
