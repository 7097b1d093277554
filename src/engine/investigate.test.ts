import { describe, expect, test } from 'vitest';
import type { Question } from '../domain/alert.ts';
import { citeList, claim } from '../domain/citation.ts';
import type { Gap, Reading } from '../domain/evidence.ts';
import { crashLooping, exampleDeployment, examplePod } from '../domain/example-objects.ts';
import { type ExampleEvidence, snapshotOf } from '../domain/example.ts';
import { type AnyFailureMode, defineFailureMode, type Finding } from '../domain/failure-mode.ts';
import { type Subject, subject } from '../domain/subject.ts';
import { silentAnnouncer } from '../ports/announcer.ts';
import { type EvidenceSource, unreadable } from '../ports/evidence-source.ts';
import { investigate } from './investigate.ts';

const shop: ExampleEvidence = {
  namespaces: ['default', 'shop', 'payments', 'empty'].map((name) => ({ kind: 'Namespace', metadata: { name } })),
  nodes: [],
  services: [],
  events: [],
  pods: [
    examplePod({ name: 'cart-5d4f8c7b9-a', labels: { app: 'cart' } }),
    examplePod({ name: 'pay-5d4f8c7b9-a', namespace: 'payments', isReady: false, status: crashLooping({ exitCode: 1 }) }),
  ],
  deployments: [exampleDeployment({ name: 'asleep' }).deployment],
};

/** Evidence that lies ready. Podwise gaps stand for namespaces that could not be read. */
function sourceOf(given: ExampleEvidence, podGaps: readonly Gap[] = []): EvidenceSource {
  const { takenAt, cluster, readings } = snapshotOf(given);
  return {
    name: 'ready',
    provides: ['pods', ...(Object.keys(readings) as (keyof typeof readings)[])],
    permissions: [],
    identify: () => Promise.resolve({ state: 'reached', cluster, now: takenAt }),
    read: ({ kind }) => {
      const reading = (readings[kind] ?? unreadable('forbidden', 'no right to it')) as Reading<typeof kind>;
      return Promise.resolve(kind === 'pods' && reading.state === 'read' ? { ...reading, gaps: podGaps } : reading);
    },
    cost: () => ({ requests: 0, bytes: 0 }),
    close: () => Promise.resolve(),
  };
}

async function ask(
  about: Partial<Question>,
  given: ExampleEvidence = shop,
  of: { readonly podGaps?: readonly Gap[]; readonly catalogue?: readonly AnyFailureMode[] } = {},
): Promise<string> {
  const question: Question = {
    alert: undefined,
    alertExpression: undefined,
    namespace: undefined,
    selector: undefined,
    lookBackMilliseconds: 0,
    ...about,
  };
  const result = await investigate(
    {
      question,
      sources: [sourceOf(given, of.podGaps)],
      catalogue: of.catalogue ?? [],
      mitigations: [],
      guardRails: [],
      announcer: silentAnnouncer,
      clock: { now: () => 0 },
      budgetMilliseconds: 60_000,
    },
    new AbortController().signal,
  );
  return result.state === 'failed'
    ? `${result.attempted}: ${result.happened}. ${result.whatToDo}`
    : `${result.investigation.outcome}: ${result.investigation.summary}`;
}

function found(at: Subject): AnyFailureMode {
  return modeThatFinds([{ subject: at, weight: 'strong', because: [claim('Seen.', citeList('pods', at.namespace, 'seen'))], affects: [] }]);
}

function modeThatFinds(findings: readonly Finding[]): AnyFailureMode {
  const prose = { whatItIs: '', howItLooks: '', whyItHappens: '', whatStopsTheBleeding: '', whatFixesIt: '', howToPreventIt: '' };
  return defineFailureMode({
    id: 'found',
    title: 'It is found',
    role: 'cause',
    explanation: prose,
    sources: ['https://kubernetes.io/'],
    needs: ['pods'],
    helpedBy: ['nodes'],
    explains: [],
    mitigations: [],
    recognise: () => findings,
    recognises: [{ story: '', given: {} }],
    isNotFooledBy: [{ story: '', given: {} }],
  });
}

