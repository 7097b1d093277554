import type { ServiceBackends } from '../../domain/service-backends.ts';
import type { FactSource } from '../fact-source.ts';
export function deriveServiceBackends(_facts: FactSource): ServiceBackends { return { all: [], ofService: () => undefined, ofHost: () => undefined, ofPod: () => [] }; }
