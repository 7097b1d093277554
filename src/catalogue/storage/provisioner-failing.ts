import { citeObject, type Claim, claim } from '../../domain/citation.ts';
import { affectedBy, claimSubject, pendingClaims } from '../../domain/claims.ts';
import { citeEvent, recentEvents } from '../../domain/event-index.ts';
import { exampleEvent } from '../../domain/example-happenings.ts';
import { examplePod } from '../../domain/example-objects.ts';
import { exampleClaim, exampleStorageClass } from '../../domain/example-storage.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import { millisecondsPerMinute } from '../../domain/instant.ts';

/** A provisioner answers, or fails, within a minute or two; a claim that nobody touched for longer has none. */
const unansweredMilliseconds = 3 * millisecondsPerMinute;

export const provisionerFailing = defineFailureMode({
  id: 'provisioner-failing',
  title: 'The provisioner cannot make a volume',
  role: 'cause',
  explanation: {
    whatItIs: 'The storage class exists, but the program that makes its volumes fails, or does not run at all.',
    howItLooks:
      'The claim is Pending with ProvisioningFailed and the provider\'s error, or for minutes with "waiting for a volume to be created … by external provisioner".',
    whyItHappens:
      "The provider's quota is used up, its credentials are wrong, parameters are invalid, a zone has no such disk, or the driver is not installed or crashes.",
    whatStopsTheBleeding: 'Use another class, or free what is used up.',
    whatFixesIt: "Repair what the provider's error names, or install or restart the driver's controller.",
    howToPreventIt: "Watch the driver's controller and the provider's quota.",
  },
  sources: [
    'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#provisioning',
    'https://kubernetes-csi.github.io/docs/external-provisioner.html',
  ],
  needs: ['persistentvolumeclaims'],
  helpedBy: ['events', 'storageclasses', 'replicas', 'csidrivers'],
  explains: ['claim-pending'],
  mitigations: [],
  recognise: (facts) =>
    pendingClaims(facts).flatMap((pending): readonly Finding[] => {
      const { metadata } = pending.claim;
      const events = recentEvents(facts.events, pending.claim, facts.now);
      const failed = events.filter(
        (event) => event.reason === 'ProvisioningFailed' && !/storageclass.*not found/i.test(event.message ?? ''),
      );
      const waiting = events.find((event) => event.reason === 'ExternalProvisioning');
      const provisioner = pending.storageClass?.provisioner;
      const isUnknownDriver =
        provisioner !== undefined &&
        facts.csidrivers?.isComplete(undefined) === true &&
        provisioner.includes('.') &&
        !provisioner.startsWith('kubernetes.io/') &&
        facts.csidrivers.named(undefined, provisioner) === undefined;
      const age = metadata.creationTimestamp === undefined ? 0 : facts.now - metadata.creationTimestamp;
      const isUnanswered = waiting !== undefined && failed.length === 0 && age > unansweredMilliseconds;
      const because: readonly Claim[] = [
        ...failed
          .slice(0, 2)
          .map((event) =>
            claim(`No volume can be made for claim ${metadata.name}: ${(event.message ?? '').slice(0, 300)}`, citeEvent(event)),
          ),
        ...(isUnanswered
          ? [claim(`Nobody has answered for claim ${metadata.name}: ${(waiting.message ?? '').slice(0, 200)}`, citeEvent(waiting))]
          : []),
      ];
      const [first, ...more] = because;
      if (first === undefined) return [];
      const driver =
        isUnknownDriver && pending.storageClass !== undefined
          ? [
              claim(
                `No driver ${provisioner} is registered in the cluster.`,
                citeObject(pending.storageClass, `provisioner: ${provisioner}`),
              ),
            ]
          : [];
      return [
        {
          subject: claimSubject(pending.claim),
          weight: failed.length > 0 || driver.length > 0 ? 'conclusive' : 'strong',
          because: [first, ...more, ...driver],
          ...(metadata.creationTimestamp === undefined ? {} : { since: metadata.creationTimestamp }),
          affects: affectedBy(pending),
        },
      ];
    }),
  recognises: [
    {
      story: 'The provider says that its quota is used up.',
      given: {
        persistentvolumeclaims: [exampleClaim({ name: 'data' })],
        storageclasses: [exampleStorageClass({})],
        events: [
          exampleEvent({
            about: { kind: 'PersistentVolumeClaim', name: 'data' },
            reason: 'ProvisioningFailed',
            message: 'failed to provision volume with StorageClass "fast": rpc error: code = ResourceExhausted desc = quota exceeded',
          }),
        ],
      },
      finds: [{ kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'data' }],
    },
    {
      story: 'The driver was never installed.',
      given: {
        persistentvolumeclaims: [exampleClaim({ name: 'data' })],
        storageclasses: [exampleStorageClass({})],
        csidrivers: [],
        pods: [
          examplePod({
            name: 'db-1-a',
            node: null,
            isReady: false,
            spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] },
          }),
        ],
        events: [
          exampleEvent({
            about: { kind: 'PersistentVolumeClaim', name: 'data' },
            type: 'Normal',
            reason: 'ExternalProvisioning',
            message:
              "Waiting for a volume to be created either by the external provisioner 'disk.csi.example' or manually by the system administrator.",
          }),
        ],
      },
      finds: [{ kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'data' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'It failed at first and then worked.',
      given: {
        persistentvolumeclaims: [exampleClaim({ name: 'data', phase: 'Bound' })],
        events: [
          exampleEvent({
            about: { kind: 'PersistentVolumeClaim', name: 'data' },
            reason: 'ProvisioningFailed',
            message: 'rpc error: code = Unavailable',
          }),
        ],
      },
    },
    {
      story: "The class does not exist, which is nobody's failure to provision.",
      given: {
        persistentvolumeclaims: [exampleClaim({ name: 'data' })],
        events: [
          exampleEvent({
            about: { kind: 'PersistentVolumeClaim', name: 'data' },
            reason: 'ProvisioningFailed',
            message: 'storageclass.storage.k8s.io "fast" not found',
          }),
        ],
      },
    },
  ],
});
