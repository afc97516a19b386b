#!/usr/bin/env bash
# dockerfile: what it writes for the examples builds as it is, with docker and with buildah; the image has no Rust in it, is no larger
# than the rock makes it, keeps what the base says, and answers, in LuaJIT and in an nginx worker.
. "$(dirname "$0")/lib.sh"
. "$ROCKSTAGE_SOURCE/tests/e2e/engine.sh"
need python3 buildah
start_engine
start_buildah
base=$(base_image apisix-like)
builder=$(base_image builder)
buildah_base apisix-like builder
luajit=/usr/local/openresty/luajit/bin/luajit

# files IMAGE: paths of the regular files and links, without those that the engine adds to every container.
files() {
  local container
  container=$(docker create "$1" /none)
  docker export "$container" | python3 -c '
import sys, tarfile
for member in tarfile.open(fileobj=sys.stdin.buffer, mode="r|"):
    if not member.isdir():
        print(member.name)' | LC_ALL=C sort
  docker rm "$container" >/dev/null
}
size() { docker image inspect --format '{{.Size}}' "$1"; }
# kept IMAGE: what an image takes over from its base. Builders add PATH where there is none.
kept() {
  docker image inspect --format '{{json .Config.User}} {{json .Config.Entrypoint}} {{json .Config.Cmd}} {{json .Config.WorkingDir}} {{json .Config.Env}}' "$1" |
    sed 's#\["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"\]#null#'
}

# What each rock is asked, and answers.
declare -A question=(
  [textkit]='return require("textkit").slug("Crème brûlée, 2")'
  [jsonscan]='return require("jsonscan").open([[{"a":[1,{"b":"yes"}]}]]):get("/a/1/b")'
)
declare -A answer=([textkit]=creme-brulee-2 [jsonscan]=yes)

# in_nginx IMAGE CODE: what a worker answers that runs the code twice, before and after that its id. As the user of the image, with its own
# nginx and nothing of this machine but a directory for the socket.
in_nginx() {
  local folder=$scratch/nginx container status=0
  mkdir -m 1777 "$folder"
  cat >"$folder/nginx.conf" <<CONF
include /etc/nginx/modules-enabled/*.conf;
daemon off;
pid /run/test/pid;
error_log stderr;
events {}
http {
  access_log off;
  client_body_temp_path /run/test/body;
  proxy_temp_path /run/test/proxy;
  fastcgi_temp_path /run/test/fastcgi;
  uwsgi_temp_path /run/test/uwsgi;
  scgi_temp_path /run/test/scgi;
  server {
    listen unix:/run/test/socket;
    location /worker { content_by_lua_block { ngx.print(ngx.worker.pid()) } }
    location /ask { content_by_lua_block { ngx.print((function() $2 end)()) } }
  }
}
CONF
  container=$(docker run -d --network=host -v "$folder:/run/test" "$1" nginx -c /run/test/nginx.conf)
  python3 - "$folder/socket" <<'CLIENT' || status=$?
import socket, sys, time

def get(path):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(20)
        connection.connect(sys.argv[1])
        connection.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
        head, _, body = connection.makefile("rb").read().partition(b"\r\n\r\n")
    return head.split()[1:2] == [b"200"], body.decode()

for attempt in range(200):
    try:
        before = get("/worker")
        break
    except OSError:
        time.sleep(0.1)
else:
    sys.exit("nginx does not come up")
answers = [get("/ask"), get("/ask")]
after = get("/worker")
if before != after or not before[0]:
    sys.exit(f"the worker did not live on: {before}, {after}")
if answers[0] != answers[1] or not answers[0][0]:
    sys.exit(f"answers: {answers}")
print(answers[0][1])
CLIENT
  [ $status = 0 ] || docker logs "$container" >&2
  docker rm -f "$container" >/dev/null
  rm -rf "$folder"
  return $status
}

# check IMAGE ROCK WHO: the image that was built.
check() {
  local image=$1 rock=$2 who="$2, built by $3"
  rs verify image.tar --runtime apisix-debian --require "$rock" >said || fail "verify $who: exit code $?: $(cat said)"
  docker run --rm --network=host "$image" $luajit -e "print((function() ${question[$rock]} end)())" >said 2>&1 || fail "$who, does not answer: $(cat said)"
  assert_eq "${answer[$rock]}" "$(cat said)" "$who, in luajit"
  in_nginx "$image" "${question[$rock]}" >said 2>&1 || fail "$who, in nginx: $(cat said)"
  assert_eq "${answer[$rock]}" "$(cat said)" "$who, in nginx"

  # The base, and the tree, and nothing else.
  files "$image" >image.files
  LC_ALL=C comm -13 base.files image.files >added.files
  cmp -s tree.files added.files || fail "$who: the image has other files than the tree: $(diff tree.files added.files)"
  assert_eq "" "$(LC_ALL=C comm -23 base.files image.files)" "$who: files of the base that are gone"
  growth=$(($(size "$image") - $(size "$base")))
  [ "$growth" -gt 0 ] && [ "$growth" -le $((tree_bytes + 4096)) ] || fail "$who: the image grew by $growth bytes, and the tree has $tree_bytes"
  assert_eq "$(kept "$base")" "$(kept "$image")" "$who: user, entrypoint, command, directory, environment"
}

files "$base" >base.files
! grep -E '(^|/)(cargo|rustc|rustup)$' base.files || fail "the base has Rust in it"
for rock in textkit jsonscan; do
  cp -r "$ROCKSTAGE_SOURCE/examples/$rock" "$rock"
  image=rockstage-e2e/$rock
  rs dockerfile "$rock" --runtime apisix-debian --base "$base" --builder-image "$builder" --output "out-$rock" >said 2>&1 ||
    fail "dockerfile $rock: exit code $?: $(cat said)"

  docker_build -f "out-$rock/Dockerfile" -t "$image" "$rock" || fail "$rock does not build"
  rm -rf tree
  docker_build -f "out-$rock/Dockerfile" --target rock --output tree "$rock" || fail "$rock: no artifact"
  (cd tree && find share/lua lib/lua ! -type d -printf 'usr/local/%p\n' | LC_ALL=C sort) >tree.files
  [ -s tree.files ] || fail "$rock: the tree is empty"
  tree_bytes=$(find tree/share/lua tree/lib/lua -type f -printf '%s\n' | awk '{n += $1} END {print n}')
  docker save -o image.tar "$image"
  check "$image" "$rock" docker

  in_buildah bud --isolation=chroot --pull=never --network=host --secret "id=ca,src=$ca_bundle" \
    -f "out-$rock/Dockerfile" -t "$image-by-buildah" "$rock" >buildah.log 2>&1 || fail "buildah: $(tail -n 20 buildah.log)"
  rm -f image.tar
  in_buildah push --quiet "$image-by-buildah" "docker-archive:$PWD/image.tar:$image-by-buildah:latest"
  docker load -q -i image.tar >/dev/null
  check "$image-by-buildah" "$rock" buildah
done
