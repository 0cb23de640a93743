export { type Config, readConfig } from './config.ts';
export type { EnvironmentKeys, Welcome } from './first-start.ts';
export { type RunningServer, startServer } from './server.ts';
