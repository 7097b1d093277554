const suffixes: { readonly [suffix: string]: number } = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/**
 * The number behind a Kubernetes quantity: bytes for memory, cores for cpu.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/. Absent: not a quantity.
 */
export function parseQuantity(written: string | undefined): number | undefined {
  if (written === undefined) return undefined;
  const match = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+))(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i))?$/.exec(written.trim());
  if (match === null) return undefined;
  const [, digits, exponent, suffix] = match;
  const size = Number(`${digits}${exponent ?? ''}`);
  const factor = suffixes[suffix ?? ''];
  return factor === undefined || Number.isNaN(size) ? undefined : size * factor;
}

/** "128Mi", "1.5Gi": binary units, for prose. */
export function spokenBytes(bytes: number): string {
  const units = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi'];
  let size = bytes;
  let unit = 0;
  while (Math.abs(size) >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${Number(size.toFixed(size < 10 ? 1 : 0))}${units[unit] ?? ''}`;
}

/** "100m", "2": as Kubernetes writes cores, for prose. */
export function spokenCores(cores: number): string {
  return Number.isInteger(cores) ? String(cores) : `${Math.round(cores * 1000)}m`;
}
