"""Signs a message: python sign.py 127.0.0.1:50051 hello"""

import base64
import sys

import grpc
from signer.v1 import keys_pb2, signing_pb2, signing_pb2_grpc

with grpc.insecure_channel(sys.argv[1]) as channel:
    response = signing_pb2_grpc.SigningServiceStub(channel).Sign(
        signing_pb2.SignRequest(
            key_type=keys_pb2.KEY_TYPE_ECDSA_P256, message=sys.argv[2].encode()
        ),
        timeout=10,
    )

algorithm = keys_pb2.SigningAlgorithm.Name(response.algorithm)
print(response.key_id, algorithm, base64.b64encode(response.signature).decode())
