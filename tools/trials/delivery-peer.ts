import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A receiver of deliveries that counts how often each key came. */
export interface DeliveryPeer {
  readonly address: string;
  /** How often it was told under each key. */
  readonly told: ReadonlyMap<string, number>;
  readonly close: () => Promise<void>;
}

export async function openDeliveryPeer(): Promise<DeliveryPeer> {
  const told = new Map<string, number>();
  const server = createServer((incoming, outgoing) => {
    incoming.resume().on('end', () => {
      const key = String(incoming.headers['idempotency-key']);
      told.set(key, (told.get(key) ?? 0) + 1);
      outgoing.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    told,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
