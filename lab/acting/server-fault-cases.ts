import { applyObjects, kubectl, tryKubectl } from '../cluster/kubectl.ts';
import { runInHost } from '../machine/in-host.ts';
import { pause, waitFor } from '../run-program.ts';
import {
  compareAndBeginAgain,
  cordonPath,
  ended,
  type FaultCase,
  type Night,
  repeated,
  resume,
  startMitigation,
  incidentIn,
  undoAndCompare,
  untruths,
} from './fault-case.ts';
import { inNight } from './kill-cases.ts';
import { badNode, faultsNamespace } from './small-incident.ts';
import { readTold, type StanchEnd } from './stanch-run.ts';
import type { Instead, Moments } from './write-proxy.ts';

/** Faults of the API server, of the cluster and of people while Stanch acts. */
export const serverFaultCases: readonly FaultCase[] = [
  apiServerRestarted(),
  ...[1, 2, 3].flatMap((number) => [
    answeredInstead(number, 'answered 409', { status: 409, reason: 'Conflict' }),
    answeredInstead(number, 'answered 429 with a time to wait', { status: 429, reason: 'TooManyRequests', retryAfterSeconds: 1 }),
    answeredInstead(number, 'answered 500', { status: 500, reason: 'InternalError' }),
    answeredInstead(number, 'its connection cut', 'cut'),
  ]),
  ...[1, 2].map(answerLost),
  tooManyRequests(),
  nodeKeepsChanging(),
  budgetRefuses(),
  nodeDies(),
  interrupted(),
];

/** Works the night to its end with these moments, and says what was not as in a night without faults. */
async function mitigateAndUndo(night: Night, moments: Moments): Promise<readonly string[]> {
  const { proxy } = night.setting;
  proxy.watch(moments);
  const wrong = [...ended('stanch mitigate', await startMitigation(night).ended, 0), ...(await untruths(night))];
  const id = incidentIn(night);
  wrong.push(...(await undoAndCompare(night, id)), ...repeated(proxy.writes()));
  return wrong;
}

function apiServerRestarted(): FaultCase {
  return {
    name: 'API server restarted between two changes',
    run: (setting) =>
      inNight(setting, (night) =>
        mitigateAndUndo(night, {
          unanswered: async ({ number }) => {
            if (number === 1) await runInHost('control-plane', ['systemctl', 'restart', '--no-block', 'kube-apiserver.service']);
            // Long enough for the server to be gone by the time of the next change.
            if (number === 1) await pause(300);
            return undefined;
          },
        }),
      ),
  };
}

function answeredInstead(number: number, what: string, instead: Instead): FaultCase {
  return {
    name: `write ${number}: ${what}`,
    run: (setting) =>
      inNight(setting, (night) =>
        mitigateAndUndo(night, { before: (write) => Promise.resolve(write.number === number ? instead : undefined) }),
      ),
  };
}

function answerLost(number: number): FaultCase {
  return {
    name: `write ${number}: done, and its answer lost`,
    run: (setting) =>
      inNight(setting, (night) =>
        mitigateAndUndo(night, { unanswered: (write) => Promise.resolve(write.number === number ? 'cut' : undefined) }),
      ),
  };
}

/** As a server does that protects itself: whoever comes is sent away with a time to wait, readers too. */
function tooManyRequests(): FaultCase {
  return {
    name: 'too many requests (429) for ten seconds after the first write, also to read',
    run: (setting) =>
      inNight(setting, (night) => {
        let until = 0;
        return mitigateAndUndo(night, {
          unanswered: ({ number }) => {
            if (number === 1) until = Date.now() + 10_000;
            return Promise.resolve(undefined);
          },
          refused: () => (Date.now() < until ? { status: 429, reason: 'TooManyRequests', retryAfterSeconds: 1 } : undefined),
        });
      }),
  };
}

/** Somebody writes to the node all the time, so that its version is old as soon as it is read. */
function nodeKeepsChanging(): FaultCase {
  return {
    name: 'somebody else writes to the node all the time (real 409)',
    run: (setting) =>
      inNight(setting, async (night) => {
        const annotate = (value: string) => kubectl('annotate', 'node', badNode, '--overwrite', `acting-faults=${value}`);
        let hasEnded = false;
        const writers = [0, 1].map(async (writer) => {
          for (let count = 0; !hasEnded; count += 1) await annotate(`${writer}-${count}`);
        });
        try {
          setting.proxy.watch();
          const run = await startMitigation(night).ended;
          hasEnded = true;
          await Promise.all(writers);
          await kubectl('annotate', 'node', badNode, 'acting-faults-');
          const wrong = [...ended('stanch mitigate', run, 0), ...(await untruths(night))];
          wrong.push(...(await undoAndCompare(night, incidentIn(night))), ...repeated(setting.proxy.writes()));
          return wrong;
        } finally {
          hasEnded = true;
        }
      }),
  };
}

