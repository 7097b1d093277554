import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dump, load, loadAll } from 'js-yaml';
import { afterAll, describe, expect, test } from 'vitest';
import packageDescription from '../../package.json' with { type: 'json' };
import { rolesFor } from '../../src/compose/permissions.ts';
import { abilities } from '../../src/domain/ability.ts';
import { mitigations } from '../../src/mitigations/index.generated.ts';
import { readPolicyFile } from '../../src/policy-files/read-policy-file.ts';
import { readServerSettings } from '../../src/server-settings/read-server-settings.ts';
import { parseCommandLine } from '../../src/surfaces/command-line/parse-command-line.ts';
import { writeClusterRoles } from '../../src/writing/cluster-role.ts';
import { readIndex } from '../indexes.ts';
import { type ChartValues, expectedDeployFiles, renderChart, usualValues } from './deploy-files.ts';
import { renderTemplate } from './render-template.ts';

const folder = mkdtempSync(join(tmpdir(), 'stanch-deploy-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: {
    readonly replicas: number;
    readonly strategy: { readonly type: string };
    readonly template: { readonly spec: PodSpec };
  };
  readonly data: { readonly [file: string]: string };
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly rules: readonly object[];
}
interface PodSpec {
  readonly automountServiceAccountToken: boolean;
  readonly securityContext: object;
  readonly containers: readonly [Container];
  readonly volumes: readonly { readonly name: string; readonly secret?: { readonly defaultMode: number } }[];
}
interface Container {
  readonly image: string;
  readonly args: readonly string[];
  readonly securityContext: object;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

/** Everything that can be switched on. */
const everything: ChartValues = {
  ...usualValues(),
  image: 'images.example/stanch:1',
  imagePullSecrets: [{ name: 'pull' }],
  replicas: 3,
  database: { secret: 'stanch-database' },
  adminToken: { secret: 'stanch-admin' },
  secretFiles: { secret: 'stanch-files' },
  kubeconfig: { secret: 'stanch-kubeconfig' },
  prometheus: 'http://prometheus.monitoring:9090',
  arguments: ['--soak', '2m'],
  settings: {
    schema: 'stanch.dev/server/v1',
    publicAddress: 'https://stanch.example.com',
    metrics: { readableBy: 'anyone' },
    trustedProxies: ['10.0.0.0/8'],
  },
  policy: { schema: 'stanch.dev/policy/v1', limits: { cordonedNodes: 1, protectedNamespaces: ['billing'] } },
  abilities: { secretNames: true, act: true, exec: true, debugPods: true },
  networkPolicy: { enabled: true, from: [{ podSelector: { matchLabels: { app: 'ingress' } } }], toPorts: [443] },
  nodeSelector: { pool: 'tools' },
  tolerations: [{ key: 'tools', operator: 'Exists' }],
  affinity: { podAntiAffinity: {} },
};
const some: ChartValues = {
  ...usualValues(),
  abilities: { secretNames: false, act: true, exec: false, debugPods: false },
  mitigations: { ...Object.fromEntries(mitigations.map(({ id }) => [id, false])), 'cordon-node': true },
  storage: { size: '5Gi', className: 'fast' },
  networkPolicy: { enabled: false, from: [], toPorts: [] },
};
const installations = [
  ['as the values are', usualValues()],
  ['with everything', everything],
  ['with one mitigation', some],
] as const;

function objectsOf(values: ChartValues): readonly Manifest[] {
  return loadAll(renderChart(values)) as readonly Manifest[];
}

function one(values: ChartValues, kind: string): Manifest {
  const [found, ...more] = objectsOf(values).filter((each) => each.kind === kind);
  if (found === undefined || more.length > 0) throw new Error(`There should be one ${kind}.`);
  return found;
}

test('what is in deploy/ is what the chart and the roles make of it (if not: npm run generate)', () => {
  expect(expectedDeployFiles().flatMap(({ path, text }) => (readIndex(path) === text ? [] : [path]))).toEqual([]);
});

describe.each(installations)('%s', (_what, values) => {
  const deployment = one(values, 'Deployment');
  const pod = deployment.spec.template.spec;
  const [container] = pod.containers;

  test('the server runs as nobody in particular, and can write nothing but its state', () => {
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      privileged: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    const mounted = container.volumeMounts.map(({ name }) => name).toSorted();
    expect(mounted).toEqual(pod.volumes.map(({ name }) => name).toSorted());
  });

  test('the program takes its arguments, and each file that they name is mounted', () => {
    const parsed = parseCommandLine({ arguments: container.args, version: '0', columns: 100 });
    expect(parsed).toMatchObject({ state: 'asked', request: { command: 'serve', request: { listen: { host: '0.0.0.0', port: 8747 } } } });
    const files = container.args.flatMap((each) => /^--[a-z-]+=(\/[^=]+)\/[^/]+$/.exec(each)?.[1] ?? []);
    expect(files).not.toEqual([]);
    const mounted = container.volumeMounts.map(({ mountPath }) => mountPath);
    expect(files.filter((each) => !mounted.includes(each))).toEqual([]);
  });

  test('the settings and the policy are read by the program', async () => {
    const { data } = one(values, 'ConfigMap');
    const paths = Object.entries(data).map(([name, text]) => {
      writeFileSync(join(folder, name), text, { mode: 0o644 });
      return join(folder, name);
    });
    expect(await readServerSettings(join(folder, 'server.yaml'), {})).toMatchObject({ state: 'read' });
    const names = { mitigations: mitigations.map(({ id }) => id) };
    for (const path of paths.filter((each) => each.endsWith('policy.yaml')))
      expect(await readPolicyFile(path, names)).toMatchObject({ state: 'read' });
  });

  test('nobody but the server may read what is secret', () => {
    const modes = pod.volumes.flatMap(({ secret }) => secret?.defaultMode ?? []);
    expect(modes.filter((mode) => mode !== 0o440)).toEqual([]);
  });

  test('each role that is bound is there, and grants what the command says', () => {
    const objects = objectsOf(values);
    const bound = objects.flatMap(({ roleRef }) => roleRef?.name ?? []).toSorted();
    const roles = objects.filter(({ kind }) => kind === 'ClusterRole');
    expect(roles.map(({ metadata }) => metadata.name).toSorted()).toEqual(bound);
    const expected = loadAll(writeClusterRoles(rolesFor({ abilities: abilities.filter((each) => each !== 'act') }))) as readonly Manifest[];
    for (const { metadata, rules } of roles.filter((role) => role.metadata.name !== 'stanch-act'))
      expect(rules).toEqual(expected.find((each) => each.metadata.name === metadata.name)?.rules);
  });
});

test('one mitigation gets the rights of one', () => {
  const granted = objectsOf(some).find(({ kind, metadata }) => kind === 'ClusterRole' && metadata.name === 'stanch-act')?.rules;
  const [expected] = loadAll(writeClusterRoles(rolesFor({ abilities: ['act'], mitigations: ['cordon-node'] }))) as readonly Manifest[];
  expect(granted).toEqual(expected?.rules);
});

test('SQLite has one server at a time and a volume that stays; PostgreSQL as many as are wanted', () => {
  expect([one(usualValues(), 'Deployment').spec.strategy.type, one(usualValues(), 'PersistentVolumeClaim').kind]).toEqual([
    'Recreate',
    'PersistentVolumeClaim',
  ]);
  expect([one(everything, 'Deployment').spec.strategy.type, one(everything, 'Deployment').spec.replicas]).toEqual(['RollingUpdate', 3]);
  expect(objectsOf(everything).filter(({ kind }) => kind === 'PersistentVolumeClaim')).toEqual([]);
});

test('the values name every mitigation, every key has its rule, and the image is of this version', () => {
  const values = usualValues();
  const schema = JSON.parse(readFileSync(new URL('../../deploy/chart/values.schema.json', import.meta.url), 'utf8')) as SchemaPart;
  expect(Object.keys(values['mitigations'] as object).toSorted()).toEqual(mitigations.map(({ id }) => id).toSorted());
  expect(values['image']).toBe(`stanch:${packageDescription.version}`);
  expect(readFileSync(new URL('../../deploy/chart/Chart.yaml', import.meta.url), 'utf8')).toContain(
    `appVersion: ${packageDescription.version}`,
  );
  expect(strays(values, schema)).toEqual([]);
});

interface SchemaPart {
  readonly properties?: { readonly [key: string]: SchemaPart };
  readonly additionalProperties?: boolean;
}

/** Keys that one of both has and the other does not. */
function strays(values: object, { properties, additionalProperties }: SchemaPart): readonly string[] {
  if (properties === undefined || additionalProperties !== false) return [];
  // Helm adds "global" itself.
  const keys = new Set([...Object.keys(values), ...Object.keys(properties).filter((key) => key !== 'global')]);
  return [...keys].flatMap((key) => {
    const [value, part]: [unknown, SchemaPart | undefined] = [Reflect.get(values, key), properties[key]];
    if (value === undefined || part === undefined) return [key];
    return typeof value === 'object' && value !== null ? strays(value, part).map((each) => `${key}.${each}`) : [];
  });
}

test('the installation that the documentation goes through can be installed, with the settings of the page about PagerDuty', async () => {
  const inPage = (page: string, what: string): string =>
    new RegExp(`<!-- ${what}: begin -->\n\`\`\`yaml\n([^]*?)\`\`\``).exec(
      readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8'),
    )?.[1] ?? '';
  const own = load(inPage('operating.md', 'values')) as ChartValues;
  const values = { ...usualValues(), ...own };
  expect(Object.keys(values).filter((key) => !Object.hasOwn(usualValues(), key))).toEqual([]);
  expect(one(values, 'Deployment').spec.template.spec.containers[0].image).toBe(own['image']);

  const written = [one(values, 'ConfigMap').data['server.yaml'] ?? '', inPage('pagerduty.md', 'settings')];
  for (const text of written) {
    for (const name of ['alertmanager', 'pagerduty', 'pagerduty-api']) writeFileSync(join(folder, name), 'a-secret-of-the-test');
    writeFileSync(join(folder, 'documented.yaml'), text.replaceAll('/run/secrets/stanch/', `${folder}/`), { mode: 0o600 });
    const reading = await readServerSettings(join(folder, 'documented.yaml'), {});
    expect(reading).toMatchObject({ state: 'read', settings: { publicAddress: 'https://stanch.example.com' } });
  }
});

test('every path that the build file copies is there, and it runs as the user that the pods run as', () => {
  const lines = readFileSync(new URL('../../deploy/Containerfile', import.meta.url), 'utf8').split('\n');
  const copied = lines.flatMap((line) => /^COPY (?!--from)(.*) \S+$/.exec(line)?.[1]?.split(' ') ?? []);
  const root = new URL('../../', import.meta.url);
  expect(copied.length).toBeGreaterThan(5);
  expect(copied.filter((path) => !existsSync(new URL(path, root)))).toEqual([]);
  const taken = readFileSync(new URL('.dockerignore', root), 'utf8').split('\n');
  expect(copied.filter((path) => !taken.includes(`!${path.replace('./', '')}`))).toEqual([]);
  expect(lines).toContain('USER 1000:1000');
});

test.each([
  ['{{ .Values.none }}', 'there is no .Values.none'],
  ['{{ lookup "v1" }}', '"lookup" is none of the functions that our chart makes use of'],
  ['{{ $x }}', '"$x" is nothing that our chart makes use of'],
  ['{{ .Values.list }}', 'a list or a map stands where a text is expected'],
  ['{{ if .Values.text }}x', 'without its end or else'],
  ['{{ end }}', 'an end, or an else, that belongs to nothing'],
])('%s is refused: %s', (template, happened) => {
  const root = { Values: { list: [1], text: 'x' }, Release: { Name: 'a', Namespace: 'b' } };
  expect(() => renderTemplate(template, root)).toThrow(happened);
});

const hasHelm = spawnSync('helm', ['version']).status === 0;

describe.skipIf(!hasHelm)(`Helm itself${hasHelm ? '' : ' (helm is not in PATH)'}`, () => {
  const chart = new URL('../../deploy/chart', import.meta.url).pathname;

  test.each(installations)('makes the same of it, %s', (what, values) => {
    const file = join(folder, `${what.replaceAll(' ', '-')}.yaml`);
    writeFileSync(file, dump(values));
    const written = execFileSync('helm', ['template', 'stanch', chart, '--namespace', 'stanch', '--values', file], { encoding: 'utf8' });
    const inOrder = (objects: readonly Manifest[]): readonly Manifest[] =>
      objects.toSorted((a, b) => `${a.kind}/${a.metadata.name}`.localeCompare(`${b.kind}/${b.metadata.name}`));
    expect(inOrder(loadAll(written) as readonly Manifest[])).toEqual(inOrder(objectsOf(values)));
  });

  test.each([
    ['several servers on SQLite', ['replicas=2']],
    ['a key that is not there', ['replica=1']],
    ['a mitigation that is not there', ['mitigations.cordon=true']],
  ])('refuses %s', (_what, set) => {
    const { status } = spawnSync('helm', ['template', 'stanch', chart, ...set.flatMap((each) => ['--set', each])]);
    expect(status).not.toBe(0);
  });
});
