import type { Instant } from '../../src/domain/instant.ts';
import { formatInstant, millisecondsPerMinute, millisecondsPerSecond } from '../../src/domain/instant.ts';

export const groups = 50;
export const notificationsOfGroup = 20;
const notificationsOfBurst = 4;
/** Every fifth group still fires when the storm is over. */
export const groupsThatFire = groups / 5;

export interface StormAlert {
  readonly pod: string;
  readonly startsAt: Instant;
  readonly isOver: boolean;
}

/** One message of Alertmanager about a group: all of its alerts as they are at that moment, told before or not. */
export interface Notification {
  readonly group: number;
  readonly alerts: readonly StormAlert[];
}

/**
 * What a group tells, in order: two replicas begin to crash one after the other and end one after the other, five times. Of
 * what each message tells, something was told before in most of them. `since`: when the first began.
 */
export function notificationsOf(group: number, since: Instant): readonly Notification[] {
  const bursts = notificationsOfGroup / notificationsOfBurst;
  return Array.from({ length: bursts }, (_, burst) => {
    const startsAt = since + burst * millisecondsPerSecond;
    const alert = (replica: string, isOver: boolean): StormAlert => ({ pod: `worker-${group}-5ffc94c6d7-${replica}`, startsAt, isOver });
    const endsWell = burst < bursts - 1 || group % 5 !== 0;
    return [
      [alert('56png', false)],
      [alert('56png', false), alert('x2k9m', false)],
      [alert('56png', endsWell), alert('x2k9m', false)],
      [alert('56png', endsWell), alert('x2k9m', endsWell)],
    ].map((alerts) => ({ group, alerts }));
  }).flat();
}

/** How many different things are told: each beginning and each end is one page, however often it is told. */
export function factsIn(notifications: readonly Notification[]): number {
  return new Set(notifications.flatMap(({ alerts }) => alerts.map((each) => JSON.stringify(each)))).size;
}

/** As Alertmanager's webhook payload of version 4. */
export function payloadOf({ group, alerts }: Notification): string {
  const common = { alertname: 'KubePodCrashLooping', namespace: 'shop', severity: 'critical' };
  return JSON.stringify({
    version: '4',
    groupKey: `{}:{workload="worker-${group}"}`,
    status: alerts.every(({ isOver }) => isOver) ? 'resolved' : 'firing',
    receiver: 'stanch',
    commonLabels: common,
    alerts: alerts.map(({ pod, startsAt, isOver }) => ({
      status: isOver ? 'resolved' : 'firing',
      labels: { ...common, pod },
      annotations: { summary: `${pod} is crash looping` },
      startsAt: formatInstant(startsAt),
      endsAt: isOver ? formatInstant(startsAt + millisecondsPerMinute) : '0001-01-01T00:00:00Z',
    })),
  });
}
