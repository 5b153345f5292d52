# Sourced by tests/vm/criu: where memory pages go, and how many calls it takes.

# What was dumped waits for its pages to be asked for; `ready` gets the NUL byte. Sets `dump`.
dump_lazily() { # id port
  mkfifo "$base/ready"
  checkpoint --lazy-pages --page-server "127.0.0.1:$2" --status-fd 9 "$1" 9<>"$base/ready" >"$base/dumped" &
  dump=$!
  local word
  word=$(timeout 120 head -c 1 <"$base/ready" | od -An -tx1)
  [[ $word == ' 00' ]] || complain "--status-fd got '$word': $(<"$base/dumped")"
  want test -e "$base/images/inventory.img"
}

# A migration: the pages come when they are touched, from the container that was.
case_lazy_pages() {
  bundle "$counter"
  start lazy
  dump_lazily lazy 27277
  local before
  before=$(last)
  criu lazy-pages --page-server --address 127.0.0.1 --port 27277 -D "$base/images" -W "$base/work" -o lazy.log &
  eventually test -S "$base/work/lazy-pages.socket"
  to_file restore --detach --lazy-pages lazier
  eventually counted $((before + 3))
  want unbroken
  want wait "$dump"
  nothing_left lazy
  ends lazier
}

# Nobody waits for a dump: it may last as long as somebody else likes.
case_meanwhile() {
  bundle "$counter"
  start meanwhile
  dump_lazily meanwhile 27278
  want timeout 20 "$runtime" --root "$base/root" state meanwhile
  want_in "$(timeout 20 "$runtime" --root "$base/root" list)" meanwhile
  local text
  text=$(timeout 20 "$runtime" --root "$base/root" delete meanwhile 2>&1) && complain 'delete of what is not stopped'
  want_in "$text" 'cannot delete container meanwhile that is not stopped'
  want timeout 20 "$runtime" --root "$base/root" kill meanwhile KILL
  # That is the end of the dump, too.
  want timeout 20 "$runtime" --root "$base/root" delete --force meanwhile
  nothing_left meanwhile
  wait "$dump" && complain 'the dump has succeeded'
  want_in "$(<"$base/dumped")" criu
}

# The same after a call that was killed and has left its CRIU behind.
case_killed_dump() {
  bundle "$counter"
  start orphaned
  mkfifo "$base/ready"
  "$runtime" --root "$base/root" checkpoint --image-path "$base/images" --work-path "$base/work" --lazy-pages \
    --page-server 127.0.0.1:27280 --status-fd 9 orphaned 9<>"$base/ready" &
  local dump=$! criu
  timeout 120 head -c 1 <"$base/ready" >"$base/said"
  criu=$(pgrep -x criu -P "$dump")
  kill -KILL "$dump"
  want rt delete --force orphaned
  nothing_left orphaned
  [[ ! -e /proc/$criu ]] || complain 'CRIU is left'
}

case_page_server() {
  bundle "$counter"
  start served
  mkdir -p "$base/pages" "$base/images" "$base/work"
  criu page-server -D "$base/pages" -W "$base/work" -o server.log --address 127.0.0.1 --port 27279 &
  local server=$!
  listens() { ss -Hltn | grep -q 127.0.0.1:27279; }
  eventually listens
  want checkpoint --page-server 127.0.0.1:27279 served
  want wait "$server"
  compgen -G "$base/images/pages-*.img" && complain 'there are pages beside the images'
  want mv "$base"/pages/* "$base/images/"
  local before
  before=$(last)
  to_file restore --detach served
  eventually counted $((before + 3))
  want unbroken
  ends served
  rmdir "$base/pages"
}

# A later image frees in the earlier one what it has, too; so does restore with what it has taken.
case_auto_dedup() {
  bundle "$counter"
  start dedup
  blocks() { stat -c %b "$base/images/$1"/pages-*.img | awk '{ all += $1 } END { print all }'; }
  want rt checkpoint --pre-dump --image-path "$base/images/1" --work-path "$base/work" dedup
  local first second before
  first=$(blocks 1)
  want rt checkpoint --auto-dedup --parent-path ../1 --image-path "$base/images/2" --work-path "$base/work" dedup
  [[ $(blocks 1) -lt $first ]] || complain "the pre-dump has $(blocks 1) of $first blocks still"
  second=$(blocks 2) before=$(last)
  to_file rt restore --detach --auto-dedup --bundle "$base" --image-path "$base/images/2" --work-path "$base/work" dedup
  eventually counted $((before + 3))
  want unbroken
  [[ $(blocks 2) -lt $second ]] || complain "the images have $(blocks 2) of $second blocks still"
  ends dedup
}
