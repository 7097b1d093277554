import type { Citation } from './citation.ts';
import type { Collection } from './collection.ts';
import { citeWaiting, waitsFor } from './container-evidence.ts';
import { citeEvent, eventsSince, isRecentEvent } from './event-index.ts';
import type { Instant } from './instant.ts';
import type { Event } from './kubernetes/workload.ts';
import { containerOf, type Replica, statusOf } from './replica.ts';
import type { Sighting } from './sightings.ts';

/**
 * Why an image cannot be had. not-found: the registry knows no such name, tag or digest. denied: it refused the credentials.
 * denied-or-missing: it refuses to say which. untold: the runtime's words fit none of these, or were not kept.
 */
export type PullVerdict =
  | 'not-found'
  | 'invalid-name'
  | 'never-pulled'
  | 'denied'
  | 'denied-or-missing'
  | 'unreachable'
  | 'rate-limited'
  | 'wrong-platform'
  | 'untold';

/** One container whose image cannot be had. */
export interface PullFailure extends Sighting {
  readonly container: string;
  readonly image: string;
  readonly verdict: PullVerdict;
  /** The runtime's own words. Empty: not told. */
  readonly words: string;
}

/** Reasons of a container that waits for its image. */
export const pullReasons: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'RegistryUnavailable',
  'ImageInspectError',
]);

/**
 * In order of precedence: a registry that answered "not found" was reached, and one that limits calls was as well.
 * Wording: containerd, CRI-O and Docker pass on what the registry's HTTP API says (https://distribution.github.io/distribution/spec/api/).
 */
const verdicts: readonly (readonly [PullVerdict, RegExp])[] = [
  ['rate-limited', /toomanyrequests|too many requests|\b429\b|pull rate limit|pull QPS exceeded/i],
  [
    'wrong-platform',
    /no match for platform in manifest|no matching manifest for|no image found in (?:manifest list|image index) for architecture|does not match the (?:specified|expected|host) platform/i,
  ],
  ['invalid-name', /invalid reference format|InvalidImageName|couldn't parse image (?:reference|name)|repository name must be/i],
  ['never-pulled', /ErrImageNeverPull|not present with pull policy of Never/],
  [
    'denied-or-missing',
    /repository does not exist or may require|may not exist or may require|requested access to the resource is denied|access to the requested resource is not authorized|insufficient_scope/i,
  ],
  [
    'denied',
    /no basic auth credentials|unauthorized|authentication required|\b401\b|\b403\b|forbidden|denied|authorization failed|failed to (?:authorize|fetch (?:oauth|anonymous) token): (?!.*(?:dial|lookup|timeout))|unable to retrieve auth token|incorrect username or password/i,
  ],
  [
    'unreachable',
    /no such host|server misbehaving|i\/o timeout|connection refused|connection reset|no route to host|network is unreachable|TLS handshake|x509:|request canceled|context deadline exceeded|HTTP response to HTTPS client|\b50[0-9] |unexpected status code 5|unexpected EOF|: EOF|temporary failure|registry is unavailable|dial tcp/i,
  ],
  ['not-found', /not found|NotFound|manifest unknown|name unknown|no such image|does not exist|\b404\b/i],
];

export function pullVerdict(words: string): PullVerdict {
  return verdicts.find(([, says]) => says.test(words))?.[0] ?? 'untold';
}

export function pullFailures(replicas: readonly Replica[], events: Collection<Event> | undefined, now: Instant): readonly PullFailure[] {
  return replicas.flatMap((replica) =>
    waitsFor(replica, pullReasons).map((trouble) => {
      const image = containerOf(replica.pod, trouble.container)?.image ?? '';
      // Since 1.31 the container's status says why; before that only the event does.
      const told = toldOfPull(replica, trouble.container, { image, events, now });
      const words = [trouble.message ?? '', ...told.map((event) => event.message ?? '')]
        .filter((each) => !/^Back-off pulling image "[^"]*"$/.test(each))
        .join('; ');
      const citations: readonly [Citation, ...Citation[]] = [
        citeWaiting(replica.pod, trouble.container),
        ...told.slice(0, 1).map(citeEvent),
      ];
      return {
        replica,
        citations,
        container: trouble.container ?? '',
        image,
        verdict: pullVerdict(`${trouble.reason} ${words}`.replaceAll(image, '')),
        words,
      };
    }),
  );
}

/**
 * What the kubelet told of this pull, last first. It sends some 25 events about a pod and then one in five minutes, and the
 * back-offs take those: the reason may have been told an hour ago and never since, and holds until the container has started.
 */
function toldOfPull(
  { pod }: Replica,
  container: string | undefined,
  { image, events, now }: { readonly image: string; readonly events: Collection<Event> | undefined; readonly now: Instant },
): readonly Event[] {
  const waitingSince = statusOf(pod, container)?.lastState.terminated?.finishedAt ?? pod.metadata.creationTimestamp;
  const told = eventsSince(events, pod, waitingSince).filter((event) => isAboutPull(event, image));
  const recent = told.filter((event) => isRecentEvent(event, now));
  return recent.length > 0 ? recent : told.slice(0, 1);
}

function isAboutPull(event: Event, image: string): boolean {
  const isPull = event.reason === 'Failed' || event.reason === 'InspectFailed' || event.reason === 'ErrImageNeverPull';
  return isPull && (event.message ?? '').includes(image) && !/^Error: (?:ErrImagePull|ImagePullBackOff)$/.test(event.message ?? '');
}

/** "registry.example:5000" of "registry.example:5000/shop/cart:1.2"; Docker Hub where the name has none. */
export function registryOf(image: string): string {
  const [first, ...rest] = image.split('/');
  return rest.length > 0 && first !== undefined && (/[.:]/.test(first) || first === 'localhost') ? first : 'docker.io';
}

/** The name without tag and digest. */
export function repositoryOf(image: string): string {
  return image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
}
