import { defineConfig } from 'vitest/config';
import { TestCount } from './tools/test-count.ts';

export default defineConfig({
  test: {
    include: ['{src,tools,lab,benchmarks}/**/*.test.ts'],
    reporters: ['default', new TestCount()],
    coverage: { include: ['src/**/*.ts'], exclude: ['**/*.test.ts', '**/*.generated.ts'] },
  },
});
