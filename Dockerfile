# The Dimmer server on its embedded default: SQLite in the volume /data, port 4400.
FROM node:22-bookworm AS source
WORKDIR /src
COPY . .

# The bundle needs no native module, so nothing is compiled for it.
FROM source AS build
RUN npm ci --ignore-scripts && npm run build -- server

# What the running server needs, and nothing else.
FROM source AS packages
RUN npm ci --omit=dev --workspace=@dimmer/server --include-workspace-root=false

FROM node:22-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4400 DATABASE_URL=file:/data/dimmer.db
WORKDIR /app
COPY --from=source /src/server/package.json ./server/package.json
COPY --from=build /src/server/dist ./server/dist
COPY --from=packages /src/node_modules ./node_modules
COPY --from=packages /src/server/node_modules ./server/node_modules
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 4400
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# exec form: SIGTERM reaches the server, which drains its streams before it goes
CMD ["node", "server/dist/main.js"]
