# What .ci/run is made of. `step NAME COMMAND…` runs a command and keeps what it says; `finish` repeats what matters of those
# that failed, because whoever reads a long log has its end only, and is true if none did.
passed=0
failed=0
failures=""
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

step() {
  local name=$1 start=$SECONDS log="$logs/$((passed + failed))" status seconds copying
  shift
  printf '\n=== %s\n' "$name"
  # Not a pipe: the status is the command's, and a process that it leaves behind holds nobody up.
  exec 3> >(tee "$log")
  copying=$!
  "$@" >&3 2>&3 3>&-
  status=$?
  exec 3>&-
  settle "$copying"
  if [ "$status" -eq 0 ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    failures="$failures\n  $name (exit code $status)"
    printf '%s' "$name" > "$log.failed"
  fi
  seconds=$((SECONDS - start))
  printf -- '--- %s: %d.%02d min\n' "$name" $((seconds / 60)) $((seconds % 60 * 100 / 60))
}

# Waits until all is written, for at most two seconds.
settle() {
  local turn
  for turn in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    if ! kill -0 "$1" 2> /dev/null; then return; fi
    sleep 0.1
  done
}

finish() {
  local mark
  # In the order of the steps.
  for mark in $(ls "$logs" | grep '\.failed$' | sort -n); do
    printf '\n=== failed: %s\n' "$(cat "$logs/$mark")"
    node "$(dirname "${BASH_SOURCE[0]}")/what-matters.mjs" "$logs/${mark%.failed}"
  done
  if [ "$failed" -gt 0 ]; then printf '\nfailed:%b\n' "$failures"; fi
  printf '\n%d passed, %d failed\n' "$passed" "$failed"
  [ "$failed" -eq 0 ]
}
