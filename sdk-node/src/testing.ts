/** `@dimmer/node/testing`: for tests of applications. Nothing of it is in the SDK itself. */
export { MismatchError } from './mismatch-error.ts';
export { createTestClient, type TestClient, type TestOptions, type TestStages } from './test-client.ts';
