# Reads the output of a Boost.Test program (--log_level=test_suite --report_level=short) and prints
# "passed failed skipped". A case that says SKIPPED counts as skipped, however often it says it.
/Entering test case/ { said = 0 }
/^SKIPPED|: SKIPPED/ { if (!said++) skipped++ }
/test cases? out of [0-9]+ passed/ { passed = $1 }
/test cases? out of [0-9]+ failed/ { failed = $1 }
/test cases? out of [0-9]+ skipped/ { disabled = $1 }
/test cases? out of [0-9]+ aborted/ { failed += $1 }
END {
  passed -= skipped
  print (passed < 0 ? 0 : passed) + 0, failed + 0, skipped + disabled
}
