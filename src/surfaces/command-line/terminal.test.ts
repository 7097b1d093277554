import { expect, test } from 'vitest';
import { pageColumns } from './terminal.ts';

test.each([
  [undefined, undefined, 100],
  [undefined, '60', 60],
  [undefined, '1', 40],
  [undefined, '9999', 100],
  [undefined, 'wide', 100],
  [undefined, '-60', 100],
  [undefined, '', 100],
  [72, '60', 72],
])('a terminal of %s columns, where COLUMNS is %s, has a page of %i', (columns, variable, expected) => {
  expect(pageColumns({ columns, environment: { COLUMNS: variable } })).toBe(expected);
});
