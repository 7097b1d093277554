import type { Reporter, TestModule } from 'vitest/node';

/** Prints the closing line that continuous integration reads. */
export class TestCount implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    let passed = 0;
    let failed = 0;
    let skipped = 0;
    for (const module of modules) {
      const states = [...module.children.allTests()].map((test) => test.result().state);
      // A file that cannot even be loaded has no tests, yet must not count as nothing.
      if (states.length === 0 && !module.ok()) failed += 1;
      passed += states.filter((state) => state === 'passed').length;
      failed += states.filter((state) => state === 'failed').length;
      skipped += states.filter((state) => state === 'skipped' || state === 'pending').length;
    }
    process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  }
}
