import { citeObject, claim } from '../../domain/citation.ts';
import { groupBy } from '../../domain/collection.ts';
import type { RawObject } from '../../domain/example.ts';
import { crashLooping, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding, type Weight } from '../../domain/failure-mode.ts';
import { type Replica, type Trouble, workloadsWithFailing } from '../../domain/replica.ts';
import { claimOfAll, countOf, findingOf, type Sighting } from '../../domain/sightings.ts';

/** Replicas of one template run different images under the same tag, and those with one of them fail. */
export const imageDigestMoved = defineFailureMode({
  id: 'image-digest-moved',
  title: 'The tag was moved to another image, and the replicas with it fail',
  role: 'cause',
  explanation: {
    whatItIs:
      'Replicas of the same revision run different digests of the same tag: somebody pushed over the tag, and pods that started since have the new image.',
    howItLooks: 'Only young replicas fail, though nothing was rolled out; imageID differs between replicas of one ReplicaSet.',
    whyItHappens: 'A tag such as latest or stable that is pushed again, with imagePullPolicy Always or on nodes that did not have it yet.',
    whatStopsTheBleeding:
      'Name the digest that the healthy replicas run; a rollback of the Deployment changes nothing, for its template is the same.',
    whatFixesIt: 'Deploy by digest or by tags that are never pushed again.',
    howToPreventIt: 'Make tags immutable in the registry.',
  },
  sources: ['https://kubernetes.io/docs/concepts/containers/images/#image-names'],
  needs: ['replicas'],
  helpedBy: [],
  explains: ['crash-on-start-from-configuration', 'dependency-refuses-connections', 'container-exceeds-memory-limit'],
  mitigations: [],

  recognise(facts) {
    return workloadsWithFailing(facts.replicas)
      .flatMap((members) => {
        const settled = members.filter((replica) => replica.health === 'failing' || replica.health === 'healthy');
        return [...groupBy(settled, (replica) => replica.revision).values()];
      })
      .filter(
        (members) => members.some((replica) => replica.health === 'failing') && members.some((replica) => replica.health === 'healthy'),
      )
      .flatMap(compare);
  },

  recognises: [
    {
      story: 'Two old replicas serve with one digest, the young one crashes with another.',
      given: { pods: [running('cart-7f9-a', 'a'), running('cart-7f9-b', 'a'), running('cart-7f9-c', 'b', true)] },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
  ],
  isNotFooledBy: [
    { story: 'All run the same image.', given: { pods: [running('cart-7f9-a', 'a'), running('cart-7f9-b', 'a', true)] } },
    {
      story: 'Images differ, and so do healthy replicas among themselves: one for each architecture.',
      given: { pods: [running('cart-7f9-a', 'a'), running('cart-7f9-b', 'b'), running('cart-7f9-c', 'b', true)] },
    },
  ],
});

const ownTroubles: ReadonlySet<Trouble['kind']> = new Set(['waiting', 'ended', 'not-ready', 'erring']);

function compare(members: readonly Replica[]): readonly Finding[] {
  const failing = members.filter(
    (replica) => replica.health === 'failing' && replica.troubles.some((trouble) => ownTroubles.has(trouble.kind)),
  );
  const healthy = members.filter((replica) => replica.health === 'healthy');
  const containers = members[0]?.pod.spec.containers.map((container) => container.name) ?? [];
  return containers.flatMap((container) => {
    const bad = new Set(failing.flatMap((replica) => digestOf(replica, container) ?? []));
    const good = new Set(healthy.flatMap((replica) => digestOf(replica, container) ?? []));
    const [first, ...more] = failing
      .filter((replica) => digestOf(replica, container) !== undefined)
      .map(
        (replica): Sighting => ({
          replica,
          citations: [citeObject(replica.pod, `imageID of ${container}: ${digestOf(replica, container)}`)],
        }),
      );
    const isSplit = bad.size === 1 && good.size === 1 && ![...bad].some((digest) => good.has(digest));
    if (first === undefined || !isSplit) return [];
    // Two digests under one tag are also what a node of another architecture pulls; then it is the nodes that separate.
    const weight: Weight = healthy.length + failing.length > 2 ? 'strong' : 'suggestive';
    const others = claim(
      `${countOf(healthy)} with the same template and another digest ${healthy.length === 1 ? 'is' : 'are'} healthy.`,
      citeObject((healthy[0] ?? first.replica).pod, `imageID of ${container}: ${[...good][0]}`),
    );
    return [
      findingOf([first, ...more], {
        weight,
        because: [
          claimOfAll(`${countOf(failing)} run another image of ${container} than the healthy ones, under the same tag.`, [first, ...more]),
          others,
        ],
      }),
    ];
  });
}

function digestOf({ pod }: Replica, container: string): string | undefined {
  return /sha256:[0-9a-f]{6,64}/.exec(pod.status.containerStatuses.find((status) => status.name === container)?.imageID ?? '')?.[0];
}

function running(name: string, digest: string, isCrashing = false): RawObject {
  const imageID = `registry.example/app@sha256:${digest.repeat(12)}`;
  return examplePod({
    name,
    isReady: !isCrashing,
    labels: { 'pod-template-hash': '7f9' },
    status: { ...(isCrashing ? crashLooping({ exitCode: 1 }) : {}), imageID },
  });
}
