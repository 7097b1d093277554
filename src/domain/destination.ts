/** What somebody could not connect to. */
export interface Destination {
  /** As the caller writes it: a DNS name or an address. */
  readonly host: string;
  readonly port: number;
  /** Namespace of the caller, for names that are short. Absent: the host means the same everywhere. */
  readonly namespace?: string;
}
