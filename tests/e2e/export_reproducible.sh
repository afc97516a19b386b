#!/usr/bin/env bash
# The same tree has the same bytes in every form, and the same files beside it: under another umask, zone, locale and directory, on
# another day, for another user, on one core, and where the directories were filled in another order.
. "$(dirname "$0")/lib.sh"
need python3 setpriv taskset faketime

export SOURCE_DATE_EPOCH=1700000000
mkdir one rock
echo 'return 1' >rock/zed.lua
cat >rock/zed-1.0-1.rockspec <<'END'
package = "zed"
version = "1.0-1"
source = { url = "git+https://example.org/zed" }
build = { type = "builtin", modules = { zed = "zed.lua" } }
END
rs build rock --tree=one/tree --lua=5.1 2>said || fail "$(cat said)"
fill() {
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
chmod 755 one "$scratch" "$scratch/work"
forms="tar tar.gz tar.zst tar.xz zip rock"
other=$scratch/other/deeper
mkdir -p "$other"
(umask 077 && cp -r one/tree "$other/tree" && fill "$other/tree" 4 3 2 1)
fill one/tree 1 2 3 4
touch -d 2001-01-01 "$other/tree/share/lua/5.1/d1/m.lua"
chmod 755 "$scratch/other"
for form in $forms; do
  rs export --quiet one/tree --output="one/a.$form" --sbom=cyclonedx >said
done
(cd one && sha256sum --quiet --check ./*.sha256)
assert_eq 24 "$(ls one/a.* | wc -l)" "files"

# Another directory, user, umask, zone, locale, day, and one core.
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
    as TZ=Pacific/Chatham LC_ALL=C faketime '2031-02-03 04:05:06' taskset -c 0 "$ROCKSTAGE" export --isolated --quiet "$other/tree" \
      --output="$other/a.$form" --sbom=cyclonedx >said
  )
  for file in "a.$form" "a.$form".{sha256,cdx.json,provenance.json}; do
    cmp "one/$file" "$other/$file" || fail "$file differs"
  done
done

# Without SOURCE_DATE_EPOCH the time is 1970, not now.
unset SOURCE_DATE_EPOCH
for form in $forms; do
  rs export --quiet one/tree --output="one/now.$form" >said
  faketime '2031-02-03 04:05:06' "$ROCKSTAGE" export --quiet one/tree --output="one/later.$form" >said
  cmp "one/now.$form" "one/later.$form" || fail "$form differs on another day without SOURCE_DATE_EPOCH"
done
