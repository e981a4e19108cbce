/** Addresses and their text forms. @module */
import assert from "node:assert/strict";
import {
  type Address,
  formatAddress,
  NetError,
  parseAddress,
  tcpAddress,
  unixAddress,
  vsockAddress,
} from "../../src/net/mod.ts";
import { formatIp, parseIp } from "../../src/net/mod.ts";

const ANY = 4294967295;
const tcp = (host: string, port: number): Address => ({ transport: "tcp", host, port });
const vsock = (cid: number, port: number): Address => ({ transport: "vsock", cid, port });

const GOOD: readonly [text: string, address: Address][] = [
  ["localhost:50051", tcp("localhost", 50051)],
  ["127.0.0.1:0", tcp("127.0.0.1", 0)],
  ["[::1]:50051", tcp("::1", 50051)],
  ["tcp://signer.example:65535", tcp("signer.example", 65535)],
  ["tcp://[2001:db8::1]:1", tcp("2001:db8::1", 1)],
  ["tcp:10.0.0.1:1", tcp("10.0.0.1", 1)],
  ["dns:host_1.example.:80", tcp("host_1.example.", 80)],
  ["dns:///host:80", tcp("host", 80)],
  ["ipv4:10.0.0.1:443", tcp("10.0.0.1", 443)],
  ["ipv6:[::]:443", tcp("::", 443)],
  ["vsock:3:5000", vsock(3, 5000)],
  ["vsock://3:5000", vsock(3, 5000)],
  ["vsock:any:5000", vsock(ANY, 5000)],
  ["vsock:-1:5000", vsock(ANY, 5000)],
  ["vsock:-1U:5000", vsock(ANY, 5000)],
  ["vsock:4294967295:5000", vsock(ANY, 5000)],
  ["vsock:local:any", vsock(1, ANY)],
  ["vsock:host:-1", vsock(2, ANY)],
  ["unix:/run/signer.sock", { transport: "unix", path: "/run/signer.sock" }],
  ["unix:///run/signer.sock", { transport: "unix", path: "/run/signer.sock" }],
  ["unix:signer.sock", { transport: "unix", path: "signer.sock" }],
  ["unix:a:b", { transport: "unix", path: "a:b" }],
  ["unix-abstract:signer", { transport: "unix-abstract", name: "signer" }],
  ["vsock+unix:/run/vm.sock:5000", { transport: "vsock+unix", path: "/run/vm.sock", port: 5000 }],
  ["vsock+unix:///run/vm:x:52", { transport: "vsock+unix", path: "/run/vm:x", port: 52 }],
];

for (const [text, address] of GOOD) {
  Deno.test(`\`parseAddress()\` parses ${text}, and its formatted text`, () => {
    assert.deepEqual(parseAddress(text), address);
    assert.deepEqual(parseAddress(formatAddress(address)), address);
  });
}

const BAD: readonly [text: string, why: RegExp][] = [
  ["", /host:port/],
  ["localhost", /host:port/],
  [":50051", /host:port/],
  ["localhost:", /port must be a number/],
  ["localhost:65536", /0 to 65535, not "65536"/],
  ["localhost:-1", /port must be a number/],
  ["localhost:0x50", /port must be a number/],
  ["localhost: 80", /port must be a number/],
  ["localhost:99999999999", /port must be a number/],
  ["::1:50051", /brackets/],
  ["[::1]", /host:port/],
  ["[::1:50051", /host:port/],
  ["[::g]:1", /not an IPv6 address/],
  ["[127.0.0.1]:1", /not an IPv6 address/],
  ["[fe80::1%eth0]:1", /zones/],
  ["1.2.3:80", /neither a host name nor an IP address/],
  ["1.2.3.256:80", /neither/],
  ["a..b:80", /neither/],
  ["-a:80", /neither/],
  [`${"a".repeat(64)}:80`, /neither/],
  [`${"a.".repeat(127)}com:80`, /neither/],
  ["ho st:80", /neither/],
  ["http://localhost:80", /scheme is not known/],
  ["vsocks:3:5000", /scheme is not known/],
  ["dns://8.8.8.8/host:80", /name servers/],
  ["tcp://host:80/path", /port must be a number/],
  ["vsock:5000", /vsock:cid:port/],
  ["vsock:3:5000:1", /vsock:cid:port/],
  ["vsock:", /vsock:cid:port/],
  ["vsock::5000", /CID must be a number from 0 to 4294967295/],
  ["vsock:4294967296:1", /CID must be/],
  ["vsock:guest:1", /any, local or host/],
  ["vsock:constructor:1", /CID must be/],
  ["vsock:-2:1", /CID must be/],
  ["vsock:3:", /port must be/],
  ["vsock:3:4294967296", /port must be/],
  ["vsock:3:1.5", /port must be/],
  ["unix:", /path is empty/],
  ["unix://", /two slashes/],
  ["unix://run/x.sock", /two slashes/],
  ["unix:@name", /unix-abstract/],
  [`unix:/${"a".repeat(107)}`, /108 bytes, and at most 107 fit/],
  [`unix:${"é".repeat(54)}`, /108 bytes/],
  ["unix:a\0b", /NUL/],
  ["unix-abstract:", /name is empty/],
  [`unix-abstract:${"a".repeat(108)}`, /108 bytes/],
  ["vsock+unix:/run/vm.sock", /port last/],
  ["vsock+unix:/run/vm.sock:", /port must be/],
  ["vsock+unix::5000", /path is empty/],
  ["vsock+unix:/run/vm.sock:any", /port must be/],
  ["vsock+unix:/run/vm.sock:4294967295", /0 to 4294967294/],
  [`vsock+unix:/${"a".repeat(104)}:5000`, /_port has 110 bytes/],
];

