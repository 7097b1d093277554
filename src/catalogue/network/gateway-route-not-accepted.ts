import { citeObject, type Claim, claim } from '../../domain/citation.ts';
import type { Condition } from '../../domain/kubernetes/metadata.ts';
import { minutesAgo } from '../../domain/example.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import { millisecondsPerMinute } from '../../domain/instant.ts';
import { subject } from '../../domain/subject.ts';

const graceMilliseconds = 2 * millisecondsPerMinute;
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
  needs: ['gateways'],
  helpedBy: ['httproutes', 'gatewayclasses'],
  explains: [],
  mitigations: [],
  recognise(facts): readonly Finding[] {
    const isOld = (condition: Condition): boolean =>
      condition.lastTransitionTime === undefined || facts.now - condition.lastTransitionTime > graceMilliseconds;
    const bad = (conditions: readonly Condition[]): readonly Condition[] =>
      conditions.filter((condition) => condition.status === 'False' && mustHold.has(condition.type ?? '') && isOld(condition));
    const spoken = (condition: Condition): string =>
      `${condition.type} is False (${condition.reason ?? '?'}): ${(condition.message ?? '').slice(0, 250)}`;
    const routes = (facts.httproutes?.all ?? []).flatMap((route): readonly Finding[] => {
      const own = subject(route.kind, route.metadata.namespace, route.metadata.name);
      const conditions = route.status.parents.flatMap((parent) => bad(parent.conditions));
      const orphaned = route.spec.parentRefs.filter(
        (parent) =>
          (parent.kind ?? 'Gateway') === 'Gateway' &&
          facts.gateways.named(parent.namespace ?? route.metadata.namespace, parent.name) === undefined,
      );
      const claims: readonly Claim[] = [
        ...conditions.map((condition) =>
          claim(
            `${route.kind} ${route.metadata.name}: ${spoken(condition)}`,
            citeObject(route, `${condition.type} False (${condition.reason ?? '?'})`, condition.lastTransitionTime),
          ),
        ),
        ...(route.status.parents.length > 0
          ? []
          : orphaned.map((parent) =>
              claim(
                `${route.kind} ${route.metadata.name} belongs to Gateway "${parent.name}", which does not exist.`,
                citeObject(route, `parentRefs: ${parent.name}`),
              ),
            )),
      ];
      const [first, ...more] = claims;
      return first === undefined
        ? []
        : [
            {
              subject: own,
              weight: 'conclusive',
              because: [first, ...more],
              ...(conditions[0]?.lastTransitionTime === undefined ? {} : { since: conditions[0].lastTransitionTime }),
              affects: [own],
            },
          ];
    });
    const gateways = facts.gateways.all.flatMap((gateway): readonly Finding[] => {
      const own = subject('Gateway', gateway.metadata.namespace, gateway.metadata.name);
      const conditions = [...bad(gateway.status.conditions), ...gateway.status.listeners.flatMap((listener) => bad(listener.conditions))];
      const isClassGone =
        facts.gatewayclasses !== undefined &&
        gateway.status.conditions.every((condition) => condition.status !== 'True') &&
        facts.gatewayclasses.named(undefined, gateway.spec.gatewayClassName) === undefined;
      const claims: readonly Claim[] = [
        ...conditions.map((condition) =>
          claim(
            `Gateway ${gateway.metadata.name}: ${spoken(condition)}`,
            citeObject(gateway, `${condition.type} False (${condition.reason ?? '?'})`, condition.lastTransitionTime),
          ),
        ),
        ...(isClassGone
          ? [
              claim(
                `Gateway ${gateway.metadata.name} is of class "${gateway.spec.gatewayClassName}", which does not exist.`,
                citeObject(gateway, `gatewayClassName: ${gateway.spec.gatewayClassName}`),
              ),
            ]
          : []),
      ];
      const [first, ...more] = claims;
      const served = (facts.httproutes?.all ?? []).filter((route) =>
        route.spec.parentRefs.some(
          (parent) =>
            parent.name === gateway.metadata.name && (parent.namespace ?? route.metadata.namespace) === gateway.metadata.namespace,
        ),
      );
      return first === undefined
        ? []
        : [
            {
              subject: own,
              weight: 'conclusive',
              because: [first, ...more],
              affects: [own, ...served.map((route) => subject(route.kind, route.metadata.namespace, route.metadata.name))],
            },
          ];
    });
    return [...gateways, ...routes];
  },
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
  ],
  isNotFooledBy: [
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
    {
      story: 'The route has just been made.',
      given: {
        gateways: [gateway()],
        httproutes: [route([{ type: 'Accepted', status: 'False', reason: 'Pending', lastTransitionTime: minutesAgo(0.2) }])],
      },
    },
  ],
});

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

function route(conditions: readonly object[]): { readonly [field: string]: unknown } {
  return {
    kind: 'HTTPRoute',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { parentRefs: [{ name: 'edge' }] },
    status: { parents: [{ parentRef: { name: 'edge' }, conditions }] },
  };
}
