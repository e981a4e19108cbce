"""Writes expected.json and protoc.binpb: what Python's protobuf makes of the messages of this folder.

python expected.py, with protobuf and grpcio-tools (deno task peers).
"""

import json
import math
import os
import random
import struct
import sys

from google.protobuf import any_pb2, descriptor_pb2, descriptor_pool, json_format, message_factory
from grpc_tools import protoc

HERE = os.path.dirname(os.path.abspath(__file__))
os.chdir(HERE)
FILES = ["odd3.proto", "odd2.proto", "edition.proto"]
INCLUDE = os.path.join(os.path.dirname(protoc.__file__), "_proto")
assert protoc.main(["protoc", "-I.", f"-I{INCLUDE}", "--descriptor_set_out=protoc.binpb", *FILES]) == 0
assert protoc.main(["protoc", "-I.", f"-I{INCLUDE}", "--include_imports", "--descriptor_set_out=/tmp/all.binpb", *FILES]) == 0

files = descriptor_pb2.FileDescriptorSet.FromString(open("/tmp/all.binpb", "rb").read())
pool = descriptor_pool.Default()
for file in files.file:
    try:
        pool.Add(file)
    except Exception:  # the well-known files are there already
        pass
TYPES = {name: message_factory.GetMessageClass(pool.FindMessageTypeByName(name))
         for name in ["odd.v3.Odd", "odd.v2.Old", "odd.edition.Modern"]}

