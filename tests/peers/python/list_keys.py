"""Calls signer.v1.SigningService/ListKeys by grpcio (gRPC's C core), and prints the status and the response in
hexadecimal as JSON. Arguments: the server's address, perhaps a token (or -), and perhaps the files of a CA, a
certificate and its key for TLS."""

import json
import sys

import grpc

TIMEOUT = 20

address, token, *files = sys.argv[1:] + ["-"][: max(0, 3 - len(sys.argv))]
metadata = [] if token == "-" else [("authorization", f"Bearer {token}")]
if files:
    ca, certificate, key = (open(name, "rb").read() for name in files)
    credentials = grpc.ssl_channel_credentials(ca, key, certificate)
    channel = grpc.secure_channel(address, credentials)
else:
    channel = grpc.insecure_channel(address)

call = channel.unary_unary("/signer.v1.SigningService/ListKeys")
try:
    response = call(b"", metadata=metadata, timeout=TIMEOUT)
    print(json.dumps({"status": "OK", "response": response.hex()}))
except grpc.RpcError as error:
    print(json.dumps({"status": error.code().name, "message": error.details()}))
