import type { Toleration } from '../kubernetes/pod-template.ts';

export function tolerates(
  tolerations: readonly Toleration[],
  taint: { readonly key: string | undefined; readonly value: string | undefined; readonly effect: string | undefined },
): boolean {
  return tolerations.some((each) => {
    const isEffect = each.effect === undefined || each.effect === '' || each.effect === taint.effect;
    const isKey = each.key === undefined || each.key === '' ? each.operator === 'Exists' : each.key === taint.key;
    return isEffect && isKey && (each.operator === 'Exists' || (each.value ?? '') === (taint.value ?? ''));
  });
}
