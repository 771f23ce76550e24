# The daemon and all commands of iicd: docs/install.md has how to run it.
FROM swift:6.3-bookworm AS build
WORKDIR /src
COPY . .
RUN scripts/package -o /dist

FROM debian:bookworm-slim
LABEL org.opencontainers.image.title="iicd" \
      org.opencontainers.image.description="Land-cover maps from RGB-infrared scenes, without labels" \
      org.opencontainers.image.licenses="MIT"
# The same numbers in every image: volumes keep them.
RUN groupadd --system --gid 842 iicd \
    && useradd --system --uid 842 --gid 842 --home-dir /var/lib/iicd --shell /usr/sbin/nologin iicd
RUN --mount=type=bind,from=build,source=/dist,target=/dist \
    apt-get update \
    && apt-get install -y --no-install-recommends /dist/*.deb ca-certificates \
    && rm -rf /var/lib/apt/lists/*
COPY packaging/healthcheck /usr/local/bin/
# A volume takes owner and mode from the folder that it is mounted on.
RUN install -d -o iicd -g iicd -m 2775 /srv/iicd /srv/iicd/incoming /srv/iicd/maps \
    && install -d -o iicd -g iicd -m 750 /var/lib/iicd
USER 842:842
WORKDIR /srv/iicd
VOLUME ["/srv/iicd", "/var/lib/iicd"]
EXPOSE 8472
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["healthcheck"]
ENTRYPOINT ["iicd"]
CMD ["watch", "/srv/iicd/incoming", "--config", "/etc/iicd/iicd.yaml"]
