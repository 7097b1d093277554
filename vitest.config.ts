import { configDefaults, defineConfig } from 'vitest/config';
import { TestCount } from './tools/test-count.ts';

export default defineConfig({
  test: {
    include: ['{src,web,tools,lab,benchmarks}/**/*.test.ts'],
    // These take their time: npm run test:stores.
    exclude: [...configDefaults.exclude, '**/*.faults.test.ts'],
    // Tests share nothing, so they need no walls between them; without walls they start faster.
    isolate: false,
    // A limit against hanging, not a measurement: a busy machine takes several times as long for a property test.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', new TestCount()],
    coverage: { include: ['src/**/*.ts'], exclude: ['**/*.test.ts', '**/*.generated.ts'] },
  },
});
