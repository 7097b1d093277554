import { describe, expect, test } from 'vitest';
import { catalogue } from '../../catalogue/index.generated.ts';
import { plainPalette } from '../../writing/layout.ts';
import { searchFailureModes } from '../../writing/search-failure-modes.ts';
import { explain } from './explain.ts';

const layout = { columns: 100, palette: plainPalette };
const [first] = catalogue;

describe('explaining', () => {
  test('lists every failure mode', () => {
    const answer = explain({ kind: 'all' }, catalogue, layout);
    const text = 'lines' in answer ? answer.lines.join('\n') : '';

    for (const mode of catalogue) expect(text).toContain(mode.id);
  });

  test('finds a failure mode by its name, in any case', () => {
    const answer = explain({ kind: 'mode', id: first?.id.toUpperCase() ?? '' }, catalogue, layout);

    expect('lines' in answer ? answer.lines[1] : answer).toBe(first?.id);
  });

  test('suggests names that share a word', () => {
    const [mode] = catalogue;
    const words = mode?.id.split('-') ?? [];
    const answer = explain({ kind: 'mode', id: `no-such-${words.join('-')}` }, catalogue, layout);

    expect(answer).toMatchObject({
      state: 'failed',
      happened: 'there is no failure mode of that name',
      whatToDo: expect.stringContaining('Did you mean '),
    });
  });

  test.each([
    ['kube-proxy', 'Did you mean kube-proxy-down or kube-proxy-rules-incomplete? Or look'],
    ['CrashLoopBackOff', /^Did you mean [a-z-]+, crash-loop or [a-z-]+\? Or look/],
    ['OOMKilled', /^Did you mean container-exceeds-memory-limit/],
    ['hpa', /^Did you mean autoscaler-[a-z-]+, autoscaler-[a-z-]+ or/],
    ['zebra', 'look for words with stanch explain --search WORDS; stanch explain lists them all'],
    ['?!', 'look for words with'],
  ])('suggests for %s what a stranger may mean', (id, whatToDo) => {
    expect(explain({ kind: 'mode', id }, catalogue, layout)).toMatchObject({
      whatToDo: typeof whatToDo === 'string' ? expect.stringContaining(whatToDo) : expect.stringMatching(whatToDo),
    });
  });

  test('takes a short form for what it means, and not for the letters in "room" and "too many"', () => {
    const answer = explain({ kind: 'mode', id: 'oom' }, catalogue, layout);
    const suggested = /Did you mean (.*)\?/.exec('whatToDo' in answer ? answer.whatToDo : '')?.[1]?.split(/, | or /);

    expect(suggested).toHaveLength(3);
    expect(suggested).toContain('container-exceeds-memory-limit');
    for (const id of suggested ?? []) expect(id).toContain('memory');
  });

  test('says so when nothing is found', () => {
    expect(explain({ kind: 'search', words: 'zebra crossing' }, catalogue, layout)).toEqual({
      state: 'failed',
      attempted: 'searching the failure modes for "zebra crossing"',
      happened: 'none speaks of all these words',
      whatToDo: 'Use fewer words; stanch explain lists them all',
    });
  });

  test('searches for all of the words, wherever they stand', () => {
    const found = searchFailureModes('Image, PULL', catalogue);

    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThan(catalogue.length);
  });
});
