# Written by rockstage 1.2.3 for openresty-bullseye: textkit 1.2.0-1.

# BASE is the runtime image; its user, entrypoint and command stay as they are.
ARG BASE=openresty/openresty:1.31.1.1-bullseye

# builder compiles and installs into /rock: its glibc 2.31 is not newer than glibc 2.31 of the runtime, so what it links loads there.
FROM rust:1-bullseye AS builder
COPY Cargo.lock Cargo.toml /src/
COPY lua/ /src/lua/
COPY src/ /src/src/
ARG TARGETPLATFORM
ARG SOURCE_DATE_EPOCH
WORKDIR /src
ENV CARGO_INCREMENTAL=0 \
    CARGO_PROFILE_RELEASE_STRIP=symbols \
    CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS="--remap-path-prefix=/src/target=/build"
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,target=/usr/local/cargo/git,sharing=locked \
    --mount=type=cache,id=rockstage-textkit-$TARGETPLATFORM,target=/src/target,sharing=locked \
    --mount=type=secret,id=ca,target=/etc/ssl/certs/ca-certificates.crt \
    --mount=type=secret,id=cargo-credentials,target=/usr/local/cargo/credentials.toml \
    cargo rustc --locked --package textkit --lib --crate-type cdylib --profile release --target x86_64-unknown-linux-gnu --target-dir target --features luajit \
  && install -D -m 0755 target/x86_64-unknown-linux-gnu/release/libtextkit_core.so /rock/lib/lua/5.1/textkit/core.so \
  && install -D -m 0644 lua/textkit/init.lua /rock/share/lua/5.1/textkit/init.lua

# rock is the staged tree and nothing else.
FROM scratch AS rock
COPY --from=builder /rock/ /

# smoke loads each module with nothing but the tree on the search path; the build fails if one does not.
FROM ${BASE} AS smoke
COPY --from=rock / /rock/
RUN ["/usr/local/openresty/luajit/bin/luajit", "-e", "for _, name in ipairs({ 'textkit', 'textkit.core', }) do require(name) end"]

# runtime is the image: the base and the modules.
FROM ${BASE} AS runtime
COPY --from=smoke /rock/share/lua/5.1/ /usr/local/share/lua/5.1/
COPY --from=smoke /rock/lib/lua/5.1/ /usr/local/lib/lua/5.1/
LABEL io.rockstage.modules="textkit textkit.core" \
      io.rockstage.rocks=textkit@1.2.0-1 \
      io.rockstage.runtime=openresty-bullseye \
      org.opencontainers.image.base.name=openresty/openresty:1.31.1.1-bullseye \
      org.opencontainers.image.description="Text as people see it" \
      org.opencontainers.image.licenses=Apache-2.0 \
      org.opencontainers.image.title=textkit \
      org.opencontainers.image.version=1.2.0-1

# Build it, with the directory of this file as the working directory:
#   docker build -f Dockerfile --platform linux/amd64 .
# The staged tree alone:
#   docker build -f Dockerfile --target rock --output type=tar,dest=rock.tar .
# Behind a proxy with its own CA: --secret id=ca,src=/etc/ssl/certs/ca-certificates.crt
# For a private registry:         --secret id=cargo-credentials,src=$HOME/.cargo/credentials.toml
