import { readObject } from '../cluster/kubectl.ts';
import { cronJob, inOwnNamespace } from '../framework/own-namespace.ts';
import { waitForEvent } from '../framework/shop.ts';
import { inNetworkOf } from '../machine/network.ts';
import { runProgram } from '../run-program.ts';

const namespace = 'accounting';
const name = 'month-end';

export const scenario = inOwnNamespace({
  name: 'cronjob-schedule-unparsable',
  story:
    'The database of the cluster was restored from one of long ago, with a CronJob whose schedule no API server of today would accept.',
  namespace,
  objects: [cronJob(name, { container: { command: ['/bin/true'] }, spec: { schedule: '0 3 1 * *' } })],
  breakThen: async () => {
    const stored = await readObject<{ readonly spec: object }>('cronjob', name, `--namespace=${namespace}`);
    // The API refuses such a schedule, so it goes past the API, as a restore does.
    await putIntoEtcd(`/registry/cronjobs/${namespace}/${name}`, { ...stored, spec: { ...stored.spec, schedule: '0 3 last * *' } });
  },
  symptom: () => waitForEvent({ namespace, reason: 'UnParseableCronJobSchedule', message: /unparseable schedule/, withinSeconds: 180 }),
  expectation: { outcome: 'explained', failureMode: 'cronjob-schedule-unparsable', subject: { kind: 'CronJob', name } },
});

async function putIntoEtcd(key: string, value: object): Promise<void> {
  const encoded = (text: string) => Buffer.from(text).toString('base64');
  const body = JSON.stringify({ key: encoded(key), value: encoded(JSON.stringify(value)) });
  await runProgram(
    inNetworkOf('control-plane', ['curl', '--silent', '--show-error', '--fail', '--data', body, 'http://127.0.0.1:2379/v3/kv/put']),
  );
}
