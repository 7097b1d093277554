import { formatInstant, millisecondsPerDay, millisecondsPerMinute } from '../../src/domain/instant.ts';
import type { EvidenceKind, Readings, Snapshot } from '../../src/domain/evidence.ts';
import { type ResourceName, resources } from '../../src/domain/kubernetes/resources.ts';
import type { RawObject } from '../../src/domain/example.ts';

/** Trouble of another team, in a namespace of its own, and the usual traces of the past: none of it has to do with anything else. */
export function addUnrelatedTrouble(snapshot: Snapshot): Snapshot {
  const added: { readonly [Name in ResourceName]?: readonly RawObject[] } = {
    pods: [imagePull(snapshot), restartedLongAgo(snapshot)],
    events: [oldWarning(snapshot)],
  };
  const readings: { [kind: string]: unknown } = { ...snapshot.readings };
  for (const [name, raws] of Object.entries(added) as [ResourceName, readonly RawObject[]][]) {
    const reading = snapshot.readings[name as EvidenceKind];
    if (reading?.state !== 'read') continue;
    readings[name] = {
      ...reading,
      value: [...(reading.value as readonly unknown[]), ...raws.map((raw) => resources[name].shape.read(raw))],
    };
  }
  return { ...snapshot, readings: readings as Readings };
}

const namespace = 'zz-unrelated-team';

function ago(snapshot: Snapshot, milliseconds: number): string {
  return formatInstant(snapshot.takenAt - milliseconds);
}

function imagePull(snapshot: Snapshot): RawObject {
  const created = ago(snapshot, 3 * 60 * millisecondsPerMinute);
  return {
    kind: 'Pod',
    metadata: { name: 'prototype', namespace, uid: 'unrelated-1', creationTimestamp: created, labels: { app: 'prototype' } },
    spec: { nodeName: nodeOf(snapshot), containers: [{ name: 'prototype', image: 'registry.example/prototype:does-not-exist' }] },
    status: {
      phase: 'Pending',
      startTime: created,
      conditions: [
        { type: 'PodScheduled', status: 'True', lastTransitionTime: created },
        { type: 'Ready', status: 'False', reason: 'ContainersNotReady', lastTransitionTime: created },
      ],
      containerStatuses: [
        {
          name: 'prototype',
          ready: false,
          restartCount: 0,
          image: 'registry.example/prototype:does-not-exist',
          imageID: '',
          state: { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "registry.example/prototype:does-not-exist"' } },
          lastState: {},
        },
      ],
    },
  };
}

function restartedLongAgo(snapshot: Snapshot): RawObject {
  const created = ago(snapshot, 60 * millisecondsPerDay);
  const ended = ago(snapshot, 30 * millisecondsPerDay);
  return {
    kind: 'Pod',
    metadata: { name: 'veteran', namespace, uid: 'unrelated-2', creationTimestamp: created, labels: { app: 'veteran' } },
    spec: { nodeName: nodeOf(snapshot), containers: [{ name: 'veteran', image: 'registry.example/veteran:1' }] },
    status: {
      phase: 'Running',
      startTime: created,
      conditions: [
        { type: 'PodScheduled', status: 'True', lastTransitionTime: created },
        { type: 'Ready', status: 'True', lastTransitionTime: ended },
      ],
      containerStatuses: [
        {
          name: 'veteran',
          ready: true,
          started: true,
          restartCount: 2,
          image: 'registry.example/veteran:1',
          imageID: 'registry.example/veteran@sha256:1',
          state: { running: { startedAt: ended } },
          lastState: { terminated: { exitCode: 1, reason: 'Error', startedAt: created, finishedAt: ended } },
        },
      ],
    },
  };
}

function oldWarning(snapshot: Snapshot): RawObject {
  const at = ago(snapshot, 20 * 60 * millisecondsPerMinute);
  return {
    kind: 'Event',
    metadata: { name: 'veteran.unhealthy', namespace, uid: 'unrelated-3', creationTimestamp: at },
    type: 'Warning',
    reason: 'Unhealthy',
    message: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
    count: 1,
    firstTimestamp: at,
    lastTimestamp: at,
    involvedObject: { kind: 'Pod', namespace, name: 'veteran', uid: 'unrelated-2' },
  };
}

/** A node that is healthy as far as the snapshot tells; trouble that is really on a bad node would not be unrelated. */
function nodeOf(snapshot: Snapshot): string {
  const nodes = snapshot.readings.nodes?.state === 'read' ? snapshot.readings.nodes.value : [];
  return nodes[0]?.metadata.name ?? 'node-1';
}
