import { runInHost } from '../machine/in-host.ts';

const file = '/etc/kubernetes/kubelet.yaml';
const original = '/etc/kubernetes/kubelet.original.yaml';

/** Adds lines to the configuration of a node's kubelet, and puts the configuration back from any state. */
export function withKubeletSetting(
  node: string,
  lines: string,
): { readonly set: () => Promise<void>; readonly reset: () => Promise<void> } {
  const restart = () => runInHost(node, ['systemctl', 'restart', 'kubelet']);
  return {
    set: async () => {
      await runInHost(node, ['cp', '--no-clobber', file, original]);
      await runInHost(node, ['cp', original, file]);
      await runInHost(node, ['tee', '--append', file], { input: lines });
      await restart();
    },
    reset: async () => {
      await runInHost(node, ['sh', '-c', `test ! -e ${original} || mv ${original} ${file}`]);
      await restart();
    },
  };
}
