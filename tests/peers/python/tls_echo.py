"""Echo over mutual TLS by grpcio, on bytes:

    tls_echo.py client ADDRESS CA CERT KEY    calls the echo service, and prints the response in hexadecimal
    tls_echo.py server CA CERT KEY            prints `ready ADDRESS`, and echoes until it is killed
"""

import sys
from concurrent import futures

import grpc

METHOD = "/signer.v1.EchoService/Echo"


def read(path):
    with open(path, "rb") as file:
        return file.read()


def client(address, ca, cert, key):
    credentials = grpc.ssl_channel_credentials(read(ca), read(key), read(cert))
    with grpc.secure_channel(address, credentials) as channel:
        # EchoRequest: field 1, "hello".
        response = channel.unary_unary(METHOD)(b"\x0a\x05hello", timeout=20)
        print(response.hex())


class Echo(grpc.GenericRpcHandler):
    def service(self, details):
        return grpc.unary_unary_rpc_method_handler(lambda request, context: request)


def server(ca, cert, key):
    credentials = grpc.ssl_server_credentials(
        [(read(key), read(cert))], root_certificates=read(ca), require_client_auth=True
    )
    echo = grpc.server(futures.ThreadPoolExecutor(), handlers=[Echo()])
    port = echo.add_secure_port("127.0.0.1:0", credentials)
    echo.start()
    print(f"ready 127.0.0.1:{port}", flush=True)
    echo.wait_for_termination()


if sys.argv[1] == "client":
    client(*sys.argv[2:])
else:
    server(*sys.argv[2:])
