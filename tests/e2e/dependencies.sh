#!/usr/bin/env bash
# docker/install-dependencies.sh asks Debian only for what is missing, takes a cargo that is new enough, and says what to do
# where it cannot help. dpkg-query, apt-get, sudo and id are replaced: nothing is installed.
. "$(dirname "$0")/lib.sh"
script=$ROCKSTAGE_SOURCE/docker/install-dependencies.sh

mkdir tools home
for tool in sh env sed sort grep ls; do ln -s "$(command -v "$tool")" "tools/$tool"; done

# tool NAME SCRIPT: a program of that name in front of everything.
tool() {
  printf '#!/bin/sh\n%s\n' "$2" >"$PWD/tools/$1"
  chmod +x "$PWD/tools/$1"
}
# dependencies ARGUMENTS…: runs the script with only these tools; code, out, err.
dependencies() {
  rm -f called
  code=0
  env -i PATH="$PWD/tools" HOME="$PWD/home" CALLED="$PWD/called" /bin/sh "$script" "$@" >out 2>err || code=$?
}
calls() { if [ -e called ]; then grep -vx update called | tr '\n' '|'; fi; }

tool id 'echo 0'
tool dpkg-query 'shift 3; for name; do [ -e "no-$name" ] || echo "$name installed"; done'
tool apt-get 'echo "$*" | sed "s/.* \(install\|update\)/\1/" >>"$CALLED"; [ ! -e apt-fails ]'
tool cargo 'echo "cargo 1.85.0 (d73d2caf9 2024-12-31)"'

dependencies
assert_eq 0 "$code" "nothing is missing"
assert_eq "" "$(calls)" "nothing is missing, nothing is asked for"

touch no-luajit2 no-gcc
dependencies build run
assert_eq 0 "$code" "two packages are missing"
assert_eq "install gcc luajit2|" "$(calls)" "only what is missing is asked for"
dependencies build
assert_eq "" "$(calls)" "what another group needs is not asked for"

touch apt-fails
dependencies run
assert_eq 1 "$code" "apt-get fails"
assert_eq "install gcc luajit2|" "$(calls)" "without new lists there is no second try"
grep -q "^  gcc luajit2$" err || fail "the packages are not named: $(cat err)"
rm apt-fails

tool id 'echo 1000'
dependencies run
assert_eq 1 "$code" "not root, no sudo"
grep -q "you are not root and there is no sudo" err || fail "said: $(cat err)"
assert_eq "" "$(calls)" "not root, no sudo"
tool sudo 'echo "sudo" >>"$CALLED"; exec "$@"'
dependencies run
assert_eq "sudo|install gcc luajit2|" "$(calls | sed 's/^sudo|sudo|/sudo|/')" "sudo is used where one is not root"
tool id 'echo 0'
rm no-luajit2 no-gcc

# cargo: the one on PATH, else the one of rustup, else Debian's.
dependencies --path
assert_eq "$PWD/tools:$PWD/tools" "$(cat out)" "a cargo that is new enough is taken"
mkdir -p home/.cargo/bin
mv tools/cargo home/.cargo/bin/cargo
dependencies --path
assert_eq "$PWD/home/.cargo/bin:$PWD/tools" "$(cat out)" "also one that is not on PATH"
dependencies run
assert_eq "" "$(calls)" "and no other one is installed"
tool cargo 'echo "cargo 1.63.0"'
dependencies --path
assert_eq "$PWD/home/.cargo/bin:$PWD/tools" "$(cat out)" "one that is too old is passed over"
if [ ! -x /usr/bin/cargo ]; then
  rm -r home/.cargo
  dependencies run
  assert_eq "install cargo-web rustc-web|" "$(calls)" "Debian's cargo where there is none"
fi

dependencies everything
assert_eq 2 "$code" "an unknown group"
grep -q "unknown group 'everything'" err || fail "said: $(cat err)"

rm tools/dpkg-query
dependencies build
assert_eq 1 "$code" "no Debian"
grep -q "install these packages" err || fail "said: $(cat err)"
