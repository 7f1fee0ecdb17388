#!/usr/bin/env bash
# The tests and the example of a language's bindings, on the installed tree and without network.
#
#   language_test.sh rust|go
#
# FO1_STAGE names the tree, FO1_SCRATCH a folder for what is built: nothing is written to the sources.
# Status 77: the language is not installed.
set -euo pipefail
language=$1
sources=$(cd "$(dirname "$0")/../.." && pwd)
models=$sources/models
labels=("red circle" "blue square" "yellow triangle")
wanted="red circle at 129,2 - 177,49 score 1.000
blue square at 9,184 - 63,241 score 1.000
blue square at 134,195 - 201,252 score 1.000
yellow triangle at 35,12 - 93,73 score 1.000"

need() {
  for tool in "$@"; do
    command -v "$tool" >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
  done
}

rust() {
  need cargo rustc cc
  export CARGO_HOME=$FO1_SCRATCH/home CARGO_TARGET_DIR=$FO1_SCRATCH/target RUSTFLAGS="-D warnings"
  cargo test --offline --locked --all-targets
  cargo test --offline --locked --doc
  example=(cargo run --quiet --offline --locked --example detect --)
}

go_() {
  need go gcc
  # Go leaves the search for libraries at run time to the system.
  export LD_LIBRARY_PATH=$FO1_STAGE/lib GOENV=off GOTOOLCHAIN=local GOPROXY=off GOFLAGS=-mod=readonly CGO_ENABLED=1
  export GOCACHE=$FO1_SCRATCH/cache GOPATH=$FO1_SCRATCH/path
  test -z "$(gofmt -l .)"
  go vet ./...
  go test -count=1 ./...
  go build -o "$FO1_SCRATCH/detect" ./cmd/detect
  example=("$FO1_SCRATCH/detect")
}

need pkg-config
unset FO1_PREFIX LD_LIBRARY_PATH
export PKG_CONFIG_PATH=$FO1_STAGE/lib/pkgconfig
mkdir -p "$FO1_SCRATCH"
cd "$sources/capi/$language"
case $language in
  rust) rust ;;
  go) go_ ;;
esac
found=$("${example[@]}" "$models/tiny" "$models/samples/shapes.png" "$models/samples/shapes.json" "${labels[@]}")
diff <(echo "$wanted") <(echo "$found")
