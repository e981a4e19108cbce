#!/bin/busybox sh
# Starts systemd on the guest's disk, in place of init.sh. A unit runs /guest/command, with its output and its exit
# status to the two ports, and powers off.
#
#     systemd.sh OUTPUT_PORT STATUS_PORT
set -eux

mkdir /disk
mount -t ext4 /dev/vda /disk
cp -a /guest/files/. /disk/
mkdir /disk/guest
cp /guest/command /disk/guest/command
cat > /disk/guest/run << END
sh /guest/command > $1 2>&1 < /dev/null
echo \$? > $2
systemctl poweroff --force --force
END
cat > /disk/etc/systemd/system/guest.service << 'END'
[Unit]
Description=The command of the guest

[Service]
ExecStart=/bin/sh /guest/run
END
mkdir -p /disk/etc/systemd/system/multi-user.target.wants
ln -s /etc/systemd/system/guest.service /disk/etc/systemd/system/multi-user.target.wants/
echo guest > /disk/etc/hostname

for mounted in proc sys dev; do mount -o move "/$mounted" "/disk/$mounted"; done
exec switch_root /disk /lib/systemd/systemd
