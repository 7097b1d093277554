import { array, assert, double, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { findChangePoints } from './change-point.ts';

/** Annual flow of the Nile at Aswan, 1871 to 1970, in 1e8 cubic metres (Cobb, Biometrika 65, 1978; Durbin and Koopman 2001). */
const nile = [
  1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799, 958, 1140, 1100, 1210, 1150, 1250,
  1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701, 916, 692, 1020, 1050, 969, 831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821,
  768, 845, 864, 862, 698, 845, 744, 796, 1040, 759, 781, 865, 845, 944, 984, 897, 822, 1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860,
  874, 848, 890, 744, 749, 838, 1050, 918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740,
];

test('the flow of the Nile fell after 1898, as every published method finds, and only then', () => {
  expect(nile.reduce((sum, flow) => sum + flow, 0)).toBe(91_935);
  const found = findChangePoints(nile.map((value, index) => ({ at: 1871 + index, value })));
  expect(found.map(({ at, medianBefore, medianAfter }) => ({ at, medianBefore, medianAfter }))).toEqual([
    { at: 1899, medianBefore: 1130, medianAfter: 842.5 },
  ]);
  expect(found[0]?.pValue).toBeLessThan(1e-7);
});

test('an error share that rose four minutes ago is found at its first raised sample', () => {
  const values = [...Array.from({ length: 56 }, (_, index) => 0.001 + (index % 3) * 0.0002), 0.02, 0.06, 0.1, 0.12];
  expect(findChangePoints(series(values)).map((shift) => shift.at)).toEqual([56]);
});

test('a rise and a fall are two shifts', () => {
  const values = [...steady(30, 1), ...steady(20, 9), ...steady(10, 1)];
  expect(findChangePoints(series(values)).map((shift) => shift.at)).toEqual([30, 50]);
});

test('one spike, however high, is no shift', () => {
  for (const place of [0, 1, 30, 58, 59]) {
    const values = steady(60, 1).map((value, index) => (index === place ? 1e9 : value));
    expect(findChangePoints(series(values))).toEqual([]);
  }
});

test('a level that never changes, too few samples and no samples are no shift', () => {
  expect(findChangePoints(series(Array.from({ length: 50 }, () => 3)))).toEqual([]);
  expect(findChangePoints(series([1, 1, 9, 9]))).toEqual([]);
  expect(findChangePoints([])).toEqual([]);
});

test('samples that are no number are left out', () => {
  const values = [...steady(20, 1), Number.NaN, Number.POSITIVE_INFINITY, ...steady(20, 9)];
  expect(findChangePoints(series(values)).map((shift) => shift.at)).toEqual([22]);
});

test('shifts come in order, and scaling or moving the measurement changes none of them', () => {
  assert(
    property(
      array(double({ min: -100, max: 100, noNaN: true }).map(Math.round), { maxLength: 80 }),
      integer({ min: 1, max: 9 }),
      (values, factor) => {
        const found = findChangePoints(series(values)).map((shift) => shift.at);
        expect(found).toEqual(found.toSorted((left, right) => left - right));
        expect(findChangePoints(series(values.map((value) => value * factor + 5))).map((shift) => shift.at)).toEqual(found);
      },
    ),
  );
});

function series(values: readonly number[]): readonly { readonly at: number; readonly value: number }[] {
  return values.map((value, at) => ({ at, value }));
}

function steady(count: number, level: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => level + ((index * 7) % 5) * 0.01);
}
