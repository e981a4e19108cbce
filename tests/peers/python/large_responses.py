"""Calls grpc.testing.TestService by grpcio (gRPC's C core), 20 calls at once on one connection, with responses of
1 B to 4 MiB, unary and streaming, and small calls beside them. Prints the number of calls that were answered and
the errors of the others as JSON. The argument is the server's address."""

import json
import sys
import threading

import grpc

AT_ONCE = 20
SIZES = [1, 1_000, 16_384, 65_536, 262_144, 1 << 20, (4 << 20) - 64]
TIMEOUT = 120


def varint(value):
    octets = b""
    while value > 127:
        octets += bytes([value & 127 | 128])
        value >>= 7
    return octets + bytes([value])


def simple_request(size):
    return b"\x10" + varint(size)  # response_size = 2


def streaming_request(sizes):
    parameters = b""
    for size in sizes:
        parameter = b"\x08" + varint(size)  # size = 1
        parameters += b"\x12" + varint(len(parameter)) + parameter  # response_parameters = 2
    return parameters


channel = grpc.insecure_channel(sys.argv[1])
unary = channel.unary_unary("/grpc.testing.TestService/UnaryCall")
output = channel.unary_stream("/grpc.testing.TestService/StreamingOutputCall")
duplex = channel.stream_stream("/grpc.testing.TestService/FullDuplexCall")

lock = threading.Lock()
answered = 0
errors = []


def call(fn, least):
    global answered
    try:
        if min(len(response) for response in fn()) < least:
            raise ValueError("a response is too short")
        with lock:
            answered += 1
    except (grpc.RpcError, ValueError) as error:
        with lock:
            errors.append(str(error))


def at_once(calls):
    threads = [threading.Thread(target=call, args=each) for each in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def unary_call(size):
    return lambda: [unary(simple_request(size), timeout=TIMEOUT)], size


def output_call(size):
    return lambda: output(streaming_request([size, 1, size]), timeout=TIMEOUT), 1


def duplex_call(size):
    requests = [streaming_request([size]), streaming_request([1, size])]
    return lambda: duplex(iter(requests), timeout=TIMEOUT), 1


for size in SIZES:
    at_once([unary_call(size)] * AT_ONCE + [unary_call(1)] * AT_ONCE)
    at_once([output_call(size), duplex_call(size)] * (AT_ONCE // 2) + [unary_call(1)] * AT_ONCE)
print(json.dumps({"answered": answered, "errors": errors}))
