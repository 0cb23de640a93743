export { createFileCache, defaultCacheDirectory, type FileCache } from './file-cache.ts';
export { connectNode } from './node-connection.ts';
