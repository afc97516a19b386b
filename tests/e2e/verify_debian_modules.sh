# Debian's own Lua packages, unpacked and not installed: verify finds nothing in them but what is true.
#
# As trees, one for each Lua, by the profiles of Debian 12: a library is missing just where the module NEEDs one that
# Debian's base images have not; readelf and the packages' file lists say which. As a root file system with all that the
# packages depend on: nothing at all, and every module loads there.
SHARED_CACHE=yes
. "$(dirname "$0")/lib.sh"
need apt-get dpkg-deb python3 readelf

skip() {
  [ "$ROCKSTAGE_REQUIRE_ALL" != 1 ] || fail "$*"
  echo "skipped: $*" >&2
  exit 77
}
[ "$(getconf GNU_LIBC_VERSION)" = "glibc 2.36" ] && [ "$(uname -m)" = x86_64 ] || skip "needs Debian 12 on x86-64"

modules="lua-argparse lua-basexx lua-binaryheap lua-bit32 lua-bitop lua-cjson lua-compat53 lua-copas lua-coxpcall
  lua-cqueues lua-dbi-sqlite3 lua-discount lua-dkjson lua-event lua-expat lua-fifo lua-filesystem lua-http lua-iconv
  lua-inotify lua-lpeg lua-lpeg-patterns lua-luaossl lua-luassert lua-luv lua-md5 lua-messagepack lua-mpack lua-penlight
  lua-posix lua-readline lua-rex-pcre2 lua-rings lua-say lua-sec lua-socket lua-sql-sqlite3 lua-system lua-term lua-yaml
  lua-zip lua-zlib"
foreign="lua-augeas lua-lxc" # they link liblua
base="libbz2-1.0 libc6 libcrypt1 libgcc-s1 liblzma5 libstdc++6 libtinfo6 libzstd1 zlib1g"
others="libevent-2.1-7 libexpat1 libluajit-5.1-2 libluajit-5.1-common liblua5.1-0 liblua5.2-0 liblua5.3-0 liblua5.4-0
  libmarkdown2 libmpack0 libncursesw6 libpcre2-8-0 libreadline8 libsqlite3-0 libssl3 libuv1 libyaml-0-2 libzzip-0-13
  lua5.1 lua5.2 lua5.3 lua5.4 luajit"

cache=$XDG_CACHE_HOME/debian-packages
mkdir -p "$cache"
for package in $modules $foreign $base $others; do
  compgen -G "$cache/${package}_*.deb" >/dev/null || wanted="${wanted:-} $package"
done
# shellcheck disable=SC2086
[ -z "${wanted:-}" ] || (cd "$cache" && apt-get download -qq $wanted >/dev/null 2>&1) ||
  skip "apt-get cannot download Debian's packages"

unpack() {
  local into=$1 package
  shift
  mkdir -p "$into"
  for package in "$@"; do dpkg-deb -x "$cache/$package"_*.deb "$into"; done
}
# shellcheck disable=SC2086
{
  unpack modules $modules
  unpack foreign $foreign lua-filesystem # which lua-lxc requires
  unpack base $base
  unpack root $modules $base $others
}

# findings PROFILE SUBJECT: "RULE PATH WHAT" of each error and warning, sorted.
findings() {
  rs verify "$2" --runtime="$1" --platform=linux/amd64 --json >report || [ $? = 3 ] || fail "verify $2 failed"
  json '"\n".join(sorted(" ".join([f["rule"], f["evidence"].get("rule", f["path"]),
    f["evidence"].get("library", f["evidence"].get("module", ""))]).strip()
    for p in d["data"]["platforms"] for f in p["findings"] if f["severity"] != "note"))' <report
}

# expected TREE: what readelf says that the modules NEED and Debian's base images lack.
(cd base && find . -name '*.so*' -printf '%f\n' | sort -u) >base-libraries
expected() {
  find "$1" -name '*.so' -printf '%P\n' | while read -r path; do
    readelf -d "$1/$path" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort -u | grep -vxFf base-libraries |
      sed "s,^liblua5\.[1-4]\.so\.0$,lua-linked-vm $path &,; t; s,^,elf-needed $path ," || :
  done | sort
}

# without_missing TREE: leaves out the warnings that lua-http's scripts for 5.3 require what Debian packages for 5.1 and
# 5.2 only, after a look whether that is so.
without_missing() {
  local rule path what
  while read -r rule path what; do
    if [ "$rule" = lua-require ] && [[ $path == share/lua/5.3/http/* ]]; then
      ! compgen -G "$1/*/lua/5.3/${what//.//}.*" >/dev/null || fail "$what is in $1, which $path requires"
      grep -Eq "require[ (]*[\"']$what[\"']" "$1/$path" || fail "$path does not require $what"
    else
      echo "$rule${path:+ $path}${what:+ $what}"
    fi
  done
}

for version in 5.1 5.2 5.3 5.4; do
  for kind in modules foreign; do
    tree=$kind-$version
    mkdir -p "$tree/lib/lua" "$tree/share/lua"
    for place in lib/x86_64-linux-gnu:lib share:share; do
      from=$kind/usr/${place%:*}/lua/$version
      [ ! -d "$from" ] || cp -rL "$from" "$tree/${place#*:}/lua/"
    done
    [ -n "$(find "$tree" -type f)" ] || continue
    expected "$tree" >"$tree.expected"
    profiles=debian-lua$version
    [ $version != 5.1 ] || profiles="$profiles debian-luajit"
    for profile in $profiles; do
      wanted=$(cat "$tree.expected")
      # lua5.1 is the program whose own liblua that is.
      [ "$profile" = debian-luajit ] || wanted=$(grep -v ^lua-linked-vm "$tree.expected" || :)
      assert_eq "$wanted" "$(findings "$profile" "$tree" | without_missing "$tree")" "$tree by $profile"
    done
    # A profile that names no libc: it is said that nothing of it was judged, and there is no error.
    assert_eq "elf-glibc-version elf-libc elf-needed" "$(findings generic-$version "$tree" | without_missing "$tree" |
      sed 's/^not-judged //' | grep -v ^lua-linked-vm | tr '\n' ' ' | sed 's/ $//')" "$tree by generic-$version"
  done
done
[ "$(wc -l <modules-5.1.expected)" -gt 10 ] || fail "readelf found too little in the modules for 5.1"

for profile in debian-luajit debian-lua5.1 debian-lua5.2 debian-lua5.3 debian-lua5.4; do
  assert_eq "" "$(findings $profile root)" "the root by $profile"
done

# The modules that nothing was said about load, in that root.
[ "$(id -u)" = 0 ] || exit 0
for program in luajit lua5.1 lua5.2 lua5.3 lua5.4; do
  version=${program#lua}
  [ $program != luajit ] || version=5.1
  count=0
  for file in $(cd "root/usr/lib/x86_64-linux-gnu/lua/$version" && find . -name '*.so' -printf '%P\n'); do
    module=$(tr / . <<<"${file%.so}")
    chroot root "/usr/bin/$program" -e "require '$module'" >said 2>&1 || fail "$program: $module does not load: $(cat said)"
    count=$((count + 1))
  done
  [ $count -gt 5 ] || fail "$program: only $count modules"
done
