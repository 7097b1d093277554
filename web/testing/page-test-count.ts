import type { FullConfig, FullResult, Reporter, Suite } from '@playwright/test/reporter';

/** Prints the closing line that continuous integration reads. Playwright asks for a default export. */
export default class PageTestCount implements Reporter {
  #suite: Suite | undefined;

  onBegin(_config: FullConfig, suite: Suite): void {
    this.#suite = suite;
  }

  onEnd({ status }: FullResult): void {
    const outcomes = (this.#suite?.allTests() ?? []).map((test) => (test.results.length === 0 ? 'skipped' : test.outcome()));
    const count = (...of: readonly string[]): number => outcomes.filter((outcome) => of.includes(outcome)).length;
    // A run that could not even begin has no failing test, yet must not count as nothing.
    const failed = Math.max(count('unexpected', 'flaky'), status === 'passed' ? 0 : 1);
    process.stdout.write(`\n${count('expected')} passed, ${failed} failed, ${count('skipped')} skipped\n`);
  }
}
