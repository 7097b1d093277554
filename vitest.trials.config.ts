import { defineConfig } from 'vitest/config';
import { TestCount } from './tools/test-count.ts';

/** `npm run storm`: real servers under load and with faults. One after the other, because what is measured is measured in real time. */
export default defineConfig({
  test: {
    include: ['tools/trials/**/*.faults.test.ts'],
    fileParallelism: false,
    testTimeout: 400_000,
    hookTimeout: 60_000,
    reporters: ['default', new TestCount()],
  },
});
