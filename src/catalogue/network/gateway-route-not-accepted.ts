import { citeList, citeObject, type Claim, claim } from '../../domain/citation.ts';
import { exampleService } from '../../domain/example-network.ts';
import { minutesAgo } from '../../domain/example.ts';
import type { Facts } from '../../domain/facts.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import { type Instant, millisecondsPerMinute } from '../../domain/instant.ts';
import type { Condition } from '../../domain/kubernetes/metadata.ts';
import type { Gateway, Route } from '../../domain/kubernetes/network.ts';
import { subject } from '../../domain/subject.ts';

const graceMilliseconds = 2 * millisecondsPerMinute;
/** Controllers answer within seconds; the first start of a managed load balancer takes minutes. */
const answerMilliseconds = 10 * millisecondsPerMinute;
/** Conditions of routes, gateways and listeners that must be True. Others, such as "Conflicted", are good when False or are hints. */
const mustHold: ReadonlySet<string> = new Set(['Accepted', 'ResolvedRefs', 'Programmed']);

export const gatewayRouteNotAccepted = defineFailureMode({
  id: 'gateway-route-not-accepted',
  title: 'A Gateway or a route of it is not accepted',
  role: 'cause',
  explanation: {
    whatItIs:
      'The controller has refused a Gateway, one of its listeners or a route, or cannot find what it refers to, so that traffic is not served.',
    howItLooks:
      "Requests get 404 or 500 from the gateway; the object's conditions Accepted, ResolvedRefs or Programmed are False with a reason.",
    whyItHappens:
      'The Gateway or class does not exist, the listener does not allow routes of that namespace or host, a backend or certificate is missing, or a ReferenceGrant is.',
    whatStopsTheBleeding: 'Take the last change of the route or Gateway back.',
    whatFixesIt: "Repair what the condition's reason names.",
    howToPreventIt: 'Wait for the conditions after every change, before traffic is sent there.',
  },
  sources: [
    'https://gateway-api.sigs.k8s.io/guides/',
    'https://gateway-api.sigs.k8s.io/reference/spec/#gateway.networking.k8s.io/v1.RouteConditionType',
  ],
  needs: ['httproutes'],
  helpedBy: ['gateways', 'gatewayclasses', 'services'],
  explains: [],
  mitigations: [],
  recognise: (facts) => [
    ...(facts.gateways?.all ?? []).flatMap((gateway) => gatewayFinding(gateway, facts)),
    ...facts.httproutes.all.flatMap((route) => routeFinding(route, facts)),
  ],
  recognises: [
    {
      story: "The route's backend does not exist.",
      given: {
        gateways: [gateway()],
        httproutes: [
          route([
            { type: 'Accepted', status: 'True' },
            {
              type: 'ResolvedRefs',
              status: 'False',
              reason: 'BackendNotFound',
              message: 'service "cart" not found',
              lastTransitionTime: minutesAgo(9),
            },
          ]),
        ],
      },
      finds: [{ kind: 'HTTPRoute', namespace: 'shop', name: 'web' }],
    },
    {
      story: "The route's backend does not exist, and no controller has said so.",
      given: {
        gateways: [gateway()],
        httproutes: [route([{ type: 'Accepted', status: 'True' }], 'cart', 'carts')],
        services: [exampleService({ name: 'cart' })],
      },
      finds: [{ kind: 'HTTPRoute', namespace: 'shop', name: 'web' }],
    },
    {
      story: 'The API server wrote "waiting for controller" when the Gateway was made, and nobody came.',
      given: {
        gateways: [untaken(45)],
        httproutes: [],
        gatewayclasses: [{ kind: 'GatewayClass', metadata: { name: 'envoy' } }],
      },
      finds: [{ kind: 'Gateway', namespace: 'shop', name: 'edge' }],
    },
    {
      story: 'Gateways may not be read; for an hour no controller has said anything of the route.',
      given: { httproutes: [unanswered(60)] },
      finds: [{ kind: 'HTTPRoute', namespace: 'shop', name: 'web' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'The backend is not in the list, but the controller has resolved it.',
      given: {
        gateways: [gateway()],
        httproutes: [
          route(
            [
              { type: 'Accepted', status: 'True' },
              { type: 'ResolvedRefs', status: 'True' },
            ],
            'carts',
          ),
        ],
        services: [exampleService({ name: 'cart' })],
      },
    },

    {
      story: 'Everything is accepted; a condition that is good when False is False.',
      given: {
        gateways: [gateway()],
        httproutes: [
          route([
            { type: 'Accepted', status: 'True' },
            { type: 'ResolvedRefs', status: 'True' },
            { type: 'PartiallyInvalid', status: 'False' },
          ]),
        ],
      },
    },
    { story: 'The Gateway was made three minutes ago.', given: { gateways: [untaken(3)], httproutes: [] } },
    { story: 'Gateways may not be read, and the route was made a minute ago.', given: { httproutes: [unanswered(1)] } },
    {
      story: 'The route has just been made.',
      given: {
        gateways: [gateway()],
        httproutes: [route([{ type: 'Accepted', status: 'False', reason: 'Pending', lastTransitionTime: minutesAgo(0.2) }])],
      },
    },
  ],
});

type GatewayFacts = Facts<'httproutes', 'gateways' | 'gatewayclasses' | 'services'>;

function routeFinding(route: Route, facts: GatewayFacts): readonly Finding[] {
  const { metadata, spec, status } = route;
  const conditions = status.parents.flatMap((parent) => unmet(parent.conditions, facts.now));
  const isOrphaned = (parent: Route['spec']['parentRefs'][number]): boolean =>
    isGateway(parent) &&
    facts.gateways?.isComplete(parent.namespace ?? metadata.namespace) === true &&
    facts.gateways.named(parent.namespace ?? metadata.namespace, parent.name) === undefined;
  // A controller that has answered knows better than the list of Gateways whether the parent is there.
  const orphaned = status.parents.length > 0 ? [] : spec.parentRefs.filter(isOrphaned);
  const [first, ...more] = [
    ...conditions.map((condition) => unmetClaim(route, condition)),
    ...orphaned.map((parent) =>
      claim(
        `${route.kind} ${metadata.name} belongs to Gateway "${parent.name}", which does not exist.`,
        citeObject(route, `parentRefs: ${parent.name}`),
      ),
    ),
    ...missingBackends(route, facts.services),
  ];
  if (first === undefined) return unansweredFinding(route, facts);
  const since = conditions[0]?.lastTransitionTime;
  const own = subject(route.kind, metadata.namespace, metadata.name);
  return [{ subject: own, weight: 'conclusive', because: [first, ...more], ...(since === undefined ? {} : { since }), affects: [own] }];
}

/** Services that rules send traffic to and that are not there. A controller that has resolved the references knows better. */
function missingBackends({ kind, metadata, spec, status }: Route, services: GatewayFacts['services']): readonly Claim[] {
  const isResolved = status.parents.some(({ conditions }) => conditions.some(({ type }) => type === 'ResolvedRefs'));
  if (isResolved || services === undefined) return [];
  const wanted = spec.rules.flatMap((rule) => rule.backendRefs).filter((each) => (each.kind ?? 'Service') === 'Service');
  const names = new Map(wanted.map((each) => [`${each.namespace ?? metadata.namespace}/${each.name}`, each]));
  return [...names.values()].flatMap(({ namespace = metadata.namespace, name }) => {
    if (services.named(namespace, name) !== undefined || !services.isComplete(namespace)) return [];
    return [
      claim(
        `${kind} ${metadata.name} sends traffic to Service "${name}", which does not exist in namespace ${namespace}.`,
        citeObject({ kind, metadata }, `backendRefs: ${name}`),
        citeList('services', namespace, `no Service ${name}`),
      ),
    ];
  });
}

/** Every controller writes into the route's status what it makes of it; where the Gateway cannot be seen, its silence is all there is. */
function unansweredFinding(route: Route, facts: GatewayFacts): readonly Finding[] {
  const { metadata, spec, status } = route;
  const isUnseen = (parent: Route['spec']['parentRefs'][number]): boolean =>
    isGateway(parent) && facts.gateways?.named(parent.namespace ?? metadata.namespace, parent.name) === undefined;
  const [parent] = spec.parentRefs;
  if (status.parents.length > 0 || !isLongKnown(route, facts.now) || parent === undefined || !spec.parentRefs.every(isUnseen)) return [];
  const own = subject(route.kind, metadata.namespace, metadata.name);
  const says = `No controller has answered ${route.kind} ${metadata.name}, and its Gateway "${parent.name}" could not be read.`;
  return [{ subject: own, weight: 'likely', because: [claim(says, citeObject(route, 'status.parents: none'))], affects: [own] }];
}

function isLongKnown({ metadata: { creationTimestamp } }: Route | Gateway, now: Instant): boolean {
  return creationTimestamp !== undefined && now - creationTimestamp > answerMilliseconds;
}

function isGateway(parent: Route['spec']['parentRefs'][number]): boolean {
  return (parent.kind ?? 'Gateway') === 'Gateway';
}

function gatewayFinding(gateway: Gateway, facts: GatewayFacts): readonly Finding[] {
  const { metadata, spec, status } = gateway;
  const conditions = [
    ...unmet(status.conditions, facts.now),
    ...status.listeners.flatMap((listener) => unmet(listener.conditions, facts.now)),
  ];
  const isTakenUp = status.conditions.some((condition) => condition.status === 'True');
  const isClassGone =
    !isTakenUp &&
    facts.gatewayclasses?.isComplete(undefined) === true &&
    facts.gatewayclasses.named(undefined, spec.gatewayClassName) === undefined;
  const isUntaken = conditions.length === 0 && !isTakenUp && !isClassGone && isLongKnown(gateway, facts.now);
  const [first, ...more] = [
    ...conditions.map((condition) => unmetClaim(gateway, condition)),
    ...(isUntaken
      ? [
          claim(
            `No controller has taken Gateway ${metadata.name} up.`,
            citeObject(gateway, `class ${spec.gatewayClassName ?? '?'}; no condition is True`, metadata.creationTimestamp),
          ),
        ]
      : []),
    ...(isClassGone
      ? [
          claim(
            `Gateway ${metadata.name} is of class "${spec.gatewayClassName}", which does not exist.`,
            citeObject(gateway, `gatewayClassName: ${spec.gatewayClassName}`),
          ),
        ]
      : []),
  ];
  if (first === undefined) return [];
  const isServedBy = (route: Route): boolean =>
    route.spec.parentRefs.some(
      (parent) => parent.name === metadata.name && (parent.namespace ?? route.metadata.namespace) === metadata.namespace,
    );
  const served = facts.httproutes.all.filter(isServedBy).map((route) => subject(route.kind, route.metadata.namespace, route.metadata.name));
  const own = subject('Gateway', metadata.namespace, metadata.name);
  return [{ subject: own, weight: isUntaken ? 'strong' : 'conclusive', because: [first, ...more], affects: [own, ...served] }];
}

function unmet(conditions: readonly Condition[], now: Instant): readonly Condition[] {
  return conditions.filter(
    ({ type, status, lastTransitionTime: at }) =>
      status === 'False' && mustHold.has(type ?? '') && (at === undefined || now - at > graceMilliseconds),
  );
}

function unmetClaim(object: Route | Gateway, condition: Condition): Claim {
  const reason = `${condition.type} is False (${condition.reason ?? '?'})`;
  const says = `${object.kind} ${object.metadata.name}: ${reason}: ${(condition.message ?? '').slice(0, 250)}`;
  return claim(says, citeObject(object, reason, condition.lastTransitionTime));
}

function gateway(): { readonly [field: string]: unknown } {
  return {
    kind: 'Gateway',
    metadata: { name: 'edge', namespace: 'shop' },
    spec: { gatewayClassName: 'envoy' },
    status: {
      conditions: [
        { type: 'Accepted', status: 'True' },
        { type: 'Programmed', status: 'True' },
      ],
    },
  };
}

function route(conditions: readonly object[], ...backends: readonly string[]): { readonly [field: string]: unknown } {
  return {
    kind: 'HTTPRoute',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { parentRefs: [{ name: 'edge' }], rules: [{ backendRefs: backends.map((name) => ({ name, port: 80 })) }] },
    status: { parents: [{ parentRef: { name: 'edge' }, conditions }] },
  };
}

function unanswered(createdMinutesAgo: number): { readonly [field: string]: unknown } {
  return {
    kind: 'HTTPRoute',
    metadata: { name: 'web', namespace: 'shop', creationTimestamp: minutesAgo(createdMinutesAgo) },
    spec: { parentRefs: [{ name: 'edge', namespace: 'entrance' }] },
    status: {},
  };
}

function untaken(createdMinutesAgo: number): { readonly [field: string]: unknown } {
  const pending = { status: 'Unknown', reason: 'Pending', message: 'Waiting for controller' };
  return {
    kind: 'Gateway',
    metadata: { name: 'edge', namespace: 'shop', creationTimestamp: minutesAgo(createdMinutesAgo) },
    spec: { gatewayClassName: 'envoy' },
    status: {
      conditions: [
        { type: 'Accepted', ...pending },
        { type: 'Programmed', ...pending },
      ],
    },
  };
}
