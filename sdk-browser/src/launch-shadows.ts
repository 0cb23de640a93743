/** What `launch.ts` loads when the first shadow is to begin. */
export { createShadowing } from '@dimmer/client';
