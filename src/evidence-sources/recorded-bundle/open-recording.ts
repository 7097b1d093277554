import { basename } from 'node:path';
import type { Gap } from '../../domain/evidence.ts';
import type { EvidenceSource } from '../../ports/evidence-source.ts';
import type { EvidenceTap } from '../../ports/evidence-tap.ts';
import type { Walked } from './bundle-file.ts';
import { openBundleFiles } from './bundle-files.ts';
import { bundleSource } from './bundle-source.ts';
import { gatherBundle, type GatheredBundle } from './gather-bundle.ts';
import { defaultReadingLimits, type ReadingLimits } from './reading-limits.ts';

export type OpenedRecording =
  | {
      readonly state: 'opened';
      readonly source: EvidenceSource;
      /** "recording": written in Stanch's own format. "bundle": what another collector wrote. */
      readonly kind: 'recording' | 'bundle';
      /** Who made it, in words. */
      readonly layout: GatheredBundle['layout'];
      /** The saved page: parsed JSON or YAML, or plain text. Absent: none was saved. */
      readonly alert: unknown;
      /** What in the files could not be read at all, whichever evidence it would have been. */
      readonly gaps: readonly Gap[];
    }
  | { readonly state: 'failed'; readonly attempted: string; readonly happened: string; readonly whatToDo: string };

/**
 * Opens a recording or a foreign support bundle: a directory, a .tar or .tar.gz, or a single file. Reads it through
 * once; nothing is unpacked to disk, no link is followed, and no input makes it throw.
 */
export async function openRecording(
  path: string,
  limits: ReadingLimits = defaultReadingLimits,
  /** Hears the objects while they are read, which turns a foreign bundle into a recording. Absent: nobody records. */
  tap?: EvidenceTap,
): Promise<OpenedRecording> {
  const attempted = `reading the recording ${path}`;
  const opened = await openBundleFiles(path, limits);
  if (opened.state === 'failed') return { ...opened, attempted };
  const gathering = await gatherBundle(opened.files, limits, tap);
  if (gathering.state === 'failed') return { ...gathering, attempted };
  const { bundle } = gathering;
  const isRecording = bundle.manifest !== undefined;
  if (!isRecording && bundle.objects.listings().length === 0 && bundle.parts.length === 0)
    return { state: 'failed', attempted, ...nothingUsable(bundle) };
  const { source, alert } = bundleSource(bundle, basename(path).replace(/\.(tar\.gz|tgz|tar|json|ya?ml)$/i, ''));
  return {
    state: 'opened',
    source,
    kind: isRecording ? 'recording' : 'bundle',
    layout: bundle.layout,
    alert,
    gaps: [...skippedGaps(bundle.walked), ...bundle.damaged.map((each) => each.gap), ...manifestGaps(bundle)],
  };
}

function nothingUsable(bundle: GatheredBundle): { readonly happened: string; readonly whatToDo: string } {
  const whatToDo = 'give a recording (see docs/recording-format.md), a support bundle, a must-gather, or files of kubectl get -o json';
  const [damage] = bundle.damaged;
  if (bundle.walked.files === 0) return { happened: 'it holds no files', whatToDo };
  if (damage !== undefined)
    return { happened: `it holds no object of Kubernetes that can be read; ${damage.gap.what}: ${damage.gap.detail}`, whatToDo };
  return {
    happened: `it holds ${bundle.walked.files} ${bundle.walked.files === 1 ? 'file' : 'files'} but no object of Kubernetes`,
    whatToDo,
  };
}

function skippedGaps({ links, devices, unsafeNames, hasEnd }: Walked): readonly Gap[] {
  const because = 'malformed' as const;
  return [
    ...(hasEnd
      ? []
      : [{ what: 'the end of the archive', because, detail: 'it stops without the mark that ends one, so files may be missing' }]),
    ...(links === 0
      ? []
      : [{ what: `${links} linked ${links === 1 ? 'file' : 'files'}`, because, detail: 'links inside a bundle are not followed' }]),
    ...(devices === 0
      ? []
      : [{ what: `${devices} special ${devices === 1 ? 'file' : 'files'}`, because, detail: 'devices, pipes and sockets are not read' }]),
    ...(unsafeNames === 0
      ? []
      : [
          {
            what: `${unsafeNames} ${unsafeNames === 1 ? 'file' : 'files'} with an unsafe name`,
            because,
            detail: 'absolute names and names that lead out of the bundle are not read',
          },
        ]),
  ];
}

function manifestGaps({ manifest }: GatheredBundle): readonly Gap[] {
  return (manifest?.complaints ?? []).map((complaint) => ({
    what: 'a field of recording.json',
    because: 'malformed' as const,
    detail: complaint,
  }));
}
