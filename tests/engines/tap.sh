# Sourced by inside: a test is a function; its name and title are registered by `test_case`.

tests=()
test_case() { tests+=("$1|$2"); } # function title

# Runs a command and keeps what it printed and how it ended: $out, $err, $rc.
capture() {
  local saved=$-
  set +e
  out=$("$@" 2>"$base/stderr")
  rc=$?
  err=$(<"$base/stderr")
  [[ $saved != *e* ]] || set -e
}

complain() {
  echo "$*"
  printf 'rc: %s\nstdout: %s\nstderr: %s\n' "${rc-}" "${out-}" "${err-}"
  exit 1
}
want_rc() { [[ $rc -eq $1 ]] || complain "want exit code $1, got $rc"; }
want_failure() { [[ $rc -ne 0 ]] || complain "want a failure, got exit code 0"; }
want_is() { [[ $1 == "$2" ]] || complain "want '$2', got '$1'"; }
want_in() { [[ $1 == *"$2"* ]] || complain "want '$2' in '$1'"; }
want_not_in() { [[ $1 != *"$2"* ]] || complain "want no '$2' in '$1'"; }
skip() { echo "$*"; exit 77; }

# The usual case: the command succeeds and prints exactly this.
want_output() { # text command...
  local text=$1
  shift
  capture "$@"
  want_rc 0
  want_is "$out" "$text"
}

# Waits until the command succeeds, at most ten seconds.
eventually() {
  local try
  for try in {1..100}; do
    if "$@" >/dev/null 2>&1; then return 0; fi
    sleep 0.1
  done
  complain "never came true: $*"
}

# Older CRIUs are content with newer kernels in `criu check`, and fail then.
need_criu() {
  type -P criu >/dev/null || skip 'there is no criu'
  setsid sleep 1000 </dev/null >/dev/null 2>&1 &
  local pid=$! said
  disown
  rm -rf "$base/dump"
  mkdir "$base/dump"
  said=$(criu dump --tree "$pid" --images-dir "$base/dump" 2>&1) || {
    kill "$pid"
    skip "criu cannot dump a process here: $(tail -n 1 <<<"$said")"
  }
}
# A shell that counts, in its memory, and where it can be asked for.
counter='i=0; while :; do i=$((i+1)); echo $i >/tmp/count; sleep 0.1; done'

# A terminal of its own; script(1) gives the command's exit code and a pty's line ends. Its stdin
# must stay open: at an end of file it would type one into the terminal. What %q quotes only bash
# reads everywhere.
with_tty() {
  SHELL=/bin/bash timeout 60 script -qec "$(printf '%q ' "$@")" /dev/null <&"$silence" | tr -d '\r'
}
mkfifo "$base/silence"
exec {silence}<>"$base/silence"

# The command in a terminal whose size goes to and fro, and a program for it that ends with 8 once
# it got a SIGWINCH for each of both sizes.
resized() {
  with_tty sh -c 'while sleep 0.3; do
      stty rows 44 cols 111; sleep 0.3; stty rows 33 cols 99
    done </dev/tty & "$@"; rc=$?; kill $!; exit $rc' sh "$@"
}
resize_probe='trap '\''seen="$seen<$(stty size)>"'\'' WINCH; i=0
  while [ $((i += 1)) -lt 200 ]; do
    sleep 0.1
    case $seen in *"<44 111>"*) case $seen in *"<33 99>"*) exit 8 ;; esac ;; esac
  done; echo "sizes: $seen"'

run_tests() {
  local entry number name reason
  for entry in "${tests[@]}"; do
    name=${entry%%|*}
    [[ ! ${ENGINES_ONLY-} || $name =~ $ENGINES_ONLY ]] || continue
    number=$(($(wc -l <"$work/results") + 1))
    (set -e; "$name") >"$base/log" 2>&1 </dev/null
    case $? in
      0) echo pass >>"$work/results"
        echo "ok $number - $engine $view: ${entry#*|}" ;;
      77) echo skip >>"$work/results"
        reason=$(tail -n 1 "$base/log")
        echo "ok $number - $engine $view: ${entry#*|} # SKIP $reason" ;;
      *) echo fail >>"$work/results"
        echo "not ok $number - $engine $view: ${entry#*|}"
        tail -n 25 "$base/log" | sed 's/^/# /'
        engine_reset >/dev/null 2>&1 ;;
    esac
  done
}