ODD = "odd.v3.Odd"
CASES = [
    (ODD, '{"constructor":"c","toString":"t","prototype":{"constructor":"x"}}'),
    (ODD, '{"prototype":{"__proto__":"y"}}'),
    (ODD, '{"f":0.1,"d":0.1}'),
    (ODD, '{"f":-0.0,"d":-0.0}'),
    (ODD, '{"f":-0.0,"maybe":-0.0,"fs":[-0.0],"third":-0.0}'),
    (ODD, '{"nothing":null}'),
    (ODD, '{"nothing":"NULL_VALUE"}'),
    (ODD, '{"value":null}'),
    (ODD, '{"i64":"0","fv":0.1,"dv":-0.0,"bv":false,"sv":"","byv":"","u64":"18446744073709551615","i32v":0,"u32v":0}'),
    (ODD, '{"i64":0,"u64":0}'),
    (ODD, '{"at":"2020-02-30T00:00:00Z"}'),
    (ODD, '{"at":"2021-02-29T00:00:00Z"}'),
    (ODD, '{"at":"2020-01-01T24:00:00Z"}'),
    (ODD, '{"at":"2020-02-29T12:00:00.120Z"}'),
    (ODD, '{"at":"0001-01-01T00:00:00Z"}'),
    (ODD, '{"at":"9999-12-31T23:59:59.999999999Z"}'),
    (ODD, '{"at":"2020-02-29T12:00:00+05:30"}'),
    (ODD, '{"d":1e400}'),
    (ODD, '{"f":1e39}'),
    (ODD, '{"f":3.4028234e38}'),
    (ODD, '{"any":{"@type":"type.googleapis.com/odd.v3.Odd","f":0.1,"fs":[0.1,-0.0]}}'),
    (ODD, '{"any":{"@type":"type.googleapis.com/google.protobuf.FloatValue","value":0.1}}'),
    (ODD, '{"any":{"@type":"type.googleapis.com/google.protobuf.Timestamp","value":"2020-01-01T00:00:00Z"}}'),
    (ODD, '{"any":{"@type":"type.googleapis.com/google.protobuf.Struct","value":{"a":[1,null]}}}'),
    (ODD, '{"any":{"@type":"type.googleapis.com/no.Such"}}'),
    (ODD, '{"any":{"@type":"type.googleapis.com/odd.v3.Odd","i64s":9007199254740993}}'),
    (ODD, '{"anys":[{"@type":"type.googleapis.com/google.protobuf.Any","value":{"@type":"type.googleapis.com/odd.v2.Old","name":"n"}}]}'),
    (ODD, '{"struct":{"a":1.5,"b":[null,true,"x",{"__proto__":1}]},"list":[1,-0.0],"mask":"a.bC,d"}'),
    (ODD, '{"values":[null,1,"a",[{}],{"b":null}]}'),
    (ODD, '{"mask":""}'),
    (ODD, '{"lasts":"-0.500s"}'),
    (ODD, '{"lasts":"1.000000001s"}'),
    (ODD, '{"lasts":"315576000001s"}'),
    (ODD, '{"lasts":"1m"}'),
    (ODD, '{"color":77}'),
    (ODD, '{"color":"BLUE","colors":["RED",-2,5]}'),
    (ODD, '{"color":"PINK"}'),
    (ODD, '{"i32":1.0}'),
    (ODD, '{"i32":"-1"}'),
    (ODD, '{"i32":1.5}'),
    (ODD, '{"i32":2147483648}'),
    (ODD, '{"u32":-1}'),
    (ODD, '{"i64s":9007199254740993}'),
    (ODD, '{"i64s":"9223372036854775807","s64":"-9223372036854775808","sf64":"-1"}'),
    (ODD, '{"i64s":"9223372036854775808"}'),
    (ODD, '{"u64s":18446744073709551615}'),
    (ODD, '{"u64s":"-1"}'),
    (ODD, '{"fs":[0.1,1e-45,16777217,"NaN","Infinity","-Infinity"],"fm":{"a":0.3},"om":{"-5":{"f":0.7}},"cm":{"true":"GREEN"},"fvm":{"z":0.1}}'),
    (ODD, '{"om":{"9007199254740993":{}}}'),
    (ODD, '{"om":{"x":{}}}'),
    (ODD, '{"cm":{"maybe":"RED"}}'),
    (ODD, '{"maybe":0,"text":""}'),
    (ODD, '{"nul":null}'),
    (ODD, '{"renamed":"x","HTTPCode2x":3}'),
    (ODD, '{"a_b_c":"x","HTTPCode_2x":3}'),
    (ODD, '{"aBC":"x"}'),
    (ODD, '{"third":0.1}'),
    (ODD, '{"number":1,"third":2}'),
    (ODD, '{"number":1,"number":2}'),
    (ODD, '{"by":"-_8"}'),
    (ODD, '{"by":"+/8="}'),
    (ODD, '{"anys":[{}]}'),
    (ODD, '{"empty":{}}'),
    (ODD, '{"odds":[{},{"odds":[{"i32":1}]}]}'),
    (ODD, '{"odds":[null]}'),
    (ODD, '{"odds":{}}'),
    (ODD, '{"b":"true"}'),
    (ODD, '{"sv":1}'),
    (ODD, '{"d":5e-324}'),
    (ODD, '{"d":1e21,"f":1e21}'),
    (ODD, '{"f":123456789}'),
    (ODD, '{"f":null,"odds":null,"struct":null,"color":null}'),
    ("odd.v2.Old", '{"name":"n","pair":{"left":1,"right":[0.1]},"many":[{"size":"SMALL"}],"f":0.1,"packed":[1,2],"plain":[3]}'),
    ("odd.v2.Old", '{"name":"n","[odd.v2.more]":5}'),
    ("odd.v2.Old", '{"name":"n","[odd.v2.other]":{"name":"m"}}'),
    ("odd.v2.Old", '{"pair":{}}'),
    ("odd.v2.Old", '{"name":"","size":9}'),
    ("odd.v2.Old", '{"name":"","word":"","raw":"","f":0}'),
    ("odd.edition.Modern", '{"implicit":"","explicit":"","delimited":{"text":"x"},"expanded":[1,2],"closed":["ONE"]}'),
]


def judge(type_name, text):
    message = TYPES[type_name]()
    try:
        json_format.Parse(text, message)
        encoded = message.SerializeToString(deterministic=True)
        return {"type": type_name, "json": text, "bytes": encoded.hex(), "printed": show(message)}
    except Exception:
        return {"type": type_name, "json": text, "refused": True}


def show(message):
    return json_format.MessageToJson(message, indent=None)


RANDOM = random.Random(7)


