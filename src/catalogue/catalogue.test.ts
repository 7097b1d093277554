import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Claim } from '../domain/citation.ts';
import { snapshotOf } from '../domain/example.ts';
import type { Example, FailureMode, Finding } from '../domain/failure-mode.ts';
import { subjectKey } from '../domain/subject.ts';
import { factsOf } from '../reasoning/facts-of.ts';
import { recogniseFailureModes } from '../reasoning/recognise-failure-modes.ts';
import { catalogue } from './index.generated.ts';

const modes = catalogue as unknown as readonly FailureMode[];
const ids = new Set(modes.map((mode) => mode.id));

function findingsIn(mode: FailureMode, example: Example): readonly Finding[] {
  const judged = example.given['judged-alert'];
  const [recognition] = recogniseFailureModes(
    catalogue.filter((each) => each === (mode as unknown)),
    factsOf(snapshotOf(example.given), judged === undefined ? {} : { judged }),
  );
  if (recognition?.verdict === 'cannot-tell')
    throw new Error(`"${example.story}" does not give ${recognition.missing.join(', ')}, so the rule was never tried`);
  return recognition?.verdict === 'present' ? recognition.findings : [];
}

function claimsOf(finding: Finding): readonly Claim[] {
  return [
    ...finding.because,
    ...(finding.against ?? []),
    ...(finding.contributing ?? []),
    ...(finding.steps ?? []).flatMap((step) => step.because),
  ];
}

describe('the catalogue', () => {
  it('gives every failure mode an id of its own', () => {
    expect(ids.size).toBe(modes.length);
  });

  it('has one file per failure mode, named after its id', () => {
    const files = readdirSync(new URL('.', import.meta.url), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.includes('/') && path.endsWith('.ts') && !path.endsWith('.test.ts'))
      .map((path) => path.replace(/^.*\//, '').replace(/\.ts$/, ''));
    expect([...ids].toSorted()).toEqual(files.toSorted());
  });
});

describe.each(modes.map((mode) => [mode.id, mode] as const))('%s', (_id, mode) => {
  it('is explained in full', () => {
    const empty = Object.entries(mode.explanation)
      .filter(([, text]) => text.trim().length < 20)
      .map(([part]) => part);
    expect(empty).toEqual([]);
    expect(mode.title.length).toBeGreaterThan(8);
    // It is told as "… has been failing since 02:43, because <title>".
    expect(mode.title).not.toMatch(/\bbecause\b/);
    expect(mode.sources.every((source) => source.startsWith('https://'))).toBe(true);
  });

  it('names only failure modes and mitigations that exist', () => {
    expect(mode.explains.filter((id) => !ids.has(id))).toEqual([]);
    expect(mode.explains).not.toContain(mode.id);
    expect(mode.mitigations.filter((id) => !existsSync(new URL(`../mitigations/${id}.ts`, import.meta.url)))).toEqual([]);
  });

  it.each(mode.recognises.map((example) => [example.story, example] as const))('is recognised: %s', (_story, example) => {
    const findings = findingsIn(mode, example);
    expect(findings.length).toBeGreaterThan(0);
    if (example.finds !== undefined)
      expect(findings.map((finding) => subjectKey(finding.subject)).toSorted()).toEqual(example.finds.map(subjectKey).toSorted());
    for (const finding of findings) {
      expect(finding.affects.length).toBeGreaterThan(0);
      for (const claim of claimsOf(finding)) {
        expect(claim.says.trim()).not.toBe('');
        expect(claim.citing.every((citation) => citation.shows.trim() !== '')).toBe(true);
      }
    }
  });

  it.each(mode.isNotFooledBy.map((example) => [example.story, example] as const))('is not fooled: %s', (_story, example) => {
    expect(findingsIn(mode, example).map((finding) => finding.because[0].says)).toEqual([]);
  });
});
