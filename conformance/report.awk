# awk -f report.awk requirements.tsv NAME=FILE.tap...: the table of requirements with the cases and what each runtime
# makes of them, as Markdown. Of several files of one name the best result of a case counts, unless one failed.
BEGIN { FS = "\t"; requirements = ARGV[1]; ARGV[1] = ""
  for (i = 2; i < ARGC; ++i) { at = index(ARGV[i], "="); load(substr(ARGV[i], 1, at - 1), substr(ARGV[i], at + 1)); ARGV[i] = "" }
  while ((getline <requirements) > 0) if ($0 !~ /^#/) row($1, $2, $3, $4, $5)
  for (c = 1; c <= cases; ++c) { n = split(ids[name_of[c]], used, " ")
    for (i = 1; i <= n; ++i) if (!(used[i] in section)) { print "no such requirement: " used[i] > "/dev/stderr"; exit 1 } }
  write()
}

function load(runtime, file,   line, name, list, result, planned, seen_here) {
  if (!(runtime in seen)) { seen[runtime] = 1; column[++columns] = runtime }
  while ((getline line <file) > 0) {
    if (line ~ /^1\.\./) planned = substr(line, 4)
    if (line !~ /^(not )?ok [0-9]+ - /) continue
    seen_here++
    result = line ~ /^not/ ? (line ~ / # TO[D]O / ? "known" : "fails") : line ~ / # SKIP/ ? "skipped" : "passes"
    sub(/^(not )?ok [0-9]+ - /, "", line)
    name = line; sub(/ .*/, "", name)
    list = line; sub(/^[^[]*\[/, "", list); sub(/\].*/, "", list)
    if (!(name in ids)) { ids[name] = list; name_of[++cases] = name }
    if (rank(result) > rank(outcome[runtime, name])) outcome[runtime, name] = result
  }
  if (planned == "" || planned + 0 != seen_here + 0) { print runtime ": the run is not complete" > "/dev/stderr"; exit 1 }
}

function rank(result) {
  return result == "fails" ? 4 : result == "known" ? 3 : result == "passes" ? 2 : result == "skipped" ? 1 : 0
}

function row(id, where, anchor, level, text) {
  if (!(where in first)) { first[where] = 1; part[++parts] = where }
  section[id] = where; anchor_of[id] = anchor; level_of[id] = level; text_of[id] = text
  order[++rows] = id
}

# Of a requirement: the cases' worst result; skipped where all are.
function verdict(runtime, id,   c, r, worst) {
  worst = ""
  for (c = 1; c <= cases; ++c) if (index(" " ids[name_of[c]] " ", " " id " ")) {
    r = outcome[runtime, name_of[c]]
    if (rank(r) > rank(worst)) worst = r
  }
  return worst
}

function cases_of(id,   c, text) {
  for (c = 1; c <= cases; ++c) if (index(" " ids[name_of[c]] " ", " " id " ")) text = text (text == "" ? "" : ", ") name_of[c]
  return text
}

function write(   i, k, p, id, v, covered, musts, must_covered) {
  for (i = 1; i <= rows; ++i) { id = order[i]; list_of[id] = cases_of(id)
    count[section[id]]++; if (list_of[id] != "") { covered++; covered_in[section[id]]++ }
    if (level_of[id] == "MUST") { musts++; if (list_of[id] != "") must_covered++ }
    for (k = 1; k <= columns; ++k) { v = verdict(column[k], id); result_of[id, k] = v
      if (v == "passes") { passing[k]++; passing_in[section[id], k]++ } } }
  print "# The runtime specification, requirement by requirement\n"
  print "Written by `conformance/run --report`; not to be edited. A requirement passes when all its cases do; *known* is a"
  print "failure that `conformance/known` explains; *skipped* could not be tried where this was written. Levels: MUST, SHOULD,"
  print "MAY, and - for what the specification describes without one of these words.\n"
  printf "%d cases; %d requirements, %d of them with cases (MUST: %d of %d).", cases, rows, covered, must_covered, musts
  for (k = 1; k <= columns; ++k) printf " %s passes %d%s", column[k], passing[k], k < columns ? "," : ".\n\n"
  printf "| section | rows | covered |"; for (k = 1; k <= columns; ++k) printf " %s |", column[k]
  printf "\n|---|---|---|"; for (k = 1; k <= columns; ++k) printf "---|"
  for (p = 1; p <= parts; ++p) { printf "\n| %s | %d | %d |", part[p], count[part[p]], covered_in[part[p]]
    for (k = 1; k <= columns; ++k) printf " %d |", passing_in[part[p], k] }
  print ""
  for (p = 1; p <= parts; ++p) {
    printf "\n## %s\n\n| id | level | requirement | anchor |", part[p]; for (k = 1; k <= columns; ++k) printf " %s |", column[k]
    printf " cases |\n|---|---|---|---|"; for (k = 1; k <= columns; ++k) printf "---|"; print "---|"
    for (i = 1; i <= rows; ++i) { id = order[i]; if (section[id] != part[p]) continue
      printf "| %s | %s | %s | %s |", id, level_of[id], text_of[id], anchor_of[id]
      for (k = 1; k <= columns; ++k) printf " %s |", result_of[id, k] == "" ? "no case" : result_of[id, k]
      printf " %s |\n", list_of[id] }
  }
}
