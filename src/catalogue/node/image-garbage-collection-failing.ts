import { claim } from '../../domain/citation.ts';
import { citeEvent, firstSeenAt, isRecentEvent } from '../../domain/event-index.ts';
import { exampleEvent } from '../../domain/example-happenings.ts';
import { exampleNode } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import { nodeFinding } from '../../domain/node-finding.ts';

export const imageGarbageCollectionFailing = defineFailureMode({
  id: 'image-garbage-collection-failing',
  title: 'A node cannot free its disk by removing images',
  role: 'cause',
  explanation: {
    whatItIs: 'The disk that holds images is above its threshold, and the kubelet cannot remove enough images to get below it.',
    howItLooks:
      'Events ImageGCFailed or FreeDiskSpaceFailed on the node: "wanted to free … bytes, but freed 0 bytes"; soon the node has DiskPressure.',
    whyItHappens: 'Something other than unused images fills the disk: logs, volumes, another program; or all images are in use.',
    whatStopsTheBleeding: 'Remove what fills the disk; cordon the node meanwhile.',
    whatFixesIt: 'Give images a larger disk of their own, or find what grows there.',
    howToPreventIt: 'Alert on the free space of the image file system before the upper threshold.',
  },
  sources: ['https://kubernetes.io/docs/concepts/architecture/garbage-collection/#container-image-garbage-collection'],
  needs: ['events'],
  helpedBy: ['nodes', 'replicas'],
  explains: ['disk-pressure', 'taint-not-tolerated'],
  mitigations: ['cordon-node'],
  recognise(facts): readonly Finding[] {
    const events = facts.events.all.filter(
      (event) => isFailure(event.reason, event.message) && event.involvedObject.kind === 'Node' && isRecentEvent(event, facts.now),
    );
    const nodes = [...new Set(events.flatMap((event) => event.involvedObject.name ?? []))];
    return nodes.flatMap((node) => {
      const [first, ...more] = events
        .filter((event) => event.involvedObject.name === node)
        .map((event) => ({ event, claim: claim(`${node}: ${(event.message ?? '').slice(0, 250)}`, citeEvent(event)) }));
      if (first === undefined) return [];
      return [
        nodeFinding(
          {
            node,
            weight: 'strong',
            because: [first.claim, ...more.slice(0, 2).map((each) => each.claim)],
            since: firstSeenAt(first.event),
          },
          facts.replicas,
        ),
      ];
    });
  },
  recognises: [
    {
      story: 'The kubelet wanted to free space and freed nothing.',
      given: {
        events: [
          exampleEvent({
            about: { kind: 'Node', name: 'node-1' },
            reason: 'FreeDiskSpaceFailed',
            message:
              'Failed to garbage collect required amount of images. Attempted to free 4294967296 bytes, but only found 0 bytes eligible to free.',
          }),
        ],
      },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'The kubelet has just started and knows no capacity yet.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        events: [
          exampleEvent({
            about: { kind: 'Node', name: 'node-1' },
            reason: 'InvalidDiskCapacity',
            message: 'invalid capacity 0 on image filesystem',
          }),
          exampleEvent({
            about: { kind: 'Node', name: 'node-1' },
            reason: 'ImageGCFailed',
            message: 'failed to get imageFs stats: non-existent label "docker-images"',
          }),
        ],
      },
    },
    {
      story: 'It failed yesterday.',
      given: {
        events: [
          exampleEvent({
            about: { kind: 'Node', name: 'node-1' },
            reason: 'FreeDiskSpaceFailed',
            message: 'Attempted to free 4294967296 bytes, but only found 0 bytes eligible to free.',
            minutesAgo: 1440,
          }),
        ],
      },
    },
  ],
});

/** Right after its start the kubelet knows no capacity and says so once under the same reason. */
function isFailure(reason: string | undefined, message: string | undefined): boolean {
  if (reason === 'FreeDiskSpaceFailed') return true;
  return reason === 'ImageGCFailed' && /free(?:d)? \d|required amount/i.test(message ?? '');
}
