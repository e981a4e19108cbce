"""Calls signer.v1.EchoService/Echo by grpcio (gRPC's C core) without a pause, with round_robin over the servers of one
name. Arguments: the name, such as ipv4:127.0.0.1:4001,127.0.0.1:4002, and the seconds between the calls of a thread. The
calls end with standard input. A line of JSON is printed every 100 ms, and at the end, as by go_balance."""

import json
import sys
import threading

import grpc

THREADS = 4
TIMEOUT = 20
INTERVAL = 0.1
METHOD = "/signer.v1.EchoService/Echo"
CONFIG = json.dumps({"loadBalancingConfig": [{"round_robin": {}}]})

name, pause = sys.argv[1], float(sys.argv[2])
channel = grpc.insecure_channel(name, options=[("grpc.service_config", CONFIG)])
call = channel.unary_unary(METHOD)
lock = threading.Lock()
ended = threading.Event()
result = {"succeeded": 0, "errors": []}


def caller():
    while not ended.wait(pause):
        try:
            # EchoRequest { message: "x" }
            call(b"\x0a\x01x", timeout=TIMEOUT)
            with lock:
                result["succeeded"] += 1
        except grpc.RpcError as error:
            with lock:
                result["errors"].append(f"{error.code().name}: {error.details()}")


def say():
    with lock:
        print(json.dumps(result), flush=True)


def printer():
    while not ended.wait(INTERVAL):
        say()


threads = [threading.Thread(target=caller) for _ in range(THREADS)]
threads.append(threading.Thread(target=printer))
for one in threads:
    one.start()
sys.stdin.read()
ended.set()
for one in threads:
    one.join()
say()
