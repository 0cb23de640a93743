export { connectNode } from './node-connection.ts';
