# What verify says of a module is what the loader and the Lua do with it, case by case: each object is tried with a real
# `require` in a child process and judged as a tree that holds just it. The cases are in loader_oracle/.
. "$(dirname "$0")/lib.sh"
need cc python3 luajit lua5.1 lua5.2 lua5.3 lua5.4 luac5.3

# The profiles are those of Debian 12: on another distribution the loader's answers are about another libc.
[ "$(getconf GNU_LIBC_VERSION)" = "glibc 2.36" ] && [ "$(uname -m)" = x86_64 ] || {
  echo "skipped: needs x86-64 with glibc 2.36" >&2
  exit 77
}
chmod 755 "$scratch" "$scratch/work"
python3 "$ROCKSTAGE_SOURCE/tests/e2e/loader_oracle/oracle.py" "$ROCKSTAGE" "$PWD"
