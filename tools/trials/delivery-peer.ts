import { startPeer } from '../../src/delivery-targets/testing-peer-server.ts';

/** A receiver of deliveries that counts how often each key came. */
export interface DeliveryPeer {
  readonly address: string;
  /** How often it was told under each key. */
  readonly told: ReadonlyMap<string, number>;
  /** From now on it takes what it is told, and does not answer. */
  readonly fallSilent: () => void;
  readonly speakAgain: () => void;
  readonly close: () => Promise<void>;
}

export async function openDeliveryPeer(): Promise<DeliveryPeer> {
  const told = new Map<string, number>();
  let isSilent = false;
  const { address, close } = await startPeer(({ headers }) => {
    const key = String(headers['idempotency-key']);
    told.set(key, (told.get(key) ?? 0) + 1);
    return isSilent ? 'silent' : { status: 204 };
  });
  return {
    address,
    told,
    fallSilent: () => {
      isSilent = true;
    },
    speakAgain: () => {
      isSilent = false;
    },
    close,
  };
}
