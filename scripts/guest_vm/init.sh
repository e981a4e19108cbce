#!/bin/busybox sh
# The guest's first process: makes the system ready, runs /guest/command, reports its status, powers off.
#
# Its own messages and the kernel's go to the console. The command's output goes to one virtio port and
# its exit status to another, so that nothing on the console can be taken for them.
#
# A step that fails ends the script, and with it the guest, whose kernel panics without its first process:
# the host sees that no status came, and shows the console, which has each step.
set -eux

/bin/busybox --install -s /bin

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/shm /dev/pts
mount -t tmpfs tmpfs /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /tmp
ln -s /proc/self/fd /dev/fd

while read -r module; do insmod "$module"; done < /guest/modules

# The two ports, by the names that the host gave them.
port() {
  for tries in $(seq 100); do
    for name in /sys/class/virtio-ports/*/name; do
      if [ -e "$name" ] && [ "$(cat "$name")" = "$1" ]; then
        echo "/dev/$(basename "$(dirname "$name")")"
        return
      fi
    done
    sleep 0.1
  done
  echo "The host gave no port \"$1\"" >&2
  return 1
}
output=$(port output)
status=$(port status)

# systemd does the rest.
if [ -e /guest/systemd ]; then exec /guest/systemd "$output" "$status"; fi

ip link set lo up
hostname guest
ulimit -n 65536

code=0
/guest/command > "$output" 2>&1 < /dev/null || code=$?
echo "$code" > "$status"
poweroff -f
