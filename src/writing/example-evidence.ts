import type { PublishedEvidence } from '../domain/investigation.ts';

const takenAt = '2026-09-15T02:47:31Z';

function seen(source: string, command: string, excerpt: string, at = takenAt): PublishedEvidence {
  return { source, command, at, excerpt };
}

const errorShare =
  'sum(rate(http_requests_total{app="payment-service",code=~"5.."}[1m])) / sum(rate(http_requests_total{app="payment-service"}[1m]))';
const podCommand = (name: string): string => `kubectl get pod -n payments ${name} -o yaml`;

/** What the example investigation cites. */
export const exampleEvidence = {
  alert: seen(
    'prometheus',
    `curl -sG $PROMETHEUS/api/v1/query_range --data-urlencode 'query=ALERTS{alertname="PaymentServiceErrors"}'`,
    'firing since 02:47:00; no other firing in 24 h',
  ),
  'error-share': seen(
    'prometheus',
    `curl -sG $PROMETHEUS/api/v1/query_range --data-urlencode 'query=${errorShare}'`,
    '0.1 % until 02:43, then rising: 12.0 % at 02:47:22; threshold 5 % crossed at 02:44:00',
  ),
  scrapes: seen('prometheus', 'curl -s $PROMETHEUS/api/v1/targets', '4 of 4 targets of job payment-service up, last read 9 s ago'),
  'pods/payments': seen(
    'kubernetes-api',
    'kubectl get pods -n payments -l app=payment-service -o wide',
    '4 pods: 2 CrashLoopBackOff on node-worker-3; 2 Ready on node-worker-1 and node-worker-2',
  ),
  'pods/payments/payment-service-7f8b9c4d5-x2k9m': seen(
    'kubernetes-api',
    podCommand('payment-service-7f8b9c4d5-x2k9m'),
    'status.containerStatuses[app].lastState.terminated: exit code 1 at 02:43:10; node node-worker-3; 5 restarts',
  ),
  'pods/payments/payment-service-7f8b9c4d5-q4r7p': seen(
    'kubernetes-api',
    podCommand('payment-service-7f8b9c4d5-q4r7p'),
    'status.containerStatuses[app].lastState.terminated: exit code 1 at 02:43:14; node node-worker-3; 5 restarts',
  ),
  'pods/payments/payment-service-7f8b9c4d5-a8j3n': seen(
    'kubernetes-api',
    podCommand('payment-service-7f8b9c4d5-a8j3n'),
    'Ready since 02:41:21; pod-template-hash 7f8b9c4d5; node node-worker-1',
  ),
  'log/payments/payment-service-7f8b9c4d5-x2k9m/app/previous': seen(
    'kubernetes-api',
    'kubectl logs -n payments payment-service-7f8b9c4d5-x2k9m -c app --previous --tail=50',
    'FATAL: database connection refused: ECONNREFUSED 10.96.45.12:5432',
  ),
  'log/payments/payment-service-7f8b9c4d5-a8j3n/app': seen(
    'kubernetes-api',
    'kubectl logs -n payments payment-service-7f8b9c4d5-a8j3n -c app --tail=10',
    'connected to postgres at 10.96.45.12:5432',
  ),
  'replicasets/payments/payment-service-7f8b9c4d5': seen(
    'kubernetes-api',
    'kubectl rollout history deployment/payment-service -n payments',
    'revision 47 created 02:41:04; all 4 pods carry its hash 7f8b9c4d5',
    '2026-09-15T02:41:04Z',
  ),
  'services/payments/postgres': seen(
    'kubernetes-api',
    'kubectl get service,endpointslices -n payments -l app=postgres',
    'clusterIP 10.96.45.12, port 5432; 1 ready endpoint 10.244.4.7:5432',
  ),
  'nodes/node-worker-3': seen('kubernetes-api', 'kubectl describe node node-worker-3', 'Ready=True, no pressure, not cordoned'),
  'probe/node/node-worker-3/10.96.45.12:5432': seen('node-probe', `ssh node-worker-3 'nc -zvw3 10.96.45.12 5432'`, 'timed out after 3 s'),
  'probe/pod/payments/payment-service-7f8b9c4d5-a8j3n/10.96.45.12:5432': seen(
    'node-probe',
    'kubectl exec -n payments payment-service-7f8b9c4d5-a8j3n -- nc -zvw3 10.96.45.12 5432',
    'connected from node-worker-1',
  ),
  'probe/node/node-worker-3/10.244.4.7:5432': seen(
    'node-probe',
    `ssh node-worker-3 'nc -zvw3 10.244.4.7 5432'`,
    'connected: the pod network of the node works',
  ),
  'node/node-worker-3/iptables-services': seen(
    'node-probe',
    `ssh node-worker-3 'sudo iptables -t nat -L KUBE-SERVICES -n | wc -l'`,
    'rules for 171 of 437 services',
  ),
  'node/node-worker-1/iptables-services': seen(
    'node-probe',
    `ssh node-worker-1 'sudo iptables -t nat -L KUBE-SERVICES -n | wc -l'`,
    'rules for 437 of 437 services',
  ),
  'node/node-worker-3/journal-kube-proxy': seen(
    'node-probe',
    `ssh node-worker-3 'sudo journalctl -u kube-proxy --since -1h'`,
    '02:41:29 kube-proxy.service: A process of this unit has been killed by the OOM killer.',
    '2026-09-15T02:41:29Z',
  ),
  'daemonsets/kube-system/kube-proxy': seen(
    'kubernetes-api',
    `kubectl get ds kube-proxy -n kube-system -o jsonpath='{.spec.template.spec.containers[0].resources}'`,
    'limits.memory: 128Mi',
  ),
  'list/services': seen(
    'kubernetes-api',
    'kubectl get services -A --sort-by=.metadata.creationTimestamp',
    '437 services; 40 of them created between 2026-09-07 and 2026-09-08',
  ),
  'list/poddisruptionbudgets/payments': seen(
    'kubernetes-api',
    'kubectl get poddisruptionbudgets -n payments',
    'payment-service: minAvailable 2, currentHealthy 2',
  ),
} as const;
