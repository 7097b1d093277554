import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** Browsers and other programs ask one after the other on a connection. */
const mostAtOnce = 4;

/**
 * Hangs up where more is asked on one connection than was answered. A few kilobytes can hold hundreds of requests, whose answers
 * would lie in the memory for as long as their reader does not read them.
 */
export function limitRequestsAtOnce(server: FastifyInstance): void {
  const unanswered = new WeakMap<Socket, number>();
  server.addHook('onRequest', async (request, reply) => {
    const { socket } = request.raw;
    const atOnce = (unanswered.get(socket) ?? 0) + 1;
    unanswered.set(socket, atOnce);
    reply.raw.once('close', () => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1));
    if (atOnce <= mostAtOnce) return undefined;
    socket.destroy();
    // Those that came in the same piece are not worked either.
    return reply.hijack();
  });
}
