#!/usr/bin/env bash
# dockerfile: cargo reaches a private registry with a CA and a token that come as secrets, and neither is in the image or the builder's
# layers; SOURCE_DATE_EPOCH reaches the compilers, and a build is repeatable.
. "$(dirname "$0")/lib.sh"
. "$ROCKSTAGE_SOURCE/tests/e2e/engine.sh"
need python3 openssl
start_engine
base=$(base_image apisix-like)
builder=$(base_image builder)

# A registry of our own (doc.rust-lang.org/cargo/reference/registry-index.html), with a CA that nobody knows, and one crate.
token=rockstage-e2e-$RANDOM$RANDOM$RANDOM
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout ca.key -out ca.pem -subj "/CN=e2e CA" 2>/dev/null
openssl req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj "/CN=127.0.0.1" 2>/dev/null
openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out server.pem \
  -extfile <(echo "subjectAltName=IP:127.0.0.1") 2>/dev/null
mkdir -p hidden-0.1.0/src
printf '[package]\nname = "hidden"\nversion = "0.1.0"\nedition = "2021"\n' >hidden-0.1.0/Cargo.toml
echo 'pub fn answer() -> i32 { 42 }' >hidden-0.1.0/src/lib.rs
tar -czf hidden.crate hidden-0.1.0
checksum=$(sha256sum hidden.crate | cut -d ' ' -f 1)
cat >registry.py <<'PYTHON'
import http.server, json, ssl, sys

token, checksum = sys.argv[1:]
index = {"name": "hidden", "vers": "0.1.0", "deps": [], "cksum": checksum, "features": {}, "yanked": False}


class Registry(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        here = "https://127.0.0.1:%d" % self.server.server_port
        config = json.dumps({"dl": here + "/dl", "api": here, "auth-required": True}).encode()
        files = {"/config.json": config, "/hi/dd/hidden": json.dumps(index).encode(),
                 "/dl/hidden/0.1.0/download": open("hidden.crate", "rb").read()}
        status = 401 if self.headers["Authorization"] != token else 200 if self.path in files else 404
        body = files[self.path] if status == 200 else b""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Registry)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("server.pem", "server.key")
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_port, flush=True)
server.serve_forever()
PYTHON
python3 registry.py "$token" "$checksum" >port 2>registry.log 9>&- &
daemons+=($!)
until [ -s port ]; do
  kill -0 "${daemons[-1]}" || fail "no registry: $(cat registry.log)"
  sleep 0.1
done
url=sparse+https://127.0.0.1:$(cat port)/

mkdir -p rock/src rock/.cargo
printf '[registries.private]\nindex = "%s"\ncredential-provider = "cargo:token"\n' "$url" >rock/.cargo/config.toml
cat >rock/Cargo.toml <<'TOML'
[package]
name = "visible"
version = "0.1.0"
edition = "2021"

[lib]
crate-type = ["cdylib"]

[dependencies]
hidden = {version = "0.1.0", registry = "private"}
TOML
cat >rock/Cargo.lock <<TOML
version = 3

[[package]]
name = "hidden"
version = "0.1.0"
source = "$url"
checksum = "$checksum"

[[package]]
name = "visible"
version = "0.1.0"
dependencies = ["hidden"]
TOML
echo '#[no_mangle] pub extern "C" fn visible_answer() -> i32 { hidden::answer() }' >rock/src/lib.rs
cat >rock/visible.lua <<'LUA'
local ffi = require("ffi")
ffi.cdef("int visible_answer(void);")
local library = ffi.load(package.searchpath("libvisible", package.cpath))
return {answer = function() return library.visible_answer() end}
LUA
echo '#include <stddef.h>
const char visible_built[] = "built " __DATE__; int luaopen_visible_dated(void *state) { return state == NULL; }' >rock/dated.c
cat >rock/visible-0.1.0-1.rockspec <<'ROCKSPEC'
rockspec_format = "3.0"
package = "visible"
version = "0.1.0-1"
source = {url = "git+https://example.org/visible.git"}
build = {
   type = "command",
   build_command = "cargo build --release && gcc -shared -fPIC -o dated.so dated.c",
   install_command = [[
      mkdir -p "$(LIBDIR)/visible" && cp target/release/libvisible.so "$(LIBDIR)/libvisible.so" &&
      cp dated.so "$(LIBDIR)/visible/dated.so" && cp visible.lua "$(LUADIR)/visible.lua"
   ]],
}
ROCKSPEC
printf '[registries.private]\ntoken = "%s"\n' "$token" >credentials.toml

rs dockerfile rock --runtime apisix-debian --base "$base" --builder-image "$builder" --output out >said 2>&1 || fail "exit code $?: $(cat said)"
# build OPTIONS…: its log is `log`.
build() {
  docker build --network=host -f out/Dockerfile --build-arg SOURCE_DATE_EPOCH=86400 "$@" rock >log 2>&1
}
ca=(--secret id=ca,src=ca.pem)
credentials=(--secret id=cargo-credentials,src=credentials.toml)
! build || fail "builds without secrets"
! build "${credentials[@]}" || fail "builds without the CA"
grep -qi 'certificate' log || fail "not for the certificate: $(tail -n 20 log)"
! build "${ca[@]}" || fail "builds without the token"
grep -qi 'token' log || fail "not for the token: $(tail -n 20 log)"
build "${ca[@]}" "${credentials[@]}" -t rockstage-e2e/secrets || fail "does not build with both secrets: $(tail -n 30 log)"
assert_eq 42 "$(docker run --rm --network=host rockstage-e2e/secrets /usr/local/openresty/luajit/bin/luajit \
  -e 'print(require("visible").answer())' 2>&1)" "the answer of the private crate"

# In no layer, no configuration and no history, neither of the image nor of the builder stage. What docker saves is not compressed.
build "${ca[@]}" "${credentials[@]}" --target builder -t rockstage-e2e/secrets-builder || fail "$(tail -n 30 log)"
for image in rockstage-e2e/secrets rockstage-e2e/secrets-builder; do
  docker save $image | LC_ALL=C grep -aoF -e visible_answer -e "$token" -e "$(sed -n 2p ca.pem)" | LC_ALL=C sort -u >found
  assert_eq visible_answer "$(cat found)" "what is found in $image"
done
assert_eq "$(docker run --rm --network=host "$base" sh -c 'ls /etc/ssl/certs | sort' 2>&1)" \
  "$(docker run --rm --network=host rockstage-e2e/secrets sh -c 'ls /etc/ssl/certs | sort' 2>&1)" "what is in /etc/ssl/certs"

# The time that is given is the compilers' clock, and the same sources give the same bytes.
for tree in first second; do
  build "${ca[@]}" "${credentials[@]}" --no-cache --target rock --output $tree || fail "$(tail -n 30 log)"
done
grep -qaF 'built Jan  2 1970' first/lib/lua/5.1/visible/dated.so || fail "SOURCE_DATE_EPOCH does not reach the compiler"
diff -r first second || fail "the second build has other bytes"