def scalar(field):
    integer = {
        field.CPPTYPE_INT32: (32, True), field.CPPTYPE_INT64: (64, True),
        field.CPPTYPE_UINT32: (32, False), field.CPPTYPE_UINT64: (64, False),
    }.get(field.cpp_type)
    if integer:
        bits, signed = integer
        low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
        return RANDOM.choice([0, 1, low, high, RANDOM.randint(low, high), RANDOM.randint(max(low, -99), 99)])
    if field.cpp_type in (field.CPPTYPE_FLOAT, field.CPPTYPE_DOUBLE):
        form = "<f" if field.cpp_type == field.CPPTYPE_FLOAT else "<d"
        size = struct.calcsize(form)
        value = RANDOM.choice([0.0, -0.0, 0.1, math.inf, -math.inf, math.nan, 1e21,
                               struct.unpack(form, RANDOM.randbytes(size))[0], RANDOM.uniform(-9, 9)])
        return struct.unpack(form, struct.pack(form, value))[0]
    if field.cpp_type == field.CPPTYPE_BOOL:
        return RANDOM.random() < 0.5
    if field.cpp_type == field.CPPTYPE_ENUM:
        return RANDOM.choice(field.enum_type.values).number
    if field.type == field.TYPE_BYTES:
        return RANDOM.randbytes(RANDOM.randrange(4))
    return "".join(RANDOM.choice("aé\u0000\u001b\U0001f511\u202e\"\\\n") for _ in range(RANDOM.randrange(4)))


def fill(message, depth):
    name = message.DESCRIPTOR.full_name
    if name == "google.protobuf.Timestamp":
        message.seconds, message.nanos = RANDOM.randint(-62135596800, 253402300799), RANDOM.choice([0, 1, 120000000])
        return
    if name == "google.protobuf.Duration":
        sign = RANDOM.choice([-1, 1])
        message.seconds, message.nanos = sign * RANDOM.randint(0, 315575999999), sign * RANDOM.choice([0, 1, 120000000])
        return
    if name == "google.protobuf.FieldMask":
        message.paths.extend(RANDOM.sample(["a", "b_c", "d.e_f"], RANDOM.randrange(3)))
        return
    if name == "google.protobuf.Any":
        inner = TYPES[ODD]()
        fill(inner, depth - 2)
        message.Pack(inner, deterministic=True)
        return
    if name == "google.protobuf.Value":
        json_format.ParseDict(RANDOM.choice([None, True, -0.0, 1.5, "x", [1, None], {"k": {}}]), message)
        return
    fields = message.DESCRIPTOR.fields
    whole = name.startswith("google.protobuf.")
    for field in fields if whole else RANDOM.sample(list(fields), min(len(fields), RANDOM.randrange(8))):
        if field.message_type and depth <= 0:
            continue
        if field.message_type and field.message_type.GetOptions().map_entry:
            entry = field.message_type.fields_by_name
            target = getattr(message, field.name)
            for _ in range(RANDOM.randrange(3)):
                key = scalar(entry["key"])
                if entry["value"].message_type:
                    fill(target[key], depth - 1)
                else:
                    target[key] = scalar(entry["value"])
        elif field.is_repeated:
            for _ in range(RANDOM.randrange(3)):
                if field.message_type:
                    fill(getattr(message, field.name).add(), depth - 1)
                else:
                    getattr(message, field.name).append(scalar(field))
        elif field.message_type:
            getattr(message, field.name).SetInParent()
            fill(getattr(message, field.name), depth - 1)
        else:
            setattr(message, field.name, scalar(field))
    for field in fields:
        if field.is_required and not message.HasField(field.name):
            setattr(message, field.name, scalar(field))


def made_up():
    message = TYPES[RANDOM.choice(list(TYPES))]()
    fill(message, 2)
    encoded = message.SerializeToString(deterministic=True)
    return {"type": message.DESCRIPTOR.full_name, "bytes": encoded.hex(), "printed": show(message)}


random_messages = []
for _ in range(200):
    try:
        random_messages.append(made_up())
    except Exception:  # such as a NaN that has no JSON
        pass
expected = {"cases": [judge(*case) for case in CASES], "random": random_messages}
with open("expected.json", "w") as out:
    # A line for each message.
    out.write("{\n")
    for i, (name, items) in enumerate(expected.items()):
        out.write(f'"{name}": [\n' + ",\n".join(json.dumps(item) for item in items) + "\n]" + (",\n" if i == 0 else "\n"))
    out.write("}\n")
