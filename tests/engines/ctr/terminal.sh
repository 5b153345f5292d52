# Sourced by inside: terminals, attach and logs.

test_case ctr_resize 'run --tty and task exec --tty: the program gets SIGWINCH and the new size'
ctr_resize() {
  capture resized "${ctr_command[@]}" run --runc-binary "$runtime" --rm --tty "$image" c-resize \
    sh -c "$resize_probe"
  want_rc 8
  background c-resize2
  capture resized "${ctr_command[@]}" task exec --tty --exec-id r1 c-resize2 sh -c "$resize_probe"
  want_rc 8
  remove c-resize2
}

test_case ctr_attach 'task attach: output, exit code'
ctr_attach() {
  capture run --detach -- c-attach \
    sh -c 'until [ -e /tmp/go ]; do sleep 0.1; done; echo attached; exit 4'
  want_rc 0
  ctr task attach c-attach >"$base/attached" &
  local job=$!
  sleep 0.5
  ctr task exec --exec-id a1 c-attach touch /tmp/go
  rc=0
  wait "$job" || rc=$?
  want_rc 4
  want_is "$(<"$base/attached")" attached
  ctr task rm c-attach || :
  ctr container rm c-attach
}

test_case ctr_attach_tty 'task attach to a terminal: what is typed arrives'
ctr_attach_tty() {
  capture with_tty "${ctr_command[@]}" run --runc-binary "$runtime" --detach --tty "$image" \
    c-attach-tty sh -c 'read line; echo "got $line"; sleep 0.3; exit 4'
  want_rc 0
  with_tty "${ctr_command[@]}" task attach c-attach-tty >"$base/attached" &
  local job=$!
  sleep 0.7
  printf 'typed\r' >&"$silence"
  rc=0
  wait "$job" || rc=$?
  want_rc 4
  want_in "$(<"$base/attached")" 'got typed'
  ctr task rm c-attach-tty || :
  ctr container rm c-attach-tty
}

test_case ctr_log 'run --log-uri file://'
ctr_log() {
  capture run --detach --log-uri "file://$base/c-log" -- c-log \
    sh -c 'echo one; echo two >&2; echo three'
  want_rc 0
  eventually status_is c-log STOPPED
  logged() { [[ $(sort "$base/c-log" | tr '\n' ' ') == 'one three two ' ]]; }
  eventually logged
  ctr task rm c-log
  ctr container rm c-log
}