describe('a question that cannot be asked is refused', () => {
  test('a selector that is none', async () => {
    expect(await ask({ selector: 'a in (' })).toMatch(/^reading the selector "a in \(": it is no label selector\. Write it as kubectl/);
  });

  test('a namespace that does not exist, with what may have been meant', async () => {
    expect(await ask({ namespace: 'payment' })).toBe('looking into namespace payment: there is no such namespace. Did you mean payments?');
    expect(await ask({ namespace: 'nowhere' })).toBe(
      'looking into namespace nowhere: there is no such namespace. Choose one that exists: default, empty, payments, shop',
    );
  });

  test('also where namespaces may not be listed, but pods may', async () => {
    const { namespaces: _hidden, ...rest } = shop;

    expect(await ask({ namespace: 'nowhere' }, rest)).toContain('there is no such namespace');
    expect(
      await ask({ namespace: 'nowhere' }, rest, {
        podGaps: [{ what: 'pods outside namespace shop', because: 'forbidden', detail: '', exceptNamespaces: ['shop'] }],
      }),
    ).toMatch(/^cannot-tell: /);
  });
});

describe('healthy is said only of what was looked at', () => {
  test('everybody who was asked about is there and well', async () => {
    expect(await ask({ namespace: 'shop' })).toMatch(/^healthy: /);
    expect(await ask({ selector: 'app=cart' })).toMatch(/^healthy: /);
  });

  test('nobody is there', async () => {
    expect(await ask({ namespace: 'empty' })).toBe(
      'cannot-tell: There is no pod in namespace empty, so there is nobody who could be told failing from healthy.',
    );
    expect(await ask({ namespace: 'shop', selector: 'app=crat' })).toMatch(
      /^cannot-tell: There is no pod in namespace shop among app=crat/,
    );
    expect(await ask({}, { ...shop, pods: [] })).toMatch(/^cannot-tell: There is no pod, so/);
  });

  test('the nodes could not be looked at, and nobody was named', async () => {
    const { nodes: _hidden, ...withoutNodes } = { ...shop, pods: [examplePod({ name: 'cart-5d4f8c7b9-a', labels: { app: 'cart' } })] };

    const catalogue = [modeThatFinds([])];

    expect(await ask({}, { ...withoutNodes, nodes: [] }, { catalogue })).toMatch(/^healthy: /);
    expect(await ask({}, withoutNodes, { catalogue })).toMatch(/^cannot-tell: The nodes could not be read/);
    expect(await ask({ namespace: 'shop' }, withoutNodes, { catalogue })).toMatch(/^healthy: /);
  });

  test('some of them could not be read', async () => {
    const gap: Gap = { what: 'pods in namespace payments', because: 'forbidden', detail: '', namespaces: ['payments'] };

    expect(await ask({ namespace: 'payments' }, { ...shop, pods: [] }, { podGaps: [gap] })).toBe(
      'cannot-tell: Not all pods in namespace payments could be read (pods in namespace payments: forbidden), so what was not seen may fail.',
    );
    expect(await ask({ selector: 'app=cart' }, shop, { podGaps: [gap] })).toMatch(/^cannot-tell: Not all pods/);
    expect(await ask({ namespace: 'shop' }, shop, { podGaps: [gap] })).toMatch(/^healthy: /);
  });

  test('a bundle of some namespaces was made to be one of some namespaces', async () => {
    const gap: Gap = { what: 'pods in namespace payments', because: 'not-recorded', detail: '', namespaces: ['payments'] };

    expect(await ask({ selector: 'app=cart' }, shop, { podGaps: [gap] })).toMatch(/^healthy: /);
    expect(await ask({ namespace: 'payments' }, shop, { podGaps: [gap] })).toMatch(/^cannot-tell: /);
  });
});

describe('what is found counts where it was asked about', () => {
  test('trouble of another namespace is not the answer', async () => {
    expect(await ask({ namespace: 'shop' }, shop, { catalogue: [found(subject('Deployment', 'payments', 'pay'))] })).toMatch(/^healthy: /);
  });

  test('trouble of a node is', async () => {
    expect(await ask({ namespace: 'shop' }, shop, { catalogue: [found(subject('Node', undefined, 'node-1'))] })).toMatch(/^explained: /);
  });

  test('a workload without pods is found by its own labels', async () => {
    const catalogue = [found(subject('Deployment', 'shop', 'asleep'))];

    expect(await ask({ namespace: 'shop', selector: 'app=asleep' }, shop, { catalogue })).toMatch(/^explained: /);
    expect(await ask({ namespace: 'shop', selector: 'app=nobody' }, shop, { catalogue })).toMatch(/^cannot-tell: /);
  });
});
