#!/bin/sh
# signer @VERSION@ for @TARGET@: this script, and behind its last line a compressed archive of Deno, the program
# and OpenSSL. The archive is unpacked once for each user, into the first of $SIGNER_CACHE, $XDG_CACHE_HOME,
# /var/cache, /tmp and /dev/shm (memory) where files can be written and executed.
set -eu

payload=@PAYLOAD_SHA256@
offset=@OFFSET@
size=@SIZE@
needed_kb=@NEEDED_KB@

fail() {
  echo "signer: error: $1" >&2
  echo "signer: hint: $2" >&2
  exit 1
}

# True when the owner and the mode of a folder keep everybody else out of it.
is_private() {
  ls -ldn "$1" | {
    read -r mode _ owner _
    case $mode in
      drwx------*) [ "$owner" = "$user" ] ;;
      *) false ;;
    esac
  }
}

# True when a program in the folder can be executed, which `noexec` and some policies forbid.
is_executable() {
  printf '#!/bin/sh\nexit 0\n' >"$1/probe" && chmod 700 "$1/probe" && "$1/probe"
  probed=$?
  rm -f "$1/probe"
  return $probed
}

# Checks the files of an unpacked folder: Deno and the libraries by size, the program by its hash.
is_intact() (
  cd "$1" && [ -f manifest ] && sha256sum -c program.sha256 >/dev/null 2>&1 || return 1
  names=
  while read -r bytes file; do names="$names $file"; done <manifest
  # shellcheck disable=SC2086 # Names without spaces.
  LC_ALL=C TIME_STYLE=locale ls -ln $names 2>/dev/null | {
    while read -r _ _ _ _ found _ _ _ name; do
      read -r bytes file <&3 && [ "$bytes $file" = "$found $name" ] || exit 1
    done
    if read -r bytes file <&3; then exit 1; fi
  } 3<manifest
)

unpack() {
  # busybox's `test -w` passes for root on a read-only file system.
  temporary=$(mktemp -d "$1/.signer-XXXXXX" 2>/dev/null) ||
    { reasons="$reasons; $1 is not a folder that can be written"; return 1; }
  trap 'rm -rf "$temporary"' EXIT
  trap 'exit 1' HUP INT TERM
  if ! is_executable "$temporary" 2>/dev/null; then
    reasons="$reasons; $1 does not allow programs to be executed"
    rm -rf "$temporary"
    return 1
  fi
  tail -c "+$offset" "$self" | head -c "$size" >"$temporary/payload" 2>/dev/null ||
    { full "$1"; return 1; }
  found=$(sha256sum <"$temporary/payload")
  [ "${found%% *}" = "$payload" ] ||
    fail "$self is damaged: its archive has another SHA-256" "Copy it again, and compare its checksum"
  gzip -dc <"$temporary/payload" 2>/dev/null | tar -xf - -C "$temporary" 2>/dev/null ||
    { full "$1"; return 1; }
  rm "$temporary/payload"
  is_intact "$temporary" || { full "$1"; return 1; }
  # Two starts at once: the rename of the second ends within the folder of the first, and is removed. So it does within
  # a folder that another user has made meanwhile, which `expect_own` then refuses.
  mv "$temporary" "$folder" 2>/dev/null || rm -rf "$temporary"
  rm -rf "${folder:?}/${temporary##*/}" 2>/dev/null
  trap - EXIT HUP INT TERM
}

# Ends the program unless the folder is the user's own. In /tmp nobody else can replace it then (the sticky bit).
expect_own() {
  is_private "$folder" ||
    fail "$folder belongs to another user, or others may write to it" "Remove it, or name another folder in SIGNER_CACHE"
}

full() {
  reasons="$reasons; $1 has no room for $needed_kb KiB"
  rm -rf "$temporary"
}

# For the version alone nothing has to be unpacked.
case $#${1:-} in
  1--version | 1-V)
    echo "@VERSION@"
    exit 0
    ;;
esac

self=$0
case $self in
  */*) ;;
  *) self=$(command -v -- "$0") ;;
esac
[ -r "$self" ] || fail "$self cannot be read" "It reads its own archive: give it read permission (mode 0755)"

mask=$(umask)
umask 077
reasons=
folder=
user=$(id -u)
for cache in "${SIGNER_CACHE:-}" "${XDG_CACHE_HOME:-}" /var/cache /tmp /dev/shm; do
  [ -n "$cache" ] || continue
  # A folder for each user: nobody runs the files of another one.
  folder=$cache/signer-$user-$payload
  if [ -e "$folder" ] || [ -L "$folder" ]; then
    expect_own
    is_intact "$folder" ||
      fail "$folder is damaged" "Remove it: it is unpacked again at the next start"
    break
  fi
  if [ ! -d "$cache" ] || [ ! -w "$cache" ]; then
    reasons="$reasons; $cache is not a folder that can be written"
    folder=
    continue
  fi
  if unpack "$cache"; then
    expect_own
    break
  fi
  trap - EXIT HUP INT TERM
  folder=
done
[ -n "$folder" ] || fail "there is no folder to unpack to$reasons" "Name one in SIGNER_CACHE, on a disk with $needed_kb KiB that is not mounted noexec"

umask "$mask"
export SIGNER_CARRIED_LIBRARIES="$folder/lib"
# Deno keeps compiled code there, which later starts load. Otherwise it would be in the home of the user.
export DENO_DIR="$folder/compiled"
# Deno would look for a newer version of itself, once a day.
export DENO_NO_UPDATE_CHECK=1
exec "$folder/deno" run @OPTIONS@ --allow-run="$folder/deno" "$folder/program/main.js" "$@"
