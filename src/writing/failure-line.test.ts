import fc from 'fast-check';
import { expect, test } from 'vitest';
import { writeFailureLine } from './failure-line.ts';

test('a failure is one line of three parts', () => {
  expect(writeFailureLine({ attempted: 'reading x', happened: 'there is no such file', whatToDo: 'check the path' })).toBe(
    'stanch: reading x: there is no such file. Check the path.',
  );
  expect(writeFailureLine({ attempted: 'reading x', happened: 'Is it there?', whatToDo: 'stanch --help tells more.' })).toBe(
    'stanch: reading x: Is it there? stanch --help tells more.',
  );
});

test('whatever a server answered, it stays one line of bounded length that no terminal obeys', () => {
  const part = fc.string({ unit: 'binary', maxLength: 2000 });
  fc.assert(
    fc.property(part, part, part, (attempted, happened, whatToDo) => {
      const line = writeFailureLine({ attempted: `reading\u001b[2J${attempted}`, happened: `${happened}\n`, whatToDo });

      expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      expect(line.length).toBeLessThan(1300);
    }),
  );
});
