import { defineConfig } from 'vitest/config';
import { TestCount } from './tools/test-count.ts';

/** `npm run test:stores`: what takes its time, because processes are killed, databases restarted and terms waited for. */
export default defineConfig({
  test: {
    include: ['src/stores/**/*.faults.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ['default', new TestCount()],
  },
});
