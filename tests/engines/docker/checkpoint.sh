# Sourced by inside: checkpoint and restore by CRIU; Docker calls it experimental.

count() { docker exec "$1" cat /tmp/count; }
counts_past() { [[ $(count "$1") -gt $2 ]]; }

test_case d_checkpoint 'checkpoint create, start --checkpoint'
d_checkpoint() {
  need_criu
  local before
  capture run --detach --name d-check --security-opt seccomp=unconfined -- sh -c "$counter"
  want_rc 0
  eventually counts_past d-check 5
  capture docker checkpoint create --leave-running d-check going
  want_rc 0
  want_is "$(state d-check)" running
  before=$(count d-check)
  eventually counts_past d-check "$before"
  capture docker checkpoint create d-check last
  want_rc 0
  eventually state_is d-check exited
  want_in "$(docker checkpoint ls d-check)" last
  capture docker start --checkpoint last d-check
  want_rc 0
  eventually counts_past d-check "$before"
  want_is "$(state d-check)" running
  remove d-check
}
