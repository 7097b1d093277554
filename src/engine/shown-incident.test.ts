import { expect, test } from 'vitest';
import { shownEvent, shownIncident } from './shown-incident.ts';
import { exampleChoice, exampleEvents, exampleIncident, examplePlan, examplePrepared } from '../domain/example-incident.ts';
import type { IncidentHappening } from '../domain/incident-event.ts';

const workload = { kind: 'Deployment', namespace: 'shop', name: 'cart' };
const change = { kind: 'roll-back', workload, toRevision: 1 } as const;
const secret = 'pa55word-of-the-shop';
const template = { spec: { containers: [{ name: 'app', env: [{ name: 'DATABASE_PASSWORD', value: secret }] }] } };
const choice = {
  ...exampleChoice(1, examplePlan({ changes: [change] })),
  prepared: [
    {
      ...examplePrepared(change),
      write: {
        kind: 'set-fields',
        before: [{ pointer: '/spec/template', value: template }],
        after: [{ pointer: '/spec/template', value: { spec: {} } }],
      },
    },
  ],
} as IncidentHappening;
const source = { prometheus: `https://ada:${secret}@prometheus.example`, budgetSeconds: 60 };

test('what an incident wrote, and where it looked, is shown without secrets, and otherwise as it is', () => {
  const incident = { ...exampleIncident(choice), source };
  const shown = shownIncident(incident);

  expect(JSON.stringify(incident)).toContain(secret);
  expect(JSON.stringify(shown)).not.toContain(secret);
  expect(shown.attempts[0]?.prepared[0]?.write).toMatchObject({
    before: [{ pointer: '/spec/template', value: { spec: { containers: [{ name: 'app', env: [{ name: 'DATABASE_PASSWORD' }] }] } } }],
    after: [{ pointer: '/spec/template', value: { spec: {} } }],
  });
});

test('so are its events', () => {
  const [opened, chosen] = exampleEvents([choice]);
  if (opened?.kind !== 'opened' || chosen === undefined) throw new Error('The first event opens the incident.');
  const shown = JSON.stringify([shownEvent({ ...opened, source }), shownEvent(chosen)]);

  expect([shown.includes(secret), shown.includes('DATABASE_PASSWORD'), shown.includes('prometheus.example')]).toEqual([false, true, true]);
});
