#!/bin/sh
# Installs the package /signer.deb under a real systemd, and tries its units: start, hardening, reload, watchdog, socket
# activation, credentials, a dynamic user, the journal, drain, restart. Prints a line "ok" or "FAILED" for each check,
# and figures. `deno task test:systemd` boots the guest for it.
set -u
export SYSTEMD_PAGER=

# shellcheck source=scripts/guest_vm/checks.sh
. /checks.sh
explain() { systemctl status --no-pager --lines=15 signer.service signer.socket; }
fails() { ! "$@"; }
# Waits up to 60 s: an emulated processor is slow.
eventually() {
  end=$(($(date +%s) + 60))
  until "$@" >/tmp/eventually 2>&1; do
    [ "$(date +%s)" -lt "$end" ] || { cat /tmp/eventually; return 1; }
    sleep 0.5
  done
}
property() { systemctl show --value --property "$1" signer.service; }
has() { property "$1" | grep -qE -- "^$2\$" || { echo "$1=$(property "$1")"; return 1; }; }
# logged PATTERN [OPTIONS]: the journal of the unit has such a line.
logged() {
  pattern=$1
  shift
  journalctl --sync
  journalctl --quiet --unit signer.service --output cat "$@" | grep -E -- "$pattern"
}
status_of() { grep "^$1:" "/proc/$(property MainPID)/status"; }
times="--connect-timeout 100s --deadline 100s"
# shellcheck disable=SC2086 # Words.
call_to() { signer call $times --to "$@"; }
call() { call_to unix:/run/signer/signer.sock "$@"; }
# Adds lines to a unit: drop_in UNIT <<END
drop_in() {
  mkdir -p "/etc/systemd/system/$1.d"
  cat >"/etc/systemd/system/$1.d/check.conf"
  systemctl daemon-reload
}
# The command of the unit, with further options of serve.
serve() { echo "ExecStart=
ExecStart=/usr/bin/signer serve --listen fd:grpc --grace 30s $*"; }
restart() {
  systemctl reset-failed signer.service
  systemctl stop signer.socket signer.service && systemctl start signer.socket signer.service
}

systemctl --version | head -n 1
check "the package installs" dpkg --install /signer.deb
check "it makes a user" id signer
check "it makes the folder of keys" [ -d /etc/signer/keys ]
as_signer() { runuser --user signer -- "$@"; }
# The superuser first: its unpacked files must not be in the way of the service.
check "version, as root" signer version
check "keygen, as the user" as_signer signer keygen --type ecdsa-p256 --out /etc/signer/keys/code.pem

# An emulated processor on a busy machine takes longer to start than systemd's 90 s.
mkdir -p /etc/systemd/system/signer.service.d
printf '[Service]\nTimeoutStartSec=10min\n' >/etc/systemd/system/signer.service.d/slow.conf
started=$(uptime_ms)
check "the units start" systemctl enable --now signer.socket signer.service
echo "figure  ready after $(($(uptime_ms) - started)) ms, emulated"
started=$(uptime_ms)
check "the units restart" restart
echo "figure  ready after $(($(uptime_ms) - started)) ms, emulated, from the cache"
check "READY=1 makes it active" has ActiveState active
check "its status names the addresses" has StatusText "Serving on unix:/run/signer/signer.sock"
check "it serves" prints '^hello$' call echo hello
check "it signs" call sign hello --key code
check "it warns of nothing" fails logged 'level=(warning|error)|signer: (warning|error)'
check "systemd's filter and its own are installed" prints 'Seccomp_filters:\s*([3-9]|[1-9][0-9])' \
  status_of Seccomp_filters
check "it has no capabilities" prints 'CapBnd:\s*0+$' status_of CapBnd
check "it cannot gain privileges" prints 'NoNewPrivs:\s*1' status_of NoNewPrivs
check "its keys are in locked memory" fails prints 'VmLck:\s*0 kB' status_of VmLck
check "it has a network of its own" fails \
  [ "$(readlink /proc/1/ns/net)" = "$(readlink "/proc/$(property MainPID)/ns/net")" ]
echo "figure  $(systemd-analyze security --no-pager signer.service | tail -n 1)"
echo "figure  $(status_of VmRSS | tr -s '\t ' ' ')"

check "keygen of a further key" as_signer signer keygen --type ed25519 --out /etc/signer/keys/next.pem
check "systemctl reload" systemctl reload signer.service
check "it reads its keys again" eventually prints '^Serving, reloaded' property StatusText
check "the new key signs" call sign hello --key next
check "it is the same process still" has NRestarts 0

pid=$(property MainPID)
kill -KILL "$pid"
# The socket stays open: this call waits for the next process.
check "after kill -9 a call waits for the next process" prints '^hello$' call echo hello
check "systemd has restarted it" has NRestarts 1

check "the journal has its lines" logged 'msg=Serving'
check "the journal knows their levels" fails logged 'level=info' --priority warning

drop_in signer.service <<END
[Service]
$(serve --key-dir /etc/signer/keys)
END
drop_in signer.socket <<END
[Socket]
ListenStream=vsock::5000
ListenStream=127.0.0.1:50051
END
restart
systemctl stop signer.service
# The first call may end before the emulated server has started.
check "a connection by vsock starts the service" eventually \
  prints '^hello$' call_to vsock:1:5000 echo hello
check "it serves the passed TCP socket, without a network" \
  prints '^hello$' call_to 127.0.0.1:50051 echo hello
check "and the Unix socket" prints '^hello$' call echo hello
check "it warns of nothing but the open vsock port" fails sh -c \
  "journalctl -q -o cat _PID=$(property MainPID) | grep -E 'level=(warning|error)|signer: warning' | grep -v 'every process of the host'"

printf 'correct horse\n' >/root/passphrase
chmod 600 /root/passphrase
signer keygen --type ed25519 --passphrase-file /root/passphrase --out /root/sealed.pem
signer token new caller --out /root/token >/root/tokens
chmod 600 /root/tokens
systemd-creds encrypt --name=passphrase /root/passphrase /root/passphrase.cred
drop_in signer.service <<END
[Service]
LoadCredentialEncrypted=passphrase:/root/passphrase.cred
LoadCredential=sealed.pem:/root/sealed.pem
LoadCredential=tokens:/root/tokens
$(serve --key credential:sealed.pem --passphrase-file credential:passphrase --tokens %d/tokens)
END
check "starts with a passphrase, a key and tokens as credentials" restart
check "refuses a call without a token" prints 'UNAUTHENTICATED' call echo hello
check "takes one with a token" prints '^hello$' call --token-file /root/token echo hello
check "it warns of nothing in these files" fails sh -c \
  "journalctl -q -o cat _PID=$(property MainPID) | grep -E 'level=error|others can'"

drop_in signer.service <<END
[Service]
DynamicUser=yes
User=signer-dynamic
Group=signer-dynamic
StateDirectory=signer
$(serve --key-dir %S/signer/keys)
END
install -d -m 0700 /var/lib/private /var/lib/private/signer /var/lib/private/signer/keys
signer keygen --type ed25519 --out /var/lib/private/signer/keys/state.pem
check "starts as a dynamic user with keys in its state directory" restart
check "signs with them" call sign hello --key state

drop_in signer.service <<END
[Service]
TimeoutStopSec=5s
$(serve --key-dir /etc/signer/keys --drain-delay 10s --audit /var/log/signer/audit.log)
END
check "restarts with a drain delay and an audit log" restart
signer bench echo --to unix:/run/signer/signer.sock -z 60s -c 2 >/tmp/bench 2>&1 &
bench=$!
sleep 15
started=$(uptime_ms)
check "systemctl stop" systemctl stop signer.service
echo "figure  stopped after $(($(uptime_ms) - started)) ms with TimeoutStopSec=5s and --drain-delay 10s"
check "it had the time that it asked for" has Result success
check "and reports the drain" logged 'msg=Stopped'
kill $bench
check "the audit log is whole" signer audit verify /var/log/signer/audit.log

drop_in signer.service <<END
[Service]
WatchdogSec=10s
END
check "the watchdog is fed" sh -c 'systemctl restart signer.socket signer.service && sleep 15'
check "and content" has NRestarts 0
kill -STOP "$(property MainPID)"
check "a server without a sign of life is restarted" eventually has NRestarts 1
check "and serves again" prints '^hello$' call echo hello

drop_in signer.service <<END
[Service]
MemoryDenyWriteExecute=yes
$(serve --key-dir /etc/signer/keys)
Restart=no
END
check "cannot start with MemoryDenyWriteExecute=, as documented" fails restart

if [ "$(systemctl --version | awk 'NR == 1 { print int($2) }')" -ge 253 ]; then
  drop_in signer.service <<END
[Service]
Type=notify-reload
ExecReload=
$(serve --key-dir /etc/signer/keys)
END
  check "starts as Type=notify-reload" restart
  as_signer signer keygen --type ed25519 --out /etc/signer/keys/later.pem
  check "systemctl reload waits for its end" systemctl reload signer.service
  check "and the status is that of the reload" has StatusText "Serving, reloaded"
  check "the key that came with it signs" call sign hello --key later
  echo garbage >/etc/signer/keys/bad.pem
  check "a reload that fails ends, too" systemctl reload signer.service
  check "and the status has the reason" prints '^Reload failed: .*bad' property StatusText
  check "the server is active as before" has ActiveState active
  rm /etc/signer/keys/bad.pem
fi

rm -r /etc/systemd/system/signer.service.d /etc/systemd/system/signer.socket.d
systemctl daemon-reload
check "the units stop" systemctl stop signer.socket signer.service
check "the package is removed" dpkg --remove signer
echo "        the journal of the units:"
journalctl --quiet --no-pager --unit signer.service --unit signer.socket --output short-monotonic |
  tail -n 60
end_checks
