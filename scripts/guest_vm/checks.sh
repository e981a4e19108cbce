# Functions of the scripts that check a program inside a guest, which source this file: `. /checks.sh`.
# Each check prints a line "ok" or "FAILED"; `end_checks` prints the number of failures, which is the result.

failures=0
mkdir -p /checks

# Prints the state of the system after a failed check. A script may define another one.
explain() { :; }

# check NAME COMMAND...: runs a command, whose output is printed if it fails.
check() {
  name=$1
  shift
  if "$@" >/checks/output 2>&1; then
    echo "ok      $name"
  else
    echo "FAILED  $name"
    cat /checks/output
    explain
    failures=$((failures + 1))
  fi
}

# prints PATTERN COMMAND...: runs a command. Succeeds if its output has a line that matches.
prints() {
  wanted=$1
  shift
  "$@" >/checks/printed 2>&1
  grep -qE -- "$wanted" /checks/printed || { cat /checks/printed; return 1; }
}

# Milliseconds since boot.
uptime_ms() { awk '{ print int($1 * 1000) }' /proc/uptime; }

end_checks() {
  echo "$failures checks failed"
  [ "$failures" -eq 0 ]
}
