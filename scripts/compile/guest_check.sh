#!/bin/sh
# Uses the executable /signer in a guest that has a kernel, busybox and the C library: no Deno, no OpenSSL. Prints a
# line "ok" or "FAILED" for each check, and figures. `deno task test:image` boots the guest for it.
set -u

find / -xdev \( -name 'libcrypto*' -o -name 'libssl*' -o -name deno -o -name openssl \) \
  -not -path '/proc/*' -exec rm -rf {} + 2>/dev/null
# shellcheck source=scripts/guest_vm/checks.sh
. /checks.sh
ready() {
  for try in $(seq 300); do
    grep -q ready "$1" && return
    sleep 0.1
  done
  return 1
}

started=$(uptime_ms)
check "starts, and tells its version" /signer version
echo "figure  first start: $(($(uptime_ms) - started)) ms; executable $(($(wc -c </signer) / 1024)) KiB"
started=$(uptime_ms)
check "tells its version again" /signer version
echo "figure  later start: $(($(uptime_ms) - started)) ms"

mkdir -p /dev/shm
mount -t tmpfs tmpfs /dev/shm
if [ "$(head -c 2 /signer)" = '#!' ]; then
  mkdir /tmp/noexec /tmp/full
  mount -t tmpfs -o noexec tmpfs /tmp/noexec
  mount -t tmpfs -o size=1m tmpfs /tmp/full
  check "passes over a cache that forbids execution" env SIGNER_CACHE=/tmp/noexec /signer version
  check "passes over a cache without room" env SIGNER_CACHE=/tmp/full /signer version
  check "leaves nothing in either" [ -z "$(ls -A /tmp/noexec /tmp/full | grep signer)" ]

  mount -t tmpfs -o ro tmpfs /tmp
  check "unpacks to memory where no disk can be written" /signer version
  check "and is there" ls -d /dev/shm/signer-*
else
  mount -t tmpfs -o ro tmpfs /tmp
  mount -t tmpfs -o remount,ro tmpfs /dev/shm
  check "runs where nothing can be written" prints 'OpenSSL .*[(]carried[)]' /signer version --verbose
fi
umount /tmp /dev/shm

check "tells its version without Deno" prints '^[0-9.]*$' /signer --version
check "names its parts" prints 'openssl@3' /signer version --verbose

check "keygen" /signer keygen --type ecdsa-p256 --out /tmp/key.pem
started=$(uptime_ms)
/signer serve --vsock 5000 --key /tmp/key.pem >/tmp/ready 2>/tmp/log &
server=$!
check "serve --vsock is ready" ready /tmp/ready
echo "figure  ready after $(($(uptime_ms) - started)) ms"
check "call echo by vsock" prints '^hello$' /signer call --to vsock:1:5000 echo hello
echo data >/tmp/data
check "call sign by vsock" /signer call --to vsock:1:5000 sign --in /tmp/data --out /tmp/signature
check "call verify by vsock" /signer call --to vsock:1:5000 verify --key-type ecdsa-p256 \
  --in /tmp/data --signature-file /tmp/signature
check "bench by vsock" prints '\[OK\]' /signer bench sign --to vsock:1:5000 -n 50 -c 4
check "doctor" prints vsock /signer doctor
echo "figure  $(grep VmRSS "/proc/$server/status" | tr -s '\t ' ' ') of the server"
kill -TERM "$server"
check "drain on SIGTERM" wait "$server"

check "keygen --dev-ca" /signer keygen --dev-ca /tmp/tls
/signer serve --vsock 5001 --key /tmp/key.pem --tls-cert /tmp/tls/server.pem --tls-key /tmp/tls/server.key \
  --tls-client-ca /tmp/tls/ca.pem --pipelines >/tmp/ready-tls 2>/tmp/log-tls &
server=$!
check "serve with TLS is ready" ready /tmp/ready-tls
call_tls() {
  /signer call --to vsock:1:5001 --tls-ca /tmp/tls/ca.pem --tls-cert /tmp/tls/client.pem \
    --tls-key /tmp/tls/client.key "$@"
}
check "call by mTLS over vsock" prints '^hello$' call_tls echo hello
cat >/tmp/pipeline.json <<'END'
{ "version": 1, "name": "check",
  "nodes": [{ "id": "file", "type": "wav_decode" },
            { "id": "rate", "type": "resample", "parameters": { "sample_rate": 16000 } },
            { "id": "speech", "type": "voice_activity" }],
  "connections": [{ "from": "file", "to": "rate" }, { "from": "rate", "to": "speech" }],
  "inputs": ["file"], "outputs": ["speech"] }
END
# A tenth of a second of 16 bits at 44.1 kHz.
{
  printf 'RIFF\230\042\000\000WAVEfmt \020\000\000\000\001\000\001\000\104\254\000\000'
  printf '\210\130\001\000\002\000\020\000data\164\042\000\000'
  head -c 8820 /dev/urandom
} >/tmp/noise.wav
check "call pipeline run" call_tls pipeline run /tmp/pipeline.json --in /tmp/noise.wav
kill -TERM "$server"
wait "$server"
cat /tmp/log /tmp/log-tls
end_checks
