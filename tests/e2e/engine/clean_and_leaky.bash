# Sourced after engine.sh by the scripts that verify what a real engine has built.

# clean_and_leaky: builds the images $clean, with a module `greet` on the runtime $base, and $leaky, with a toolchain on top that its next
# layer deletes; saves them as clean.tar and leaky.tar.
clean_and_leaky() {
  local image
  base=$(base_image luajit)
  clean=rockstage-e2e/clean:1
  leaky=rockstage-e2e/leaky:1
  mkdir context
  printf 'return {greet = function() return "hello" end}\n' >context/greet.lua
  cp "$(rustc --print sysroot)/bin/rustc" context/rustc
  cat >context/Dockerfile <<DOCKERFILE
FROM $base AS clean
COPY greet.lua /usr/local/share/lua/5.1/
FROM clean AS leaky
COPY rustc /opt/toolchain/bin/rustc
RUN rm -r /opt/toolchain
DOCKERFILE
  for image in clean leaky; do
    docker_build --target $image -t rockstage-e2e/$image:1 context || fail "'$image' does not build"
    docker save -o $image.tar rockstage-e2e/$image:1
  done
}
