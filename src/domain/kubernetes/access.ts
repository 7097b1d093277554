import { list, maybe, number, numberOrText, type Shape, type Shaped, section, text, textList } from '../shape.ts';
import { changeMetadata, condition, metadata } from './metadata.ts';
import { optionalLabelSelector } from './pod-template.ts';

const policyRule = section({
  apiGroups: textList,
  resources: textList,
  verbs: textList,
  resourceNames: textList,
  nonResourceURLs: textList,
});

export const role = section({ kind: { read: () => 'Role' } as Shape<'Role'>, metadata: changeMetadata, rules: list(policyRule) });
export type Role = Shaped<typeof role>;
export const clusterRole = section({
  kind: { read: () => 'ClusterRole' } as Shape<'ClusterRole'>,
  metadata: changeMetadata,
  rules: list(policyRule),
  aggregationRule: maybe({ clusterRoleSelectors: list(optionalLabelSelector) }),
});
export type ClusterRole = Shaped<typeof clusterRole>;

const roleSubject = section({ kind: text, namespace: text, name: text });
const roleReference = section({ kind: text, name: text });
export const roleBinding = section({
  kind: { read: () => 'RoleBinding' } as Shape<'RoleBinding'>,
  metadata: changeMetadata,
  subjects: list(roleSubject),
  roleRef: roleReference,
});
export type RoleBinding = Shaped<typeof roleBinding>;
export const clusterRoleBinding = section({
  kind: { read: () => 'ClusterRoleBinding' } as Shape<'ClusterRoleBinding'>,
  metadata: changeMetadata,
  subjects: list(roleSubject),
  roleRef: roleReference,
});
export type ClusterRoleBinding = Shaped<typeof clusterRoleBinding>;

const webhook = section({
  name: text,
  /** "Fail" makes the webhook's outage everyone's outage; "Ignore" does not. */
  failurePolicy: text,
  timeoutSeconds: number,
  clientConfig: section({ url: text, service: maybe({ namespace: text, name: text, port: number, path: text }) }),
  namespaceSelector: optionalLabelSelector,
  rules: list(section({ apiGroups: textList, resources: textList, operations: textList })),
});
export const validatingWebhookConfiguration = section({
  kind: { read: () => 'ValidatingWebhookConfiguration' } as Shape<'ValidatingWebhookConfiguration'>,
  metadata: changeMetadata,
  webhooks: list(webhook),
});
export type ValidatingWebhookConfiguration = Shaped<typeof validatingWebhookConfiguration>;
export const mutatingWebhookConfiguration = section({
  kind: { read: () => 'MutatingWebhookConfiguration' } as Shape<'MutatingWebhookConfiguration'>,
  metadata: changeMetadata,
  webhooks: list(webhook),
});
export type MutatingWebhookConfiguration = Shaped<typeof mutatingWebhookConfiguration>;

export const priorityClass = section({
  kind: { read: () => 'PriorityClass' } as Shape<'PriorityClass'>,
  metadata,
  value: numberOrText,
  preemptionPolicy: text,
});
export type PriorityClass = Shaped<typeof priorityClass>;

export const certificateSigningRequest = section({
  kind: { read: () => 'CertificateSigningRequest' } as Shape<'CertificateSigningRequest'>,
  metadata,
  spec: section({ signerName: text, username: text }),
  status: section({ conditions: list(condition) }),
});
export type CertificateSigningRequest = Shaped<typeof certificateSigningRequest>;

export const customResourceDefinition = section({
  kind: { read: () => 'CustomResourceDefinition' } as Shape<'CustomResourceDefinition'>,
  metadata,
  spec: section({ group: text, names: section({ kind: text, plural: text }) }),
  status: section({ conditions: list(condition) }),
});
export type CustomResourceDefinition = Shaped<typeof customResourceDefinition>;
