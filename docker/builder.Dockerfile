# An image with rockstage, cargo and what rocks are compiled with: the builder of `rockstage dockerfile --builder rockstage`.
#
#   docker build -f docker/builder.Dockerfile -t rockstage-builder .
#
# BASE        a Debian 12
# PROGRAM     where rockstage comes from: `compiled`, from this checkout, or `prebuilt`, the file `rockstage` of the context

ARG BASE=debian:bookworm-slim
ARG PROGRAM=compiled

FROM ${BASE} AS compiled
WORKDIR /src
COPY docker/install-dependencies.sh docker/
RUN docker/install-dependencies.sh build
COPY CMakeLists.txt CMakePresets.json ./
COPY src/ src/
COPY templates/ templates/
RUN --mount=type=cache,target=/root/.cache/ccache \
    cmake --preset release && \
    cmake --build --preset release --target rockstage && \
    install -D -s build/release/rockstage /opt/rockstage/bin/rockstage

FROM scratch AS prebuilt
COPY rockstage /opt/rockstage/bin/rockstage

FROM ${PROGRAM} AS program

FROM ${BASE} AS builder
# Where the official Rust image has it: the cache mounts of generated Dockerfiles name it.
ENV CARGO_HOME=/usr/local/cargo
COPY docker/install-dependencies.sh /opt/
RUN /opt/install-dependencies.sh program run && \
    rm -rf /var/lib/apt/lists/*
COPY --from=program /opt/rockstage/ /usr/local/
RUN rockstage --version
