"""Starts a service as systemd does: passes listening sockets, and prints the service's notifications.

    service_manager.py [--socket NAME=HOST:PORT | NAME=/PATH]... [--notify PATH | @NAME] [--watchdog MICROSECONDS]
                       [--wrong-pid] [--journal] COMMAND...

Prints lines of JSON: {"pid": ..., "addresses": {NAME: ADDRESS}} first; {"notified": [LINE, ...], "main": BOOLEAN} for
each notification, where "main" is true for one of the started process itself (NotifyAccess=main); {"exit": CODE} last.
SIGHUP and SIGTERM are passed on. With --journal the output of the service is a stream socket that JOURNAL_STREAM names;
its lines go to standard error unchanged.
"""
import argparse
import json
import os
import select
import signal
import socket
import struct
import sys

FIRST = 3


def listener(where):
    if where.startswith("/"):
        one = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        one.bind(where)
    else:
        host, port = where.rsplit(":", 1)
        one = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        one.bind((host, int(port)))
    one.listen(16)
    return one


def address_of(one):
    name = one.getsockname()
    return "unix:" + name if isinstance(name, str) else "tcp://%s:%d" % name


def say(**what):
    print(json.dumps(what), flush=True)


def start(command, listeners, names, environment, wrong_pid, output):
    pid = os.fork()
    if pid != 0:
        return pid
    # Descriptors that may be in the way of 3, 4, ... are moved first.
    moved = [os.dup2(one.fileno(), 100 + i) for i, one in enumerate(listeners)]
    for i, fd in enumerate(moved):
        os.dup2(fd, FIRST + i, inheritable=True)
    if listeners:
        environment["LISTEN_FDS"] = str(len(listeners))
        environment["LISTEN_FDNAMES"] = ":".join(names)
        environment["LISTEN_PID"] = str(os.getpid() + (1 if wrong_pid else 0))
    if output:
        info = os.fstat(output.fileno())
        environment["JOURNAL_STREAM"] = "%d:%d" % (info.st_dev, info.st_ino)
        os.dup2(output.fileno(), 2)
    os.dup2(2, 1)
    os.execvpe(command[0], command, environment)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--socket", action="append", default=[])
    parser.add_argument("--notify")
    parser.add_argument("--watchdog")
    parser.add_argument("--wrong-pid", action="store_true")
    parser.add_argument("--journal", action="store_true")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    names, wheres = zip(*(one.split("=", 1) for one in options.socket)) if options.socket else ((), ())
    listeners = [listener(where) for where in wheres]
    environment = dict(os.environ)
    notified = None
    if options.notify:
        notified = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        notified.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        notified.bind("\0" + options.notify[1:] if options.notify.startswith("@") else options.notify)
        environment["NOTIFY_SOCKET"] = options.notify
    if options.watchdog:
        environment["WATCHDOG_USEC"] = options.watchdog
    journal, output = socket.socketpair() if options.journal else (None, None)
    pid = start(options.command, listeners, names, environment, options.wrong_pid, output)
    if output:
        output.close()
    for number in (signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, lambda number, _: os.kill(pid, number))
    say(pid=pid, addresses={name: address_of(one) for name, one in zip(names, listeners)})
    while True:
        ready = select.select([one for one in (notified, journal) if one], [], [], 0.05)[0]
        if journal in ready:
            ready.remove(journal)
            text = journal.recv(65536)
            os.write(2, text)
            if text:
                continue
            journal = None
        for one in ready:
            data, control, _, _ = one.recvmsg(65536, 1024)
            sender = [struct.unpack("iii", value)[0] for level, kind, value in control
                      if kind == socket.SCM_CREDENTIALS]
            say(notified=data.decode().split("\n"), main=sender == [pid])
        if ready:
            continue
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            say(exit=os.waitstatus_to_exitcode(status))
            return


main()
