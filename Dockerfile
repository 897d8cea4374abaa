# One image for collecting and for showing; `compose.yaml` runs it as two services.
FROM python:3.11-slim AS build
WORKDIR /src
RUN python -m venv /opt/statusledger
ENV PATH=/opt/statusledger/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements.lock ./
RUN pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY ingest ingest
COPY analytics analytics
COPY dashboard dashboard
COPY statusledger statusledger
RUN pip install --no-deps .

FROM python:3.11-slim
# Without it a Chinese, Japanese or Korean title in a PDF is a row of boxes.
RUN apt-get update && apt-get install --yes --no-install-recommends fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/statusledger /opt/statusledger
# A volume takes over this folder's owner. The number is fixed, so that it means the same user
# in a folder of the host: chown 10001 what is mounted in its place.
RUN install --directory --owner=10001 --group=10001 /data
ENV PATH=/opt/statusledger/bin:$PATH STATUSLEDGER_DATA=/data HOME=/tmp PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8501
HEALTHCHECK --interval=5m --timeout=1m --start-period=10m --retries=3 \
    CMD ["statusledger", "health"]
ENTRYPOINT ["statusledger"]
CMD ["--help"]
