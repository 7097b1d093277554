import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { readPolicyFile } from '../../policy-files/read-policy-file.ts';
import { exampleProgram } from './example-composition.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function written(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'stanch-policy-'));
  folders.push(folder);
  const path = join(folder, 'policy.yaml');
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

const program = exampleProgram({
  composition: { readPolicy: (file) => readPolicyFile(file, { mitigations: ['cordon-node', 'scale-out'] }) },
});

describe('checking a policy', () => {
  test('says in words what it allows', async () => {
    const path = written(`
schema: stanch.dev/policy/v1
rules:
  - name: nights
    mitigations: [cordon-node, scale-out]
    purposes: [mitigate, repair]
    namespaces: [payments, shop-*]
    nodes: [worker-*]
    attempts: { most: 2, withinMinutes: 60 }
    hours: { days: [Sat, Sun], from: "22:00", until: "06:00", timeZone: Europe/Berlin }
    repairConfidence: 0.8
  - name: anything once
    mitigations: any
    namespaces: any
    clusters: [staging]
    attempts: { most: 1, withinMinutes: 30 }
limits:
  cordonedNodes: 2
  protectedNamespaces: [billing]
  deletion: where-eviction-cannot-serve
probing: { nodeAccess: debug-pod, exec: true }
`);
    expect(await program.run('policy', path)).toEqual({
      status: 0,
      error: '',
      out: `Runs without asking
  · nights: cordon-node, scale-out, to mitigate and repair; in payments, shop-*; on worker-*;
    Saturday, Sunday 22:00–06:00 Europe/Berlin; a repair only with a confidence of 0.8 or more; at
    most 2 times within 60 min
  · anything once: any mitigation, to mitigate; in any namespace that does not begin with kube-; in
    the cluster staging; at most once within 30 min

Blocked for everybody
  · more than 2 nodes cordoned at once
  · any change in billing
  · deleting pods, except where an eviction cannot serve

May be started inside the cluster in order to look
  · fixed read-only commands on nodes, in debug pods
  · one fixed script that tries connections, in running containers
`,
    });
  });

  test('says what is wrong with each line, as editors find it', async () => {
    const path = written(`schema: stanch.dev/policy/v1
rules:
  - name: nights
    mitigations: [cordon-nodes]
    namespaces: payments
    atempts: { most: 2, withinMinutes: 60 }
`);
    expect(await program.run('policy', path)).toEqual({
      status: 1,
      error: '',
      out: `${path}:3: rules[0].attempts: it is missing
${path}:4: rules[0].mitigations[0]: there is no mitigation cordon-nodes; did you mean cordon-node?
${path}:5: rules[0].namespaces: it should be a list, for example [payments], or any
${path}:6: rules[0].atempts: there is no such key; did you mean attempts?
`,
    });
  });

  test('says in one line why it could not be read', async () => {
    expect(await program.run('policy', '/no/such/policy.yaml')).toEqual({
      status: 3,
      out: '',
      error: 'stanch: reading the policy /no/such/policy.yaml: there is no such file. Check the path.\n',
    });
  });

  test('refuses one that anybody may change', async () => {
    const path = written('schema: stanch.dev/policy/v1\n');
    chmodSync(path, 0o666);
    expect(await program.run('policy', path)).toEqual({
      status: 3,
      out: '',
      error: `stanch: reading the policy ${path}: anybody on this machine may change what it allows. Take that away with: chmod o-w ${path}.\n`,
    });
  });
});
