# awk -f report.awk requirements.tsv NAME[:PREFIX]=FILE.tap...: the table of requirements with the cases and what each
# runtime makes of them, as Markdown. Of several files of one name the best result of a case counts, unless one failed;
# that may be files from other machines. With a PREFIX the file is of tests of that runtime's own. Every requirement
# must have a case or say why it has none: else the exit code is 1.
BEGIN { FS = "\t"; requirements = ARGV[1]; ARGV[1] = ""
  for (i = 2; i < ARGC; ++i) { at = index(ARGV[i], "="); load(substr(ARGV[i], 1, at - 1), substr(ARGV[i], at + 1)); ARGV[i] = "" }
  while ((getline <requirements) > 0) if ($0 !~ /^#/) row($1, $2, $3, $4, $5, $6)
  for (c = 1; c <= cases; ++c) { n = split(ids[name_of[c]], used, " ")
    for (i = 1; i <= n; ++i) { if (!(used[i] in section)) complain(name_of[c] ": no such requirement: " used[i])
      list_of[used[i]] = list_of[used[i]] (list_of[used[i]] == "" ? "" : ", ") name_of[c] } }
  for (i = 1; i <= rows; ++i) { id = order[i]
    if (list_of[id] == "" && why_of[id] == "") complain(id ": no case, and no word why")
    if (list_of[id] != "" && why_of[id] != "") print "report: " id " has cases: its reason in " requirements " is out of date" > "/dev/stderr" }
  write()
  exit failed
}

function complain(text) { print "report: " text > "/dev/stderr"; failed = 1 }

function load(source, file,   runtime, prefix, line, name, list, result, planned, seen_here) {
  runtime = source; sub(/:.*/, "", runtime)
  prefix = source == runtime ? "" : substr(source, length(runtime) + 2) ":"
  if (!(runtime in seen)) { seen[runtime] = 1; column[++columns] = runtime }
  while ((getline line <file) > 0) {
    if (line ~ /^1\.\./) planned = substr(line, 4)
    if (line !~ /^(not )?ok [0-9]+ - /) continue
    seen_here++
    result = line ~ /^not/ ? (line ~ / # TO[D]O / ? "known" : "fails") : line ~ / # SKIP/ ? "skipped" : "passes"
    sub(/^(not )?ok [0-9]+ - /, "", line)
    name = line; sub(/ .*/, "", name); name = prefix name
    list = line; sub(/^[^[]*\[/, "", list); sub(/\].*/, "", list)
    if (prefix != "" && list == "") continue
    if (prefix == "") { if (!(name in ids)) black_box++ } else if (!(name in ids)) own++
    if (!(name in ids)) { ids[name] = list; name_of[++cases] = name }
    if (rank(result) > rank(outcome[runtime, name])) outcome[runtime, name] = result
  }
  if (planned == "" || planned + 0 != seen_here + 0) { print "report: " file " of " source " is not complete" > "/dev/stderr"; exit 1 }
}

function rank(result) {
  return result == "fails" ? 4 : result == "known" ? 3 : result == "passes" ? 2 : result == "skipped" ? 1 : 0
}

function row(id, where, anchor, level, text, why) {
  if (id in section) complain(id " is listed twice")
  if (!(where in first)) { first[where] = 1; part[++parts] = where }
  section[id] = where; anchor_of[id] = anchor; level_of[id] = level; text_of[id] = text; why_of[id] = why
  order[++rows] = id
}

# Of a requirement: the cases' worst result; skipped where all are.
function verdict(runtime, id,   n, i, list, r, worst) {
  n = split(list_of[id], list, ", "); worst = ""
  for (i = 1; i <= n; ++i) { r = outcome[runtime, list[i]]; if (rank(r) > rank(worst)) worst = r }
  return worst
}

function write(   i, k, p, id, v, covered, musts, must_covered) {
  for (i = 1; i <= rows; ++i) { id = order[i]
    count[section[id]]++; if (list_of[id] != "") { covered++; covered_in[section[id]]++ }
    if (level_of[id] == "MUST") { musts++; if (list_of[id] != "") must_covered++ }
    for (k = 1; k <= columns; ++k) { v = verdict(column[k], id); result_of[id, k] = v
      if (v == "passes") { passing[k]++; passing_in[section[id], k]++ } } }
  print "# The runtime specification, requirement by requirement\n"
  print "Written by `conformance/coverage`; not to be edited. A requirement passes when all its cases do; *known* is a failure"
  print "that `conformance/known` explains; *skipped* could not be tried where this was written. Levels: MUST, SHOULD, MAY, and"
  print "- for what the specification describes without one of these words, and for what engines expect beyond it. Cases are of"
  print "`conformance/`, which any runtime can be put to, or else of ocirun's own `tests/`; a dash says that only those exist.\n"
  printf "**%d rows, %d covered", rows, covered; for (k = 1; k <= columns; ++k) printf ", %d passing on %s", passing[k], column[k]
  printf ".** MUST: %d rows, %d covered. %d cases, and %d of ocirun's own tests.\n\n", musts, must_covered, black_box, own
  printf "| section | rows | covered |"; for (k = 1; k <= columns; ++k) printf " passing: %s |", column[k]
  printf "\n|---|---|---|"; for (k = 1; k <= columns; ++k) printf "---|"
  for (p = 1; p <= parts; ++p) { printf "\n| %s | %d | %d |", part[p], count[part[p]], covered_in[part[p]]
    for (k = 1; k <= columns; ++k) printf " %d |", passing_in[part[p], k] }
  print ""
  for (p = 1; p <= parts; ++p) {
    printf "\n## %s\n\n| id | level | requirement | anchor |", part[p]; for (k = 1; k <= columns; ++k) printf " %s |", column[k]
    printf " cases |\n|---|---|---|---|"; for (k = 1; k <= columns; ++k) printf "---|"; print "---|"
    for (i = 1; i <= rows; ++i) { id = order[i]; if (section[id] != part[p]) continue
      printf "| %s | %s | %s | %s |", id, level_of[id], text_of[id], anchor_of[id]
      for (k = 1; k <= columns; ++k) printf " %s |", result_of[id, k] == "" ? "-" : result_of[id, k]
      printf " %s |\n", list_of[id] == "" ? "none: " why_of[id] : list_of[id] }
  }
}
