import { commandToSee } from '../../../domain/kubectl-commands.ts';
import type { Proof } from '../../../domain/proof.ts';
import { type Layout, paragraph } from '../../layout.ts';
import { writeCommand } from '../command.ts';

const marks = { yes: '✓ ', no: '✗ ', 'cannot-tell': '? ' } as const;
const answers = { yes: '', no: ': no', 'cannot-tell': ': cannot tell' } as const;

/** Proofs with what they rest on. What was told before and stands as it stood is not told again. */
export function writeProofs(proofs: readonly Proof[], before: readonly Proof[], layout: Layout): readonly string[] {
  const news = proofs.filter((proof) => before.find(({ id }) => id === proof.id)?.holds !== proof.holds);
  return news.flatMap((proof) => writeProof(proof, layout));
}

function writeProof({ claim, holds, because, wouldSettle }: Proof, layout: Layout): readonly string[] {
  const { palette } = layout;
  const paintMark = { yes: palette.good, no: palette.bad, 'cannot-tell': palette.doubtful }[holds];
  const [first] = because;
  return [
    ...paragraph({ text: claim + answers[holds], mark: marks[holds], paintMark }, layout),
    ...because.flatMap((each) => paragraph({ text: each.says, mark: '    · ' }, layout)),
    ...(first === undefined ? [] : writeCommand(commandToSee(first.citing[0].of), '    ', layout)),
    ...(wouldSettle === undefined ? [] : paragraph({ text: `What would tell: ${wouldSettle}`, mark: '    ' }, layout)),
  ];
}
