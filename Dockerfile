FROM python:3.13-slim
RUN useradd --create-home --uid 1000 scheduler && install -d -m 700 -o scheduler /data
COPY . /src
RUN pip install --no-cache-dir /src && rm -r /src
USER scheduler
WORKDIR /home/scheduler
ENV TUI_SCHEDULER_DATABASE=/data/scheduler.db
VOLUME /data
HEALTHCHECK CMD ["tui-scheduler", "status", "--check"]
CMD ["tui-scheduler", "serve", "--log-format", "json"]