for (const [text, why] of BAD) {
  Deno.test(`\`parseAddress()\` rejects ${JSON.stringify(text.slice(0, 40))}`, () => {
    assert.throws(() => parseAddress(text), (error) => {
      assert.ok(error instanceof NetError);
      assert.equal(error.code, "BAD_ADDRESS");
      assert.match(error.message, why);
      return true;
    });
  });
}

Deno.test("an error quotes a long address truncated", () => {
  assert.throws(() => parseAddress(`unix:${"a".repeat(100_000)}`), (error) => {
    return error instanceof NetError && error.message.length < 300;
  });
});

Deno.test("a path of 107 bytes is accepted", () => {
  const path = `/${"a".repeat(106)}`;
  assert.deepEqual(parseAddress(`unix:${path}`), { transport: "unix", path });
});

Deno.test("the parsers of --tcp, --vsock and --unix parse the values of their options", () => {
  assert.deepEqual(tcpAddress("127.0.0.1:50051"), tcp("127.0.0.1", 50051));
  assert.deepEqual(tcpAddress("tcp://127.0.0.1:50051"), tcp("127.0.0.1", 50051));
  assert.deepEqual(vsockAddress("5000"), vsock(ANY, 5000));
  assert.deepEqual(vsockAddress("3:5000"), vsock(3, 5000));
  assert.deepEqual(vsockAddress("vsock:3:5000"), vsock(3, 5000));
  assert.deepEqual(unixAddress("/run/a.sock"), { transport: "unix", path: "/run/a.sock" });
  assert.deepEqual(unixAddress("unix:/run/a.sock"), { transport: "unix", path: "/run/a.sock" });
  assert.throws(() => vsockAddress("nonsense"), { code: "BAD_ADDRESS" });
  assert.throws(() => tcpAddress("unix:/x"), { code: "BAD_ADDRESS" });
  assert.throws(() => unixAddress(""), { code: "BAD_ADDRESS" });
});

const IPS: readonly [text: string, bytes: string, canonical: string][] = [
  ["127.0.0.1", "7f000001", "127.0.0.1"],
  ["::", "00".repeat(16), "::"],
  ["::1", "00".repeat(15) + "01", "::1"],
  ["2001:DB8:0:0:1:0:0:1", "20010db8000000000001000000000001", "2001:db8::1:0:0:1"],
  ["1::", "0001" + "00".repeat(14), "1::"],
  ["::ffff:1.2.3.4", "00".repeat(10) + "ffff01020304", "::ffff:1.2.3.4"],
  ["64:ff9b::192.0.2.33", "0064ff9b" + "00".repeat(8) + "c0000221", "64:ff9b::c000:221"],
  ["1:2:3:4:5:6:7:8", "00010002000300040005000600070008", "1:2:3:4:5:6:7:8"],
];

for (const [text, bytes, canonical] of IPS) {
  Deno.test(`\`parseIp()\` parses ${text}, and \`formatIp()\` writes ${canonical}`, () => {
    assert.equal(parseIp(text)?.toHex(), bytes);
    assert.equal(formatIp(parseIp(text)!), canonical);
  });
}

Deno.test("`parseIp()` is undefined for names, zones and malformed addresses", () => {
  for (const text of ["localhost", "1.2.3", "1.2.3.4.5", ":::", "fe80::1%1", "1::2::3", ""]) {
    assert.equal(parseIp(text), undefined, text);
  }
});
