import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseUnitStates } from './unit-states.ts';

const at = Date.parse('2026-11-10T02:49:00Z');
const restartedAt = Date.parse('2026-11-10T02:42:51Z');

const killed = `● kube-proxy.service - Kubernetes Kube Proxy
     Loaded: loaded (/etc/systemd/system/kube-proxy.service; enabled; preset: enabled)
     Active: active (running) since Tue 2026-11-10 02:42:51 UTC; 6min ago
   Main PID: 4711 (kube-proxy)
Nov 10 02:42:48 node-3 systemd[1]: kube-proxy.service: A process of this unit has been killed by the OOM killer.
Nov 10 02:42:48 node-3 systemd[1]: kube-proxy.service: Failed with result 'oom-kill'.
Nov 10 02:42:51 node-3 systemd[1]: kube-proxy.service: Scheduled restart job, restart counter is at 1.`;

describe('the state of a unit', () => {
  it('that runs again tells from its journal why it was restarted', () => {
    expect(parseUnitStates('systemctl status kube-proxy', killed, at)).toEqual([
      { unit: 'kube-proxy', state: 'active', subState: 'running', since: restartedAt, restarts: 1, result: 'oom-kill' },
    ]);
  });

  it('that failed carries its result', () => {
    const output = '× kubelet.service - kubelet\n     Active: failed (Result: exit-code) since Tue 2026-11-10 02:42:51 UTC; 6min ago';
    expect(parseUnitStates('systemctl status kubelet', output, at)).toEqual([
      { unit: 'kubelet', state: 'failed', subState: undefined, since: restartedAt, restarts: undefined, result: 'exit-code' },
    ]);
  });

  it('that waits for its restart is activating', () => {
    const output =
      '● kubelet.service - kubelet\n     Active: activating (auto-restart) (Result: exit-code) since Tue 2026-11-10 02:48:57 UTC; 3s ago';
    expect(parseUnitStates('systemctl status kubelet', output, at)).toMatchObject([
      { state: 'activating', subState: 'auto-restart', result: 'exit-code' },
    ]);
  });

  it('in a zone without a known offset is dated by how long ago it was', () => {
    const output = '● kubelet.service - kubelet\n     Active: active (running) since Tue 2026-11-10 03:42:51 CET; 6min ago';
    expect(parseUnitStates('x', output, at)).toMatchObject([{ since: at - 360_000 }]);
  });

  it('is read from systemctl show', () => {
    const output =
      'Id=kubelet.service\nActiveState=active\nSubState=running\nResult=success\nNRestarts=3\nActiveEnterTimestamp=Tue 2026-11-10 02:42:51 UTC';
    expect(parseUnitStates('systemctl-show-kubelet', output, at)).toEqual([
      { unit: 'kubelet', state: 'active', subState: 'running', since: restartedAt, restarts: 3, result: undefined },
    ]);
  });

  it('is read from one word, with the unit from the command', () => {
    expect(parseUnitStates('systemctl is-active kubelet', 'inactive\n', at)).toMatchObject([{ unit: 'kubelet', state: 'inactive' }]);
  });

  it('is read from a list of failed units', () => {
    expect(
      parseUnitStates('systemctl list-units --failed', 'containerd.service loaded failed failed containerd container runtime', at),
    ).toMatchObject([{ unit: 'containerd', state: 'failed' }]);
  });

  it('does not exist for a unit that is not installed', () => {
    expect(parseUnitStates('systemctl status kube-proxy', 'Unit kube-proxy.service could not be found.', at)).toEqual([]);
    expect(parseUnitStates('systemctl show kube-proxy', 'Id=kube-proxy.service\nActiveState=inactive\nLoadState=not-found', at)).toEqual(
      [],
    );
  });

  it('is never made of other text, and reading never throws', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (command, output) => Array.isArray(parseUnitStates(command, output, at))));
    expect(parseUnitStates('uptime', ' 02:49:00 up 12 days', at)).toEqual([]);
  });
});
