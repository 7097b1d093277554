import { expect, test } from 'vitest';
import { isInTheWay, isLost, storeFailure, unknownFailure } from './postgres-failure.ts';

function coded(code: string, message = 'said so'): Error {
  return Object.assign(new Error(message), { code });
}

/** Of a host with several addresses, as Node tells it. */
const everyAddressRefused = Object.assign(new AggregateError([coded('ECONNREFUSED', 'connect ECONNREFUSED ::1:5432')], ''), {
  code: 'ECONNREFUSED',
});

test.each([
  [coded('ECONNREFUSED', 'connect ECONNREFUSED 10.0.0.1:5432'), 'P cannot be reached (connect ECONNREFUSED 10.0.0.1:5432)'],
  [everyAddressRefused, 'P cannot be reached (connect ECONNREFUSED ::1:5432)'],
  [new Error('Connection terminated unexpectedly'), 'P cannot be reached (Connection terminated unexpectedly)'],
  [new Error('timeout exceeded when trying to connect'), 'P cannot be reached (timeout exceeded when trying to connect)'],
  [coded('08006'), 'P cannot be reached (said so)'],
  [coded('57P01'), 'P is starting or stopping'],
  [coded('57P03'), 'P is starting or stopping'],
  [coded('53100'), 'there is no space left on the disk of P'],
  [coded('53300'), 'P has no connection left'],
  [coded('28P01', 'password authentication failed'), 'P did not let us in (password authentication failed)'],
  [coded('3D000'), 'there is no such database: P'],
  [coded('42501', 'permission denied'), 'P does not permit it (permission denied)'],
  [coded('25006'), 'P can only be read: it is a standby'],
  [coded('57014'), 'P took too long'],
  [coded('55P03'), 'something on P stayed locked for too long'],
  [coded('40P01'), 'other writers on P were in the way'],
  [coded('42P01', 'no such\ntable'), 'PostgreSQL refused it (no such table, code 42P01)'],
  [new Error('something else'), 'PostgreSQL refused it (something else)'],
  ['thrown', 'PostgreSQL refused it (thrown)'],
])('%s is told in words that help', (problem, happened) => {
  expect(storeFailure('reading', 'P', problem)).toEqual({
    state: 'failed',
    attempted: 'reading',
    happened,
    whatToDo: expect.stringMatching(/^[A-Z].*[a-z)"]$/),
  });
});

test('what nobody knows is told as unknown', () => {
  expect(unknownFailure('storing', 'P').happened).toBe(
    'the connection to P broke before it told whether this is stored; it is stored wholly or not at all',
  );
});

test('a way that was lost is told from a refusal, and either from writers in each other’s way', () => {
  const all = [everyAddressRefused, coded('57P01'), coded('25P03'), coded('23505'), coded('40001'), new Error('x')];
  expect(all.map(isLost)).toEqual([true, true, true, false, false, false]);
  expect(all.map(isInTheWay)).toEqual([false, false, false, false, true, false]);
});

test.each(['ECONNREFUSED', '57P03', '53100', '53300', '57014', '55P03', '40P01'])(
  'nobody is promised that a command goes on by itself: %s',
  (code) => {
    expect(storeFailure('reading', 'P', coded(code)).whatToDo).toMatch(
      /A server that runs goes on by itself then; a command has to be given again$/,
    );
  },
);
