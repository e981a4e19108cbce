"""Reads a server's reflection by grpcio-reflection's client (v1alpha), and prints what it finds as JSON."""

import json
import sys

import grpc
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)

with grpc.insecure_channel(sys.argv[1]) as channel:
    database = ProtoReflectionDescriptorDatabase(channel)
    pool = DescriptorPool(database)
    sign = pool.FindServiceByName("signer.v1.SigningService").FindMethodByName("Sign")
    try:
        database.FindFileByName("signer/v1/none.proto")
        missing = "found"
    except KeyError:
        missing = "KeyError"
    print(
        json.dumps(
            {
                "services": sorted(database.get_services()),
                "keys": list(pool.FindFileByName("signer/v1/keys.proto").message_types_by_name),
                "go_package": pool.FindFileByName("signer/v1/keys.proto").GetOptions().go_package,
                "input": sign.input_type.full_name,
                "idempotency": sign.GetOptions().idempotency_level,
                "own": pool.FindServiceByName("grpc.reflection.v1.ServerReflection").file.name,
                "missing": missing,
            }
        )
    )
