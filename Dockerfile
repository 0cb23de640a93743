# The Dimmer server on its embedded default: SQLite in the volume /data, port 4400.
FROM node:22.19.0-bookworm AS manifests
WORKDIR /src
# What is to be installed, and nothing else: an edit of a source installs nothing anew.
COPY package.json package-lock.json ./
COPY bench/package.json bench/
COPY cli/package.json cli/
COPY client/package.json client/
COPY client-node/package.json client-node/
COPY contract/package.json contract/
COPY core/package.json core/
COPY dashboard/package.json dashboard/
COPY demo/package.json demo/
COPY examples/package.json examples/
COPY sdk-browser/package.json sdk-browser/
COPY sdk-node/package.json sdk-node/
COPY server/package.json server/
COPY test/package.json test/

# The bundle needs no native module, so nothing is compiled for it.
FROM manifests AS build
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build -- server

# What the running server needs, and nothing else: the bundle holds our own packages, whose links would lead nowhere.
FROM manifests AS packages
RUN npm ci --omit=dev --workspace=@dimmer/server --include-workspace-root=false && rm -rf node_modules/@dimmer

FROM node:22.19.0-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4400 DATABASE_URL=file:/data/dimmer.db
WORKDIR /app
COPY --from=manifests /src/server/package.json ./server/package.json
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
# The young generation of the heap: `npm start` has it too; docs/decisions/0172
CMD ["node", "--max-semi-space-size=8", "server/dist/main.js"]
