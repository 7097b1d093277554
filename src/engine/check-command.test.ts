import { expect, test } from 'vitest';
import type { CommandCheck } from '../domain/command-check.ts';
import { type ExampleEvidence, snapshotOf, without } from '../domain/example.ts';
import { nightOfTheNode, nightOfTheRevision } from '../domain/example-nights.ts';
import { guardRails } from '../guard-rails/index.generated.ts';
import { mitigations } from '../mitigations/index.generated.ts';
import { silentAnnouncer } from '../ports/announcer.ts';
import { type EvidenceSource, unreadable } from '../ports/evidence-source.ts';
import { plainPalette } from '../writing/layout.ts';
import { writeCommandCheck } from '../writing/text/command-check.ts';
import { checkCommand } from './check-command.ts';
import { nobodyAsked } from '../domain/example-question.ts';

function sourceOf(given: ExampleEvidence): EvidenceSource {
  const { takenAt, cluster, readings } = snapshotOf(given);
  return {
    name: 'ready',
    provides: [],
    permissions: [],
    identify: () => Promise.resolve({ state: 'reached', cluster, now: takenAt }),
    read: ({ kind }) => Promise.resolve((readings[kind] ?? unreadable('forbidden', 'no right to it')) as never),
    cost: () => ({ requests: 0, bytes: 0 }),
    close: () => Promise.resolve(),
  };
}

async function check(command: string, given: ExampleEvidence = nightOfTheNode): Promise<CommandCheck> {
  const source = { ...sourceOf(given), provides: Object.keys(given) as EvidenceSource['provides'] };
  const result = await checkCommand(
    {
      question: nobodyAsked,
      sources: [source],
      catalogue: [],
      mitigations,
      guardRails,
      announcer: silentAnnouncer,
      clock: { now: () => 0 },
      budgetMilliseconds: 60_000,
    },
    command,
    new AbortController().signal,
  );
  if (result.state === 'failed') throw new Error(result.happened);
  return result.check;
}

async function gist(command: string, given?: ExampleEvidence): Promise<readonly string[]> {
  const { verdict, warnings, doubts } = await check(command, given);
  return [verdict, ...warnings.map((each) => each.guardRail), ...doubts];
}

test.each([
  ['kubectl delete pod -n shop cart-new-a', ['warning', 'deletes-the-only-evidence']],
  ['kubectl delete pod -n shop cart-new-c', ['no-objection']],
  ['kubectl delete pods -n shop -l app=cart', ['warning', 'deletes-the-only-evidence', 'deletes-the-only-evidence']],
  ['kubectl drain node-3 --ignore-daemonsets', ['warning', 'deletes-the-only-evidence']],
  ['kubectl cordon node-3', ['no-objection']],
  ['kubectl uncordon node-3', ['warning', 'uncordons-unproven']],
  ['kubectl wait --for=condition=Ready node/node-3', ['warning', 'trusts-ready']],
  ['kubectl rollout undo -n shop deployment/cart', ['warning', 'deletes-the-only-evidence', 'rolls-back-a-shared-revision']],
  ['kubectl rollout restart -n shop deployment/cart', ['warning', 'deletes-the-only-evidence', 'restarts-what-will-crash-again']],
  ['kubectl exec -it -n shop cart-new-a -- sh', ['warning', 'debugs-before-mitigating']],
  ['kubectl logs -n shop cart-new-a --previous', ['no-objection']],
  ['kubectl get pods -A', ['no-objection']],
  ['kubectl delete pod cart-new-a', ['cannot-tell', 'No Pod cart-new-a was seen in namespace default. There is one in shop: add -n shop.']],
  ['kubectl drain node-9', ['cannot-tell', 'No Node node-9 was seen.']],
  ['kubectl delete pods -n shop -l app=mail', ['cannot-tell', 'It means no pod in namespace shop that was seen.']],
  ['kubectl scale -n shop deploy/cart --replicas=0', ['cannot-tell', 'Stanch knows no rule for changing the number of replicas.']],
  [
    'kubectl apply -f x.yaml',
    ['cannot-tell', 'Stanch knows no rule for this command: what it does is written in a file that is not read here.'],
  ],
  [
    'kubectl cordon node-3 && reboot',
    [
      'cannot-tell',
      'What the command does is not clear: it is more than one plain command: give the kubectl command alone, without pipes and variables.',
    ],
  ],
  [
    'kubectl --context staging cordon node-3',
    ['cannot-tell', 'The command is for --context staging, and what was looked at is a recording of example.'],
  ],
])('%s', async (command, answer) => {
  expect(await gist(command)).toEqual(answer);
});

test('what could not be read is no consent', async () => {
  expect(await gist('kubectl cordon node-3', without(nightOfTheNode, 'nodes'))).toEqual(['cannot-tell', 'Nodes could not be read.']);
  expect(await gist('kubectl delete pod -n shop cart-new-a', without(nightOfTheNode, 'pods'))).toEqual([
    'cannot-tell',
    'Pods could not be read.',
  ]);
});

test('a warning says what the senior does, and which plan may run instead', async () => {
  const layout = { columns: 100, palette: plainPalette };
  expect(writeCommandCheck(await check('kubectl exec -n shop cart-new-b -- sh', nightOfTheRevision), layout)).toEqual([
    'Do not run this yet',
    '  $ kubectl exec -n shop cart-new-b -- sh',
    '',
    '! Debugs before mitigating while users suffer',
    '  here      2 replicas fail right now, and there is a plan that may run: roll-back-workload of',
    '            Deployment shop/cart. Run it first (stanch mitigate), then look.',
    '  why       Where the trouble is can be told within a minute, why it is there may take hours, and',
    '            users suffer for all of them.',
    '  instead   Stops the bleeding with what is known, saves the evidence on the way, and looks for the',
    '            cause afterwards.',
    '',
    'What may run now: roll-back-workload of Deployment shop/cart',
    ...['a', 'b'].flatMap((name) => [
      `  $ kubectl logs -n shop cart-new-${name} --all-containers --previous --timestamps > cart-new-${name}.previous.log`,
      `  $ kubectl logs -n shop cart-new-${name} --all-containers --timestamps > cart-new-${name}.log`,
      `  $ kubectl get pod -n shop cart-new-${name} -o yaml > cart-new-${name}.yaml`,
    ]),
    '  $ kubectl rollout undo -n shop deployment/cart --to-revision=1',
  ]);
});

test('hostile words of a command are shown harmless', async () => {
  const lines = writeCommandCheck(await check("kubectl delete pod '\u001b[2Ja\u202eb' -n shop"), { columns: 80, palette: plainPalette });
  expect(lines.join('\n')).toMatch(/^[\n\u0020-\u007e]*$/);
});
