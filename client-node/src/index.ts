export { createFileCache, defaultCacheDirectory, type FileCache } from './file-cache.ts';
export { createAgent, type HttpAgent, sendRequest } from './http-request.ts';
export { connectNode } from './node-connection.ts';
export { type Environment, proxyFor, proxyName, unusableProxy } from './proxy-environment.ts';
export { createStageFiles } from './stage-files.ts';