function budgetRefuses(): FaultCase {
  return {
    name: 'a disruption budget appears after the cordon and refuses the evictions',
    run: (setting) =>
      inNight(setting, async (night) => {
        setting.proxy.watch({ unanswered: ({ path }) => (path.startsWith(cordonPath) ? addBudget() : Promise.resolve(undefined)) });
        const run = await startMitigation(night).ended;
        const wrong = [...ended('stanch mitigate', run, 1), ...(await untruths(night)), ...says(run, [/disruption budget/i, /uncordon/i])];
        const { attempts } = await readTold(night.database, incidentIn(night));
        if (attempts[0]?.undoAsked?.because.includes('disruption budget') !== true)
          wrong.push('the record does not say why it was given up');
        await kubectl('delete', 'poddisruptionbudget', 'picky', '--namespace', faultsNamespace);
        wrong.push(...(await compareAndBeginAgain(setting)), ...repeated(setting.proxy.writes()));
        return wrong;
      }),
  };
}

async function addBudget(): Promise<undefined> {
  await applyObjects([
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'picky', namespace: faultsNamespace },
      spec: { minAvailable: 6, selector: { matchLabels: { app: 'picky' } } },
    },
  ]);
  await kubectl(
    'wait',
    '--for=jsonpath={.status.expectedPods}=6',
    'poddisruptionbudget/picky',
    '--namespace',
    faultsNamespace,
    '--timeout=30s',
  );
  return undefined;
}

function nodeDies(): FaultCase {
  return {
    name: 'the node dies between the cordon and the evictions',
    run: (setting) =>
      inNight(setting, async (night) => {
        const units = ['kubelet.service', 'containerd.service'];
        try {
          setting.proxy.watch({
            // Once: the undo writes to the node too, and the next case needs it alive.
            unanswered: async ({ number }) => {
              if (number === 1) await runInHost(badNode, ['systemctl', 'stop', ...units]);
              return undefined;
            },
          });
          const run = await startMitigation(night).ended;
          const wrong = [...ended('stanch mitigate', run, 0), ...(await untruths(night)), ...repeated(setting.proxy.writes())];
          await runInHost(badNode, ['systemctl', 'start', ...units]);
          await kubectl('wait', '--for=condition=Ready', 'node', badNode, '--timeout=120s');
          return [...wrong, ...(await undoAndCompare(night, incidentIn(night)))];
        } finally {
          await runInHost(badNode, ['systemctl', 'start', ...units]);
          await kubectl('wait', '--for=condition=Ready', 'node', badNode, '--timeout=120s');
        }
      }),
  };
}

function interrupted(): FaultCase {
  return {
    name: 'interrupted by its user (SIGINT) after the second write',
    run: (setting) =>
      inNight(setting, async (night) => {
        let stop: () => void = () => undefined;
        setting.proxy.watch({ answered: ({ number }) => (number === 2 ? stop() : undefined) });
        const run = startMitigation(night);
        stop = () => run.kill('SIGINT');
        const end = await run.ended;
        const id = incidentIn(night);
        const wrong = [
          ...ended('the interrupted run', end, 2),
          ...(await untruths(night)),
          ...says(end, [/cordon/, /--incident|stanch undo/]),
        ];
        wrong.push(...ended('stanch mitigate --incident', await resume(night, id), 0));
        wrong.push(...(await undoAndCompare(night, id)), ...repeated(setting.proxy.writes()));
        return wrong;
      }),
  };
}

function says({ output, errors }: StanchEnd, wanted: readonly RegExp[]): string[] {
  const missing = wanted.filter((each) => !each.test(output + errors));
  return missing.map(({ source }) => `it does not say ${source}: ${output.trim().slice(-800)}`);
}

/** The API server answers again, whatever became of it. */
export async function waitForServer(): Promise<void> {
  await waitFor({
    what: 'the API server to be ready',
    withinSeconds: 120,
    check: async () => {
      const answer = await tryKubectl('get', '--raw', '/readyz');
      return answer.status === 0 || answer.errors.slice(0, 200);
    },
  });
}
