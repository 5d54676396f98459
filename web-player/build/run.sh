#!/bin/sh
# Called by Maven: node build/build.mjs "$@", or one line that says what to install.
cd "$(dirname "$0")/.." || exit 1
wanted="web-player needs Node.js 18 or newer with npm"
hint="install it, for example with: apt-get install nodejs npm (or from https://nodejs.org), then build again"
fail() {
  echo "$wanted; $1: $hint" >&2
  exit 1
}
command -v node >/dev/null 2>&1 || fail "there is no node in PATH"
command -v npm >/dev/null 2>&1 || fail "there is no npm in PATH"
version=$(node -p 'process.versions.node' 2>/dev/null) || fail "node does not run"
[ "${version%%.*}" -ge 18 ] 2>/dev/null || fail "found Node.js $version"
exec node build/build.mjs "$@"
