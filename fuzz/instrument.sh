#!/bin/sh
# Stands in for rustc on the crates of the workspace: adds what libFuzzer needs to see where an input goes.
case " $* " in
  *" --crate-name build_script_"* | *" -vV "*) exec "$@" ;;
esac
exec "$@" -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
  -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
  -Cllvm-args=-sanitizer-coverage-trace-compares
