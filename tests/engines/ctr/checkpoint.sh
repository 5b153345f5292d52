# Sourced by inside: checkpoint and restore by CRIU.

count() { ctr task exec --exec-id "count-$RANDOM" "$1" cat /tmp/count; }
counts_past() { [[ $(count "$1") -gt $2 ]]; }

test_case ctr_checkpoint 'container checkpoint and restore of a task that counts'
ctr_checkpoint() {
  need_criu
  local before restored
  capture run --detach -- c-check sh -c "$counter"
  want_rc 0
  eventually counts_past c-check 20
  before=$(count c-check)
  capture ctr container checkpoint --task c-check localhost/check:1
  want_rc 0
  # It goes on, for nobody asked for its end.
  eventually counts_past c-check "$before"
  remove c-check
  ctr container restore --live c-check localhost/check:1 >"$base/restored" 2>&1 </dev/null &
  restored=$!
  eventually counts_past c-check 0
  counts_past c-check "$((before - 1))" || complain 'it began again'
  want_is "$(status c-check)" RUNNING
  remove c-check
  wait "$restored" || :
  ctr image rm localhost/check:1
}

test_case ctr_checkpoint_exit 'task checkpoint --exit ends the task'
ctr_checkpoint_exit() {
  need_criu
  capture run --detach -- c-exit sh -c "$counter"
  want_rc 0
  eventually counts_past c-exit 5
  mkdir -p "$base/images" "$base/work"
  capture ctr task checkpoint --exit --image-path "$base/images" --work-path "$base/work" c-exit
  want_rc 0
  [[ -e $base/images/inventory.img ]] || complain 'there is no image'
  eventually status_is c-exit STOPPED
  ctr task rm c-exit || :
  ctr container rm c-exit
}
