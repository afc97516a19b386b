#!/usr/bin/env bash
# The same tree has the same bytes in every form: under another umask, zone, locale and directory, at another time, for
# another user, on one core, and where the directories were filled in another order.
. "$(dirname "$0")/lib.sh"
need python3 setpriv taskset

mkdir one
make_tree() {
  local tree=$1 i
  shift
  for i in "$@"; do
    mkdir -p "$tree/share/lua/5.1/d$i" "$tree/lib/lua/5.1"
    seq "$i" 20000 >"$tree/share/lua/5.1/d$i/m.lua"
    head -c "${i}00000" "$BASH" >"$tree/lib/lua/5.1/o$i.so"
    chmod 755 "$tree/lib/lua/5.1/o$i.so"
  done
  ln -s ../lib/lua/5.1/o1.so "$tree/share/link"
}
make_tree one/tree 1 2 3 4
chmod 755 one "$scratch" "$scratch/work"
export SOURCE_DATE_EPOCH=1700000000
forms="tar tar.gz tar.zst tar.xz zip"
for form in $forms; do
  rs export one/tree --output="one/a.$form"
done
(cd one && sha256sum --quiet --check ./*.sha256)

# Another directory, user, umask, zone, locale, time, and one core.
other=$scratch/other/deeper
mkdir -p "$other"
(umask 077 && make_tree "$other/tree" 4 3 2 1)
touch -d 2001-01-01 "$other/tree/share/lua/5.1/d1/m.lua"
chmod 755 "$scratch/other"
if [ "$(id -u)" = 0 ]; then
  chown -R 12345:12345 "$other"
  as() { setpriv --reuid=12345 --regid=12345 --clear-groups env HOME=/nonexistent XDG_CONFIG_HOME=/nonexistent "$@"; }
  # A build directory below a home that is closed to others is none to run from.
  if ! as test -x "$ROCKSTAGE"; then
    cp "$ROCKSTAGE" "$scratch/other/rockstage"
    ROCKSTAGE=$scratch/other/rockstage
  fi
else
  as() { env "$@"; }
fi
for form in $forms; do
  (
    cd "$other"
    umask 027
    as TZ=Pacific/Chatham LC_ALL=C taskset -c 0 "$ROCKSTAGE" export --isolated "$other/tree" --output="$other/a.$form"
  )
  cmp "one/a.$form" "$other/a.$form" || fail "a.$form differs"
  assert_eq "$(cat "one/a.$form.sha256")" "$(cat "$other/a.$form.sha256")"
done

# The day does not matter.
if command -v faketime >/dev/null; then
  for form in $forms; do
    faketime '2031-02-03 04:05:06' "$ROCKSTAGE" export one/tree --output="one/later.$form"
    cmp "one/a.$form" "one/later.$form" || fail "a.$form differs on another day"
  done
fi
