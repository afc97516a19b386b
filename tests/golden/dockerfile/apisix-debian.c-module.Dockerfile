# Written by rockstage 1.2.3 for apisix-debian: textkit 1.2.0-1.

# BASE is the runtime image; its user, entrypoint and command stay as they are.
ARG BASE=apache/apisix:3.18.0-debian

# builder compiles and installs into /rock: its glibc 2.36 is not newer than glibc 2.36 of the runtime, so what it links loads there.
FROM rust:1-bookworm AS builder
RUN --mount=type=secret,id=ca,target=/etc/ssl/certs/ca-certificates.crt \
    apt-get update \
  && apt-get install -y --no-install-recommends 'libluajit-5.1-dev=2.1.*' \
  && rm -rf /var/lib/apt/lists/*
COPY src/ /src/src/
ARG SOURCE_DATE_EPOCH
WORKDIR /src
RUN mkdir -p /tmp/objects \
  && gcc -I/usr/include/luajit-2.1 -shared -o /tmp/objects/core.so src/core.c -lz \
  && install -D -m 0755 /tmp/objects/core.so /rock/lib/lua/5.1/textkit/core.so

# rock is the staged tree and nothing else.
FROM scratch AS rock
COPY --from=builder /rock/ /

# smoke loads each module with nothing but the tree on the search path; the build fails if one does not.
FROM ${BASE} AS smoke
COPY --from=rock / /rock/
RUN ["/usr/local/openresty/luajit/bin/luajit", "-e", "for _, name in ipairs({ 'textkit.core', }) do require(name) end"]

# runtime is the image: the base and the modules.
FROM ${BASE} AS runtime
COPY --from=smoke /rock/lib/lua/5.1/ /usr/local/lib/lua/5.1/
LABEL io.rockstage.modules=textkit.core \
      io.rockstage.rocks=textkit@1.2.0-1 \
      io.rockstage.runtime=apisix-debian \
      org.opencontainers.image.base.name=apache/apisix:3.18.0-debian \
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
