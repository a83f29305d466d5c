# The same set-up as on a bare machine (./ops setup), without PostgreSQL: the database has its own container.
FROM debian:12-slim AS build
ENV OPS_DATA_DIR=/opt/nangareko-data OPS_DATABASE_URL=postgresql+asyncpg://unused@/unused
COPY . /opt/nangareko
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates python3 python3-venv \
 && /opt/nangareko/ops setup up
# Node was for the pages only.
RUN cd /opt/nangareko && rm -rf frontend/node_modules \
 && UV_PROJECT_ENVIRONMENT=$OPS_DATA_DIR/venv UV_CACHE_DIR=$OPS_DATA_DIR/cache/uv UV_PYTHON_DOWNLOADS=never \
    $OPS_DATA_DIR/boot/bin/uv sync --frozen --no-default-groups \
 && rm -rf $OPS_DATA_DIR/cache $OPS_DATA_DIR/boot $OPS_DATA_DIR/log $OPS_DATA_DIR/stamps

FROM debian:12-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates python3 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin nangareko \
 && install -d -o nangareko -g nangareko -m 0750 /data
COPY --from=build /opt/nangareko /opt/nangareko
COPY --from=build /opt/nangareko-data /opt/nangareko-data
ENV PYTHONPATH=/opt/nangareko PYTHONSAFEPATH=1 PYTHONUNBUFFERED=1 OPS_DATA_DIR=/data
USER nangareko
WORKDIR /data
VOLUME /data
# The pages come from the image, never from an older volume.
ENTRYPOINT ["/bin/sh", "-ec", "ln -sfn /opt/nangareko-data/frontend /data/frontend; exec /opt/nangareko-data/venv/bin/python -m \"$@\"", "--"]
CMD ["ops_center", "app"]
