# Written by rockstage 1.2.3 for apisix-debian: textkit 1.2.0-1.

# BASE is the runtime image; its user, entrypoint and command stay as they are.
ARG BASE=apache/apisix:3.18.0-debian

# builder compiles and installs into /rock: docker/builder.Dockerfile of rockstage makes it, with glibc 2.36; the runtime has glibc 2.36.
FROM rockstage-builder:1.2.3 AS builder
COPY Cargo.lock Cargo.toml /src/
COPY lua/ /src/lua/
COPY src/ /src/src/
ARG TARGETPLATFORM
ARG SOURCE_DATE_EPOCH
WORKDIR /src
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,target=/usr/local/cargo/git,sharing=locked \
    --mount=type=cache,id=rockstage-textkit-$TARGETPLATFORM,target=/build,sharing=locked \
    --mount=type=secret,id=ca,target=/etc/ssl/certs/ca-certificates.crt \
    --mount=type=secret,id=cargo-credentials,target=/usr/local/cargo/credentials.toml \
    rockstage build /src --lua openresty --tree /rock --target-dir /build --locked --profile release --features luajit --target x86_64-unknown-linux-gnu

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
